@testable import IAMPolicy

/// What Allow and Deny statements reach.
extension JudgeTests {
    static let actions: [Row] = [
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

    static let resources: [Row] = [
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

    static let denies: [Row] = [
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

    static let conditions: [Row] = [
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
}
