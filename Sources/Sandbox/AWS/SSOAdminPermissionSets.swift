extension SSOAdminService {
    func respondOnPermissionSets(
        _ call: Call,
        _ input: Input,
        _ state: inout SandboxState
    ) throws(Refusal) -> JSONValue {
        switch call.operation {
        case "ListPermissionSets":
            let arns = state.world.identityCenter.permissionSets.map(\.arn)
            return try page(arns, as: "PermissionSets", call, input, state, identify: { $0 }) { .string($0) }
        case "DescribePermissionSet": return ["PermissionSet": json(try permissionSet(input, state))]
        case "CreatePermissionSet": return try createSet(input, &state)
        case "UpdatePermissionSet":
            try changeSet(call, input, &state) { set throws(Refusal) in try readFields(input, into: &set) }
            return [:]
        case "DeletePermissionSet": return try deleteSet(call, input, &state)
        case "ListTagsForResource": return try listTags(call, input, state)
        case "TagResource", "UntagResource": return try changeTags(call, input, &state)
        default: throw Refusal("UnknownOperationException", "", status: 404)
        }
    }

    private func json(_ set: World.PermissionSet) -> JSONValue {
        .members([
            "Name": .string(set.name),
            "PermissionSetArn": .string(set.arn),
            "Description": set.description.map { .string($0) },
            "CreatedDate": .number(set.createdAt),
            "SessionDuration": .string(set.sessionDuration),
            "RelayState": set.relayState.map { .string($0) },
        ])
    }

    private func createSet(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let name = try input.text("Name", 1...32, where: Characters.areNames)
        guard state.world.identityCenter.permissionSet(named: name) == nil else {
            throw Refusal("ConflictException", "PermissionSet with name \(name) already exists.")
        }
        let arn =
            "arn:aws:sso:::permissionSet/\(state.world.identityCenter.instanceID)/ps-"
            + Identifier.sixteen(state.newID("permission-set"))
        var set = World.PermissionSet(arn: arn, name: name)
        set.createdAt = state.now
        try readFields(input, into: &set)
        if input.has("Tags") { try readTags(input, into: &set.tags) }
        state.world.identityCenter.permissionSets.append(set)
        return ["PermissionSet": json(set)]
    }

    /// Members that are absent leave their field as it is; an empty description is refused.
    private func readFields(_ input: Input, into set: inout World.PermissionSet) throws(Refusal) {
        if let text = try input.optionalText("Description", 1...700, where: Characters.areLatin) {
            set.description = text
        }
        if let text = try input.optionalText("SessionDuration", 1...100, where: { $0.hasPrefix("PT") }) {
            set.sessionDuration = text
        }
        if let text = try input.optionalText("RelayState", 1...240) { set.relayState = text }
    }

    private func deleteSet(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let set = try permissionSet(input, state)
        try checkDelegation(account: nil, permissionSet: set.arn, call, state)
        guard !state.world.identityCenter.provisioned.contains(where: { $0.permissionSet == set.arn }) else {
            throw Refusal("ConflictException", "PermissionSet \(set.name) has assignments or is provisioned.")
        }
        state.world.identityCenter.permissionSets.removeAll { $0.arn == set.arn }
        return [:]
    }

    /// Changes a set; the accounts that have it keep the older version until it is provisioned.
    func changeSet(
        _ call: Call,
        _ input: Input,
        _ state: inout SandboxState,
        _ change: (inout World.PermissionSet) throws(Refusal) -> Void
    ) throws(Refusal) {
        var set = try permissionSet(input, state)
        try checkDelegation(account: nil, permissionSet: set.arn, call, state)
        let before = set
        try change(&set)
        guard set != before, let index = state.world.identityCenter.permissionSets.firstIndex(of: before) else {
            return
        }
        state.world.identityCenter.permissionSets[index] = set
        let pairs = state.world.identityCenter.provisioned.filter { $0.permissionSet == set.arn }
        state.world.identityCenter.outdated.formUnion(pairs)
    }

    // MARK: Tags

    private func tagged(_ input: Input, _ state: SandboxState) throws(Refusal) -> Int {
        let arn = try input.text("ResourceArn", 10...2048)
        guard let index = state.world.identityCenter.permissionSets.firstIndex(where: { $0.arn == arn }) else {
            throw .gone("Resource \(arn) not found.")
        }
        return index
    }

    private func listTags(_ call: Call, _ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let tags = state.world.identityCenter.permissionSets[try tagged(input, state)].tags.sorted { $0.key < $1.key }
        return try page(tags, as: "Tags", call, input, state, identify: \.key) {
            ["Key": .string($0.key), "Value": .string($0.value)]
        }
    }

    private func changeTags(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let index = try tagged(input, state)
        var tags = state.world.identityCenter.permissionSets[index].tags
        if call.operation == "TagResource" {
            try readTags(input, into: &tags)
        } else {
            for key in try input.list("TagKeys", 1...75).compactMap(\.text) { tags[key] = nil }
        }
        state.world.identityCenter.permissionSets[index].tags = tags
        return [:]
    }

    private func readTags(_ input: Input, into tags: inout [String: String]) throws(Refusal) {
        for element in try input.list("Tags", 0...75) {
            guard let members = element.object else { throw .notSerializable("Tags") }
            tags[try Input(members).text("Key", 1...128)] = try Input(members).text("Value", 0...256)
        }
    }
}
