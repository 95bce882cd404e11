extension GoogleDirectoryService {
    func listGroups(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let query = try GoogleQuery(call.text("query") ?? "")
        var groups = state.world.google.groups.filter { $0.owner == .ownCustomer && query.matches($0) }
        if let key = call.text("userKey") ?? query.memberKey {
            guard call.text("customer") == nil || query.memberKey != nil else {
                throw Refusal("badRequest", "Bad Request")
            }
            groups = try groups.filter(directMembership(of: key, &state))
        }
        if call.text("userKey") == nil || call.text("domain") != nil {
            if let domain = try domain(call, state) {
                groups = groups.filter { $0.email.lowercased().hasSuffix("@" + domain) }
            }
        }
        if call.text("orderBy")?.lowercased() == "email" {
            groups.sort { $0.email.lowercased() < $1.email.lowercased() }
        }
        return try page(
            groups,
            of: "groups",
            as: "groups",
            sizes: (standard: 200, most: 200),
            call,
            state,
            identify: \.id,
            write: json
        )
    }

    func getGroup(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        json(try group(call, &state))
    }

    /// The group of a call; another customer's is refused in its way.
    func group(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> World.GoogleGroup {
        guard let group = state.directory().group(call.text("groupKey") ?? "") else { throw .notFound("groupKey") }
        if case .otherCustomer(let status) = group.owner {
            throw status == 404 ? .notFound("groupKey") : .notAuthorized
        }
        return group
    }

    private func directMembership(
        of key: String,
        _ state: inout SandboxState
    ) throws(Refusal) -> (World.GoogleGroup) -> Bool {
        let user = state.directory().user(key)
        let id = user?.id ?? key
        return { group in
            group.members.contains { $0.id == id || ($0.email.map { World.Google.same($0, key) } ?? false) }
        }
    }

    private func json(_ group: World.GoogleGroup) -> JSONValue {
        .members([
            "kind": "admin#directory#group",
            "id": .string(group.id),
            "etag": .string("\"\(group.id)\""),
            "email": .string(group.email),
            "name": .string(group.name),
            "description": .string(group.description),
            "directMembersCount": .string(String(group.members.count)),
            "adminCreated": .bool(group.isAdminCreated),
            "aliases": list(group.aliases),
            "nonEditableAliases": list(group.nonEditableAliases),
        ])
    }
}
