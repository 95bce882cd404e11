extension IdentityStoreService {
    func respondOnMemberships(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        switch call.operation {
        case "ListGroupMemberships":
            let group = try group(input, state)
            return try page(group.memberships, as: "GroupMemberships", call, input, state, identify: \.id) {
                json($0, group.id, state.world)
            }
        case "ListGroupMembershipsForMember": return try listForMember(call, input, state)
        case "GetGroupMembershipId": return try getMembershipID(input, state)
        case "DescribeGroupMembership":
            let found = try membership(input, state)
            return json(found.membership, found.group.id, state.world)
        case "IsMemberInGroups": return try isMember(input, state)
        case "CreateGroupMembership": return try createMembership(input, &state)
        case "DeleteGroupMembership": return try deleteMembership(input, &state)
        default: throw Refusal("UnknownOperationException", "", status: 404)
        }
    }

    /// The user that `MemberId` names.
    private func member(_ input: Input, _ state: SandboxState) throws(Refusal) -> World.User {
        let union = try input.object("MemberId")
        try union.allow(["UserId"])
        return try user(union, state)
    }

    private func listForMember(_ call: Call, _ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let user = try member(input, state)
        var found: [(group: String, membership: World.Membership)] = []
        for group in state.world.identityCenter.groups {
            found += group.memberships.filter { $0.userID == user.id }.map { (group.id, $0) }
        }
        return try page(found, as: "GroupMemberships", call, input, state, identify: \.membership.id) {
            json($0.membership, $0.group, state.world)
        }
    }

    private func getMembershipID(_ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let group = try group(input, state)
        let user = try member(input, state)
        guard let membership = group.memberships.first(where: { $0.userID == user.id }) else {
            throw .missing("GROUP_MEMBERSHIP", "")
        }
        return reference(membership, state.world)
    }

    private func membership(
        _ input: Input,
        _ state: SandboxState
    ) throws(Refusal) -> (group: World.Group, membership: World.Membership) {
        let id = try input.text("MembershipId", 1...130)
        for group in state.world.identityCenter.groups {
            if let membership = group.memberships.first(where: { $0.id == id }) { return (group, membership) }
        }
        throw .missing("GROUP_MEMBERSHIP", id)
    }

    private func isMember(_ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let user = try member(input, state)
        var results: [JSONValue] = []
        for element in try input.list("GroupIds", 1...100) {
            guard let id = element.text else { throw .notSerializable("GroupIds") }
            guard let group = state.world.identityCenter.group(id) else { throw .missing("GROUP", id) }
            results.append([
                "GroupId": .string(id),
                "MemberId": ["UserId": .string(user.id)],
                "MembershipExists": .bool(group.memberIDs.contains(user.id)),
            ])
        }
        return ["Results": .array(results)]
    }

    private func createMembership(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let group = try group(input, state)
        let user = try member(input, state)
        guard !group.memberIDs.contains(user.id) else { throw .duplicate }
        let membership = World.Membership(id: state.newID("membership"), userID: user.id)
        state.world.changeGroup(group.id) { $0.memberships.append(membership) }
        return reference(membership, state.world)
    }

    private func deleteMembership(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let found = try membership(input, state)
        state.world.changeGroup(found.group.id) { $0.memberships.removeAll { $0.id == found.membership.id } }
        return [:]
    }

    private func reference(_ membership: World.Membership, _ world: World) -> JSONValue {
        var members = common("Membership", membership.id, revision: 1, world)
        members["Revision"] = nil
        members["MembershipId"] = .string(membership.id)
        return .object(members)
    }

    private func json(_ membership: World.Membership, _ groupID: String, _ world: World) -> JSONValue {
        var members = common("Membership", membership.id, revision: 1, world)
        members["Revision"] = nil
        members["MembershipId"] = .string(membership.id)
        members["GroupId"] = .string(groupID)
        members["MemberId"] = ["UserId": .string(membership.userID)]
        members["CreatedAt"] = 1_760_000_000
        members["UpdatedAt"] = 1_760_000_000
        return .object(members)
    }
}
