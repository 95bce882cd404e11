import Diagnostics
import YAML

extension ConfigurationReader {
    mutating func guardrails(_ node: Node?) -> GuardrailConfiguration {
        var guardrails = GuardrailConfiguration()
        let keys = ["iamUsers", "custom"]
        guard let node, let fields = map(node, "`guardrails`", keys: keys) else { return guardrails }
        let path = "guardrails.iamUsers"
        if let node = fields["iamUsers"], let users = map(node, "`\(path)`", keys: ["allow", "enforce"]) {
            guardrails.iamUsersAllow = allowed(users, path)
            guardrails.iamUsersEnforce = enforcement(users, path)
        }
        guard let node = fields["custom"] else { return guardrails }
        let nodes = list(node, "guardrails.custom", of: "guardrails", mayBeEmpty: true) ?? []
        // The Sid of a guardrail's statement is made of its name's words.
        var words: Set<String> = ["iam-users"]
        for (index, node) in nodes.enumerated() {
            if let custom = custom(node, "guardrails.custom[\(index)]", &words) { guardrails.custom.append(custom) }
        }
        return guardrails
    }

    private mutating func custom(
        _ node: Node,
        _ path: String,
        _ names: inout Set<String>
    ) -> GuardrailConfiguration.Custom? {
        let keys = ["name", "actions", "resources", "allow", "enforce"]
        guard let fields = map(node, "a guardrail", keys: keys) else { return nil }
        for key in ["name", "actions"] where fields[key] == nil {
            checker.missing(key, in: fields, "a guardrail", at: node.start)
        }
        let name = fields["name"].flatMap { guardrailName($0, "\(path).name", &names) }
        let actions =
            (fields["actions"].flatMap { list($0, "\(path).actions", of: "actions", mayBeEmpty: false) } ?? [])
            .compactMap { action($0, "\(path).actions") }
        let resources = fields["resources"].map {
            texts($0, "\(path).resources", of: "resources", mayBeEmpty: false) ?? []
        }
        guard let name else { return nil }
        return GuardrailConfiguration.Custom(
            name: name,
            actions: actions,
            resources: resources ?? ["*"],
            allow: allowed(fields, path),
            enforce: enforcement(fields, path)
        )
    }

    private mutating func guardrailName(_ node: Node, _ path: String, _ names: inout Set<String>) -> String? {
        let name = text(node, path, "of a-z, 0-9 and -, with at least one letter or digit") { text in
            text.utf8.allSatisfy(isNameByte) && text.utf8.contains { $0 != UInt8(ascii: "-") }
        }
        guard let name else { return nil }
        if names.insert(name.split(separator: "-").joined(separator: "-")).inserted { return name }
        checker.report("a guardrail of this name is there already, and its statement would bear the same Sid", at: node)
        return nil
    }

    private mutating func action(_ node: Node, _ path: String) -> String? {
        text(node, path, "actions such as iam:CreateUser; * and ? are wildcards") { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            return text == "*"
                || (parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(where: \.isWhitespace))
        }
    }

    private mutating func allowed(_ fields: Fields, _ path: String) -> [String] {
        fields["allow"].flatMap { texts($0, "\(path).allow", of: "permission sets", mayBeEmpty: true) } ?? []
    }

    private mutating func enforcement(_ fields: Fields, _ path: String) -> GuardrailConfiguration.Enforcement {
        fields["enforce"].flatMap {
            checker.choice($0, "`\(path).enforce`", GuardrailConfiguration.Enforcement.self)
        } ?? .warn
    }
}
