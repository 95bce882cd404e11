import Diagnostics
import YAML

/// The kinds of value that sections are made of. What is of a wrong kind may be a secret in a wrong place, so its line
/// is not shown.
extension ConfigurationReader {
    mutating func map(_ node: Node, _ name: String, keys: [String]) -> Fields? {
        if node.entries == nil { checker.conceal(node) }
        return checker.map(node, name, keys: keys)
    }

    mutating func map(_ node: Node, _ name: String) -> Fields? {
        if node.entries == nil { checker.conceal(node) }
        return checker.map(node, name)
    }

    mutating func list(_ node: Node, _ path: String, of what: String, mayBeEmpty: Bool) -> [Node]? {
        if node.list == nil { checker.conceal(node) }
        return checker.list(node, "`\(path)`", of: what, mayBeEmpty: mayBeEmpty)
    }

    mutating func boolean(_ fields: Fields, _ key: String, _ parent: String) -> Bool? {
        fields[key].flatMap { checker.boolean($0, "`\(join(parent, key))`") }
    }

    /// Text with its `${env:NAME}` in place, not empty, without control characters.
    ///
    /// A variable that is not set fails the section where it can wait, else it is a diagnostic.
    mutating func text(_ node: Node, _ path: String) -> String? {
        if node.string == nil { checker.conceal(node) }
        guard let written = checker.filledText(node, "`\(path)`") else { return nil }
        switch ExpandedText.expand(written, environment) {
        case .malformed:
            checker.report("`\(path)` may refer to variables as ${env:NAME}, and to nothing else", at: node)
        case .unset(let name):
            let message = "the environment variable \(name) is not set"
            if unsetCanWait {
                postpone(ConfigurationError(keyPath: path, message: message))
            } else {
                checker.report("`\(path)`: \(message)", at: node)
            }
        case .text(let text):
            if text.isEmpty {
                checker.report("`\(path)` is empty once its variables are in place", at: node)
            } else if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                checker.report("`\(path)` must have no control characters", at: node)
            } else {
                return text
            }
        }
        return nil
    }

    /// Text that must have a form.
    mutating func text(_ node: Node, _ path: String, _ form: String, where test: (String) -> Bool) -> String? {
        guard let text = text(node, path) else { return nil }
        if test(text) { return text }
        checker.report("`\(path)` must be \(form)", at: node)
        return nil
    }

    /// The text of a key, where it is there.
    mutating func text(_ fields: Fields, _ key: String, _ parent: String) -> String? {
        fields[key].flatMap { text($0, join(parent, key)) }
    }

    mutating func texts(_ node: Node, _ path: String, of what: String, mayBeEmpty: Bool) -> [String]? {
        guard let nodes = list(node, path, of: what, mayBeEmpty: mayBeEmpty) else { return nil }
        return nodes.enumerated().compactMap { index, node in text(node, "\(path)[\(index)]") }
    }

    /// A URL without a slash at its end, of a host that may be asked.
    mutating func endpoint(_ node: Node, _ path: String, _ vendor: Endpoint.Vendor) -> String? {
        guard let url = text(node, path) else { return nil }
        if let refusal = Endpoint.refusal(of: url, vendor: vendor, allowsOthers: allowEndpoints) {
            // What is no URL of ours may hold a password.
            if URLParts(url) == nil { checker.conceal(node) }
            checker.report("`\(path)` \(refusal)", at: node)
            return nil
        }
        return Endpoint.trimmed(url)
    }

    /// A reference to a secret; a literal is an error that neither repeats nor shows it.
    mutating func secret(_ node: Node, _ path: String) -> SecretReference? {
        if let reference = node.string.flatMap(Reference.init) {
            return SecretReference(reference, keyPath: path, folder: folder)
        }
        checker.conceal(node)
        checker.report(
            "`\(path)` must be a reference, ${env:NAME} or ${file:/path}; what is secret does not belong into this file",
            at: node
        )
        return nil
    }

    func join(_ parent: String, _ key: String) -> String { parent.isEmpty ? key : "\(parent).\(key)" }
}
