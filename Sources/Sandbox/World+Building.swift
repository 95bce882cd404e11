extension World {
    /// Adds a user to Google Workspace; the id is derived from the address where none is given.
    @discardableResult
    public mutating func addGoogleUser(
        _ primaryEmail: String,
        id: String? = nil,
        aliases: [String] = [],
        isSuspended: Bool = false,
        isArchived: Bool = false,
        isGuest: Bool = false
    ) -> GoogleUser {
        let user = GoogleUser(
            id: id ?? Identifier.googleUser(primaryEmail),
            primaryEmail: primaryEmail,
            aliases: aliases,
            isSuspended: isSuspended,
            isArchived: isArchived,
            isGuest: isGuest
        )
        google.users.append(user)
        return user
    }

    /// Adds a group to Google Workspace; the id is derived from the address where none is given.
    @discardableResult
    public mutating func addGoogleGroup(
        _ email: String,
        id: String? = nil,
        members: [GoogleMember] = [],
        aliases: [String] = [],
        isAdminCreated: Bool = true
    ) -> GoogleGroup {
        let group = GoogleGroup(
            id: id ?? Identifier.googleGroup(email),
            email: email,
            aliases: aliases,
            isAdminCreated: isAdminCreated,
            members: members
        )
        google.groups.append(group)
        return group
    }

    /// Changes a Google user, found by id or address; false where there is none.
    @discardableResult
    public mutating func changeGoogleUser(_ key: String, _ change: (inout GoogleUser) -> Void) -> Bool {
        let index = google.users.firstIndex { user in
            user.id == key || user.addresses.contains { Google.same($0, key) }
        }
        guard let index else { return false }
        change(&google.users[index])
        return true
    }

    /// Changes a Google group, found by id or address; false where there is none.
    @discardableResult
    public mutating func changeGoogleGroup(_ key: String, _ change: (inout GoogleGroup) -> Void) -> Bool {
        let index = google.groups.firstIndex { group in
            group.id == key || group.addresses.contains { Google.same($0, key) }
        }
        guard let index else { return false }
        change(&google.groups[index])
        return true
    }

    /// Adds a user to the identity store; the id is derived from the user name where none is given.
    @discardableResult
    public mutating func addUser(_ userName: String, id: String? = nil, externalID: String? = nil) -> User {
        let user = User(
            id: id ?? Identifier.uuid("user", userName),
            userName: userName,
            externalIDs: externalID.map { [ExternalID($0)] } ?? []
        )
        identityCenter.users.append(user)
        return user
    }

    /// Adds a group to the identity store; the id is derived from the name where none is given.
    @discardableResult
    public mutating func addGroup(
        _ displayName: String,
        id: String? = nil,
        description: String? = nil,
        members: [String] = []
    ) -> Group {
        let group = Group(
            id: id ?? Identifier.uuid("group", displayName),
            displayName: displayName,
            description: description,
            members: members
        )
        identityCenter.groups.append(group)
        return group
    }

    /// Adds a permission set; the ARN is derived from the name where none is given.
    @discardableResult
    public mutating func addPermissionSet(_ name: String, arn: String? = nil) -> PermissionSet {
        let derived =
            "arn:aws:sso:::permissionSet/\(identityCenter.instanceID)/ps-\(Identifier.sixteen("permission-set", name))"
        let set = PermissionSet(arn: arn ?? derived, name: name)
        identityCenter.permissionSets.append(set)
        return set
    }

    /// Adds an account under an OU path such as `/Workloads/Production`; `/` is the root.
    @discardableResult
    public mutating func addAccount(
        _ id: String,
        name: String,
        unit: String = "/",
        tags: [String: String] = [:],
        state: String = "ACTIVE"
    ) -> Account {
        let account = Account(
            id: id,
            name: name,
            unit: unit.split(separator: "/").map { String($0) },
            tags: tags,
            state: state
        )
        organization.accounts.append(account)
        return account
    }

    /// Assigns a permission set, given by name or ARN, to a group or user on an account.
    public mutating func assign(_ principal: Principal, account: String, permissionSet: String) {
        let arn = identityCenter.permissionSet(named: permissionSet)?.arn ?? permissionSet
        identityCenter.assignments.append(Assignment(principal: principal, account: account, permissionSet: arn))
    }

    /// Changes a group of the identity store, found by id or name; false where there is none.
    @discardableResult
    public mutating func changeGroup(_ key: String, _ change: (inout Group) -> Void) -> Bool {
        let name = key.lowercased()
        let index = identityCenter.groups.firstIndex { $0.id == key || $0.displayName.lowercased() == name }
        guard let index else { return false }
        change(&identityCenter.groups[index])
        return true
    }

    /// Changes a user of the identity store, found by id or user name; false where there is none.
    @discardableResult
    public mutating func changeUser(_ key: String, _ change: (inout User) -> Void) -> Bool {
        let name = key.lowercased()
        let index = identityCenter.users.firstIndex { $0.id == key || $0.userName.lowercased() == name }
        guard let index else { return false }
        change(&identityCenter.users[index])
        return true
    }

    /// Adds a user to a group of the identity store, both given by id.
    public mutating func addMember(_ userID: String, to groupID: String) {
        changeGroup(groupID) { group in
            group.memberships.append(Membership(id: Identifier.uuid("membership", groupID, userID), userID: userID))
        }
    }
}
