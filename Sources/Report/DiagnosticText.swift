public import Diagnostics
internal import Model

/// Diagnostics for a terminal: `file:line:column: error: message`, the line, a caret, and what was perhaps meant.
public enum DiagnosticText {
    /// All diagnostics in the order given, one after the other.
    public static func text(_ diagnostics: [Diagnostic], style: TextStyle = .plain) -> String {
        diagnostics.map { text($0, style: style) }.joined()
    }

    /// One diagnostic, with a newline at its end.
    public static func text(_ diagnostic: Diagnostic, style: TextStyle = .plain) -> String {
        let place = "\(Printable.text(diagnostic.file)):\(diagnostic.line):\(diagnostic.column)"
        let severity = style.paint(diagnostic.severity.rawValue, diagnostic.severity.tone)
        var head = "\(style.paint("\(place):", .heading)) \(severity): \(Printable.text(diagnostic.message))"
        if let code = diagnostic.code { head += style.paint(" [\(Printable.text(code))]", .faint) }
        let advice = diagnostic.suggestion.map { "did you mean \(Printable.name($0))?" }
        guard let line = diagnostic.sourceLine else { return head + (advice.map { "; \($0)" } ?? "") + "\n" }
        let excerpt = Excerpt(line: line, column: diagnostic.column, length: diagnostic.length)
        let caret = style.paint(excerpt.caret, diagnostic.severity.tone)
        return "\(head)\n    \(excerpt.line)\n    \(excerpt.margin)\(caret)\(advice.map { " \($0)" } ?? "")\n"
    }

    /// `2 errors, 1 warning`; empty where there is none. Notes belong to what stands before them and do not count.
    public static func count(_ diagnostics: [Diagnostic]) -> String {
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count { $0.severity == .warning }
        return [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map { counted($0.0, $0.1) }
            .joined(separator: ", ")
    }

    /// The diagnostics as a document, `idbridge.check/1`, for `check --format json`.
    public static func document(_ diagnostics: [Diagnostic]) -> JSON {
        [
            "format": "idbridge.check/1",
            "errors": .integer(diagnostics.count { $0.severity == .error }),
            "warnings": .integer(diagnostics.count { $0.severity == .warning }),
            "diagnostics": .array(
                diagnostics.map { diagnostic in
                    [
                        "severity": .string(diagnostic.severity.rawValue), "code": .optional(diagnostic.code),
                        "file": .string(diagnostic.file), "line": .integer(diagnostic.line),
                        "column": .integer(diagnostic.column), "length": .integer(diagnostic.length),
                        "message": .string(diagnostic.message), "suggestion": .optional(diagnostic.suggestion),
                    ]
                }
            ),
        ]
    }
}

extension Diagnostic.Severity {
    fileprivate var tone: TextStyle.Tone {
        switch self {
        case .error: .danger
        case .warning: .changed
        case .note: .faint
        }
    }
}

/// The part of a source line around a place, and a caret below it.
struct Excerpt {
    /// The line, safe to show; a long one only around the place.
    var line = ""
    /// What stands before the caret: tabs as in the line, spaces for the rest.
    var margin = ""
    /// `^~~~`.
    var caret = ""

    private static let widest = 120
    private static let before = 60

    /// - Parameters:
    ///   - column: in code points, from one; one beyond the end points behind the line.
    ///   - length: in code points.
    init(line source: String, column: Int, length: Int) {
        let scalars = source.unicodeScalars.map { $0 }
        let place = min(max(0, column - 1), scalars.count)
        let start = scalars.count > Self.widest ? max(0, place - Self.before) : 0
        let end = min(scalars.count, start + Self.widest)
        if start > 0 {
            line = "…"
            margin = " "
        }
        var underlined = 0
        for index in start..<end {
            let shown = Excerpt.shown(scalars[index])
            line += shown.text
            if index < place { margin += scalars[index] == "\t" ? "\t" : String(repeating: " ", count: shown.width) }
            if index >= place, index < place + max(1, length) { underlined += shown.width }
        }
        if end < scalars.count { line += "…" }
        caret = "^" + String(repeating: "~", count: max(0, underlined - 1))
    }

    private static func shown(_ scalar: Unicode.Scalar) -> (text: String, width: Int) {
        if scalar == "\t" { return ("\t", 1) }
        guard scalar.isHidden else { return (String(Character(scalar)), displayWidth(of: scalar)) }
        let escape = scalar.escape
        return (escape, escape.utf8.count)
    }
}
