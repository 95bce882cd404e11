import Diagnostics
import TestSupport
import Testing

@testable import Report

@Suite("Diagnostics as text")
struct DiagnosticTextTests {
    static let samples: [Diagnostic] = [
        Diagnostic(
            file: "Mappings/platform.yaml",
            line: 14,
            column: 9,
            message: "unknown key permissonSets in an access entry",
            suggestion: "permissionSets",
            sourceLine: "      - permissonSets: [AdministratorAccess]",
            length: 13
        ),
        Diagnostic(
            file: "Mappings/a.yaml",
            line: 2,
            column: 4,
            message: "a tab does not indent",
            sourceLine: "\t\tkey:\tvalue",
            length: 3
        ),
        Diagnostic(
            file: "Mappings/田中.yaml",
            line: 7,
            column: 6,
            message: "not an address",
            sourceLine: "  - 田中花子: x",
            length: 2
        ),
        Diagnostic(
            severity: .warning,
            code: "pattern-unbounded",
            file: "Mappings/patterns.yaml",
            line: 3,
            column: 5,
            message: "the pattern has no only",
            sourceLine: "  - google: aws-{account}-{permissionSet}@example.com",
            length: 6
        ),
        Diagnostic(severity: .note, file: "Mappings/b.yaml", line: 1, column: 1, message: "the first is here"),
        Diagnostic(
            file: "idbridge.yaml",
            line: 9,
            column: 12,
            message: "a secret has to be a reference",
            suggestion: "${env:SCIM_TOKEN}"
        ),
        Diagnostic(
            file: "x\n\u{1B}[31m.yaml",
            line: 1,
            column: 4,
            message: "hidden \u{202E}characters",
            sourceLine: "a\u{202E}bc\u{9B}d",
            length: 2
        ),
    ]

    @Test("all kinds look as they were reviewed")
    func golden() {
        let long = Diagnostic(
            file: "long.yaml",
            line: 1,
            column: 5_001,
            message: "far to the right",
            sourceLine: String(repeating: "abcdefghi ", count: 1_000),
            length: 9
        )
        let all = Self.samples + [long]
        Golden.expect(DiagnosticText.text(all) + DiagnosticText.count(all) + "\n", equals: "diagnostics.txt")
        Golden.expect(DiagnosticText.document(all).document, equals: "diagnostics.json")
        Golden.expect(DiagnosticText.text(all, style: TextStyle(isColored: true)), equals: "diagnostics-colored.txt")
    }

    @Test("the caret stands below its place, whatever the line is made of")
    func carets() {
        let seed = UInt64.random(in: .min ... .max)
        var random = Random(seed: seed)
        let pieces: [Unicode.Scalar] = ["a", " ", "\t", "田", "\u{301}", "\u{202E}", "é", "😀", "\u{7F}"]
        for _ in 0..<500 {
            var scalars = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }
            let place = Int.random(in: 0..<scalars.count, using: &random)
            scalars[place] = "@"
            var line = String.UnicodeScalarView()
            line.append(contentsOf: scalars)
            let excerpt = Excerpt(line: String(line), column: place + 1, length: 1)
            let before = excerpt.line.unicodeScalars.prefix { $0 != "@" }
            #expect(
                terminalColumn(of: before) == terminalColumn(of: excerpt.margin.unicodeScalars[...]),
                "seed \(seed)"
            )
            #expect(excerpt.caret == "^")
        }
    }

    /// The column that a terminal with tab stops at every eighth column is in after a text.
    private func terminalColumn(of text: Substring.UnicodeScalarView) -> Int {
        text.reduce(0) { $1 == "\t" ? ($0 / 8 + 1) * 8 : $0 + displayWidth(of: $1) }
    }

    @Test("a place beyond the line points behind it")
    func beyond() {
        let excerpt = Excerpt(line: "abc", column: 9, length: 4)
        #expect(excerpt.line == "abc")
        #expect(excerpt.margin == "   ")
        #expect(excerpt.caret == "^")
    }

    @Test("wide and combining characters have their widths")
    func widths() {
        #expect(displayWidth(of: "abc") == 3)
        #expect(displayWidth(of: "田中") == 4)
        #expect(displayWidth(of: "e\u{301}") == 1)
        #expect(displayWidth(of: "한글") == 4)
        #expect(displayWidth(of: "😀") == 2)
        #expect(displayWidth(of: "🇯🇵") == 2)
        #expect(displayWidth(of: "ＡＢ") == 4)
        #expect(displayWidth(of: "Владимир") == 8)
        #expect(displayWidth(of: "ｱ") == 1)
    }

    @Test("prose is broken between words, and nothing of it is lost")
    func wrapping() {
        #expect(wrapped("a bb ccc dddd", width: 6) == ["a bb", "ccc", "dddd"])
        #expect(wrapped("verylongword x", width: 4) == ["verylongword", "x"])
        #expect(wrapped("田中 花子", width: 8) == ["田中", "花子"])
        #expect(wrapped("", width: 8).isEmpty)
    }
}
