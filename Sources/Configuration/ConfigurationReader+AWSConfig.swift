import Diagnostics
import Model
import YAML

extension ConfigurationReader {
    mutating func awsConfig(_ node: Node?, owner: String) -> AWSConfigConfiguration? {
        var result = AWSConfigConfiguration(session: owner)
        let keys = ["session", "startUrl", "region", "regions", "profileName", "settings"]
        guard let node else { return result }
        guard let fields = map(node, "`awsConfig`", keys: keys) else { return nil }
        if let node = fields["session"] {
            // It stands within brackets, and botocore reads it as a shell would.
            let form = "letters, digits and _.+=,@/-"
            result.session = text(node, "awsConfig.session", form) { $0.utf8.allSatisfy(isProfileByte) } ?? ""
        }
        result.startURL = fields["startUrl"].flatMap { startURL($0) }
        result.region = fields["region"].flatMap { region($0, "awsConfig.region") }
        result.regions = fields["regions"].map { regions($0) } ?? []
        if let node = fields["profileName"] { result.profileName = profileName(node) ?? result.profileName }
        result.settings = fields["settings"].map { settings($0) } ?? []
        return result
    }

    private mutating func startURL(_ node: Node) -> String? {
        text(node, "awsConfig.startUrl", "an https URL such as https://d-1234567890.awsapps.com/start") { text in
            let address = text.prefix { $0 != "#" && $0 != "?" }
            return text.hasPrefix("https://") && URLParts(String(address)) != nil
                && !text.contains(where: \.isWhitespace)
        }
    }

    private mutating func regions(_ node: Node) -> [AWSConfigConfiguration.Region] {
        let nodes = list(node, "awsConfig.regions", of: "entries", mayBeEmpty: true) ?? []
        return nodes.enumerated().compactMap { index, node in
            let name = "an entry of `awsConfig.regions`"
            guard let fields = map(node, name, keys: ["accounts", "region"]) else { return nil }
            for key in ["accounts", "region"] where fields[key] == nil {
                checker.missing(key, in: fields, name, at: node.start)
            }
            let path = "awsConfig.regions[\(index)]"
            let accounts = fields["accounts"].map { selectors($0, "\(path).accounts") }
            let region = fields["region"].flatMap { self.region($0, "\(path).region") }
            guard let accounts, let region else { return nil }
            return AWSConfigConfiguration.Region(accounts: accounts, region: region)
        }
    }

    /// A template with `{permissionSet}` and one of `{account}`, `{accountId}`, and no other braces.
    private mutating func profileName(_ node: Node) -> String? {
        let form = "text with {permissionSet} and {account} or {accountId}, and without other braces"
        return text(node, "awsConfig.profileName", form) { text in
            var rest = text
            for word in ["{permissionSet}", "{account}", "{accountId}"] { rest = rest.replacing(word, with: "") }
            return !rest.contains { "{}".contains($0) } && text.contains("{permissionSet}")
                && (text.contains("{account}") || text.contains("{accountId}"))
        }
    }

    private mutating func settings(_ node: Node) -> [AWSConfigConfiguration.Setting] {
        guard let fields = map(node, "`awsConfig.settings`") else { return [] }
        var seen: Set<String> = []
        return fields.entries.compactMap { entry in
            let key = entry.name.lowercased()
            if let problem = problem(withSetting: entry.name) {
                checker.report(problem, at: entry.key)
            } else if !seen.insert(key).inserted {
                checker.report("this key stands twice; keys that differ only in case are one", at: entry.key)
            } else if let value = settingValue(entry) {
                return AWSConfigConfiguration.Setting(key: entry.name, value: value)
            }
            return nil
        }
    }

    private func problem(withSetting key: String) -> String? {
        let lower = key.lowercased()
        if lower.hasPrefix("sso_") { return "the sso_ keys of profiles are made by idbridge; leave this one out" }
        if lower == "region" { return "the region of profiles is `awsConfig.region`; say it there" }
        let isWord = !key.isEmpty && key.utf8.allSatisfy { isLetterOrDigit($0) || "_-".utf8.contains($0) }
        return isWord ? nil : "a key of a profile must be letters, digits, `_` and `-`"
    }

    /// A plain value as it is written: text, a number or a boolean.
    private mutating func settingValue(_ entry: Fields.Entry) -> String? {
        let path = "awsConfig.settings.\(entry.name)"
        guard let scalar = entry.value.scalar, !entry.value.isNull else {
            checker.report("`\(path)` must be a plain value: text, a number or a boolean", at: entry.value)
            return nil
        }
        return entry.value.string == nil ? scalar.text : text(entry.value, path)
    }
}

/// Whether a byte may stand in the name of a profile or session.
private func isProfileByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "-_.+=,@/".utf8.contains(byte)
}

extension ConfigurationReader {
    /// Selectors of accounts, in the form of mapping files.
    fileprivate mutating func selectors(_ node: Node, _ path: String) -> [AWSConfigConfiguration.Selector] {
        let nodes = list(node, path, of: "selectors", mayBeEmpty: false) ?? []
        return nodes.compactMap { node in
            let entries = checker.oneOf(node, "a selector", keys: ["id", "name", "ou", "tag", "set", "all"])
            return entries.map { selector($0) }.first ?? nil
        }
    }

    private mutating func selector(_ entry: Fields.Entry) -> AWSConfigConfiguration.Selector? {
        let name = "`\(entry.name)`"
        if entry.name == "tag" { return tags(entry.value).map(AWSConfigConfiguration.Selector.tags) }
        if entry.name == "all" {
            if entry.value.bool == true { return .all }
            checker.report("`all` must be `true`; leave the selector out where it is not meant", at: entry.value)
            return nil
        }
        guard let text = checker.filledText(entry.value, name) else { return nil }
        switch entry.name {
        case "name": return .name(text)
        case "set": return .set(text)
        case "id":
            if text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                return .id(AccountID(text))
            }
            checker.report("`id` must be the 12 digits of an account id, in quotes", at: entry.value)
        default:
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            if text == "/" { return .organizationalUnit([]) }
            if parts.count > 1, parts[0].isEmpty, parts.dropFirst().allSatisfy({ !$0.isEmpty }) {
                return .organizationalUnit(Array(parts.dropFirst()))
            }
            checker.report("`ou` must be a path of names from the root, such as /Workloads/Production", at: entry.value)
        }
        return nil
    }

    private mutating func tags(_ node: Node) -> [String: String]? {
        guard let fields = map(node, "`tag`") else { return nil }
        if fields.entries.isEmpty && fields.isWhole {
            checker.report("`tag` must not be empty: name at least one tag with its value", at: node)
        }
        var tags: [String: String] = [:]
        for entry in fields.entries { tags[entry.name] = checker.text(entry.value, "the value of a tag") }
        return tags.isEmpty ? nil : tags
    }
}
