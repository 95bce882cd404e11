/// A scalar: its text as read, and what the core schema takes it for.
public struct Scalar: Hashable, Sendable {
    /// What a scalar stands for.
    public enum Value: Hashable, Sendable {
        /// Text.
        case text
        /// `null`, `~` or nothing.
        case null
        /// `true` or `false`.
        case boolean(Bool)
        /// A whole number that fits 64 bits.
        case integer(Int)
        /// Any other number.
        case float(Double)
    }
    /// The text after the unfolding of quotes, escapes and blocks.
    public var text: String
    /// Whether it was written without quotes and not as a block.
    public var isPlain: Bool
    /// What it stands for.
    public var value: Value

    /// A scalar; a plain one is resolved by the core schema, every other is text.
    ///
    /// Source: YAML 1.2.2, 10.3.2, "Tag Resolution".
    public init(text: String, isPlain: Bool) {
        self.text = text
        self.isPlain = isPlain
        value = isPlain ? Scalar.resolve(text) : .text
    }
}

extension Scalar {
    private static func resolve(_ text: String) -> Value {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .boolean(true)
        case "false", "False", "FALSE": .boolean(false)
        case ".nan", ".NaN", ".NAN": .float(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": .float(-.infinity)
        default: number(text) ?? .text
        }
    }

    private static func number(_ text: String) -> Value? {
        // Numbers are short and begin with a digit, a sign or a point; most text ends here.
        guard let first = text.utf8.first, first <= 0x39, first >= 0x2B else { return nil }
        if text.hasPrefix("0o"), let digits = all(text.utf8.dropFirst(2), in: { (0x30...0x37).contains($0) }) {
            return whole(digits, radix: 8)
        }
        if text.hasPrefix("0x"), let digits = all(text.utf8.dropFirst(2), in: isHexadecimal) {
            return whole(digits, radix: 16)
        }
        guard isDecimal(text) else { return nil }
        if let value = Int(text) { return .integer(value) }
        return Double(text.hasSuffix(".") ? text + "0" : text).map(Value.float) ?? .float(.infinity)
    }

    private static func whole(_ digits: String, radix: Int) -> Value {
        Int(digits, radix: radix).map(Value.integer) ?? .float(.infinity)
    }

    private static func all(_ bytes: Substring.UTF8View, in test: (UInt8) -> Bool) -> String? {
        !bytes.isEmpty && bytes.allSatisfy(test) ? String(Substring(bytes)) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func isDecimal(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func sign() { if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() } }
        func digits() -> Int {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count
        }
        sign()
        let before = digits()
        var after = 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            after = digits()
        }
        guard before + after > 0 else { return false }
        if let byte = rest.first, byte | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            sign()
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
