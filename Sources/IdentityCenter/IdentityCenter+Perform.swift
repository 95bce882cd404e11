public import Model

extension IdentityCenter {
    /// Performs a write to its end.
    ///
    /// Every write may be repeated: an answer that says that it is done already, or that somebody else has changed the
    /// object, is looked into by a read before it counts.
    ///
    /// - Throws: `conflict` where the object is not what it was, or exists and is another; else the service's failure.
    public func perform(_ write: Write) async throws(UpstreamError) -> Receipt {
        do {
            switch write {
            case .disableUser(let user): return try await setActive(false, user)
            case .enableUser(let user): return try await setActive(true, user)
            default: return try await perform(write, try await knownInstance())
            }
        } catch {
            throw error.upstream
        }
    }

    private func knownInstance() async throws(CallFailure) -> InstanceRow {
        do { return try await instance() } catch { throw CallFailure(error) }
    }

    private func perform(_ write: Write, _ instance: InstanceRow) async throws(CallFailure) -> Receipt {
        switch write {
        case .createUser(let user):
            return try await createUser(user, instance)
        case .updateUser(let id, let userName, let displayName, let givenName, let familyName, let email):
            let wish = UserWish(
                userName: userName,
                displayName: displayName,
                givenName: givenName,
                familyName: familyName,
                email: email
            )
            return try await updateUser(id, wish, instance)
        case .deleteUser(let id):
            return try await deleteUser(id, instance)
        case .createGroup(let displayName, let description):
            return try await createGroup(displayName, description, instance)
        case .updateGroup(let id, let displayName, let description, let revision):
            let wish = GroupWish(displayName: displayName, description: description)
            return try await updateGroup(id, wish, revision, instance)
        case .deleteGroup(let id, let revision):
            return try await deleteGroup(id, revision, instance)
        case .addMember(let group, let user):
            return try await addMember(group, user, instance)
        case .removeMember(let group, let user, let membership):
            return try await removeMember(group, user, membership, instance)
        case .createAssignment(let assignment):
            return try await change(.creation, assignment, instance)
        case .deleteAssignment(let assignment):
            return try await change(.deletion, assignment, instance)
        case .deleteApplicationAssignment(let application, let principal):
            return try await deleteApplicationAssignment(application, principal, instance)
        case .disableUser(let user):
            return try await setActive(false, user)
        case .enableUser(let user):
            return try await setActive(true, user)
        }
    }

    /// Makes a call about objects; while one that this process made is not known everywhere yet, it is tried again.
    ///
    /// The Identity Store's look-ups are eventually consistent for some seconds.
    func write<Output: Decodable & Sendable>(
        _ client: ServiceClient,
        _ operation: String,
        _ input: Document,
        object: String,
        about ids: [String],
        as output: Output.Type = Output.self
    ) async throws(CallFailure) -> Answer<Output> {
        let call = client.named(operation, object)
        return try await pauses.persist(
            .freshObject,
            call,
            while: { $0.kind == .notFound && memory.madeAny(of: ids) }
        ) { () async throws(CallFailure) in
            try await client.call(operation, input, object: object, as: output)
        }
    }
}

extension CallFailure {
    /// Whether the Identity Store says that a name, an e-mail or a membership exists already.
    var isDuplicate: Bool { kind == .conflict && reason == "UNIQUENESS_CONSTRAINT_VIOLATION" }

    /// The failure once it was looked into, with what was found: it is not tried again.
    func settled(_ found: String, advice: String? = nil) -> CallFailure {
        var settled = self
        settled.isSettled = true
        settled.upstream.message = upstream.message.isEmpty ? found : "\(found) (\(upstream.message))"
        if let advice { settled.upstream.advice = advice }
        return settled
    }

    /// The receipt of a write whose effect was found to stand.
    func standing(createdID: String? = nil) -> Receipt {
        Receipt(requestID: upstream.requestID, createdID: createdID, stoodAlready: true)
    }
}
