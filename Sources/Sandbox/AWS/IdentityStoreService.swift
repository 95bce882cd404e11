/// The Identity Store API: users, groups and memberships.
///
/// Source: botocore's model of `identitystore` 2020-06-15, and what is known of the service's behaviour.
struct IdentityStoreService: AWSJSONService {
    let name = "identitystore"
    let target = "AWSIdentityStore."
    let signingName = "identitystore"
    let throttlingCode = "ThrottlingException"
    let failureCode = "InternalServerException"

    func regions(_ world: World) -> Set<String>? { [world.identityCenter.region] }

    func rate(of operation: String) -> (bucket: String, rate: Double, burst: Double) { ("identitystore", 20, 20) }

    let operations: [String: OperationShape] = [
        "ListUsers": .read("IdentityStoreId", "MaxResults", "NextToken", "Filters", "Extensions"),
        "ListGroups": .read("IdentityStoreId", "MaxResults", "NextToken", "Filters"),
        "DescribeUser": .read("IdentityStoreId", "UserId", "Extensions"),
        "DescribeGroup": .read("IdentityStoreId", "GroupId"),
        "GetUserId": .read("IdentityStoreId", "AlternateIdentifier"),
        "GetGroupId": .read("IdentityStoreId", "AlternateIdentifier"),
        "ListGroupMemberships": .read("IdentityStoreId", "GroupId", "MaxResults", "NextToken"),
        "ListGroupMembershipsForMember": .read("IdentityStoreId", "MemberId", "MaxResults", "NextToken"),
        "GetGroupMembershipId": .read("IdentityStoreId", "GroupId", "MemberId"),
        "DescribeGroupMembership": .read("IdentityStoreId", "MembershipId"),
        "IsMemberInGroups": .read("IdentityStoreId", "MemberId", "GroupIds"),
        "CreateGroup": .write("IdentityStoreId", "DisplayName", "Description"),
        "UpdateGroup": .write("IdentityStoreId", "GroupId", "Operations", "Revision"),
        "DeleteGroup": .write("IdentityStoreId", "GroupId", "Revision"),
        "CreateGroupMembership": .write("IdentityStoreId", "GroupId", "MemberId"),
        "DeleteGroupMembership": .write("IdentityStoreId", "MembershipId"),
        "CreateUser": OperationShape(isWrite: true, members: ["IdentityStoreId"] + UserFields.all),
        "UpdateUser": .write("IdentityStoreId", "UserId", "Operations", "Revision"),
        "DeleteUser": .write("IdentityStoreId", "UserId", "Revision"),
    ]

    func respond(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        try checkStore(input, state.world)
        switch call.operation {
        case "ListUsers": return try listUsers(call, input, state)
        case "DescribeUser": return json(try user(input, state), state.world)
        case "GetUserId": return try getUserID(input, state)
        case "CreateUser": return try createUser(input, &state)
        case "UpdateUser": return try updateUser(input, &state)
        case "DeleteUser": return try deleteUser(input, &state)
        case "ListGroups": return try listGroups(call, input, state)
        case "DescribeGroup": return json(try group(input, state), state.world)
        case "GetGroupId": return try getGroupID(input, state)
        case "CreateGroup": return try createGroup(input, &state)
        case "UpdateGroup": return try updateGroup(input, &state)
        case "DeleteGroup": return try deleteGroup(input, &state)
        default: return try respondOnMemberships(call, input, &state)
        }
    }

    private func checkStore(_ input: Input, _ world: World) throws(Refusal) {
        let id = try input.text("IdentityStoreId", 1...93)
        let own = world.identityCenter.identityStoreID
        guard id == own || id.hasSuffix(":identitystore/\(own)") else { throw .missing("IDENTITY_STORE", id) }
    }

    // MARK: Pieces that users and groups share

    /// The members that tell the store, version and ARN of an object.
    func common(_ kind: String, _ id: String, revision: Int, _ world: World) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["IdentityStoreId": .string(world.identityCenter.identityStoreID)]
        guard world.behaviour.hasRevisions else { return members }
        members["\(kind)Arn"] = .string("arn:aws:identitystore:::\(kind.lowercased())/\(id)")
        members["Revision"] = .string(String(revision))
        return members
    }

    func externalIDs(_ ids: [World.ExternalID]) -> JSONValue? {
        ids.isEmpty ? nil : .array(ids.map { ["Issuer": .string($0.issuer), "Id": .string($0.id)] })
    }

    func checkRevision(_ input: Input, _ revision: Int) throws(Refusal) {
        guard let wanted = try input.optionalText("Revision", 1...64) else { return }
        guard wanted == String(revision) else {
            throw .conflict("CONCURRENT_MODIFICATION", "The resource was modified concurrently.")
        }
    }

    func refuseFilters(_ input: Input, _ world: World) throws(Refusal) -> (path: String, value: String)? {
        guard input.has("Filters") else { return nil }
        if world.behaviour.refusesFilters {
            throw .validation("Filter is deprecated, please remove filter from request")
        }
        let filters = try input.list("Filters", 0...1)
        guard let filter = filters.first?.object.map({ Input($0) }) else { return nil }
        return (try filter.text("AttributePath"), try filter.text("AttributeValue"))
    }

    /// The update operations of a request: a path, and a value or its removal.
    func changes(_ input: Input) throws(Refusal) -> [(path: String, value: JSONValue?)] {
        var changes: [(path: String, value: JSONValue?)] = []
        for element in try input.list("Operations", 1...100) {
            guard let members = element.object else { throw .notSerializable("Operations") }
            let operation = Input(members)
            try operation.allow(["AttributePath", "AttributeValue"])
            let value = operation.value("AttributeValue")
            changes.append((try operation.text("AttributePath", 1...255), value == .null ? nil : value))
        }
        return changes
    }

    /// A new value of an attribute that is a text.
    func newText(_ value: JSONValue, _ path: String, _ length: ClosedRange<Int> = 1...1024) throws(Refusal) -> String {
        try Input([path: value]).text(path, length, where: Characters.areShown)
    }
}

extension Refusal {
    static func missing(_ type: String, _ id: String) -> Refusal {
        Refusal(
            "ResourceNotFoundException",
            "\(type) not found.",
            members: ["ResourceType": .string(type), "ResourceId": .string(id)]
        )
    }

    static func conflict(_ reason: String, _ message: String) -> Refusal {
        Refusal("ConflictException", message, members: ["Reason": .string(reason)])
    }

    static let duplicate = conflict("UNIQUENESS_CONSTRAINT_VIOLATION", "Duplicate value for a unique attribute.")
}
