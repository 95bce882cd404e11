public import Model

extension IdentityCenter {
    /// All users of the identity store: ⌈U/100⌉ calls. When names are looked up one by one instead is Engine's choice.
    public func users() async throws(UpstreamError) -> [TargetUser] {
        let listing = Listing<UserRow>(
            operation: "ListUsers",
            rows: "Users",
            input: try await instance().storeInput()
        ) { $0.id.lowercased() }
        return try await identityStore.list(listing).map { $0.user(forms) }
    }

    /// One user by id; nil where there is none.
    public func user(_ id: UserID) async throws(UpstreamError) -> TargetUser? {
        let input = try await instance().storeInput(["UserId": .text(forms.wire(id.value))])
        do {
            return try await identityStore.read("DescribeUser", input, object: "user \(id)", as: UserRow.self).user(
                forms
            )
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    /// One user by user name or primary e-mail, in that order; nil where there is none.
    ///
    /// GetUserId is asked first, for the name as given and in lower case. It may tell cases apart, and some partitions
    /// do not have it; so before anybody is said not to exist, the names of all users are compared without case. That
    /// list is read at most once a minute.
    public func user(named name: String) async throws(UpstreamError) -> TargetUser? {
        guard !name.isEmpty else { return nil }
        let instance = try await instance()
        let spellings = name == name.folded ? [name] : [name, name.folded]
        for path in ["userName", "emails.value"] {
            for spelling in spellings {
                let id: UserID?
                do { id = try await userID(path, spelling, instance) } catch {
                    if error.isUnknownOperation { return try await userInList(named: name.folded) }
                    throw error.upstream
                }
                guard let id, let user = try await user(id) else { continue }
                let found = path == "userName" ? user.userName : user.primaryEmail ?? ""
                if found.folded == name.folded { return user }
            }
        }
        return try await userInList(named: name.folded)
    }

    /// The user whose attribute has a value, by GetUserId; nil where there is none.
    func userID(_ path: String, _ value: String, _ instance: InstanceRow) async throws(CallFailure) -> UserID? {
        let input = instance.storeInput(["AlternateIdentifier": uniqueAttribute(path, value)])
        do {
            let answer = try await identityStore.call("GetUserId", input, object: value, as: UserIDRow.self)
            return UserID(forms.folded(answer.value.id))
        } catch {
            // A text that can be no user name (white space, too long) is nobody's.
            if error.kind == .notFound || error.upstream.code == "ValidationException" { return nil }
            throw error
        }
    }

    private func userInList(named folded: String) async throws(UpstreamError) -> TargetUser? {
        let found = try await names.find(folded, now: pauses.now) { () async throws(UpstreamError) in try await users()
        }
        guard let id = found else { return nil }
        return try await user(id)
    }
}

/// The `AlternateIdentifier` of GetUserId and GetGroupId.
func uniqueAttribute(_ path: String, _ value: String) -> Document {
    ["UniqueAttribute": ["AttributePath": .text(path), "AttributeValue": .text(value)]]
}
