import Diagnostics
import Model
import YAML

extension FileReading {
    /// The key that names one person in a list of members.
    static let userKey = "user"

    /// Reads `members`, `require` or `except`; empty where the key is missing.
    mutating func members(_ fields: Fields, _ key: String, _ scope: Scope) -> [MemberEntry] {
        guard let node = fields[key], let nodes = checker.list(node, "`\(key)`", of: "entries") else { return [] }
        return nodes.compactMap { member($0, "an entry of `\(key)`", scope) }
    }

    private mutating func member(_ node: Node, _ name: String, _ scope: Scope) -> MemberEntry? {
        let entries = checker.oneOf(node, name, keys: scope.sourceNames + [FileReading.userKey])
        let kinds = entries.map { kind(of: $0, scope) }
        return (kinds.first ?? nil).map { MemberEntry(kind: $0, place: place(node)) }
    }

    private mutating func kind(of entry: Fields.Entry, _ scope: Scope) -> MemberEntry.Kind? {
        let isUser = entry.name == FileReading.userKey
        let isAddress = isUser || scope.sources[entry.name] == .google
        guard let text = groupName(entry, isAddress: isAddress, scope) else { return nil }
        return isUser ? .user(text) : .group(source: entry.name, name: text)
    }

    private mutating func groupName(_ entry: Fields.Entry, isAddress: Bool, _ scope: Scope) -> String? {
        guard let text = checker.filledText(entry.value, "`\(entry.name)`") else { return nil }
        if isAddress && !isWellFormedAddress(text, scope) {
            checker.report("`\(entry.name)` must be an address such as platform@example.com", at: entry.value)
            return nil
        }
        return checkPlaceholders(text, at: entry.value, scope) ? text : nil
    }

    /// Whether a text is an address; placeholders under a pattern may stand for any part of one.
    func isWellFormedAddress(_ text: String, _ scope: Scope) -> Bool {
        guard scope.isPattern else { return Address.isWellFormed(text) }
        let template = Template(text)
        return Address.isWellFormed(
            template.filled(Dictionary(uniqueKeysWithValues: template.words.map { ($0, "a.a") }))
        )
    }

    /// Notes a placeholder that may not stand in a value.
    @discardableResult
    mutating func checkPlaceholders(_ text: String, at node: Node, _ scope: Scope) -> Bool {
        switch scope.words {
        case .none, .unknown: return true
        case .forbidden:
            guard let word = Template(text).words.first else { return true }
            checker.report("`{\(word)}` cannot stand here: `only` bounds what placeholders stand for", at: node)
        case .known(let words):
            guard let word = Template(text).words.first(where: { !words.contains($0) }) else { return true }
            checker.report(
                "`{\(word)}` is no placeholder of this pattern's `\(scope.sourceKey)` value",
                at: node,
                suggestion: suggestion(for: word, among: words.sorted()).map { "{\($0)}" }
            )
        }
        return false
    }
}
