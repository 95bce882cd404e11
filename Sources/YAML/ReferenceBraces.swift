/// Lets references such as `${env:NAME}` stand unquoted within `{ … }` and `[ … ]`, where YAML would take their braces
/// for a map.
///
/// Before libyaml reads the text, the braces of each reference become two private-use characters, and afterwards braces
/// again. Places do not change, since they count code points.
struct ReferenceBraces {
    private static let open: Unicode.Scalar = "\u{E000}"
    private static let close: Unicode.Scalar = "\u{E001}"

    /// The text with its references' braces hidden; the text itself where it has such private-use characters already.
    static func hidden(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var result: [UInt8] = []
        var copied = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            // U+E000 to U+E03F begin with these two bytes.
            if text[index] == 0xEE && text[index...].dropFirst().first == 0x80 { return text }
            guard let end = endOfReference(text, at: index) else {
                index += 1
                continue
            }
            result += text[copied...index]
            result += String(open).utf8
            result += text[(index + 2)..<end]
            result += String(close).utf8
            copied = end + 1
            index = copied
        }
        return copied == text.startIndex ? text : (result + text[copied...])[...]
    }

    /// The place of the closing brace of a reference that begins at a place.
    private static func endOfReference(_ text: ArraySlice<UInt8>, at start: Int) -> Int? {
        guard text[start] == UInt8(ascii: "$") else { return nil }
        let rest = text[start...]
        guard rest.starts(with: "${env:".utf8) || rest.starts(with: "${file:".utf8) else { return nil }
        for index in (start + 2)..<text.endIndex {
            if text[index] == UInt8(ascii: "}") { return index }
            if text[index] < 0x20 || "{\"'".utf8.contains(text[index]) { return nil }
        }
        return nil
    }

    /// The text of a scalar with braces again.
    static func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(open) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(scalar == open ? "{" : scalar == close ? "}" : scalar) }
        return String(result)
    }
}
