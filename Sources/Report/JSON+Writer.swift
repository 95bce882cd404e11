internal import Model

extension JSON {
    /// The value as a document: two spaces of indentation a level, keys sorted, a newline at the end.
    public var document: String {
        var writer = JSONWriter(isIndented: true)
        writer.write(self, level: 0)
        writer.bytes.append(UInt8(ascii: "\n"))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The value in one line, keys sorted, without a newline at the end: for logs and notices.
    public var line: String {
        var writer = JSONWriter(isIndented: false)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Writes values as bytes.
struct JSONWriter {
    var bytes: [UInt8] = []
    let isIndented: Bool

    init(isIndented: Bool) { self.isIndented = isIndented }

    mutating func write(_ value: JSON, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .integer(let number): append(String(number))
        case .number(let number): append(number.isFinite ? String(number) : "null")
        case .string(let text): write(text)
        case .array(let elements): write(elements, level: level)
        case .object(let members): write(members, level: level)
        }
    }

    private mutating func write(_ elements: [JSON], level: Int) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            separate(index, level: level + 1)
            write(element, level: level + 1)
        }
        close(UInt8(ascii: "]"), isEmpty: elements.isEmpty, level: level)
    }

    private mutating func write(_ members: [String: JSON], level: Int) {
        bytes.append(UInt8(ascii: "{"))
        let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, member) in sorted.enumerated() {
            separate(index, level: level + 1)
            write(member.key)
            append(isIndented ? ": " : ":")
            write(member.value, level: level + 1)
        }
        close(UInt8(ascii: "}"), isEmpty: members.isEmpty, level: level)
    }

    private mutating func separate(_ index: Int, level: Int) {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        if isIndented { breakLine(level: level) }
    }

    private mutating func close(_ bracket: UInt8, isEmpty: Bool, level: Int) {
        if isIndented && !isEmpty { breakLine(level: level) }
        bytes.append(bracket)
    }

    private mutating func breakLine(level: Int) {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    // Beside what JSON asks for, hidden characters are escaped, so that a document on a terminal runs nothing.
    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if isPlain(text) {
            bytes.append(contentsOf: text.utf8)
        } else {
            for scalar in text.unicodeScalars { write(scalar) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        case _ where scalar.isHidden:
            for unit in Character(scalar).utf16 { append("\\u" + hex(unit)) }
        default: bytes.append(contentsOf: Character(scalar).utf8)
        }
    }

    private func hex(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
