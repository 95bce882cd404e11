internal import Model

/// Names and messages from outside, made safe to show: a name is data, whatever characters it is made of.
///
/// Control, format and bidirectional characters, line and paragraph separators and other characters that show nothing
/// are written as `\u{202E}`. A second pass changes nothing, so a message may hold names that were made safe before.
public enum Printable {
    /// The text for a terminal or a log line: one line, nothing in it that a terminal would obey.
    public static func text(_ text: String) -> String { text.shown }

    /// A name for a terminal: as ``text(_:)``, with spaces at either end shown as `\u{20}` and an empty name as `""`.
    public static func name(_ name: String) -> String {
        guard !name.isEmpty else { return "\"\"" }
        let shown = text(name)
        guard shown.utf8.first == UInt8(ascii: " ") || shown.utf8.last == UInt8(ascii: " ") else { return shown }
        var body = Substring(shown)
        var before = ""
        var after = ""
        while body.utf8.first == UInt8(ascii: " ") {
            body.removeFirst()
            before += "\\u{20}"
        }
        while body.utf8.last == UInt8(ascii: " ") {
            body.removeLast()
            after += "\\u{20}"
        }
        return before + body + after
    }

    /// The text for an HTML page, in an element or in a quoted attribute.
    public static func html(_ text: String) -> String {
        var result = ""
        for scalar in Printable.text(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A name for Markdown, as a code span: no markup, link, mention or issue number in it is run.
    ///
    /// - Parameter isInTable: whether the span stands in a table, where `|` has to be escaped even in code.
    /// - Source: CommonMark 0.31, "Code spans"; GitHub Flavored Markdown, "Tables (extension)".
    public static func markdownCode(_ name: String, isInTable: Bool = false) -> String {
        var body = Printable.name(name)
        if isInTable { body = replace("|", in: body, with: "\\|") }
        let fence = String(repeating: "`", count: longestRun(of: UInt8(ascii: "`"), in: body) + 1)
        guard body.utf8.first == UInt8(ascii: "`") || body.utf8.last == UInt8(ascii: "`") else {
            return fence + body + fence
        }
        return "\(fence) \(body) \(fence)"
    }

    /// Prose for Markdown: every character that could begin markup is escaped.
    ///
    /// A comment that shows nothing stands behind `@` and `#`, since hosts look for mentions and issue numbers after
    /// the escapes are gone; in links it stands behind the scheme and behind `www`.
    /// - Source: CommonMark 0.31, "Backslash escapes"; GitHub Flavored Markdown, "Autolinks (extension)".
    public static func markdown(_ text: String) -> String {
        var result = ""
        for scalar in Printable.text(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "@": result += "@<!-- -->"
            case "#": result += "\\#<!-- -->"
            case ":": result += ":<!-- -->"
            case ".": result += ".<!-- -->"
            case "!"..."/", ";"..."?", "["..."`", "{"..."~":
                result += "\\"
                result.unicodeScalars.append(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The length of the longest run of a byte.
    static func longestRun(of byte: UInt8, in text: String) -> Int {
        var longest = 0
        var run = 0
        for found in text.utf8 {
            run = found == byte ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    private static func replace(_ scalar: Unicode.Scalar, in text: String, with replacement: String) -> String {
        var result = ""
        for found in text.unicodeScalars {
            if found == scalar { result += replacement } else { result.unicodeScalars.append(found) }
        }
        return result
    }
}
