internal import Model

/// What was read of an organization, before it is put together.
struct OrganizationTree: Hashable, Sendable {
    /// An organizational unit as its parent lists it.
    struct Unit: Hashable, Sendable {
        var id: String
        var name: String
        /// The root's or a unit's id.
        var parent: String
    }

    /// The root's id.
    var root: String
    /// All units, parents before children.
    var units: [Unit]
    /// For each account the parents that list it, or that its `Paths` name.
    var parents: [AccountID: Set<String>]

    /// Reads `o-…/r-…/ou-…/…/ACCOUNT/` as the id of the account's parent; nil where the path has another form.
    ///
    /// Source: Organizations API reference, "Account", `Paths`.
    static func parent(inPath path: String, of account: AccountID) -> String? {
        var parts = path.split(separator: "/").map { String($0) }
        if parts.last == account.value { parts.removeLast() }
        guard parts.count >= 2, parts[0].hasPrefix("o-"), parts[1].hasPrefix("r-"),
            parts.dropFirst(2).allSatisfy({ $0.hasPrefix("ou-") })
        else { return nil }
        return parts.last
    }

    /// Puts accounts and units together.
    ///
    /// - Returns: the accounts with the names of their units, and the paths of all units, the root's included; or what
    ///   contradicts itself, in words: an account that is listed nowhere or twice, or one that only the tree has.
    func assemble(_ accounts: [Account]) -> Result<Organization, Contradiction> {
        var paths: [String: [String]] = [root: []]
        for unit in units {
            guard let above = paths[unit.parent] else {
                return .failure(
                    Contradiction("unit \(unit.id) is listed below \(unit.parent), which is not in the tree")
                )
            }
            guard paths.updateValue(above + [unit.name], forKey: unit.id) == nil else {
                return .failure(Contradiction("unit \(unit.id) is listed twice in the tree"))
            }
        }
        var placed: [Account] = []
        for account in accounts {
            switch place(account, paths: paths) {
            case .success(let account): placed.append(account)
            case .failure(let contradiction): return .failure(contradiction)
            }
        }
        let unlisted = Set(parents.keys).subtracting(accounts.map(\.id)).min()
        if let unlisted {
            return .failure(Contradiction("account \(unlisted) is in the tree, but ListAccounts lacks it"))
        }
        return .success(
            Organization(accounts: placed, organizationalUnits: Set(paths.values), managementAccount: nil)
        )
    }

    private func place(_ account: Account, paths: [String: [String]]) -> Result<Account, Contradiction> {
        var account = account
        let parents = self.parents[account.id] ?? []
        switch (parents.first, parents.count) {
        case (let parent?, 1):
            guard let path = paths[parent] else {
                return .failure(
                    Contradiction("account \(account.id) is in unit \(parent), which is not in the tree")
                )
            }
            account.organizationalUnit = path
        case (nil, _):
            if account.isActive {
                return .failure(Contradiction("account \(account.id) is ACTIVE, and no unit of the tree lists it"))
            }
        default:
            return .failure(
                Contradiction("account \(account.id) is listed in \(parents.sorted().joined(separator: " and in "))")
            )
        }
        return .success(account)
    }
}

/// What two listings say against each other.
struct Contradiction: Error, Hashable, Sendable {
    var text: String
    init(_ text: String) { self.text = text }
}
