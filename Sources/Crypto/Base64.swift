/// Base 64 with `+`, `/` and padding: RFC 4648, 4.
public enum Base64 {
    /// The text for bytes, without line breaks.
    public static func encode(_ bytes: [UInt8]) -> String { Base64Alphabet.standard.encode(bytes, padded: true) }

    /// The bytes of a text; nil where it is not canonical: padding missing, other characters, white space, stray bits.
    public static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        let padding = characters.suffix(2).filter { $0 == 0x3D }.count
        return Base64Alphabet.standard.decode(characters.dropLast(padding))
    }
}

/// Base 64 with `-`, `_` and no padding, as JSON Web Tokens use it: RFC 4648, 5 and RFC 7515, 2.
public enum Base64URL {
    /// The text for bytes.
    public static func encode(_ bytes: [UInt8]) -> String { Base64Alphabet.url.encode(bytes, padded: false) }

    /// The bytes of a text; nil where it is not canonical: padding, other characters, white space, stray bits.
    public static func decode(_ text: String) -> [UInt8]? { Base64Alphabet.url.decode(Array(text.utf8)[...]) }
}

private struct Base64Alphabet: Sendable {
    static let standard = Base64Alphabet(last: "+/")
    static let url = Base64Alphabet(last: "-_")

    private let characters: [UInt8]
    /// The value of each character; 255 for those outside the alphabet.
    private let values: [UInt8]

    private init(last: String) {
        characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8], padded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0...group.count { text.append(characters[Int(bits >> UInt32(18 - 6 * place) & 63)]) }
            if padded { text.append(contentsOf: repeatElement(0x3D, count: 3 - group.count)) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var held = 0
        for character in text {
            let value = values[Int(character)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            guard held >= 8 else { continue }
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            bits &= (1 << UInt32(held)) - 1
        }
        return bits == 0 ? bytes : nil
    }
}
