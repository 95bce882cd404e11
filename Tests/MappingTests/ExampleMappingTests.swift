import Diagnostics
import Foundation
import Mapping
import Testing
import YAML

@Suite("The example in Mappings")
struct ExampleMappingTests {
    private let files: [MappingFile]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: "Mappings")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
            .sorted()
        files = try names.map {
            MappingFile(path: $0, bytes: [UInt8](try Data(contentsOf: folder.appending(path: $0))))
        }
    }

    @Test("it is valid, without warnings")
    func valid() {
        let result = MappingParser.parse(files: files, sources: MappingParser.defaultSources)
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics.map { "\($0.file):\($0.line): \($0.message)" })")
        #expect(files.count >= 4 && result.mapping.groups.count >= 9 && result.mapping.patterns.count == 3)
    }

    @Test("it uses every key of the language")
    func complete() {
        let language: Set<String> = [
            "version", "accounts", "groups", "patterns", "description", "members", "require", "except", "nested",
            "allowEmpty",
            "adopt", "formerly", "membership", "access", "retired", "google", "entra", "user", "permissionSets", "from",
            "until",
            "note", "id", "name", "ou", "tag", "set", "all", "group", "only", "anyCreator",
        ]
        let used = files.reduce(into: Set<String>()) { keys, file in
            YAML.parse(file.bytes, file: file.path).root.map { collect($0, &keys) }
        }
        #expect(language.subtracting(used) == [])
    }

    private func collect(_ node: Node, _ keys: inout Set<String>) {
        for entry in node.entries ?? [] {
            entry.key.string.map { _ = keys.insert($0) }
            collect(entry.value, &keys)
        }
        for value in node.list ?? [] { collect(value, &keys) }
    }
}
