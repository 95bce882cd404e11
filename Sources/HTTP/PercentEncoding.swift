/// Percent-encoding: RFC 3986, 2.1.
public enum PercentEncoding {
    /// Everything but the unreserved characters (letters, digits, `-`, `.`, `_`, `~`) of the text's UTF-8 as `%XX`.
    public static func encode(_ text: String) -> String {
        if text.utf8.allSatisfy(isUnreserved) { return text }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count * 2)
        for byte in text.utf8 {
            if isUnreserved(byte) { encoded.append(byte) } else { encoded += escaped(byte) }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// A path segment. A segment of one or two dots alone, which would walk about in the path, has its dots encoded.
    public static func encodeSegment(_ text: String) -> String {
        text == "." || text == ".." ? text.replacing(".", with: "%2E") : encode(text)
    }

    /// A query: `name=value` pairs in the order given, joined by `&`.
    public static func query(_ items: [(String, String)]) -> String {
        items.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }

    /// A body of the type `application/x-www-form-urlencoded`. A space becomes `%20`, which every reader takes.
    public static func form(_ items: [(String, String)]) -> [UInt8] { Array(query(items).utf8) }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] { [0x25, digit(byte >> 4), digit(byte & 15)] }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
