import Diagnostics
import Mapping
import Testing

@Suite("The examples of the contract")
struct CheckCaseTests {
    @Test("every file is an example")
    func count() {
        #expect(CheckCase.all.count == 76)
    }

    @Test("errors stand where the example says, and nowhere else", arguments: CheckCase.all)
    func places(example: CheckCase) {
        let found = MappingParser.parse(files: example.files, sources: example.sources).diagnostics
        let errors = found.filter { $0.severity == .error }
        let places = errors.map { "\($0.file):\($0.line):\($0.column): \($0.message)" }
        for wanted in example.places {
            let isThere = errors.contains {
                $0.file == wanted.file && (wanted.line ?? $0.line) == $0.line
                    && (wanted.column ?? $0.column) == $0.column
            }
            #expect(isThere, "nothing at \(wanted) but \(places)")
        }
        if example.isExact && !example.files.isEmpty {
            let distinct = Set(errors.map { "\($0.file):\($0.line):\($0.column)" })
            #expect(distinct.count == example.places.count, "\(places)")
        }
        #expect(found == found.sorted())
        #expect(example.suggestions.allSatisfy { name in found.contains { $0.suggestion == name } })
        #expect(example.warnings.allSatisfy { code in found.contains { $0.severity == .warning && $0.code == code } })
    }

    @Test("no file at all is an error")
    func noFile() {
        #expect(MappingParser.parse(files: [], sources: MappingParser.defaultSources).diagnostics.count == 1)
    }
}
