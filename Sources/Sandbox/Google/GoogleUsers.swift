extension GoogleDirectoryService {
    func listUsers(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let domain = try domain(call, state)
        let showDeleted = try flag("showDeleted", call)
        let projection = try projection(call)
        let query = try GoogleQuery(showDeleted ? "" : call.text("query") ?? "")
        var users = state.world.google.users.filter { user in
            (user.deletionTime != nil) == showDeleted && query.matches(user)
                && (domain.map { user.primaryEmail.lowercased().hasSuffix("@" + $0) } ?? true)
        }
        try sort(&users, call)
        return try page(
            users,
            of: "users",
            as: "users",
            sizes: (standard: 100, most: 500),
            call,
            state,
            identify: \.id,
            write: { json($0, projection, state.world.google) }
        )
    }

    func getUser(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let projection = try projection(call)
        guard let user = state.directory().user(call.text("userKey") ?? "") else { throw .notFound("userKey") }
        return json(user, projection, state.world.google)
    }

    /// Whether custom schemas are shown.
    private func projection(_ call: Call) throws(Refusal) -> Bool {
        switch call.text("projection")?.lowercased() ?? "basic" {
        case "basic": return false
        case "full": return true
        case "custom":
            guard call.text("customFieldMask") != nil else { throw .invalidInput("custom_field_mask") }
            return true
        default: throw Refusal("invalidParameter", "Invalid value for projection")
        }
    }

    private func sort(_ users: inout [World.GoogleUser], _ call: Call) throws(Refusal) {
        guard let order = call.text("orderBy") else { return }
        switch order.lowercased() {
        case "email": users.sort { $0.primaryEmail.lowercased() < $1.primaryEmail.lowercased() }
        case "givenname": users.sort { $0.givenName < $1.givenName }
        case "familyname": users.sort { $0.familyName < $1.familyName }
        default: throw Refusal("invalidParameter", "Invalid value for orderBy")
        }
        if call.text("sortOrder")?.uppercased() == "DESCENDING" { users.reverse() }
    }

    private func json(_ user: World.GoogleUser, _ withSchemas: Bool, _ google: World.Google) -> JSONValue {
        .members([
            "kind": "admin#directory#user",
            "id": .string(user.id),
            "etag": .string("\"\(user.id)\""),
            "primaryEmail": .string(user.primaryEmail),
            "aliases": list(user.aliases),
            "nonEditableAliases": list(user.nonEditableAliases),
            "emails": .array(
                user.addresses.map { address in
                    .members(["address": .string(address), "primary": address == user.primaryEmail ? true : nil])
                }
            ),
            "name": [
                "givenName": .string(user.givenName),
                "familyName": .string(user.familyName),
                "fullName": .string("\(user.givenName) \(user.familyName)"),
            ],
            "suspended": .bool(user.isSuspended),
            "suspensionReason": user.isSuspended ? .string(user.suspensionReason) : nil,
            "archived": .bool(user.isArchived),
            "isGuestUser": user.isGuest ? true : nil,
            "isAdmin": .bool(user.isAdmin),
            "isDelegatedAdmin": .bool(user.isDelegatedAdmin),
            "orgUnitPath": .string(user.orgUnitPath),
            "customerId": .string(google.customerID),
            "isMailboxSetup": true,
            "creationTime": "2025-01-01T00:00:00.000Z",
            "deletionTime": user.deletionTime.map { .string($0) },
            "customSchemas": withSchemas ? .object([:]) : nil,
        ])
    }

    func list(_ texts: [String]) -> JSONValue? {
        texts.isEmpty ? nil : .array(texts.map { .string($0) })
    }
}
