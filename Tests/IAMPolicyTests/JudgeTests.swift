import Testing

@testable import IAMPolicy

/// One row of the table: policies, and what the guardrail says of one action.
struct Row: CustomTestStringConvertible {
    let name: String
    var policies: [String]
    var boundary: String?
    var action = "iam:CreateUser"
    var resources = ["arn:aws:iam::*:user/*"]
    let verdict: Verdict
    var policy: String?
    var statement: String?
    var testDescription: String { name }

    var set: PermissionSetPolicies {
        PermissionSetPolicies(
            policies: policies.enumerated().map { attached("p\($0)", $1) },
            boundary: boundary.map { attached("boundary", $0) }
        )
    }

    /// A document, or `unreadable`.
    private func attached(_ name: String, _ text: String) -> AttachedPolicy {
        text == "unreadable"
            ? AttachedPolicy(name: name, content: .unreadable("it lies in the member accounts"))
            : AttachedPolicy(name: name, text: text)
    }
}

/// A document of version 2012-10-17 with these statements.
private func doc(_ statements: String...) -> String {
    #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
}

/// A document without Version, in which there are no variables.
private func old(_ statements: String...) -> String { #"{"Statement":[\#(statements.joined(separator: ","))]}"# }

private func allow(_ action: String = "iam:*", on resource: String = "*", _ extra: String = "") -> String {
    #"{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"\#(extra)}"#
}

private func deny(_ action: String = "iam:*", on resource: String = "*", _ extra: String = "") -> String {
    #"{"Effect":"Deny","Action":"\#(action)","Resource":"\#(resource)"\#(extra)}"#
}

private func statement(_ members: String) -> String { "{\(members)}" }

private let condition = #","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#
private let user = "arn:aws:iam::111122223333:user/bob"
private let users = "arn:aws:iam::*:user/*"

@Suite("Guardrails: the table")
struct JudgeTests {
    private static let actions: [Row] = [
        Row(name: "nothing allows nothing", policies: [doc()], verdict: .denied),
        Row(name: "no policies", policies: [], verdict: .denied),
        Row(
            name: "the action itself",
            policies: [doc(allow("iam:CreateUser"))],
            verdict: .allowed,
            policy: "p0",
            statement: "0"
        ),
        Row(name: "everything", policies: [doc(allow("*"))], verdict: .allowed),
        Row(name: "every vendor", policies: [doc(allow("*:*"))], verdict: .allowed),
        Row(name: "the vendor's all", policies: [doc(allow("iam:*"))], verdict: .allowed),
        Row(name: "another vendor", policies: [doc(allow("s3:*"))], verdict: .denied),
        Row(name: "another action", policies: [doc(allow("iam:CreateRole"))], verdict: .denied),
        Row(name: "case of the action", policies: [doc(allow("IAM:createUSER"))], verdict: .allowed),
        Row(name: "wildcard inside the name", policies: [doc(allow("iam:C*User"))], verdict: .allowed),
        Row(name: "wildcard that holds nothing", policies: [doc(allow("iam:Create*User*"))], verdict: .allowed),
        Row(name: "wildcard before", policies: [doc(allow("iam:*User"))], verdict: .allowed),
        Row(name: "wildcard in the vendor", policies: [doc(allow("i*:CreateUser"))], verdict: .allowed),
        Row(name: "question marks, one for one", policies: [doc(allow("iam:Create????"))], verdict: .allowed),
        Row(name: "one question mark too many", policies: [doc(allow("iam:Create?????"))], verdict: .denied),
        Row(name: "one question mark too few", policies: [doc(allow("iam:Create???"))], verdict: .denied),
        Row(name: "a prefix is not enough", policies: [doc(allow("iam:Create"))], verdict: .denied),
        Row(
            name: "one of a list",
            policies: [doc(statement(#""Effect":"Allow","Action":["s3:Get*","iam:CreateUser"],"Resource":["*"]"#))],
            verdict: .allowed
        ),
        Row(
            name: "NotAction of another vendor",
            policies: [doc(statement(#""Effect":"Allow","NotAction":"s3:*","Resource":"*""#))],
            verdict: .allowed
        ),
        Row(
            name: "NotAction that covers it, in another case",
            policies: [doc(statement(#""Effect":"Allow","NotAction":["organizations:*","IAM:*"],"Resource":"*""#))],
            verdict: .denied
        ),
        Row(
            name: "NotAction of nothing",
            policies: [doc(statement(#""Effect":"Allow","NotAction":[],"Resource":"*""#))],
            verdict: .allowed
        ),
        Row(
            name: "a single statement, not in a list",
            policies: [#"{"Version":"2012-10-17","Statement":\#(allow())}"#],
            verdict: .allowed
        ),
    ]

    private static let resources: [Row] = [
        Row(name: "one user", policies: [doc(allow(on: user))], verdict: .allowed),
        Row(
            name: "users of an account",
            policies: [doc(allow(on: "arn:aws:iam::111122223333:user/*"))],
            verdict: .allowed
        ),
        Row(name: "users of a path", policies: [doc(allow(on: "arn:aws:iam::*:user/admin/*"))], verdict: .allowed),
        Row(name: "roles only", policies: [doc(allow(on: "arn:aws:iam::*:role/*"))], verdict: .denied),
        Row(
            name: "one role, whatever a path may look like",
            policies: [doc(allow(on: "arn:aws:iam::*:role/x"))],
            verdict: .denied
        ),
        Row(name: "all of IAM in short", policies: [doc(allow(on: "arn:aws:iam::*"))], verdict: .allowed),
        Row(name: "all ARNs in short", policies: [doc(allow(on: "arn:aws:*"))], verdict: .allowed),
        Row(name: "five parts", policies: [doc(allow(on: "arn:aws:iam:*:user/*"))], verdict: .allowed),
        Row(name: "wildcards in every part", policies: [doc(allow(on: "arn:*:*:*:*:*"))], verdict: .allowed),
        Row(name: "another partition", policies: [doc(allow(on: "arn:aws-cn:iam::*:user/*"))], verdict: .denied),
        Row(name: "the wildcard partition", policies: [doc(allow(on: "arn:aws*:iam::*:user/*"))], verdict: .allowed),
        Row(name: "case of the resource counts", policies: [doc(allow(on: "arn:aws:iam::*:User/*"))], verdict: .denied),
        Row(name: "question mark in the type", policies: [doc(allow(on: "arn:aws:iam::*:use?/x"))], verdict: .allowed),
        Row(
            name: "a region where there is none",
            policies: [doc(allow(on: "arn:aws:iam:us-east-1:*:user/*"))],
            verdict: .denied
        ),
        Row(
            name: "one of a list",
            policies: [doc(statement(#""Effect":"Allow","Action":"iam:*","Resource":["arn:aws:s3:::b","\#(user)"]"#))],
            verdict: .allowed
        ),
        Row(
            name: "NotResource of roles",
            policies: [doc(statement(#""Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:role/*""#))],
            verdict: .allowed
        ),
        Row(
            name: "NotResource of all users",
            policies: [doc(statement(#""Effect":"Allow","Action":"iam:*","NotResource":"\#(users)""#))],
            verdict: .denied
        ),
        Row(
            name: "NotResource of one user",
            policies: [doc(statement(#""Effect":"Allow","Action":"iam:*","NotResource":"\#(user)""#))],
            verdict: .allowed
        ),
        Row(
            name: "NotResource that ends with a part",
            policies: [
                doc(statement(#""Effect":"Allow","Action":"iam:*","NotResource":["arn:aws:s3:::*","arn:aws:iam::*"]"#))
            ],
            verdict: .denied
        ),
        Row(
            name: "the group is another resource",
            policies: [doc(allow("iam:AddUserToGroup", on: users))],
            action: "iam:AddUserToGroup",
            resources: ["arn:aws:iam::*:group/*"],
            verdict: .denied
        ),
        Row(
            name: "any resource: an Allow on one reaches it",
            policies: [doc(allow("organizations:*", on: "arn:aws:organizations::*:account/o-1/*"))],
            action: "organizations:LeaveOrganization",
            resources: ["*"],
            verdict: .allowed
        ),
    ]

    private static let denies: [Row] = [
        Row(name: "Deny of everything", policies: [doc(allow(), deny("*"))], verdict: .denied),
        Row(name: "Deny in another policy", policies: [doc(allow()), doc(deny("iam:CreateUser"))], verdict: .denied),
        Row(name: "Deny before Allow", policies: [doc(deny()), doc(allow())], verdict: .denied),
        Row(name: "Deny of another action", policies: [doc(allow(), deny("iam:DeleteUser"))], verdict: .allowed),
        Row(name: "Deny of all users", policies: [doc(allow(), deny(on: users))], verdict: .denied),
        Row(
            name: "Deny of all of IAM in short",
            policies: [doc(allow(), deny(on: "arn:aws:iam::*"))],
            verdict: .denied
        ),
        Row(name: "Deny of one user leaves the others", policies: [doc(allow(), deny(on: user))], verdict: .allowed),
        Row(
            name: "Deny of the one user that is allowed",
            policies: [doc(allow(on: user), deny(on: user))],
            verdict: .denied
        ),
        Row(name: "Deny of roles", policies: [doc(allow(), deny(on: "arn:aws:iam::*:role/*"))], verdict: .allowed),
        Row(
            name: "two Denies that together cover the Allow",
            policies: [
                doc(allow(on: "arn:aws:iam::1?:user/x"), deny(on: "arn:aws:iam::1?:user/*"), deny(on: "*:user/y"))
            ],
            verdict: .denied
        ),
        Row(
            name: "Denies by ends that leave a middle",
            policies: [doc(allow(), deny(on: "arn:aws:iam::*:user/a*"), deny(on: "arn:aws:iam::*:user/*z"))],
            verdict: .allowed
        ),
        Row(
            name: "a Deny of what the Allow's wildcard may hold, and one of the rest",
            policies: [
                doc(
                    allow(on: "arn:aws:iam::*:user/a?"),
                    deny(on: "arn:aws:iam::*:user/?b"),
                    statement(#""Effect":"Deny","Action":"iam:*","NotResource":"arn:aws:iam::*:user/*b""#)
                )
            ],
            verdict: .denied
        ),
        Row(
            name: "Deny NotAction spares it",
            policies: [doc(allow(), statement(#""Effect":"Deny","NotAction":"iam:*","Resource":"*""#))],
            verdict: .allowed
        ),
        Row(
            name: "Deny NotAction covers it",
            policies: [doc(allow(), statement(#""Effect":"Deny","NotAction":["s3:*","iam:Get*"],"Resource":"*""#))],
            verdict: .denied
        ),
        Row(
            name: "Deny NotResource spares the users",
            policies: [doc(allow(), statement(#""Effect":"Deny","Action":"*","NotResource":"\#(users)""#))],
            verdict: .allowed
        ),
        Row(
            name: "Deny NotResource covers them",
            policies: [doc(allow(), statement(#""Effect":"Deny","Action":"*","NotResource":"arn:aws:iam::*:role/*""#))],
            verdict: .denied
        ),
        Row(
            name: "a Deny with a Condition is none",
            policies: [doc(allow(), deny("*", on: "*", condition))],
            verdict: .allowed
        ),
        Row(
            name: "a Deny with an empty Condition is one",
            policies: [doc(allow(), deny("*", on: "*", #","Condition":{}"#))],
            verdict: .denied
        ),
        Row(
            name: "the statement is named by its Sid",
            policies: [doc(deny("s3:*"), allow("iam:*", on: "*", #","Sid":"Admins""#))],
            verdict: .allowed,
            policy: "p0",
            statement: "Admins"
        ),
        Row(
            name: "the first statement that is not denied is named",
            policies: [
                doc(allow(on: user), deny(on: user)), doc(allow("s3:*"), allow("iam:*", on: "*", #","Sid":"""#)),
            ],
            verdict: .allowed,
            policy: "p1",
            statement: "1"
        ),
    ]

    private static let conditions: [Row] = [
        Row(
            name: "an Allow with a Condition",
            policies: [doc(allow("iam:*", on: "*", condition))],
            verdict: .conditional,
            policy: "p0",
            statement: "0"
        ),
        Row(
            name: "an Allow with an empty Condition",
            policies: [doc(allow("iam:*", on: "*", #","Condition":{"StringEquals":{}}"#))],
            verdict: .allowed
        ),
        Row(
            name: "one with and one without",
            policies: [doc(allow("iam:*", on: "*", condition), allow("iam:CreateUser"))],
            verdict: .allowed,
            policy: "p0",
            statement: "1"
        ),
        Row(
            name: "one with, and a Deny",
            policies: [doc(allow("iam:*", on: "*", condition), deny())],
            verdict: .denied
        ),
    ]

    private static let boundaries: [Row] = [
        Row(
            name: "boundary that allows it",
            policies: [doc(allow())],
            boundary: doc(allow("*")),
            verdict: .allowed,
            policy: "p0"
        ),
        Row(name: "boundary that does not", policies: [doc(allow())], boundary: doc(allow("s3:*")), verdict: .denied),
        Row(name: "boundary alone gives nothing", policies: [], boundary: doc(allow("*")), verdict: .denied),
        Row(name: "empty boundary", policies: [doc(allow())], boundary: doc(), verdict: .denied),
        Row(
            name: "boundary with a Deny",
            policies: [doc(allow())],
            boundary: doc(allow("*"), deny()),
            verdict: .denied
        ),
        Row(
            name: "boundary of other resources",
            policies: [doc(allow(on: "arn:aws:iam::111122223333:user/*"))],
            boundary: doc(allow(on: "arn:aws:iam::444455556666:user/*")),
            verdict: .denied
        ),
        Row(
            name: "boundary that meets the policy in a part",
            policies: [doc(allow(on: "arn:aws:iam::111122223333:user/*"))],
            boundary: doc(allow(on: "arn:aws:iam::*:user/ops/*")),
            verdict: .allowed
        ),
        Row(
            name: "what policy and boundary share is denied",
            policies: [doc(allow(on: "arn:aws:iam::1:user/*"), deny(on: "arn:aws:iam::1:user/ops/*"))],
            boundary: doc(allow(on: "arn:aws:iam::*:user/ops/*")),
            verdict: .denied
        ),
        Row(
            name: "boundary with a Condition",
            policies: [doc(allow())],
            boundary: doc(allow("s3:*"), allow("iam:*", on: "*", condition)),
            verdict: .conditional,
            policy: "boundary",
            statement: "1"
        ),
        Row(
            name: "Conditions in both",
            policies: [doc(allow("iam:*", on: "*", condition))],
            boundary: doc(allow("iam:*", on: "*", condition)),
            verdict: .conditional,
            policy: "p0"
        ),
    ]

    private static let unknowns: [Row] = [
        Row(name: "an unreadable policy", policies: ["unreadable"], verdict: .unknown, policy: "p0"),
        Row(
            name: "unreadable beside an Allow",
            policies: ["unreadable", doc(allow())],
            verdict: .allowed,
            policy: "p1"
        ),
        Row(
            name: "unreadable beside an Allow with a Condition",
            policies: [doc(allow("*", on: "*", condition)), "unreadable"],
            verdict: .unknown
        ),
        Row(name: "unreadable beside a Deny", policies: ["unreadable", doc(deny())], verdict: .denied),
        Row(
            name: "unreadable beside a Deny of one user",
            policies: ["unreadable", doc(deny(on: user))],
            verdict: .unknown
        ),
        Row(
            name: "unreadable beside a Deny with a Condition",
            policies: ["unreadable", doc(deny("*", on: "*", condition))],
            verdict: .unknown
        ),
        Row(
            name: "unreadable in a boundary that does not allow",
            policies: ["unreadable"],
            boundary: doc(allow("s3:*")),
            verdict: .denied
        ),
        Row(
            name: "unreadable in a boundary that allows",
            policies: ["unreadable"],
            boundary: doc(allow("*")),
            verdict: .unknown,
            policy: "p0"
        ),
        Row(
            name: "unreadable in a boundary with a Condition",
            policies: ["unreadable"],
            boundary: doc(allow("*", on: "*", condition)),
            verdict: .conditional,
            policy: "boundary"
        ),
        Row(
            name: "unreadable boundary, policies allow",
            policies: [doc(allow())],
            boundary: "unreadable",
            verdict: .unknown,
            policy: "boundary"
        ),
        Row(
            name: "unreadable boundary, policies do not",
            policies: [doc(allow("s3:*"))],
            boundary: "unreadable",
            verdict: .denied
        ),
        Row(
            name: "unreadable boundary, policies with a Condition",
            policies: [doc(allow("*", on: "*", condition))],
            boundary: "unreadable",
            verdict: .conditional
        ),
        Row(name: "all unreadable", policies: ["unreadable"], boundary: "unreadable", verdict: .unknown),
        Row(name: "an invalid document", policies: ["{}"], verdict: .unknown, policy: "p0"),
        Row(
            name: "an invalid document beside an Allow",
            policies: ["[]", doc(allow())],
            verdict: .allowed,
            policy: "p1"
        ),
    ]

    private static let me = "arn:aws:iam::*:user/${aws:username}"

    private static let variables: [Row] = [
        Row(name: "variable in an Allow's Resource", policies: [doc(allow(on: me))], verdict: .allowed),
        Row(
            name: "variable in an Allow, all users denied",
            policies: [doc(allow(on: me), deny(on: users))],
            verdict: .denied
        ),
        Row(name: "variable in a Deny's Resource", policies: [doc(allow(on: user), deny(on: me))], verdict: .allowed),
        Row(
            name: "variable that could be the type",
            policies: [doc(allow(on: "arn:aws:iam::${aws:PrincipalAccount}:${x}/*"))],
            verdict: .allowed
        ),
        Row(
            name: "variable for everything",
            policies: [doc(allow(on: "${aws:PrincipalTag/arn, 'none'}"))],
            verdict: .allowed
        ),
        Row(
            name: "variable in an Allow's NotResource",
            policies: [doc(statement(#""Effect":"Allow","Action":"iam:*","NotResource":["\#(me)","arn:aws:s3:::*"]"#))],
            verdict: .allowed
        ),
        Row(
            name: "variable in a Deny's NotResource",
            policies: [doc(allow(), statement(#""Effect":"Deny","Action":"*","NotResource":"\#(me)""#))],
            verdict: .allowed
        ),
        Row(
            name: "variable in a Deny's NotResource of roles",
            policies: [
                doc(
                    allow(),
                    statement(#""Effect":"Deny","Action":"*","NotResource":"arn:aws:iam::*:role/${aws:username}""#)
                )
            ],
            verdict: .denied
        ),
        Row(
            name: "no variables in the old version: Allow",
            policies: [old(allow(on: me), deny(on: user))],
            verdict: .allowed
        ),
        Row(
            name: "no variables in the old version: the text itself",
            policies: [old(allow(on: me), deny(on: "arn:aws:iam::*:user/$*"))],
            verdict: .denied
        ),
        Row(
            name: "no variables in the old version: Deny",
            policies: [old(allow(on: me), deny(on: me))],
            verdict: .denied
        ),
        Row(
            name: "2008-10-17 is the old version",
            policies: [#"{"Version":"2008-10-17","Statement":[\#(allow(on: me)),\#(deny(on: me))]}"#],
            verdict: .denied
        ),
        Row(
            name: "${*} is the character",
            policies: [doc(allow(on: "arn:aws:iam::*:user/x"), deny(on: "arn:aws:iam::*:user/${*}"))],
            verdict: .allowed
        ),
        Row(
            name: "${*} in both",
            policies: [
                doc(allow(on: "arn:aws:iam::1:user/${*}${?}${$}"), deny(on: "arn:aws:iam::1:user/${*}${?}${$}"))
            ],
            verdict: .denied
        ),
        Row(
            name: "${?} is no other character",
            policies: [doc(allow(on: "arn:aws:iam::1:user/${?}"), deny(on: "arn:aws:iam::1:user/a"))],
            verdict: .allowed
        ),
        Row(
            name: "${*} in the old version has a wildcard in braces",
            policies: [old(allow(on: "arn:aws:iam::1:user/${abc}"), deny(on: "arn:aws:iam::1:user/${*}"))],
            verdict: .denied
        ),
        Row(
            name: "a brace that is not closed is text",
            policies: [doc(allow(on: "arn:aws:iam::1:user/${x"), deny(on: "arn:aws:iam::1:user/$*"))],
            verdict: .denied
        ),
    ]

    private static let wildcards: [Row] = [
        Row(
            name: "a pattern, one of whose actions is allowed",
            policies: [doc(allow("iam:CreateRole"))],
            action: "iam:Create*",
            resources: ["*"],
            verdict: .allowed
        ),
        Row(
            name: "patterns that meet in the middle",
            policies: [doc(allow("iam:*Key"))],
            action: "IAM:Create*",
            resources: ["*"],
            verdict: .allowed
        ),
        Row(
            name: "patterns that do not meet",
            policies: [doc(allow("iam:Delete*"))],
            action: "iam:Create*",
            resources: ["*"],
            verdict: .denied
        ),
        Row(
            name: "a pattern within a Deny",
            policies: [doc(allow(), deny("iam:Cr*"))],
            action: "iam:Create*",
            resources: ["*"],
            verdict: .denied
        ),
        Row(
            name: "a pattern partly denied",
            policies: [doc(allow(), deny("iam:CreateUser"))],
            action: "iam:Create*",
            resources: ["*"],
            verdict: .allowed
        ),
        Row(
            name: "a pattern, its actions denied on all, its resources by one",
            policies: [doc(allow(on: user), deny("iam:*User", on: "*"), deny("iam:*Role", on: user))],
            action: "iam:CreateUser*",
            resources: [users],
            verdict: .allowed
        ),
        Row(
            name: "Denies that split actions and resources, and leave a corner",
            policies: [
                doc(allow(), deny("iam:A*", on: "arn:aws:iam::*:user/a*"), deny("iam:*B", on: "arn:aws:iam::*:user/*b"))
            ],
            action: "iam:A*",
            resources: ["arn:aws:iam::*:user/a*"],
            verdict: .denied
        ),
        Row(
            name: "Denies that split actions and resources, with a corner by the action",
            policies: [
                doc(
                    allow(),
                    statement(#""Effect":"Deny","NotAction":"iam:*X","Resource":"arn:aws:iam::*:user/a*""#),
                    statement(#""Effect":"Deny","Action":"iam:*X","NotResource":"arn:aws:iam::*:user/*b""#)
                )
            ],
            action: "iam:A*",
            resources: ["arn:aws:iam::*:user/a*"],
            verdict: .allowed
        ),
        Row(
            name: "the same corner, denied too",
            policies: [
                doc(
                    allow(),
                    statement(#""Effect":"Deny","NotAction":"iam:*X","Resource":"arn:aws:iam::*:user/a*""#),
                    statement(#""Effect":"Deny","Action":"iam:*X","NotResource":"arn:aws:iam::*:user/*b""#),
                    deny("iam:A*", on: "arn:aws:iam::*:user/a*b")
                )
            ],
            action: "iam:A*",
            resources: ["arn:aws:iam::*:user/a*"],
            verdict: .denied
        ),
        Row(
            name: "all actions, all vendors denied",
            policies: [doc(allow("*"), deny("*:*"))],
            action: "*",
            resources: ["*"],
            verdict: .denied
        ),
        Row(
            name: "NotAction against NotAction",
            policies: [
                doc(
                    statement(#""Effect":"Allow","NotAction":"iam:*","Resource":"*""#),
                    statement(#""Effect":"Deny","NotAction":"iam:*","Resource":"*""#)
                )
            ],
            action: "*",
            resources: ["*"],
            verdict: .denied
        ),
    ]

    private static let rows = actions + resources + denies + conditions + boundaries + unknowns + variables + wildcards

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
