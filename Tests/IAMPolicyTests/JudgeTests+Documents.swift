@testable import IAMPolicy

/// What several documents, variables and wildcards make of each other.
extension JudgeTests {
    static let boundaries: [Row] = [
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

    static let unknowns: [Row] = [
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

    static let me = "arn:aws:iam::*:user/${aws:username}"

    static let variables: [Row] = [
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

    static let wildcards: [Row] = [
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
}
