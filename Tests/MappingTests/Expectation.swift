import Diagnostics
import Mapping
import Model
import TestSupport
import Testing

/// Parses files in which `⟦` marks the places of all errors, and returns mapping and diagnostics.
@discardableResult
func parse(
    _ marked: [(path: String, text: String)],
    sources: [String: SourceKind] = MappingParser.defaultSources,
    at location: SourceLocation = #_sourceLocation
) -> (mapping: AccessMapping, diagnostics: [Diagnostic]) {
    let samples = marked.map { (path: $0.path, text: MarkedText($0.text)) }
    let files = samples.map { MappingFile(path: $0.path, bytes: Array($0.text.text.utf8)) }
    let result = MappingParser.parse(files: files, sources: sources)
    let errors = result.diagnostics.filter { $0.severity == .error }
    for sample in samples {
        let found = errors.filter { $0.file == sample.path }
        let places = found.map { MarkedText.Place(line: $0.line, column: $0.column) }
        #expect(places == sample.text.places, "\(sample.path): \(found.map(\.message))", sourceLocation: location)
    }
    return result
}

/// Parses one file, `a.yaml`, in which `⟦` marks the places of all errors.
@discardableResult
func parse(
    _ marked: String,
    sources: [String: SourceKind] = MappingParser.defaultSources,
    at location: SourceLocation = #_sourceLocation
) -> (mapping: AccessMapping, diagnostics: [Diagnostic]) {
    parse([("a.yaml", marked)], sources: sources, at: location)
}

/// A file with one group `admins` of one member, and further lines of the group.
func group(_ lines: String) -> String {
    "version: 1\ngroups:\n  admins:\n    members: [{ user: ana@example.com }]\n" + indented(lines, by: 4)
}

/// A file with one group whose one access entry selects these accounts.
func selecting(_ selector: String) -> String {
    group("access: [{ permissionSets: [A], accounts: [\(selector)] }]\n")
}

/// A file with one pattern of these lines, bounded, with access.
func pattern(_ lines: String) -> String {
    "version: 1\npatterns:\n  -\n" + indented(lines, by: 4)
}

private func indented(_ lines: String, by width: Int) -> String {
    lines.split(separator: "\n").map { String(repeating: " ", count: width) + $0 + "\n" }.joined()
}
