internal import Model

extension IdentityCenter {
    func addMember(_ group: GroupID, _ user: UserID, _ instance: InstanceRow) async throws(CallFailure) -> Receipt {
        let object = shown(group, user)
        let call = identityStore.named("CreateGroupMembership", object)
        let input = instance.storeInput(pair(group, user))
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict }) {
            () async throws(CallFailure) in
            do throws(CallFailure) {
                let answer: Answer<MembershipIDRow> = try await write(
                    identityStore,
                    call.operation,
                    input,
                    object: object,
                    about: [group.value, user.value]
                )
                return Receipt(requestID: answer.requestID, createdID: forms.folded(answer.value.id))
            } catch {
                guard error.kind == .conflict, let id = try await membershipID(group, user, instance) else {
                    throw error
                }
                return error.standing(createdID: id.value)
            }
        }
    }

    func removeMember(
        _ group: GroupID,
        _ user: UserID,
        _ membership: MembershipID?,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> Receipt {
        let object = shown(group, user)
        let call = identityStore.named("DeleteGroupMembership", object)
        var known = membership
        return try await pauses.persist(
            .conflict,
            call,
            while: { ($0.kind == .conflict || $0.kind == .notFound) && !$0.isSettled }
        ) { () async throws(CallFailure) in
            if known == nil { known = try await membershipID(group, user, instance) }
            guard let id = known else { return Receipt(stoodAlready: true) }
            do throws(CallFailure) {
                let input = instance.storeInput(["MembershipId": .text(forms.wire(id.value))])
                let answer: Answer<Nothing> = try await identityStore.call(call.operation, input, object: object)
                return Receipt(requestID: answer.requestID)
            } catch {
                guard error.kind == .notFound else { throw error }
                // Taken out and put in again since it was read, the membership has another id.
                known = try await membershipID(group, user, instance)
                if known == nil { return error.standing() }
                throw error
            }
        }
    }

    /// The id of a user's membership in a group; nil where there is none.
    private func membershipID(
        _ group: GroupID,
        _ user: UserID,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> MembershipID? {
        let input = instance.storeInput(pair(group, user))
        do {
            let answer = try await identityStore.call(
                "GetGroupMembershipId",
                input,
                object: shown(group, user),
                as: MembershipIDRow.self
            )
            return MembershipID(forms.folded(answer.value.id))
        } catch {
            if error.kind == .notFound { return nil }
            guard error.isUnknownOperation else { throw error }
        }
        do { return try await memberships(of: [group])[group]?.first { $0.user == user }?.id } catch {
            throw CallFailure(error)
        }
    }

    private func pair(_ group: GroupID, _ user: UserID) -> [String: Document] {
        ["GroupId": .text(forms.wire(group.value)), "MemberId": ["UserId": .text(forms.wire(user.value))]]
    }

    private func shown(_ group: GroupID, _ user: UserID) -> String {
        "user \(user) in group \(memory.lastRead(group)?.displayName ?? group.value)"
    }
}
