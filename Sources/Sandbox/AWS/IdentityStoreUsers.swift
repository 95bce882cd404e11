/// The members that CreateUser takes besides the store.
enum UserFields {
    /// Those that the world keeps in fields of their own.
    static let own: Set<String> = ["UserName", "Name", "DisplayName", "Emails", "UserType"]
    static let all = [
        "UserName", "Name", "DisplayName", "NickName", "ProfileUrl", "Emails", "Addresses", "PhoneNumbers", "UserType",
        "Title", "PreferredLanguage", "Locale", "Timezone", "Photos", "Website", "Birthdate", "Roles", "Extensions",
    ]
    static let reserved: Set<String> = ["Administrator", "AWSAdministrators"]
}

extension IdentityStoreService {
    func listUsers(_ call: Call, _ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        var users = state.world.identityCenter.users
        if let filter = try refuseFilters(input, state.world) {
            guard filter.path == "UserName" else { throw .validation("Unsupported filter attribute: \(filter.path)") }
            users = users.filter { $0.userName == filter.value }
        }
        return try page(users, as: "Users", call, input, state, identify: \.id) { json($0, state.world) }
    }

    func user(_ input: Input, _ state: SandboxState) throws(Refusal) -> World.User {
        let id = try input.text("UserId", 1...130)
        guard let user = state.world.identityCenter.user(id) else { throw .missing("USER", id) }
        return user
    }

    func getUserID(_ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let users = state.world.identityCenter.users
        let found: World.User?
        switch try alternateIdentifier(input) {
        case .external(let issuer, let id):
            found = users.first { $0.externalIDs.contains(World.ExternalID(id, issuer: issuer)) }
        case .unique("userName", let value): found = users.first { $0.userName == value }
        case .unique("emails.value", let value):
            found = users.first { user in user.emails.contains { $0.value == value } }
        case .unique(let path, _): throw .validation("Unsupported attribute path: \(path)")
        }
        guard let found else { throw .missing("USER", "") }
        var members = common("User", found.id, revision: found.revision, state.world)
        members["Revision"] = nil
        members["UserId"] = .string(found.id)
        return .object(members)
    }

    enum AlternateIdentifier {
        case unique(String, String)
        case external(issuer: String, id: String)
    }

    func alternateIdentifier(_ input: Input) throws(Refusal) -> AlternateIdentifier {
        let union = try input.object("AlternateIdentifier")
        try union.allow(["UniqueAttribute", "ExternalId"])
        switch (try union.optionalObject("UniqueAttribute"), try union.optionalObject("ExternalId")) {
        case (let attribute?, nil):
            return .unique(try attribute.text("AttributePath", 1...255), try attribute.text("AttributeValue"))
        case (nil, let external?):
            return .external(issuer: try external.text("Issuer", 1...256), id: try external.text("Id", 1...256))
        default: throw .validation("AlternateIdentifier must have exactly one member.")
        }
    }

    func createUser(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let name = try input.object("Name")
        var user = World.User(
            id: state.newID("user"),
            userName: try userName(input.text("UserName", 1...128, where: Characters.areShownWithoutSpace)),
            displayName: try input.text("DisplayName", where: Characters.areShown),
            givenName: try name.text("GivenName", where: Characters.areShown),
            familyName: try name.text("FamilyName", where: Characters.areShown),
            emails: try input.has("Emails") ? emails(.array(input.list("Emails", 1...1))) : [],
            userType: try input.optionalText("UserType", where: Characters.areShown)
        )
        for field in UserFields.all where !UserFields.own.contains(field) { user.others[field] = input.value(field) }
        user.createdAt = state.now
        user.updatedAt = state.now
        try checkUnique(user, state.world)
        state.world.identityCenter.users.append(user)
        var members = common("User", user.id, revision: user.revision, state.world)
        members["UserId"] = .string(user.id)
        return .object(members)
    }

    func updateUser(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        var user = try user(input, state)
        try checkRevision(input, user.revision)
        for change in try changes(input) { try apply(change.path, change.value, to: &user) }
        user.revision += 1
        user.updatedAt = state.now
        try checkUnique(user, state.world)
        let changed = user
        state.world.changeUser(user.id) { $0 = changed }
        var members = common("User", user.id, revision: user.revision, state.world)
        members["UserId"] = .string(user.id)
        return .object(members)
    }

    func deleteUser(_ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let user = try user(input, state)
        try checkRevision(input, user.revision)
        state.world.identityCenter.users.removeAll { $0.id == user.id }
        for index in state.world.identityCenter.groups.indices {
            state.world.identityCenter.groups[index].memberships.removeAll { $0.userID == user.id }
        }
        return [:]
    }

    private func userName(_ name: String) throws(Refusal) -> String {
        guard !UserFields.reserved.contains(name) else { throw .validation("The user name \(name) is reserved.") }
        return name
    }

    private func checkUnique(_ user: World.User, _ world: World) throws(Refusal) {
        let primary = user.emails.first?.value.lowercased()
        for other in world.identityCenter.users where other.id != user.id {
            let isTaken = primary != nil && other.emails.first?.value.lowercased() == primary
            if other.userName.lowercased() == user.userName.lowercased() || isTaken { throw .duplicate }
        }
    }

    private func emails(_ value: JSONValue?) throws(Refusal) -> [World.Email] {
        var emails: [World.Email] = []
        for element in value?.array ?? [] {
            guard let members = element.object else { throw .notSerializable("Emails") }
            let email = Input(members)
            try email.allow(["Value", "Type", "Primary"])
            emails.append(World.Email(try email.text("Value"), isPrimary: email.value("Primary") == true))
        }
        guard emails.count <= 1 else { throw .validation("Only one e-mail address is supported.") }
        return emails
    }

    private func apply(_ path: String, _ value: JSONValue?, to user: inout World.User) throws(Refusal) {
        switch path {
        case "userName": user.userName = try userName(newText(value ?? .null, path, 1...128))
        case "displayName": user.displayName = try newText(value ?? .null, path)
        case "name.givenName": user.givenName = try newText(value ?? .null, path)
        case "name.familyName": user.familyName = try newText(value ?? .null, path)
        case "name":
            guard let members = value?.object else { throw .validation("The name cannot be removed.") }
            user.givenName = try Input(members).text("GivenName")
            user.familyName = try Input(members).text("FamilyName")
        case "emails": user.emails = try emails(value)
        case "userType": user.userType = try value.map { value throws(Refusal) in try newText(value, path) }
        case "title", "nickName", "locale", "timezone", "preferredLanguage", "profileUrl":
            user.others[path.prefix(1).uppercased() + path.dropFirst()] = value
        default: throw .validation("The attribute path \(path) is not supported.")
        }
    }

    func json(_ user: World.User, _ world: World) -> JSONValue {
        var members = user.others.filter { $0.key != "Extensions" }
        members.merge(common("User", user.id, revision: user.revision, world)) { _, new in new }
        members["UserId"] = .string(user.id)
        members["UserName"] = .string(user.userName)
        members["DisplayName"] = .string(user.displayName)
        members["Name"] = ["GivenName": .string(user.givenName), "FamilyName": .string(user.familyName)]
        members["Emails"] = user.emails.isEmpty ? nil : .array(user.emails.map(json))
        members["ExternalIds"] = externalIDs(user.externalIDs)
        members["UserType"] = user.userType.map { .string($0) }
        members["CreatedAt"] = .number(user.createdAt)
        members["UpdatedAt"] = .number(user.updatedAt)
        if world.behaviour.hasRevisions { members["UserStatus"] = .string(user.status) }
        return .object(members)
    }

    private func json(_ email: World.Email) -> JSONValue {
        ["Value": .string(email.value), "Type": "work", "Primary": .bool(email.isPrimary)]
    }
}
