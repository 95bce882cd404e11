internal import Model

/// What an UpdateUser asks for; nil leaves a field as it is.
struct UserWish: Hashable, Sendable {
    var userName: String?
    var displayName: String?
    var givenName: String?
    var familyName: String?
    var email: String?
    var userType: String?

    init(
        userName: String? = nil,
        displayName: String? = nil,
        givenName: String? = nil,
        familyName: String? = nil,
        email: String? = nil
    ) {
        self.userName = userName
        self.displayName = displayName
        self.givenName = givenName
        self.familyName = familyName
        self.email = email
    }

    /// What the user that is to be made will be.
    init(_ user: NewUser) {
        self.init(
            userName: user.address,
            displayName: user.displayName,
            givenName: user.givenName,
            familyName: user.familyName,
            email: user.address
        )
        userType = user.userType
    }

    /// Whether the user is as wished.
    func isMet(by user: TargetUser) -> Bool {
        let pairs = [
            (userName, user.userName), (displayName, user.displayName), (givenName, user.givenName),
            (familyName, user.familyName), (email, user.primaryEmail), (userType, user.userType),
        ]
        return pairs.allSatisfy { wished, found in wished == nil || wished == found }
    }

    /// The `Operations` of UpdateUser. The list of e-mails, which holds one at most, is replaced whole.
    ///
    /// Source: Identity Store API reference, "AttributeOperation" and "Email".
    var operations: Document {
        let texts = [
            ("userName", userName), ("displayName", displayName), ("name.givenName", givenName),
            ("name.familyName", familyName),
        ]
        var operations: [Document] = texts.compactMap { path, value in
            value.map { ["AttributePath": .text(path), "AttributeValue": .text($0)] }
        }
        if let email { operations.append(["AttributePath": "emails", "AttributeValue": UserWish.emails(email)]) }
        return .list(operations)
    }

    static func emails(_ address: String) -> Document { [["Value": .text(address), "Type": "work", "Primary": true]] }
}

extension IdentityCenter {
    func createUser(_ user: NewUser, _ instance: InstanceRow) async throws(CallFailure) -> Receipt {
        let object = "user \(user.address)"
        let call = identityStore.named("CreateUser", object)
        let input = instance.storeInput([
            "UserName": .text(user.address),
            "DisplayName": .text(user.displayName),
            "Name": ["GivenName": .text(user.givenName), "FamilyName": .text(user.familyName)],
            "Emails": UserWish.emails(user.address),
            "UserType": .text(user.userType),
        ])
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict && !$0.isSettled }) {
            () async throws(CallFailure) in
            do throws(CallFailure) {
                let answer = try await identityStore.call(call.operation, input, object: object, as: UserIDRow.self)
                let id = forms.folded(answer.value.id)
                memory.noteMade(id)
                return Receipt(requestID: answer.requestID, createdID: id)
            } catch {
                guard error.kind == .conflict else { throw error }
                return try await standing(error, user, instance)
            }
        }
    }

    /// After a conflict: the user that exists, where it is the one that was to be made (an answer was lost).
    private func standing(
        _ conflict: CallFailure,
        _ user: NewUser,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> Receipt {
        let call = identityStore.named("GetUserId", "user \(user.address)")
        let persistence = conflict.isDuplicate ? Persistence.freshObject : Persistence.once
        let found = try await pauses.persist(persistence, call) { (number) async throws(CallFailure) -> TargetUser? in
            try await userStanding(named: user.address)
        }
        guard let found else { throw conflict }
        guard UserWish(user).isMet(by: found) else {
            throw conflict.settled(
                "a user of this name or e-mail exists already, and it is another one: \(found.id)",
                advice: "plan again"
            )
        }
        memory.noteMade(found.id.value)
        return conflict.standing(createdID: found.id.value)
    }

    func updateUser(_ id: UserID, _ wish: UserWish, _ instance: InstanceRow) async throws(CallFailure) -> Receipt {
        let object = "user \(id)"
        let call = identityStore.named("UpdateUser", object)
        let input = instance.storeInput(["UserId": .text(forms.wire(id.value)), "Operations": wish.operations])
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict && !$0.isSettled }) {
            () async throws(CallFailure) in
            do throws(CallFailure) {
                let answer: Answer<RevisionRow> = try await write(
                    identityStore,
                    call.operation,
                    input,
                    object: object,
                    about: [id.value]
                )
                return Receipt(requestID: answer.requestID)
            } catch {
                guard error.kind == .conflict else { throw error }
                if let user = try await describeUser(id), wish.isMet(by: user) { return error.standing() }
                guard error.isDuplicate else { throw error }
                throw error.settled("another user has this name or e-mail already")
            }
        }
    }

    func deleteUser(_ id: UserID, _ instance: InstanceRow) async throws(CallFailure) -> Receipt {
        let object = "user \(id)"
        let call = identityStore.named("DeleteUser", object)
        let input = instance.storeInput(["UserId": .text(forms.wire(id.value))])
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict }) {
            () async throws(CallFailure) in
            do throws(CallFailure) {
                let answer: Answer<Nothing> = try await identityStore.call(call.operation, input, object: object)
                return Receipt(requestID: answer.requestID)
            } catch {
                guard error.kind == .notFound || error.kind == .conflict else { throw error }
                if try await describeUser(id) == nil { return error.standing() }
                throw error
            }
        }
    }

    /// Disables or enables a user by SCIM: the Identity Store gives the status and does not take it.
    func setActive(_ isActive: Bool, _ user: UserID) async throws(CallFailure) -> Receipt {
        guard let scim else {
            let call = Call(service: SCIMClient.service, operation: "PatchUser", object: "user \(user)")
            throw CallFailure(
                call.error(
                    .rejected,
                    message: "without a SCIM endpoint users can be neither disabled nor enabled",
                    advice: "set target.scim"
                )
            )
        }
        return try await scim.setActive(isActive, forms.wire(user.value))
    }

    private func userStanding(named name: String) async throws(CallFailure) -> TargetUser? {
        do { return try await user(named: name) } catch { throw CallFailure(error) }
    }

    private func describeUser(_ id: UserID) async throws(CallFailure) -> TargetUser? {
        do { return try await user(id) } catch { throw CallFailure(error) }
    }
}
