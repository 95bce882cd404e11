import Diagnostics
import Foundation
import Mapping
import Model
import TestSupport
import Testing

@Suite("Damaged mapping files")
struct FuzzTests {
    private static let pieces = [
        ": ", "- ", "? ", "[", "]", "{", "}", ", ", "&a ", "*a ", "<<: ", "!!str ", "!", "#", "|\n", ">-\n", "---\n",
        "...\n", "\"", "'", "\t",
        "\n", "\r\n", "\u{FEFF}", "\u{85}", "\u{2028}", "\u{0}", "\u{7}", "é", "𝒜", "%YAML 1.2\n", "~", "true", "1",
        "{}", "[]", "null", "user",
        "google: ", "members: ", "access: []", "set: ", "formerly: ", "retired: true", "membership: provisioned",
        "{account}", "{x",
        "version: 1\n", "groups:\n", "patterns:\n", "accounts:\n", "2026-12-01T00:00:00Z", "\"111122223333\"", "@",
        "\\", "\\x00", "  ",
    ]
    /// How many texts are tried; more by the environment, for a longer look.
    private static let count = ProcessInfo.processInfo.environment["IDBRIDGE_FUZZ"].flatMap(Int.init) ?? 3_000

    @Test("no text crashes the parser, and every finding has a place in it")
    func places() {
        let seed = ProcessInfo.processInfo.environment["IDBRIDGE_SEED"].flatMap(UInt64.init) ?? 20_261_124
        var mutator = TextMutator(seed: seed, pieces: FuzzTests.pieces)
        let texts = CheckCase.all.flatMap(\.files).map(\.bytes).filter { $0.count < 20_000 }
        for number in 0..<FuzzTests.count {
            let files = (0...mutator.next(below: 2)).map { index in
                MappingFile(path: "\(index).yaml", bytes: mutator.mutated(texts[mutator.next(below: texts.count)]))
            }
            let result = MappingParser.parse(files: files, sources: MappingParser.defaultSources)
            if let fault = fault(in: result.diagnostics, of: files) {
                let texts = files.map { String(decoding: $0.bytes, as: UTF8.self) }
                Issue.record("seed \(seed), text \(number): \(fault)\n\(texts)")
                return
            }
        }
    }

    private func fault(in diagnostics: [Diagnostic], of files: [MappingFile]) -> String? {
        if diagnostics != diagnostics.sorted() { return "not sorted" }
        for diagnostic in diagnostics {
            guard let file = files.first(where: { $0.path == diagnostic.file }) else { return "no file: \(diagnostic)" }
            if let fault = fault(in: diagnostic, SourceText(file.bytes), file.bytes) {
                return "\(fault): \(diagnostic)"
            }
        }
        return nil
    }

    private func fault(in diagnostic: Diagnostic, _ text: SourceText, _ bytes: [UInt8]) -> String? {
        if diagnostic.message.isEmpty || diagnostic.line < 1 || diagnostic.column < 1 || diagnostic.length < 1 {
            return "no place"
        }
        let line = text.line(diagnostic.line)
        if diagnostic.sourceLine != nil && diagnostic.sourceLine != line { return "another line" }
        // What is missing at the end of a text is one line further at most.
        if diagnostic.line > text.lineCount + 1 { return "no such line" }
        let width = line?.unicodeScalars.count
        // Lines too long to be shown are not counted here.
        return diagnostic.column > (width ?? .max - 1) + 1 ? "no such column" : nil
    }

    @Test("the same files give the same result, and order only decides which of two is the second")
    func deterministic() {
        let examples = CheckCase.all.filter { $0.files.count > 1 }
        for example in examples {
            let first = MappingParser.parse(files: example.files, sources: example.sources)
            let again = MappingParser.parse(files: example.files, sources: example.sources)
            #expect(first.mapping == again.mapping && first.diagnostics == again.diagnostics)
            let turned = MappingParser.parse(files: example.files.reversed(), sources: example.sources)
            #expect(turned.diagnostics.isEmpty == first.diagnostics.isEmpty)
        }
    }
}
