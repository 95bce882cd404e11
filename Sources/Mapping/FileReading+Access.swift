import Diagnostics
import Model
import YAML

extension FileReading {
    static let accessKeys = ["permissionSets", "accounts", "except", "from", "until", "note"]
    static let selectorKeys = ["id", "name", "ou", "tag", "set", "all"]

    /// Reads the value of `access`; an empty list is no access.
    mutating func access(_ node: Node, _ scope: Scope) -> [AccessEntry] {
        let nodes = checker.list(node, "`access`", of: "entries", mayBeEmpty: true) ?? []
        return nodes.compactMap { accessEntry($0, scope) }
    }

    private mutating func accessEntry(_ node: Node, _ scope: Scope) -> AccessEntry? {
        let name = "an entry of `access`"
        guard let fields = checker.map(node, name, keys: FileReading.accessKeys) else { return nil }
        for key in ["permissionSets", "accounts"] where fields[key] == nil {
            checker.missing(key, in: fields, name, at: node.start)
        }
        let from = time(fields, "from")
        let until = time(fields, "until")
        if let from, let until, let value = fields["until"], until <= from {
            checker.report("`until` must be after `from`", at: value)
        }
        return AccessEntry(
            permissionSets: fields["permissionSets"].map { permissionSets($0, scope) } ?? [],
            accounts: fields["accounts"].map { selectors($0, "`accounts`", scope) } ?? [],
            except: fields["except"].map { selectors($0, "`except`", scope) } ?? [],
            from: from,
            until: until,
            note: fields["note"].flatMap { checker.text($0, "`note`") },
            place: place(node)
        )
    }

    private mutating func time(_ fields: Fields, _ key: String) -> Timestamp? {
        guard let node = fields[key] else { return nil }
        if let time = node.string.flatMap(Timestamp.init(rfc3339:)) { return time }
        checker.report(
            "`\(key)` must be a time with date, seconds, and offset or `Z`, such as 2026-12-01T00:00:00Z",
            at: node
        )
        return nil
    }

    /// Reads a list of names of permission sets.
    mutating func permissionSets(_ node: Node, _ scope: Scope) -> [Placed<String>] {
        let nodes = checker.list(node, "`permissionSets`", of: "names") ?? []
        return nodes.compactMap { node in
            guard let text = checker.filledText(node, "the name of a permission set") else { return nil }
            checkPlaceholders(text, at: node, scope)
            return Placed(text, at: place(node))
        }
    }

    /// Reads a list of selectors.
    mutating func selectors(_ node: Node, _ name: String, _ scope: Scope) -> [Selector] {
        (checker.list(node, name, of: "selectors") ?? []).compactMap { selector($0, scope) }
    }

    private mutating func selector(_ node: Node, _ scope: Scope) -> Selector? {
        let entries = checker.oneOf(node, "a selector", keys: FileReading.selectorKeys)
        let kinds = entries.map { kind(of: $0, scope) }
        return (kinds.first ?? nil).map { Selector(kind: $0, place: place(node)) }
    }

    private mutating func kind(of entry: Fields.Entry, _ scope: Scope) -> Selector.Kind? {
        switch entry.name {
        case "all":
            if entry.value.bool == true { return .all }
            checker.report("`all` must be `true`; leave the selector out where it is not meant", at: entry.value)
            return nil
        case "tag": return tags(entry.value, scope).map(Selector.Kind.tags)
        default:
            guard let text = checker.filledText(entry.value, "`\(entry.name)`") else { return nil }
            return kind(entry.name, text, entry.value, scope)
        }
    }

    private mutating func kind(_ key: String, _ text: String, _ value: Node, _ scope: Scope) -> Selector.Kind? {
        let isTemplate = scope.isPattern && !Template(text).words.isEmpty
        if key != "set" { checkPlaceholders(text, at: value, scope) }
        switch key {
        case "id":
            if isTemplate { return .idTemplate(text) }
            if text.isAccountID { return .id(AccountID(text)) }
            checker.report("`id` must be the 12 digits of an account id, in quotes", at: value)
            return nil
        case "name": return isTemplate ? .nameTemplate(text) : .name(text)
        case "ou":
            if let names = organizationalUnit(text) { return .organizationalUnit(names) }
            checker.report(
                "`ou` must be a path of names from the root, such as /Workloads/Production, without a slash at its end",
                at: value
            )
            return nil
        default:
            use(set: text, at: value)
            return .set(text)
        }
    }

    /// The names of an absolute path of OUs; none for the root.
    private func organizationalUnit(_ path: String) -> [String]? {
        if path == "/" { return [] }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return parts.count > 1 && parts[0].isEmpty && parts.dropFirst().allSatisfy({ !$0.isEmpty })
            ? Array(parts.dropFirst()) : nil
    }

    private mutating func tags(_ node: Node, _ scope: Scope) -> [String: String]? {
        guard let fields = checker.map(node, "`tag`") else { return nil }
        if fields.entries.isEmpty && fields.isWhole {
            checker.report("`tag` must not be empty: name at least one tag with its value", at: node)
            return nil
        }
        var tags: [String: String] = [:]
        for entry in fields.entries {
            guard let value = checker.text(entry.value, "the value of a tag") else { continue }
            checkPlaceholders(entry.name, at: entry.key, scope)
            checkPlaceholders(value, at: entry.value, scope)
            tags[entry.name] = value
        }
        return tags
    }
}

extension String {
    /// Whether it is twelve ASCII digits.
    var isAccountID: Bool { utf8.count == 12 && utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
