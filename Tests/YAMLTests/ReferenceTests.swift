import Foundation
import Testing
import YAML

/// The same files are read by PyYAML with the core schema (`Tests/Conformance/yaml_reference.py`).
@Suite("YAML against an independent reader")
struct ReferenceTests {
    @Test(
        "nodes, places and types are those that PyYAML and yamlcore find",
        arguments: ["core-schema", "places", "code-points", "anchors", "crlf", "json", "nesting"]
    )
    func reference(name: String) throws {
        let folder = try #require(Bundle.module.resourceURL?.appending(path: "Reference"))
        let document = YAML.parse([UInt8](try Data(contentsOf: folder.appending(path: "\(name).yaml"))), file: name)
        #expect(document.diagnostics.isEmpty)
        let wanted = try String(contentsOf: folder.appending(path: "\(name).nodes"), encoding: .utf8).split(
            separator: "\n"
        )
        let found = lines(try #require(document.root), depth: 0)
        for (left, right) in zip(found, wanted) { #expect(left == String(right)) }
        #expect(found.count == wanted.count)
    }

    private func lines(_ node: Node, depth: Int) -> [String] {
        let place = "\(String(repeating: "  ", count: depth))\(node.start.line):\(node.start.column) "
        switch node.content {
        case .scalar(let scalar): return [place + text(of: scalar)]
        case .list(let nodes): return [place + "list"] + nodes.flatMap { lines($0, depth: depth + 1) }
        case .map(let map):
            return [place + "map"]
                + map.entries.flatMap { lines($0.key, depth: depth + 1) + lines($0.value, depth: depth + 2) }
        }
    }

    private func text(of scalar: Scalar) -> String {
        switch scalar.value {
        case .null: "null"
        case .boolean(let value): "boolean \(value)"
        case .integer(let value): "integer \(value)"
        case .float(let value): "float \(value.isNaN ? "nan" : "\(value)")"
        case .text: "text \(quoted(scalar.text))"
        }
    }

    /// A JSON string as Python's json module writes it.
    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case let control where control.value < 0x20:
                let digits = String(control.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
