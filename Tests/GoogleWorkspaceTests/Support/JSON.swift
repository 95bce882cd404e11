/// A JSON value that the fake service writes, and its tests read.
enum JSON: Hashable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    case null
    case bool(Bool)
    case number(Int)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(arrayLiteral elements: JSON...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }

    subscript(key: String) -> JSON? { if case .object(let fields) = self { fields[key] } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
    var number: Int? { if case .number(let number) = self { number } else { nil } }

    /// The value as JSON text, keys sorted.
    var written: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return String(value)
        case .number(let value): return String(value)
        case .text(let value): return JSON.quoted(value)
        case .list(let values): return "[" + values.map(\.written).joined(separator: ",") + "]"
        case .object(let fields):
            let parts = fields.sorted { $0.key < $1.key }.map { "\(JSON.quoted($0.key)):\($0.value.written)" }
            return "{" + parts.joined(separator: ",") + "}"
        }
    }

    /// The bytes of the JSON text.
    var bytes: [UInt8] { Array(written.utf8) }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// A `fields` mask, applied as Google applies it: what it does not name is not there.
///
/// Source: Google Workspace, "Fields parameter: partial responses".
indirect enum FieldMask {
    case all
    case some([String: FieldMask])

    init?(_ text: String) {
        var rest = Substring(text)
        guard let mask = FieldMask.parse(&rest), rest.isEmpty else { return nil }
        self = mask
    }

    private static func parse(_ rest: inout Substring) -> FieldMask? {
        var fields: [String: FieldMask] = [:]
        while true {
            let name = rest.prefix { $0.isLetter || $0.isNumber }
            guard !name.isEmpty else { return nil }
            rest = rest.dropFirst(name.count)
            var inner = FieldMask.all
            if rest.first == "(" {
                rest.removeFirst()
                guard let parsed = parse(&rest), rest.first == ")" else { return nil }
                rest.removeFirst()
                inner = parsed
            }
            fields[String(name)] = inner
            guard rest.first == "," else { return .some(fields) }
            rest.removeFirst()
        }
    }

    func apply(_ value: JSON) -> JSON {
        guard case .some(let fields) = self else { return value }
        switch value {
        case .list(let values): return .list(values.map(apply))
        case .object(let object):
            var kept: [String: JSON] = [:]
            for (name, mask) in fields { if let value = object[name] { kept[name] = mask.apply(value) } }
            return .object(kept)
        default: return value
        }
    }
}
