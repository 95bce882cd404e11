internal import Mapping
internal import Model

/// What the `access` entries of one group come to.
struct ResolvedAccess {
    /// The desired pairs with the entries that grant them.
    var desired: [AccessPair: [Because]] = [:]
    /// Pairs that entries list only outside their windows, with `expired`, `early` or both, and the entries.
    var closed: [AccessPair: (ended: [String], because: [Because])] = [:]
    var problems = SelectionProblems()

    /// Whether all selectors resolve. An unknown permission set leaves no doubt about what the others are given for.
    var areSelectorsResolved: Bool { problems.holds.allSatisfy { $0.code == "unknown-permission-set" } }
}

/// Resolves access entries against the target (`MAPPING.md` 28–33).
struct AccessResolution {
    let selection: AccountSelection
    let setByName: [String: PermissionSetARN]
    let now: Timestamp

    init(selection: AccountSelection, permissionSets: [PermissionSet], now: Timestamp) {
        self.selection = selection
        setByName = Dictionary(permissionSets.map { ($0.name, $0.arn) }, uniquingKeysWith: { first, _ in first })
        self.now = now
    }

    func resolve(_ entries: [AccessEntry], filling values: [String: String]) -> ResolvedAccess {
        var result = ResolvedAccess()
        for entry in entries {
            let because = Because(file: entry.place.file, line: entry.place.line, note: entry.note)
            let pairs = self.pairs(of: entry, values, &result.problems)
            if entry.isOpen(at: now) {
                for pair in pairs { result.desired[pair, default: []].append(because) }
            } else {
                let reason = entry.until.map { now >= $0 } ?? false ? "expired" : "early"
                for pair in pairs {
                    result.closed[pair, default: ([], [])].ended.append(reason)
                    result.closed[pair]?.because.append(because)
                }
            }
        }
        for (pair, closed) in result.closed {
            if result.desired[pair] != nil {
                result.closed[pair] = nil
            } else {
                result.closed[pair]?.ended = ["expired", "early"].filter(closed.ended.contains)
            }
        }
        return result
    }

    private func pairs(
        of entry: AccessEntry,
        _ values: [String: String],
        _ problems: inout SelectionProblems
    ) -> [AccessPair] {
        let selected = selection.select(entry.accounts, as: .select, filling: values, &problems)
        let excluded =
            entry.except.isEmpty ? [] : selection.select(entry.except, as: .except, filling: values, &problems)
        let accounts = selected.subtracting(excluded).sorted()
        var pairs: [AccessPair] = []
        var seen: Set<String> = []
        for name in entry.permissionSets where seen.insert(name.value).inserted {
            guard let arn = setByName[name.value] else {
                problems.holds.append(
                    (
                        "unknown-permission-set", "the target has no permission set \(name.value)\(near(name.value))",
                        name.place
                    )
                )
                continue
            }
            pairs += accounts.map { AccessPair(account: selection.accounts[$0].id, permissionSet: arn) }
        }
        return pairs
    }

    private func near(_ name: String) -> String {
        let close = setByName.keys.filter { $0.folded == name.folded }.sorted().first
        return close.map { "; did you mean \($0)?" } ?? ""
    }
}
