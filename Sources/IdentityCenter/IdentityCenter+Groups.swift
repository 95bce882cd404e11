public import Model

extension IdentityCenter {
    /// All groups of the identity store.
    public func groups() async throws(UpstreamError) -> [TargetGroup] {
        let listing = Listing<GroupRow>(
            operation: "ListGroups",
            rows: "Groups",
            input: try await instance().storeInput()
        ) { $0.id.lowercased() }
        let groups = try await identityStore.list(listing).map { $0.group(forms) }
        memory.noteRead(groups)
        return groups
    }

    /// One group by display name; nil where there is none.
    ///
    /// The name is compared as GetGroupId compares; where that is not known, without case over all groups.
    public func group(named name: String) async throws(UpstreamError) -> TargetGroup? {
        guard !name.isEmpty else { return nil }
        let instance = try await instance()
        do { return try await lookUpGroup(name, instance) } catch { throw error.upstream }
    }

    /// The memberships of groups, each read whole; a group that is gone has none.
    public func memberships(of groups: [GroupID]) async throws(UpstreamError) -> [GroupID: [GroupMembership]] {
        let instance = try await instance()
        let wanted = Array(Set(groups))
        let read = try await inParallel(wanted) { (group) async throws(UpstreamError) in
            try await self.memberships(of: group, instance)
        }
        return Dictionary(uniqueKeysWithValues: zip(wanted, read))
    }

    private func memberships(of group: GroupID, _ instance: InstanceRow) async throws(UpstreamError)
        -> [GroupMembership]
    {
        let listing = Listing<MembershipRow>(
            operation: "ListGroupMemberships",
            rows: "GroupMemberships",
            input: instance.storeInput(["GroupId": .text(forms.wire(group.value))]),
            object: "group \(group)"
        ) { $0.id.lowercased() }
        let rows: [GroupMembership]
        do { rows = try await identityStore.list(listing).map { $0.membership(forms) } } catch {
            if error.kind == .notFound { return [] }
            throw error
        }
        if let stray = rows.first(where: { $0.group != group }) {
            throw identityStore.named("ListGroupMemberships", "group \(group)")
                .malformed("membership \(stray.id) is one of group \(stray.group)")
        }
        return rows
    }

    /// The group of a display name, by GetGroupId, or over all groups where that is not known.
    func lookUpGroup(_ name: String, _ instance: InstanceRow) async throws(CallFailure) -> TargetGroup? {
        let input = instance.storeInput(["AlternateIdentifier": uniqueAttribute("displayName", name)])
        let id: String
        do {
            id = try await identityStore.call("GetGroupId", input, object: "group \(name)", as: GroupIDRow.self).value
                .id
        } catch {
            if error.kind == .notFound { return nil }
            guard error.isUnknownOperation else { throw error }
            return try await groupInList(named: name.folded)
        }
        return try await describeGroup(GroupID(forms.folded(id)), instance)
    }

    /// A group by id; nil where there is none.
    func describeGroup(_ id: GroupID, _ instance: InstanceRow) async throws(CallFailure) -> TargetGroup? {
        let input = instance.storeInput(["GroupId": .text(forms.wire(id.value))])
        do {
            let answer = try await identityStore.call("DescribeGroup", input, object: "group \(id)", as: GroupRow.self)
            return answer.value.group(forms)
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    /// The group of a name without case, over all groups.
    func groupInList(named folded: String) async throws(CallFailure) -> TargetGroup? {
        do { return try await groups().first { $0.displayName.folded == folded } } catch { throw CallFailure(error) }
    }
}
