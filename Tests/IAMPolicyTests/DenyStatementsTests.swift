import Testing

@testable import IAMPolicy

@Suite("The Deny statements of guardrails")
struct DenyStatementsTests {
    private let users = Guardrail.iamUsers(partition: "aws")
    private let leaving = Guardrail(name: "no-organization-changes", actions: ["organizations:LeaveOrganization"])

    @Test("a Sid is the guardrail's words with capitals")
    func sids() {
        #expect(DenyStatements.sid(users) == "IdbridgeGuardrailIamUsers")
        #expect(DenyStatements.sid(leaving) == "IdbridgeGuardrailNoOrganizationChanges")
    }

    @Test("without a policy, one is made")
    func made() throws {
        let text = try DenyStatements.put([leaving], into: nil)
        #expect(
            text == """
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Sid": "IdbridgeGuardrailNoOrganizationChanges",
                      "Effect": "Deny",
                      "Action": [
                        "organizations:LeaveOrganization"
                      ],
                      "Resource": [
                        "*"
                      ]
                    }
                  ]
                }
                """
        )
        #expect(DenyStatements.areIn(text))
    }

    @Test("what was allowed before is denied after", arguments: ["*", "iam:*", "iam:CreateUser", "iam:AddUserToGroup"])
    func denied(action: String) throws {
        let before = #"{"Statement":{"Effect":"Allow","Action":"\#(action)","Resource":"*"}}"#
        func verdict(_ text: String) -> Verdict {
            judge(PermissionSetPolicies(policies: [AttachedPolicy(name: "inline", text: text)]), by: users).verdict
        }
        #expect(verdict(before) == .allowed)
        let after = try DenyStatements.put([users], into: before)
        #expect(verdict(after) == .denied)
    }

    @Test("every other statement stays as it is, a single one as a list")
    func kept() throws {
        let single = #"{"Id":"x","Statement":{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"}}"#
        let text = try DenyStatements.put([leaving], into: single)
        let wanted =
            #"{"Id":"x","Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"},"#
            + #"{"Effect":"Deny","Sid":"IdbridgeGuardrailNoOrganizationChanges","#
            + #""Action":["organizations:LeaveOrganization"],"Resource":["*"]}]}"#
        #expect(DenyStatements.areSame(text, wanted))
        #expect(!text.contains("Version"))
        #expect(try DenyStatements.put([leaving], into: text) == text)
    }

    @Test("a statement that differs is renewed in its place")
    func renewed() throws {
        let stale =
            #"{"Version":"2012-10-17","Statement":[{"Sid":"IdbridgeGuardrailIamUsers","Effect":"Deny","#
            + #""Action":"iam:CreateUser","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        let text = try DenyStatements.put([users], into: stale)
        #expect(text.contains("iam:UploadSSHPublicKey"))
        #expect(text.contains("arn:aws:iam::*:group/*"))
        #expect(text.split(separator: "IdbridgeGuardrailIamUsers").count == 2)
    }

    @Test("texts come out as they went in, in ASCII")
    func texts() throws {
        let odd =
            #"{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"é\"\\\u0001日👩","#
            + #""Condition":{"NumericLessThan":{"aws:x":[1.50,true]}}}]}"#
        let text = try DenyStatements.put([leaving], into: odd)
        #expect(text.utf8.allSatisfy { $0 < 0x7F })
        #expect(text.contains(#""\u00e9\"\\\u0001\u65e5\ud83d\udc69""#))
        #expect(text.contains("1.50"))
    }

    @Test(
        "invalid policies are not touched",
        arguments: ["", "{", "[]", #"{"Statement":[{"Effect":"Allow","Action":"x","Resource":"*"}]}"#, #"{"a":1}"#]
    )
    func invalid(text: String) {
        #expect(throws: DenyStatements.Failure.self) { try DenyStatements.put([leaving], into: text) }
    }

    @Test("a policy that would be too long is not made")
    func tooLong() throws {
        func policy(_ count: Int) -> String {
            let filler = String(repeating: "x", count: count)
            return #"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::\#(filler)"}]}"#
        }
        _ = try DenyStatements.put([leaving], into: policy(9_900))
        #expect(throws: DenyStatements.Failure.self) { try DenyStatements.put([leaving], into: policy(10_200)) }
    }
}
