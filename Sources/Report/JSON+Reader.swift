/// Why a text is no JSON document, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; one line, no full stop.
    public var message: String
    /// The line, from one.
    public var line: Int
    /// The column in code points, from one.
    public var column: Int

    /// A fault at a place.
    public init(_ message: String, line: Int, column: Int) {
        self.message = message
        self.line = line
        self.column = column
    }

    /// `line 3, column 14: …`.
    public var description: String { "line \(line), column \(column): \(message)" }
}

extension JSON {
    /// The bounds of what is read.
    public struct Limits: Hashable, Sendable {
        /// The most bytes of a document.
        public var bytes: Int
        /// The most lists and objects within each other.
        public var depth: Int
        /// Bounds of what is read.
        public init(bytes: Int = 256 << 20, depth: Int = 32) {
            self.bytes = bytes
            self.depth = depth
        }
    }

    /// Reads one document, strictly: UTF-8 without byte order mark, no name twice in an object, nothing behind the value.
    ///
    /// - Throws: where the first fault is, and what it is. The message repeats nothing of the text but single
    ///   characters and names of objects, made safe to show.
    public static func parse(_ bytes: [UInt8], limits: Limits = Limits()) throws(JSONError) -> JSON {
        guard bytes.count <= limits.bytes else {
            throw JSONError("more than \(limits.bytes) bytes", line: 1, column: 1)
        }
        var reader = JSONReader(bytes: bytes, maximumDepth: limits.depth)
        return try reader.document()
    }
}

/// Reads values from bytes, from left to right.
struct JSONReader {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var at = 0

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
        UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSONError) -> JSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw fault("a byte order mark has no place here") }
        let result = try value(depth: 0)
        skipSpace()
        guard at == bytes.count else { throw fault("something stands behind the end of the document") }
        return result
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        skipSpace()
        guard let byte = peek else { throw fault("the document ends too early") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        try enter(depth)
        var members: [String: JSON] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            let start = at
            guard peek == UInt8(ascii: "\"") else { throw fault("a name in quotes belongs here") }
            let name = try string()
            guard members[name] == nil else {
                throw fault(
                    "the name \"\(Printable.text(String(name.prefix(60))))\" stands twice in one object",
                    at: start
                )
            }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            members[name] = try value(depth: depth)
            skipSpace()
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        try enter(depth)
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth))
            skipSpace()
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return .array(elements)
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        guard depth <= maximumDepth else {
            throw fault("more than \(maximumDepth) lists and objects within each other")
        }
        at += 1
    }

    private mutating func word() throws(JSONError) -> JSON {
        for (text, value) in [("true", JSON.bool(true)), ("false", .bool(false)), ("null", .null)]
        where bytes[at...].starts(with: text.utf8) {
            at += text.utf8.count
            return value
        }
        throw fault("a value belongs here")
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        if let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            throw fault("a number does not begin with 0", at: start)
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw fault("a number too large to hold", at: start) }
        return .number(number)
    }

    private mutating func digits() throws(JSONError) {
        let start = at
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
        guard at > start else { throw fault("a digit belongs here") }
    }

    private mutating func string() throws(JSONError) -> String {
        let start = at
        at += 1
        var content: [UInt8] = []
        while true {
            let run = at
            while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { at += 1 }
            content.append(contentsOf: bytes[run..<at])
            switch peek {
            case nil: throw fault("the text that begins here does not end", at: start)
            case UInt8(ascii: "\""):
                at += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw fault("the text that begins here is not UTF-8", at: start)
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &content)
            default: throw fault("a control character has to be escaped")
            }
        }
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let start = at
        at += 1
        guard let byte = peek else { throw fault("the document ends too early") }
        at += 1
        if let meant = JSONReader.escapes[byte] { return content.append(meant) }
        guard byte == UInt8(ascii: "u"), let first = unit() else { throw fault("no such escape", at: start) }
        content.append(contentsOf: Character(try scalar(first, start: start)).utf8)
    }

    private mutating func scalar(_ first: UInt32, start: Int) throws(JSONError) -> Unicode.Scalar {
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = unit(),
            (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault("half of a surrogate pair", at: start) }
        return scalar
    }

    private mutating func unit() -> UInt32? {
        guard at + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[at..<at + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        at += 4
        return value
    }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard take(byte) else {
            throw fault(
                at < bytes.count ? "\(Character(Unicode.Scalar(byte))) belongs here" : "the document ends too early"
            )
        }
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private func fault(_ message: String, at offset: Int? = nil) -> JSONError {
        let before = bytes[..<(offset ?? at)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let column = 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }
        return JSONError(message, line: line, column: column)
    }
}
