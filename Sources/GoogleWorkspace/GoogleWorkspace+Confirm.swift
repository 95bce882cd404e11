internal import HTTP
public import Model

extension GoogleWorkspace {
    /// Reads facts a second time before a membership is withdrawn on their strength: by point reads, and where those
    /// give no clear answer, by the lists again.
    public func confirm(_ facts: [SourceFact]) async -> [SourceFact: Confirmation] {
        let facts = Array(Set(facts))
        let looks = await inParallel(facts, width: settings.concurrency) { await self.look(at: $0) }
        var result: [SourceFact: Confirmation] = [:]
        var open: [MembershipQuestion] = []
        for (fact, look) in zip(facts, looks) {
            switch look {
            case .answer(let confirmation): result[fact] = confirmation
            case .readLists(let question): open.append(question)
            }
        }
        guard !open.isEmpty else { return result }
        let lists = await lists(for: open)
        for question in open { result[question.fact] = lists.confirmation(of: question) }
        return result
    }

    private enum Look: Sendable {
        case answer(Confirmation)
        case readLists(MembershipQuestion)
    }

    private func look(at fact: SourceFact) async -> Look {
        switch fact {
        case .notActive(let user): return .answer(await confirmNotActive(user))
        case .nobodyAlive(let ids, let userName):
            return .answer(await confirmNobodyAlive(externalIDs: ids, userName: userName))
        case .notMember(let user, let group, true, _): return await lookDirect(fact, user, group)
        case .notMember(let user, let group, false, true):
            return .readLists(MembershipQuestion(fact: fact, user: user, group: group))
        case .notMember(let user, let group, false, false): return await lookNested(fact, user, group, wanted: false)
        case .member(let user, let group): return await lookNested(fact, user, group, wanted: true)
        }
    }

    // MARK: - Users

    private func confirmNotActive(_ user: SourceUserID) async -> Confirmation {
        do {
            let found = try await self.user(at: user.value)
            guard found.id.text == user.value else {
                return .unanswered("google users.get (\(user)): the answer is about another user")
            }
            guard found.state == .active else { return .confirmed }
            return .refuted("\(found.primaryEmail.text) is active")
        } catch {
            return error.isNotFound ? .confirmed : .unanswered(error.error.description)
        }
    }

    /// Asks for each external id, and for the user name where it can be an address or an id.
    private func confirmNobodyAlive(externalIDs: [String], userName: String) async -> Confirmation {
        var keys = externalIDs
        if userName.contains("@") || (!userName.isEmpty && userName.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }) {
            keys.append(userName)
        }
        var asked: Set<String> = []
        var unanswered: String?
        for key in keys where !key.isEmpty && asked.insert(key).inserted {
            do {
                let found = try await user(at: key)
                return .refuted(
                    "\(found.primaryEmail.text) is there, \(found.state.rawValue), with the id \(found.id.text)"
                )
            } catch {
                if !saysNobody(error, key: key) { unanswered = unanswered ?? error.error.description }
            }
        }
        return unanswered.map { .unanswered($0) } ?? .confirmed
    }

    /// Whether a failed `users.get` says that nobody bears the key. For an address outside the customer's domains Google
    /// answers that reading it is not allowed.
    private func saysNobody(_ failure: CallFailure, key: String) -> Bool {
        if failure.isNotFound || failure.saysNoSuchKey { return true }
        return failure.status == 403 && failure.error.kind == .refused && key.contains("@") && isOutside(key)
    }

    // MARK: - Memberships

    private func lookDirect(_ fact: SourceFact, _ user: SourceUserID, _ group: SourceGroupID) async -> Look {
        let call = DirectoryCall(
            "members.get",
            object: "\(user) in \(shownName(of: group))",
            path: ["groups", group.value, "members", user.value],
            query: ["fields": MemberResource.fields]
        )
        do {
            let _: MemberResource = try await api.get(call)
            return .answer(.refuted("\(user) is a direct member of \(shownName(of: group))"))
        } catch {
            if error.isNotFound, !error.saysGroupIsGone { return .answer(.confirmed) }
            if error.status == 400 { return .readLists(MembershipQuestion(fact: fact, user: user, group: group)) }
            return .answer(.unanswered(error.error.description))
        }
    }

    private func lookNested(
        _ fact: SourceFact,
        _ user: SourceUserID,
        _ group: SourceGroupID,
        wanted: Bool
    ) async -> Look {
        let call = DirectoryCall(
            "members.hasMember",
            object: "\(user) in \(shownName(of: group))",
            path: ["groups", group.value, "hasMember", user.value],
            query: ["fields": "isMember"]
        )
        do {
            let answer: MembershipAnswer = try await api.get(call)
            if answer.isMember == wanted { return .answer(.confirmed) }
            return .answer(.refuted("\(user) is \(answer.isMember ? "" : "not ")a member of \(shownName(of: group))"))
        } catch {
            // 400 is no clear no, and 404 may be about the group or about the user: the lists tell.
            if error.status == 400 || error.isNotFound {
                return .readLists(MembershipQuestion(fact: fact, user: user, group: group))
            }
            return .answer(.unanswered(error.error.description))
        }
    }
}

extension CallFailure {
    /// Whether Google says that the key can be nobody's: 400 about the key, or a domain that does not exist.
    var saysNoSuchKey: Bool {
        if status == 404, body?.status == 404 { return body?.reason == "domainNotFound" }
        if error.kind == .rejected, status == nil { return error.code == "invalid" }
        guard status == 400, body?.status == 400 else { return false }
        return ["invalid", "badRequest", "invalidParameter", "INVALID_ARGUMENT"].contains(body?.code)
    }

    /// Whether a 404 of a point read is about the group rather than about the member.
    fileprivate var saysGroupIsGone: Bool { body?.message?.contains("groupKey") ?? false }
}
