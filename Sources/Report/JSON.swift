/// A JSON value.
///
/// Written with sorted keys, so that the same value always gives the same bytes. Source: RFC 8259.
public enum JSON: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent.
    case integer(Int)
    /// Any other number; finite.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSON])
    /// Names and values; written sorted by the names' bytes.
    case object([String: JSON])

    /// A text, or `null` for nil.
    public static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// A number, or `null` for nil.
    public static func optional(_ number: Int?) -> JSON { number.map { .integer($0) } ?? .null }

    /// A list of texts.
    public static func strings(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A text written in source code.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number written in source code.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A truth value written in source code.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// A list written in source code.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object written in source code; of a name that stands twice, the last value counts.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
