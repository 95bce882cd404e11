extension SCIMService {
    // MARK: Users

    func listUsers(_ call: Call, _ state: SandboxState) throws(Refusal) -> Reply {
        let filter = try filter(call)
        let users = state.world.identityCenter.users.filter { user in
            switch filter?.attribute {
            case nil: true
            case "userName": user.userName.lowercased() == filter?.value.lowercased()
            case "externalId": user.externalIDs.contains { $0.id == filter?.value }
            case "groups.value":
                state.world.identityCenter.group(filter?.value ?? "")?.memberIDs.contains(user.id) == true
            default: false
            }
        }
        return try list(users, call, state, identify: \.id) { json($0) }
    }

    func createUser(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        let name = call.parameters["name"]
        guard let userName = call.text("userName"), let displayName = call.text("displayName"),
            let given = name?["givenName"]?.text, let family = name?["familyName"]?.text,
            ![userName, displayName, given, family].contains("")
        else { throw .scimInvalid("userName, displayName, givenName and familyName are mandatory.") }
        let emails = call.parameters["emails"]?.array?.compactMap { $0["value"]?.text } ?? []
        guard emails.count <= 1 else { throw .scimInvalid("emails may have one entry.") }
        guard state.world.identityCenter.user(named: userName) == nil else {
            throw Refusal("ConflictException", "Refused to create a new, duplicate resource.", status: 409)
        }
        let user = World.User(
            id: state.newID("user"),
            userName: userName,
            displayName: displayName,
            givenName: given,
            familyName: family,
            emails: emails.map { World.Email($0) },
            externalIDs: call.text("externalId").map { [World.ExternalID($0)] } ?? [],
            status: call.parameters["active"] == false ? "DISABLED" : "ENABLED"
        )
        state.world.identityCenter.users.append(user)
        return reply(json(user), status: 201)
    }

    func patchUser(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        var user = try user(call, state)
        guard let operations = call.parameters["Operations"]?.array, !operations.isEmpty else {
            throw .scimInvalid("Operations is mandatory.")
        }
        for operation in operations {
            guard ["add", "replace"].contains(operation["op"]?.text?.lowercased()) else {
                throw .scimInvalid("The operation is not supported.")
            }
            let changes =
                operation["path"]?.text.map { [$0: operation["value"] ?? .null] } ?? operation["value"]?.object
            for (path, value) in changes ?? [:] { try apply(path, value, to: &user) }
        }
        user.revision += 1
        user.updatedAt = state.now
        let changed = user
        state.world.changeUser(user.id) { $0 = changed }
        return reply(json(user))
    }

    private func apply(_ path: String, _ value: JSONValue, to user: inout World.User) throws(Refusal) {
        switch (path, value) {
        case ("active", .bool(let isActive)): user.status = isActive ? "ENABLED" : "DISABLED"
        case ("active", "True"), ("active", "true"): user.status = "ENABLED"
        case ("active", "False"), ("active", "false"): user.status = "DISABLED"
        case ("userName", .string(let text)): user.userName = text
        case ("displayName", .string(let text)): user.displayName = text
        case ("externalId", .string(let text)): user.externalIDs = [World.ExternalID(text)]
        case ("name.givenName", .string(let text)): user.givenName = text
        case ("name.familyName", .string(let text)): user.familyName = text
        default: throw .scimInvalid("The path \(path) with this value is not supported.")
        }
    }

    func deleteUser(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        let user = try user(call, state)
        state.world.identityCenter.users.removeAll { $0.id == user.id }
        for index in state.world.identityCenter.groups.indices {
            state.world.identityCenter.groups[index].memberships.removeAll { $0.userID == user.id }
        }
        return Reply(status: 204, content: .none)
    }

    func json(_ user: World.User) -> JSONValue {
        .members([
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": .string(user.id),
            "externalId": user.externalIDs.first.map { .string($0.id) },
            "userName": .string(user.userName),
            "displayName": .string(user.displayName),
            "name": ["givenName": .string(user.givenName), "familyName": .string(user.familyName)],
            "emails": .array(
                user.emails.map { ["value": .string($0.value), "type": "work", "primary": .bool($0.isPrimary)] }
            ),
            "active": .bool(user.status == "ENABLED"),
            "meta": ["resourceType": "User"],
        ])
    }

    // MARK: Groups

    func listGroups(_ call: Call, _ state: SandboxState) throws(Refusal) -> Reply {
        let filter = try filter(call)
        let groups = state.world.identityCenter.groups.filter { group in
            switch filter?.attribute {
            case nil: true
            case "displayName": group.displayName.lowercased() == filter?.value.lowercased()
            case "externalId": group.externalIDs.contains { $0.id == filter?.value }
            default: false
            }
        }
        return try list(groups, call, state, identify: \.id) { json($0) }
    }

    /// The list of members is always empty here.
    func json(_ group: World.Group) -> JSONValue {
        .members([
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "id": .string(group.id),
            "externalId": group.externalIDs.first.map { .string($0.id) },
            "displayName": .string(group.displayName),
            "members": [],
            "meta": ["resourceType": "Group"],
        ])
    }

    // MARK: Lists

    /// `attribute eq "value"`; nil without a filter.
    private func filter(_ call: Call) throws(Refusal) -> (attribute: String, value: String)? {
        guard let text = call.text("filter") else { return nil }
        let parts = text.split(separator: " ", maxSplits: 2).map { String($0) }
        guard parts.count == 3, parts[1].lowercased() == "eq", parts[2].count >= 2, parts[2].hasPrefix("\""),
            parts[2].hasSuffix("\"")
        else { throw .scimInvalid("The filter is not supported.") }
        return (parts[0], String(parts[2].dropFirst().dropLast()))
    }

    /// With `cursor` in pages; without it one page of at most 100, and no way to the rest.
    private func list<Element>(
        _ elements: [Element],
        _ call: Call,
        _ state: SandboxState,
        identify: (Element) -> String,
        write: (Element) -> JSONValue
    ) throws(Refusal) -> Reply {
        let count = call.text("count").flatMap { Int($0) } ?? 100
        guard (1...100).contains(count) else { throw .scimInvalid("count must be between 1 and 100.") }
        let cursor = call.text("cursor")
        let bound = call.parameters.filter { $0.key != "cursor" }
        do {
            let page = try state.paging().page(
                of: elements,
                size: min(count, state.world.behaviour.awsPageLimit ?? count),
                token: cursor?.isEmpty == false ? cursor : nil,
                binding: "\(call.operation) \(JSONValue.object(bound))",
                key: identify
            )
            return reply(
                .members([
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                    "itemsPerPage": .integer(page.elements.count),
                    "startIndex": cursor == nil ? 1 : nil,
                    "totalResults": cursor == nil ? .integer(page.elements.count) : nil,
                    "nextCursor": cursor == nil ? nil : page.token.map { .string($0) },
                    "Resources": .array(page.elements.map(write)),
                ])
            )
        } catch { throw .scimInvalid("The cursor is not valid.") }
    }
}
