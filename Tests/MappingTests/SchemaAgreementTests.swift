import Diagnostics
import Foundation
import Mapping
import Testing

/// `MAPPING.md`, rule 41. The schema's side is `Tests/Conformance/schema_conformance.py`, which makes the corpus.
@Suite("Agreement with the schema")
struct SchemaAgreementTests {
    @Test(
        "41: the parser accepts and refuses the documents that the schema accepts and refuses",
        arguments: [("accepted", true), ("refused", false)]
    )
    func corpus(verdict: String, isAccepted: Bool) throws {
        let folder = try #require(Bundle.module.resourceURL?.appending(path: "Corpus"))
        let text = try String(contentsOf: folder.appending(path: "\(verdict).jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count > 200)
        for line in lines {
            // JSON is YAML.
            let file = MappingFile(path: "a.yaml", bytes: Array(line.utf8))
            let errors = MappingParser.parse(files: [file], sources: MappingParser.defaultSources).diagnostics
                .filter { $0.severity == .error }
            #expect(errors.isEmpty == isAccepted, "\(line): \(errors.map(\.message))")
        }
    }
}
