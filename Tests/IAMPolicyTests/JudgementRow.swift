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
func doc(_ statements: String...) -> String {
    #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
}

/// A document without Version, in which there are no variables.
func old(_ statements: String...) -> String { #"{"Statement":[\#(statements.joined(separator: ","))]}"# }

func allow(_ action: String = "iam:*", on resource: String = "*", _ extra: String = "") -> String {
    #"{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"\#(extra)}"#
}

func deny(_ action: String = "iam:*", on resource: String = "*", _ extra: String = "") -> String {
    #"{"Effect":"Deny","Action":"\#(action)","Resource":"\#(resource)"\#(extra)}"#
}

func statement(_ members: String) -> String { "{\(members)}" }

let condition = #","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#
let user = "arn:aws:iam::111122223333:user/bob"
let users = "arn:aws:iam::*:user/*"
