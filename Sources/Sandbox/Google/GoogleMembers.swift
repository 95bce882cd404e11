extension GoogleDirectoryService {
    func listMembers(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let group = try group(call, &state)
        var members = group.members
        if try flag("includeDerivedMembership", call) { members = derived(group, &state) }
        if let roles = call.text("roles") {
            let wanted = Set(roles.uppercased().split(separator: ",").map { String($0) })
            guard wanted.isSubset(of: ["OWNER", "MANAGER", "MEMBER"]) else { throw .invalidInput("roles") }
            members = members.filter { wanted.contains($0.role) }
        }
        let directory = state.directory()
        return try page(
            members,
            of: "members",
            as: "members",
            sizes: (standard: 200, most: 200),
            call,
            state,
            identify: \.id,
            write: { json($0, directory) }
        )
    }

    func getMember(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let group = try group(call, &state)
        let directory = state.directory()
        let key = call.text("memberKey") ?? ""
        guard let member = group.members.first(where: { isKey(key, of: $0, directory) }) else {
            throw .notFound("memberKey")
        }
        return json(member, directory)
    }

    func hasMember(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let group = try group(call, &state)
        guard let user = state.directory().user(call.text("memberKey") ?? "") else { throw .invalidInput("memberKey") }
        if group.members.contains(where: { $0.id == user.id }) { return ["isMember": true] }
        let all = derived(group, &state)
        let isMember = all.contains { $0.id == user.id || $0.kind == .customer }
        guard !isMember || domain(user.primaryEmail) == domain(group.email) else { throw .invalidInput("memberKey") }
        return ["isMember": .bool(isMember)]
    }

    /// The direct members, and those of all nested groups, each once; GROUP and CUSTOMER entries stay in the list.
    private func derived(_ group: World.GoogleGroup, _ state: inout SandboxState) -> [World.GoogleMember] {
        let directory = state.directory()
        var seen: Set<String> = []
        var found: [World.GoogleMember] = []
        var pending = group.members
        while let member = pending.popLast() {
            guard seen.insert(member.id).inserted else { continue }
            found.append(member)
            if member.kind == .group, let nested = directory.group(member.id), nested.owner == .ownCustomer {
                pending += nested.members
            }
            if member.kind == .customer, member.id == state.world.google.customerID {
                pending += state.world.google.users.filter { $0.deletionTime == nil }.map { .user($0.id) }
            }
        }
        return found.sorted { $0.id < $1.id }
    }

    private func isKey(_ key: String, of member: World.GoogleMember, _ directory: DirectoryIndex) -> Bool {
        if member.id == key { return true }
        if let email = member.email, World.Google.same(email, key) { return true }
        return directory.user(key)?.id == member.id || directory.group(key)?.id == member.id
    }

    private func json(_ member: World.GoogleMember, _ directory: DirectoryIndex) -> JSONValue {
        let user = member.kind == .user ? directory.user(member.id) : nil
        let email =
            member.email ?? user?.primaryEmail ?? (member.kind == .group ? directory.group(member.id)?.email : nil)
        return .members([
            "kind": "admin#directory#member",
            "etag": .string("\"\(member.id)\""),
            "id": .string(member.id),
            "email": email.map { .string($0) },
            "role": .string(member.role),
            "type": .string(member.kind.rawValue),
            "status": (member.status ?? user.map(status)).map { .string($0) },
        ])
    }

    private func status(_ user: World.GoogleUser) -> String {
        user.isSuspended ? "SUSPENDED" : user.isArchived ? "ARCHIVED" : "ACTIVE"
    }

    private func domain(_ address: String) -> Substring {
        address.lowercased().split(separator: "@").last ?? ""
    }
}
