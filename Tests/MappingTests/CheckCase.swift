import Diagnostics
import Foundation
import Mapping
import Model
import Testing
import YAML

/// One example of `Cases`, as its README describes the form.
struct CheckCase: CustomTestStringConvertible {
    /// A place that an error must have; a line or column that is left out is not compared.
    struct Place {
        var file: String
        var line: Int?
        var column: Int?
    }
    var name: String
    var files: [MappingFile]
    var sources: [String: SourceKind]
    var places: [Place]
    var isExact: Bool
    var suggestions: [String]
    var warnings: [String]
    var testDescription: String { name }

    static let all: [CheckCase] = {
        let folder = Bundle.module.resourceURL?.appending(path: "Cases").path ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { CheckCase(path: "\(folder)/\($0)") }
    }()

    init?(path: String) {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        guard let root = YAML.parse([UInt8](bytes), file: path).root, let expect = root["expect"] else { return nil }
        name = String(path.split(separator: "/").last ?? "")
        files = CheckCase.files(root["mapping"])
        sources = MappingParser.defaultSources
        if let configured = root["sources"]?.entries {
            sources = [:]
            for entry in configured {
                guard let source = entry.key.string, let kind = entry.value.string.flatMap(SourceKind.init) else {
                    return nil
                }
                sources[source] = kind
            }
        }
        places = (expect["diagnostics"]?.list ?? []).map {
            Place(file: $0["file"]?.string ?? "", line: $0["line"]?.int, column: $0["column"]?.int)
        }
        isExact = expect["exact"]?.bool ?? true
        suggestions = expect["suggestions"]?.list?.compactMap(\.string) ?? []
        warnings = expect["warnings"]?.list?.compactMap(\.string) ?? []
    }

    /// The files that a folder of these would give, in reading order (rule 1).
    private static func files(_ node: Node?) -> [MappingFile] {
        if let text = node?.string { return [MappingFile(path: "mapping.yaml", bytes: Array(text.utf8))] }
        let files = (node?.entries ?? []).compactMap { entry in
            entry.key.string.map { MappingFile(path: $0, bytes: bytes(entry.value)) }
        }
        let isRead = { (path: String) in
            (path.hasSuffix(".yaml") || path.hasSuffix(".yml"))
                && !path.split(separator: "/").contains { $0.hasPrefix(".") }
        }
        return files.filter { isRead($0.path) }.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private static func bytes(_ node: Node) -> [UInt8] {
        if let text = node.string { return Array(text.utf8) }
        if let base64 = node["base64"]?.string { return [UInt8](Data(base64Encoded: base64) ?? Data()) }
        let text = Array((node["text"]?.string ?? "").utf8)
        let size = node["padTo"]?.int ?? text.count
        return text + Array(repeating: UInt8(ascii: "#"), count: max(0, size - text.count - 1)) + Array("\n".utf8)
    }
}
