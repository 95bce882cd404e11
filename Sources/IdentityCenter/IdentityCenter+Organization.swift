public import Model

extension IdentityCenter {
    /// The organization's accounts and OUs; tags, of the ACTIVE accounts, only where asked for.
    ///
    /// Accounts move between units while the tree is walked: when the listings contradict each other, they are read
    /// once more.
    ///
    /// - Throws: `malformed` where they contradict each other twice.
    public func organization(withTags: Bool) async throws(UpstreamError) -> Organization {
        var organization = try await consistentOrganization()
        organization.managementAccount = try await organizationManagementAccount()
        guard withTags else { return organization }
        let tagged = try await inParallel(organization.accounts) { (account) async throws(UpstreamError) in
            var account = account
            if account.isActive { account.tags = try await self.tags(of: account.id) }
            return account
        }
        organization.accounts = tagged
        return organization
    }

    private func consistentOrganization() async throws(UpstreamError) -> Organization {
        var contradiction = Contradiction("")
        for _ in 1...2 {
            let rows = try await organizations.list(
                listing("ListAccounts", rows: "Accounts", parent: nil) { (row: AccountRow) in row.id }
            )
            let outcome: Result<Organization, Contradiction>
            switch try await tree(rows) {
            case .success(let tree): outcome = tree.assemble(rows.map(\.account))
            case .failure(let found): outcome = .failure(found)
            }
            switch outcome {
            case .success(let organization): return organization
            case .failure(let found): contradiction = found
            }
        }
        throw Call(service: "organizations", operation: "ListAccounts").error(
            .malformed,
            message: "accounts and units contradict each other, also when read a second time: \(contradiction.text)",
            advice: "run again when no account is being moved"
        )
    }

    /// The units, breadth first; where accounts tell their place themselves, they are not listed a second time.
    private func tree(_ rows: [AccountRow]) async throws(UpstreamError) -> Result<OrganizationTree, Contradiction> {
        let roots = try await organizations.list(
            listing("ListRoots", rows: "Roots", parent: nil) { (row: RootRow) in row.id }
        )
        guard roots.count == 1, let root = roots.first?.id else {
            throw Call(service: "organizations", operation: "ListRoots").malformed(
                "\(roots.count) roots instead of one"
            )
        }
        var tree = OrganizationTree(root: root, units: [], parents: [:])
        let placed = rows.filter { $0.account.isActive }.allSatisfy { $0.parent != nil }
        if placed {
            for row in rows { if let parent = row.parent { tree.parents[AccountID(row.id)] = [parent] } }
        }
        var seen: Set<String> = [root]
        var level = [root]
        while !level.isEmpty {
            let below: [Children]
            do {
                below = try await inParallel(level) { (parent) async throws(UpstreamError) in
                    try await self.children(of: parent, withAccounts: !placed)
                }
            } catch {
                guard error.kind == .notFound else { throw error }
                return .failure(Contradiction("unit \(error.object ?? "") was listed and is not there"))
            }
            for children in below {
                for account in children.accounts { tree.parents[account, default: []].insert(children.parent) }
            }
            tree.units += below.flatMap(\.units)
            level = below.flatMap { $0.units.map(\.id) }
            for unit in level where !seen.insert(unit).inserted {
                return .failure(Contradiction("unit \(unit) is listed twice in the tree"))
            }
        }
        return .success(tree)
    }

    private struct Children: Sendable {
        var parent: String
        var units: [OrganizationTree.Unit]
        var accounts: [AccountID]
    }

    private func children(of parent: String, withAccounts: Bool) async throws(UpstreamError) -> Children {
        let units = try await organizations.list(
            listing("ListOrganizationalUnitsForParent", rows: "OrganizationalUnits", parent: parent) {
                (row: UnitRow) in row.id
            }
        )
        var children = Children(
            parent: parent,
            units: units.map { OrganizationTree.Unit(id: $0.id, name: $0.name, parent: parent) },
            accounts: []
        )
        guard withAccounts else { return children }
        children.accounts = try await organizations.list(
            listing("ListAccountsForParent", rows: "Accounts", parent: parent) { (row: AccountRow) in row.id }
        ).map { AccountID($0.id) }
        return children
    }

    private func tags(of account: AccountID) async throws(UpstreamError) -> [String: String] {
        let rows = try await organizations.list(
            Listing<TagRow>(
                operation: "ListTagsForResource",
                rows: "Tags",
                input: ["ResourceId": .text(account.value)],
                size: nil,
                object: "account \(account)"
            ) { $0.key }
        )
        return Dictionary(rows.map { ($0.key, $0.value ?? "") }) { _, last in last }
    }

    /// A page holds 20 objects at most here.
    private func listing<Row>(
        _ operation: String,
        rows: String,
        parent: String?,
        key: @escaping @Sendable (Row) -> String
    ) -> Listing<Row> {
        Listing<Row>(
            operation: operation,
            rows: rows,
            input: parent.map { ["ParentId": .text($0)] } ?? [:],
            size: 20,
            object: parent,
            key: key
        )
    }
}
