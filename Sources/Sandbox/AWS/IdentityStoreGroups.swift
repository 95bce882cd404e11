extension IdentityStoreService {
    func listGroups(_ call: Call, _ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        var groups = state.world.identityCenter.groups
        if let filter = try refuseFilters(input, state.world) {
            guard filter.path == "DisplayName" else {
                throw .validation("Unsupported filter attribute: \(filter.path)")
            }
            groups = groups.filter { $0.displayName == filter.value }
        }
        return try page(groups, as: "Groups", call, input, state, identify: \.id) { json($0, state.world) }
    }

    func group(_ input: Input, _ state: SandboxState) throws(Refusal) -> World.Group {
        let id = try input.text("GroupId", 1...130)
        guard let group = state.world.identityCenter.group(id) else { throw .missing("GROUP", id) }
        return group
    }

    func getGroupID(_ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let groups = state.world.identityCenter.groups
        let found: World.Group?
        switch try alternateIdentifier(input) {
        case .external(let issuer, let id):
            found = groups.first { $0.externalIDs.contains(World.ExternalID(id, issuer: issuer)) }
        case .unique("displayName", let value): found = groups.first { $0.displayName == value }
        case .unique(let path, _): throw .validation("Unsupported attribute path: \(path)")
        }
        guard let found else { throw .missing("GROUP", "") }
        var members = common("Group", found.id, revision: found.revision, state.world)
        members["Revision"] = nil
        members["GroupId"] = .string(found.id)
        return .object(members)
    }

    func createGroup(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        var group = World.Group(
            id: state.newID("group"),
            displayName: try input.text("DisplayName", where: Characters.areShown),
            description: try input.optionalText("Description", where: Characters.areShown)
        )
        group.createdAt = state.now
        group.updatedAt = state.now
        try checkName(group, state.world)
        state.world.identityCenter.groups.append(group)
        return reference(group, state.world)
    }

    func updateGroup(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        var group = try group(input, state)
        try checkRevision(input, group.revision)
        for (path, value) in try changes(input) {
            switch path {
            case "displayName": group.displayName = try newText(value ?? .null, path)
            case "description":
                group.description = try value.map { value throws(Refusal) in try newText(value, path) }
            default: throw .validation("The attribute path \(path) is not supported.")
            }
        }
        group.revision += 1
        group.updatedAt = state.now
        try checkName(group, state.world)
        let changed = group
        state.world.changeGroup(group.id) { $0 = changed }
        return reference(group, state.world)
    }

    /// Takes the memberships along, and leaves the account assignments behind, as the service does.
    func deleteGroup(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let group = try group(input, state)
        try checkRevision(input, group.revision)
        state.world.identityCenter.groups.removeAll { $0.id == group.id }
        return [:]
    }

    private func checkName(_ group: World.Group, _ world: World) throws(Refusal) {
        guard !UserFields.reserved.contains(group.displayName) else {
            throw .validation("The display name \(group.displayName) is reserved.")
        }
        if let other = world.identityCenter.group(named: group.displayName), other.id != group.id { throw .duplicate }
    }

    private func reference(_ group: World.Group, _ world: World) -> JSONValue {
        var members = common("Group", group.id, revision: group.revision, world)
        members["GroupId"] = .string(group.id)
        return .object(members)
    }

    func json(_ group: World.Group, _ world: World) -> JSONValue {
        var members = common("Group", group.id, revision: group.revision, world)
        members["GroupId"] = .string(group.id)
        members["DisplayName"] = .string(group.displayName)
        members["Description"] = group.description.map { .string($0) }
        members["ExternalIds"] = externalIDs(group.externalIDs)
        members["CreatedAt"] = .number(group.createdAt)
        members["UpdatedAt"] = .number(group.updatedAt)
        return .object(members)
    }
}
