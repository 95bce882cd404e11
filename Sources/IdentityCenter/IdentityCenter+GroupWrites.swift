internal import Model

/// What an UpdateGroup asks for; nil leaves a field as it is, a description of `.some(nil)` removes it.
struct GroupWish: Hashable, Sendable {
    var displayName: String?
    var description: String??

    /// Whether the group is as wished.
    func isMet(by group: TargetGroup) -> Bool {
        if let displayName, displayName != group.displayName { return false }
        if let description, (description ?? "") != (group.description ?? "") { return false }
        return true
    }

    /// The `Operations` of UpdateGroup: a path without a value removes the attribute, and empty texts are invalid.
    ///
    /// Source: Identity Store API reference, "AttributeOperation".
    var operations: Document {
        var operations: [Document] = []
        if let displayName {
            operations.append(["AttributePath": "displayName", "AttributeValue": .text(displayName)])
        }
        if let description {
            var operation: [String: Document] = ["AttributePath": "description"]
            if let text = description, !text.isEmpty { operation["AttributeValue"] = .text(text) }
            operations.append(.object(operation))
        }
        return .list(operations)
    }
}

extension IdentityCenter {
    func createGroup(
        _ displayName: String,
        _ description: String,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> Receipt {
        let object = "group \(displayName)"
        let call = identityStore.named("CreateGroup", object)
        var members: [String: Document] = ["DisplayName": .text(displayName)]
        if !description.isEmpty { members["Description"] = .text(description) }
        let input = instance.storeInput(members)
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict && !$0.isSettled }) {
            () async throws(CallFailure) in
            do throws(CallFailure) {
                let answer = try await identityStore.call(call.operation, input, object: object, as: GroupIDRow.self)
                let id = forms.folded(answer.value.id)
                memory.noteMade(id)
                return Receipt(requestID: answer.requestID, createdID: id)
            } catch {
                guard error.kind == .conflict else { throw error }
                return try await standing(error, displayName, description, instance)
            }
        }
    }

    /// After a conflict: the group that exists, where it is the one that was to be made (an answer was lost).
    private func standing(
        _ conflict: CallFailure,
        _ displayName: String,
        _ description: String,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> Receipt {
        let call = identityStore.named("GetGroupId", "group \(displayName)")
        let persistence = conflict.isDuplicate ? Persistence.freshObject : Persistence.once
        let found = try await pauses.persist(persistence, call) { (number) async throws(CallFailure) -> TargetGroup? in
            if let group = try await lookUpGroup(displayName, instance) { return group }
            // Names are unique without case, which GetGroupId may not be.
            return number == 2 ? try await groupInList(named: displayName.folded) : nil
        }
        guard let found else { throw conflict }
        let wish = GroupWish(displayName: displayName, description: description)
        guard wish.isMet(by: found) else {
            throw conflict.settled(
                "a group of this name exists already, and it is another one: \(found.id)",
                advice: "plan again; to take that group over, set adopt: true"
            )
        }
        memory.noteMade(found.id.value)
        return conflict.standing(createdID: found.id.value)
    }

    func updateGroup(
        _ id: GroupID,
        _ wish: GroupWish,
        _ revision: String?,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> Receipt {
        let object = "group \(memory.lastRead(id)?.displayName ?? id.value)"
        let call = identityStore.named("UpdateGroup", object)
        var revision = revision
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict && !$0.isSettled }) {
            () async throws(CallFailure) in
            var members: [String: Document] = ["GroupId": .text(forms.wire(id.value)), "Operations": wish.operations]
            if let revision { members["Revision"] = .text(revision) }
            do throws(CallFailure) {
                let answer: Answer<RevisionRow> = try await write(
                    identityStore,
                    call.operation,
                    instance.storeInput(members),
                    object: object,
                    about: [id.value]
                )
                noteUpdated(id, wish, revision: answer.value.revision)
                return Receipt(requestID: answer.requestID)
            } catch {
                guard error.kind == .conflict else { throw error }
                guard let group = try await describeGroup(id, instance) else {
                    throw error.settled("the group is gone")
                }
                if wish.isMet(by: group) { return error.standing() }
                if error.isDuplicate {
                    throw error.settled("another group has this name already", advice: "rename or delete that one")
                }
                revision = try renewed(revision, group, error)
                throw error
            }
        }
    }

    func deleteGroup(_ id: GroupID, _ revision: String?, _ instance: InstanceRow) async throws(CallFailure) -> Receipt {
        let object = "group \(memory.lastRead(id)?.displayName ?? id.value)"
        let call = identityStore.named("DeleteGroup", object)
        var revision = revision
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict && !$0.isSettled }) {
            () async throws(CallFailure) in
            var members: [String: Document] = ["GroupId": .text(forms.wire(id.value))]
            if let revision { members["Revision"] = .text(revision) }
            do throws(CallFailure) {
                let answer: Answer<Nothing> = try await identityStore.call(
                    call.operation,
                    instance.storeInput(members),
                    object: object
                )
                return Receipt(requestID: answer.requestID)
            } catch {
                guard error.kind == .conflict || error.kind == .notFound else { throw error }
                guard let group = try await describeGroup(id, instance) else { return error.standing() }
                guard error.kind == .conflict else { throw error }
                revision = try renewed(revision, group, error)
                throw error
            }
        }
    }

    /// The revision to go on with after a conflict.
    ///
    /// Members that come and go may raise a group's revision too; what was planned still holds where name and
    /// description are those that were read.
    private func renewed(
        _ revision: String?,
        _ group: TargetGroup,
        _ conflict: CallFailure
    ) throws(CallFailure) -> String? {
        guard revision != nil else { return nil }
        guard let read = memory.lastRead(group.id), read.displayName == group.displayName,
            read.description == group.description
        else {
            throw conflict.settled("somebody else has changed the group since it was read", advice: "plan again")
        }
        return group.revision
    }

    private func noteUpdated(_ id: GroupID, _ wish: GroupWish, revision: String?) {
        guard var group = memory.lastRead(id) else { return }
        if let displayName = wish.displayName { group.displayName = displayName }
        if let description = wish.description { group.description = description }
        group.revision = revision
        memory.noteRead([group])
    }
}

/// The answer of UpdateGroup and UpdateUser; older stacks have no revisions.
struct RevisionRow: Decodable, Sendable {
    var revision: String?
    enum CodingKeys: String, CodingKey { case revision = "Revision" }
}
