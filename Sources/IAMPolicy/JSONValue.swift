/// A JSON value in which repeated keys are still seen.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// As written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// The members in order, repeated ones too.
    case object([Member])

    struct Member: Hashable, Sendable {
        let key: String
        let value: JSONValue
    }

    /// The first key that an object here or anywhere inside repeats.
    var repeatedKey: String? {
        switch self {
        case .null, .bool, .number, .string: return nil
        case .array(let values): return values.lazy.compactMap(\.repeatedKey).first
        case .object(let members):
            var seen: Set<String> = []
            for member in members where !seen.insert(member.key).inserted { return member.key }
            return members.lazy.compactMap(\.value.repeatedKey).first
        }
    }
}
