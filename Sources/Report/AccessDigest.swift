internal import Model

/// Access gained or lost, by permission set, the heaviest first.
struct AccessDigest {
    /// One permission set.
    struct Row {
        var permissionSet: String
        var people: Int
        var accounts: Int
        var pairs: Int
        /// The first pairs in words, safe to show: `ana@example.com on prod (111122223333)`.
        var examples: [String]
    }

    var rows: [Row]
    var people: Int
    var pairs: Int

    /// - Parameter listed: permission sets that the configuration's brakes name; they come first.
    init(_ access: [EffectiveAccess], accountNames: [AccountID: String], listed: Set<String>, examples: Int = 3) {
        var bySet: [String: [EffectiveAccess]] = [:]
        for entry in access { bySet[entry.permissionSet, default: []].append(entry) }
        people = Set(access.map(\.user)).count
        pairs = access.count
        rows = bySet.map { set, entries in
            Row(
                permissionSet: set,
                people: Set(entries.map(\.user)).count,
                accounts: Set(entries.map(\.account)).count,
                pairs: entries.count,
                examples: entries.prefix(examples).map { entry in
                    let id = Printable.text(entry.account.value)
                    let account = accountNames[entry.account].map { "\(Printable.name($0)) (\(id))" } ?? id
                    return "\(Printable.name(entry.user)) on \(account)"
                }
            )
        }
        rows.sort { left, right in
            let weights = (weight(left.permissionSet, listed), weight(right.permissionSet, listed))
            if weights.0 != weights.1 { return weights.0 > weights.1 }
            if left.pairs != right.pairs { return left.pairs > right.pairs }
            return left.permissionSet.utf8.lexicographicallyPrecedes(right.permissionSet.utf8)
        }
    }
}

// Only the order hangs on this: what the configuration lists, then what calls itself administration; what calls itself
// reading comes last.
private func weight(_ permissionSet: String, _ listed: Set<String>) -> Int {
    if listed.contains(permissionSet) { return 3 }
    let name = permissionSet.folded
    if name.contains("admin") { return 2 }
    return ["readonly", "viewonly", "reader", "audit"].contains { name.contains($0) } ? 0 : 1
}
