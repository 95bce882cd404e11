import Testing

@testable import IAMPolicy

@Suite("Guardrails: the table")
struct JudgeTests {
    private static let rows =
        actions + resources + denies + conditions + boundaries + unknowns + variables
        + wildcards

    @Test("each row has its verdict, policy and statement", arguments: rows)
    func table(row: Row) throws {
        let rule = Guardrail.Rule(actions: [row.action], resources: row.resources.map(Glob.init(resource:)))
        let evaluation = Evaluation(row.set)
        let judgement = evaluation.judgement(rule.actions[0], on: rule.resources)
        #expect(judgement.verdict == row.verdict)
        if let policy = row.policy { #expect(judgement.policy == policy) }
        if let statement = row.statement { #expect(judgement.statement?.description == statement) }
        #expect((judgement.policy == nil) == (row.verdict == .denied))
        #expect((judgement.reason == nil) == (row.verdict == .denied))
    }

    @Test("names of rows are not repeated, and there are enough of them")
    func rowCount() {
        #expect(Set(Self.rows.map(\.name)).count >= 100)
    }

    @Test("a guardrail has the worst of its actions' verdicts, with the reason for it")
    func worst() {
        let guardrail = Guardrail(name: "g", actions: ["a:Denied", "a:Conditional", "a:Allowed", "a:Unknown"])
        func verdict(_ actions: [String], unreadable: Bool = false) -> Judgement {
            var policies = [
                AttachedPolicy(
                    name: "inline",
                    text: doc(allow("a:Conditional", on: "*", condition), allow("a:Allowed", on: "*", #","Sid":"S""#))
                )
            ]
            if unreadable {
                policies.append(AttachedPolicy(name: "/path/own", content: .unreadable("member accounts")))
                policies.append(AttachedPolicy(name: "arn", text: doc(deny("a:Denied"), deny("a:Allowed"))))
            }
            return judge(
                PermissionSetPolicies(policies: policies),
                by: Guardrail(name: guardrail.name, actions: actions)
            )
        }
        let all = verdict(guardrail.actions)
        #expect(all.actions.map(\.verdict) == [.denied, .conditional, .allowed, .denied])
        #expect(all.verdict == .allowed && all.reason == "inline, statement S allows a:Allowed")
        let some = verdict(guardrail.actions, unreadable: true)
        #expect(some.actions.map(\.verdict) == [.denied, .unknown, .denied, .unknown])
        #expect(some.verdict == .unknown && some.reason == "a:Conditional rests on /path/own: member accounts")
        #expect(verdict(["a:Denied", "a:Conditional"]).verdict == .conditional)
        #expect(verdict(["a:Denied"]).verdict == .denied && verdict(["a:Denied"]).reason == nil)
    }

    @Test("the built-in guardrail has its seventeen actions, in the partition")
    func iamUsers() {
        let guardrail = Guardrail.iamUsers(partition: "aws-cn", allow: ["Admins"])
        #expect(guardrail.actions.count == 17 && Set(guardrail.actions).count == 17)
        #expect(guardrail.excepts("Admins") && !guardrail.excepts("admins"))
        func verdict(_ text: String) -> [String] {
            let set = PermissionSetPolicies(policies: [AttachedPolicy(name: "inline", text: text)])
            return judge(set, by: guardrail).actions.filter { $0.verdict == .allowed }.map(\.action)
        }
        #expect(verdict(doc(allow())) == guardrail.actions)
        #expect(verdict(doc(allow(on: users))) == [])
        #expect(verdict(doc(allow(on: "arn:aws-cn:iam::*:group/*"))) == ["iam:AddUserToGroup"])
        #expect(verdict(doc(allow(on: "arn:aws-cn:iam::1:user/x"))).count == 16)
        #expect(
            verdict(doc(allow("iam:*AccessKey"))) == [
                "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey",
            ]
        )
    }
}
