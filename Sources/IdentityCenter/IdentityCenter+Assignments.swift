public import Model

extension IdentityCenter {
    /// The assignments of groups on all accounts, by the cheapest way that the case allows.
    ///
    /// - Parameters:
    ///   - groups: the principals.
    ///   - accounts: all accounts, for the walk.
    ///   - permissionSets: all permission sets; they tell what the walk would cost.
    ///   - including: pairs that the walk reads even where the listing of provisioned sets lacks them: it lags behind
    ///     the first assignment of a set on an account.
    public func assignments(
        of groups: [GroupID],
        accounts: [AccountID],
        permissionSets: [PermissionSetARN],
        including: Set<AccessPair>
    ) async throws(UpstreamError) -> [AccountAssignment] {
        guard !groups.isEmpty else { return [] }
        let principals = Set(groups)
        let counts = AssignmentReading.Counts(
            groups: principals.count,
            accounts: accounts.count,
            permissionSets: permissionSets.count,
            including: including.count
        )
        if !memory.refusesPrincipals, AssignmentReading.cheapest(counts) == .byPrincipal,
            let read = try await assignmentsByPrincipal(principals.map { .group($0) })
        {
            return read.sorted()
        }
        let walked = try await assignmentsByWalk(accounts: accounts, including: including)
        return walked.filter { assignment in
            if case .group(let id) = assignment.principal { principals.contains(id) } else { false }
        }
    }

    /// Every assignment of the instance, of users and groups.
    public func everyAssignment(
        accounts: [AccountID],
        permissionSets: [PermissionSetARN]
    ) async throws(UpstreamError) -> [AccountAssignment] {
        try await assignmentsByWalk(accounts: accounts, including: [])
    }

    /// All holders of pairs, users and groups.
    public func assignments(on pairs: [AccessPair]) async throws(UpstreamError) -> [AccountAssignment] {
        let instance = try await instance()
        let read = try await inParallel(Array(Set(pairs))) { (pair) async throws(UpstreamError) in
            try await self.holders(of: pair, instance)
        }
        return read.flatMap { $0 }.sorted()
    }

    /// Whether groups have application assignments.
    public func hasApplicationAssignments(_ groups: [GroupID]) async throws(UpstreamError) -> [GroupID: Bool] {
        let wanted = Array(Set(groups))
        let read = try await inParallel(wanted) { (group) async throws(UpstreamError) in
            try await !self.applicationAssignments(of: .group(group), firstAlone: true).isEmpty
        }
        return Dictionary(uniqueKeysWithValues: zip(wanted, read))
    }

    /// The direct assignments of principals, by ListAccountAssignmentsForPrincipal; nil where that is refused, or not there.
    ///
    /// The refusal is remembered: the operation works in the management account alone (its API reference says so).
    func assignmentsByPrincipal(_ principals: [Principal]) async throws(UpstreamError) -> [AccountAssignment]? {
        guard !memory.refusesPrincipals else { return nil }
        let instance = try await instance()
        do {
            // One first: where it is refused, the others need not be tried.
            var read = try await inParallel(Array(principals.prefix(1))) { (principal) async throws(UpstreamError) in
                try await self.assignments(of: principal, instance)
            }
            read += try await inParallel(Array(principals.dropFirst())) { (principal) async throws(UpstreamError) in
                try await self.assignments(of: principal, instance)
            }
            return read.flatMap { $0 }
        } catch {
            let isForOthers = error.code?.hasPrefix("AccessDenied") == true || error.code == "UnknownOperationException"
            guard isForOthers else { throw error }
            memory.noteRefusedPrincipals()
            return nil
        }
    }

    /// A user's rows may carry a group's id: those are inherited, and are not the user's own.
    private func assignments(
        of principal: Principal,
        _ instance: InstanceRow
    ) async throws(UpstreamError) -> [AccountAssignment] {
        let listing = Listing<AssignmentRow>(
            operation: "ListAccountAssignmentsForPrincipal",
            rows: "AccountAssignments",
            input: instance.input(members(principal)),
            object: principal.shown,
            allowsRepeatsWithinPage: true
        ) { $0.key }
        let rows: [AccountAssignment]
        do { rows = try await ssoAdmin.list(listing).map { $0.assignment(forms) } } catch {
            if error.kind == .notFound { return [] }
            throw error
        }
        let own = rows.filter { $0.principal == principal }
        if case .group = principal, own.count != rows.count {
            throw ssoAdmin.named(listing.operation, principal.shown)
                .malformed("the answer has assignments of other principals")
        }
        return Array(Set(own))
    }

    /// The walk: the sets that are provisioned to each account, then the holders of each pair.
    func assignmentsByWalk(
        accounts: [AccountID],
        including: Set<AccessPair>
    ) async throws(UpstreamError) -> [AccountAssignment] {
        let instance = try await instance()
        let provisioned = try await inParallel(accounts) { (account) async throws(UpstreamError) in
            try await self.pairsProvisioned(to: account, instance)
        }
        return try await assignments(on: Array(including.union(provisioned.flatMap { $0 })))
    }

    private func pairsProvisioned(
        to account: AccountID,
        _ instance: InstanceRow
    ) async throws(UpstreamError) -> [AccessPair] {
        let listing = Listing<String>(
            operation: "ListPermissionSetsProvisionedToAccount",
            rows: "PermissionSets",
            input: instance.input(["AccountId": .text(account.value)]),
            object: "account \(account)",
            allowsRepeatsWithinPage: true
        ) { $0 }
        do {
            return try await ssoAdmin.list(listing).map {
                AccessPair(account: account, permissionSet: PermissionSetARN($0))
            }
        } catch {
            if error.kind == .notFound { return [] }
            throw error
        }
    }

    private func holders(of pair: AccessPair, _ instance: InstanceRow) async throws(UpstreamError)
        -> [AccountAssignment]
    {
        do { return try await operations.holders(of: pair, instance) } catch { throw error.upstream }
    }

    /// The direct application assignments of a principal, or the first page that has any.
    func applicationAssignments(
        of principal: Principal,
        firstAlone: Bool
    ) async throws(UpstreamError) -> [Holdings.ApplicationAssignment] {
        let listing = Listing<ApplicationAssignmentRow>(
            operation: "ListApplicationAssignmentsForPrincipal",
            rows: "ApplicationAssignments",
            input: try await instance().input(members(principal)),
            object: principal.shown,
            allowsRepeatsWithinPage: true
        ) { $0.key }
        do {
            let rows = try await ssoAdmin.walk(listing) { rows in
                !firstAlone || !rows.contains { Principal($0.type, $0.principal.lowercased()) == principal }
            }
            let assignments = rows.map {
                Holdings.ApplicationAssignment(
                    applicationARN: $0.application,
                    principal: Principal($0.type, forms.folded($0.principal))
                )
            }
            return assignments.filter { $0.principal == principal }
        } catch {
            if error.kind == .notFound { return [] }
            throw error.upstream
        }
    }

    private func members(_ principal: Principal) -> [String: Document] {
        [
            "PrincipalId": .text(forms.wire(principal.id)),
            "PrincipalType": .text(principal.type.rawValue),
        ]
    }
}
