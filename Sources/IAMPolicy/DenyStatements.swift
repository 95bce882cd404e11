/// An inline policy with a Deny statement for each of some guardrails; all else in it stays.
public enum DenyStatements {
    /// Why a policy cannot be mended.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// It is no valid policy as it stands.
        case invalid(String)
        /// It would be longer than the service takes.
        case tooLong(characters: Int, withoutSpace: Int)

        /// What is wrong, for a person.
        public var description: String {
            switch self {
            case .invalid(let reason): "the inline policy is invalid: \(reason)"
            case .tooLong(let characters, let withoutSpace):
                "the inline policy would have \(characters) characters, \(withoutSpace) of them no white space; "
                    + "\(longest) and \(longestWithoutSpace) are allowed"
            }
        }
    }

    /// Source: sso-admin API reference, PutInlinePolicyToPermissionSet.
    private static let longest = 32_768
    /// Source: IAM Identity Center user guide, "Quotas".
    private static let longestWithoutSpace = 10_240
    private static let prefix = "IdbridgeGuardrail"

    /// The Sid of a guardrail's statement: `IdbridgeGuardrail` and the name's words with capitals.
    public static func sid(_ guardrail: Guardrail) -> String {
        prefix + guardrail.name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Whether a policy carries a statement of ours, for whatever guardrail.
    public static func areIn(_ inline: String) -> Bool {
        guard let policy = JSONReader.value(inline), let statements = policy.statements else { return false }
        return statements.contains { $0.sid?.hasPrefix(prefix) ?? false }
    }

    /// Whether two policies say the same, whatever their white space.
    public static func areSame(_ one: String, _ other: String) -> Bool {
        guard let one = JSONReader.value(one), let other = JSONReader.value(other) else { return false }
        return one.sorted == other.sorted
    }

    /// Adds the statements to a policy, or renews them where they are there and differ.
    ///
    /// - Parameters:
    ///   - inline: the policy; nil where there is none.
    ///   - guardrails: what it shall deny.
    public static func put(_ guardrails: [Guardrail], into inline: String?) throws(Failure) -> String {
        var members: [JSONValue.Member] = [.init(key: "Version", value: .string("2012-10-17"))]
        var statements: [JSONValue] = []
        if let inline {
            do { _ = try PolicyDocument.parse(inline) } catch { throw .invalid(error.reason) }
            guard let policy = JSONReader.value(inline), case .object(let own) = policy, let theirs = policy.statements
            else { throw .invalid("it has no Statement") }
            members = own
            statements = theirs
        }
        for guardrail in guardrails { put(guardrail, into: &statements) }
        members.removeAll { $0.key == "Statement" }
        members.append(.init(key: "Statement", value: .array(statements)))
        return try fitting(.object(members))
    }

    private static func put(_ guardrail: Guardrail, into statements: inout [JSONValue]) {
        let sid = sid(guardrail)
        let statement = JSONValue.object([
            .init(key: "Sid", value: .string(sid)),
            .init(key: "Effect", value: .string("Deny")),
            .init(key: "Action", value: .array(guardrail.actions.map(JSONValue.string))),
            .init(key: "Resource", value: .array(guardrail.resources.map(JSONValue.string))),
        ])
        if let place = statements.firstIndex(where: { $0.sid == sid }) {
            statements[place] = statement
        } else {
            statements.append(statement)
        }
    }

    /// With line breaks where that is not too long, else without.
    private static func fitting(_ policy: JSONValue) throws(Failure) -> String {
        let text = policy.text(indentation: 0)
        let short = policy.text(indentation: nil)
        let withoutSpace = text.unicodeScalars.count { !$0.properties.isWhitespace }
        guard short.unicodeScalars.count <= longest, withoutSpace <= longestWithoutSpace else {
            throw .tooLong(characters: short.unicodeScalars.count, withoutSpace: withoutSpace)
        }
        return text.unicodeScalars.count <= longest ? text : short
    }
}

extension JSONValue {
    /// The statements of a policy, a single one as a list.
    fileprivate var statements: [JSONValue]? {
        switch self["Statement"] {
        case .array(let statements)?: statements
        case .object(let members)?: [.object(members)]
        default: nil
        }
    }

    fileprivate var sid: String? { if case .string(let sid)? = self["Sid"] { sid } else { nil } }

    private subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The same value with the members of objects in the order of their keys.
    fileprivate var sorted: JSONValue {
        switch self {
        case .null, .bool, .number, .string: self
        case .array(let values): .array(values.map(\.sorted))
        case .object(let members):
            .object(members.map { Member(key: $0.key, value: $0.value.sorted) }.sorted { $0.key < $1.key })
        }
    }

    /// The value as JSON in ASCII, which every service takes.
    ///
    /// - Parameter indentation: how deep it stands; nil: all in one line, without white space.
    fileprivate func text(indentation: Int?) -> String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): JSONValue.quoted(text)
        case .array(let values):
            JSONValue.list("[", values.map { $0.text(indentation: indentation.map { $0 + 1 }) }, "]", indentation)
        case .object(let members):
            JSONValue.list("{", members.map { $0.text(indentation) }, "}", indentation)
        }
    }

    private static func list(_ open: String, _ items: [String], _ close: String, _ indentation: Int?) -> String {
        guard !items.isEmpty else { return open + close }
        guard let indentation else { return open + items.joined(separator: ",") + close }
        let inner = "\n" + String(repeating: "  ", count: indentation + 1)
        let outer = "\n" + String(repeating: "  ", count: indentation)
        return open + inner + items.joined(separator: "," + inner) + outer + close
    }

    fileprivate static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}

extension JSONValue.Member {
    fileprivate func text(_ indentation: Int?) -> String {
        JSONValue.quoted(key) + (indentation == nil ? ":" : ": ") + value.text(indentation: indentation.map { $0 + 1 })
    }
}
