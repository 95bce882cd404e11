public import Model

extension IdentityCenter {
    /// Everything that a user holds: memberships, direct assignments, application assignments.
    ///
    /// Three calls, each part for itself: one that cannot be listed is a problem in the result, and the others stand.
    public func holdings(
        of user: UserID,
        walk: @Sendable () async throws(UpstreamError) -> (accounts: [AccountID], permissionSets: [PermissionSetARN])
    ) async -> Holdings {
        var holdings = Holdings()
        do { holdings.memberships = try await memberships(of: user) } catch { holdings.problems.append(error) }
        do { holdings.assignments = try await directAssignments(of: user, walk: walk) } catch {
            holdings.problems.append(error)
        }
        do {
            holdings.applicationAssignments = try await applicationAssignments(of: .user(user), firstAlone: false)
        } catch { holdings.problems.append(error) }
        return holdings
    }

    /// The memberships of a user; none where the user is gone.
    public func memberships(of user: UserID) async throws(UpstreamError) -> [GroupMembership] {
        let listing = Listing<MembershipRow>(
            operation: "ListGroupMembershipsForMember",
            rows: "GroupMemberships",
            input: try await instance().storeInput(["MemberId": ["UserId": .text(forms.wire(user.value))]]),
            object: "user \(user)"
        ) { $0.id.lowercased() }
        let memberships: [GroupMembership]
        do { memberships = try await identityStore.list(listing).map { $0.membership(forms) } } catch {
            if error.kind == .notFound { return [] }
            throw error
        }
        if let stray = memberships.first(where: { $0.user != user }) {
            throw identityStore.named(listing.operation, "user \(user)")
                .malformed("membership \(stray.id) is one of user \(stray.user)")
        }
        return memberships
    }

    /// The direct account assignments of a user, without those that groups give.
    public func directAssignments(
        of user: UserID,
        walk: @Sendable () async throws(UpstreamError) -> (accounts: [AccountID], permissionSets: [PermissionSetARN])
    ) async throws(UpstreamError) -> [AccountAssignment] {
        if let read = try await assignmentsByPrincipal([.user(user)]) { return read.sorted() }
        let accounts = try await walk().accounts
        return try await assignmentsByWalk(accounts: accounts, including: []).filter { $0.principal == .user(user) }
    }
}
