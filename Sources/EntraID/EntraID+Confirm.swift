internal import HTTP
public import Model

extension EntraID {
    /// Reads facts a second time before a membership is withdrawn on their strength: by point reads, twenty in a batch.
    public func confirm(_ facts: [SourceFact]) async -> [SourceFact: Confirmation] {
        let facts = Array(Set(facts))
        do {
            let api = try graph()
            let sorted = Questions(facts)
            async let states = confirmNotActive(sorted.notActive, api)
            async let alive = confirmNobodyAlive(sorted.nobodyAlive, api)
            async let nested = confirmNested(sorted.nested, api)
            async let direct = confirmDirect(sorted.direct)
            var result: [SourceFact: Confirmation] = [:]
            for part in await [states, alive, nested, direct] { result.merge(part) { first, _ in first } }
            return result
        } catch {
            return Dictionary(facts.map { ($0, .unanswered(error.description)) }) { first, _ in first }
        }
    }

    /// The facts by the calls that answer them.
    private struct Questions {
        var notActive: [SourceUserID] = []
        var nobodyAlive: [SourceFact] = []
        var nested: [Membership] = []
        var direct: [Membership] = []

        init(_ facts: [SourceFact]) {
            for fact in facts {
                switch fact {
                case .notActive(let user): notActive.append(user)
                case .nobodyAlive: nobodyAlive.append(fact)
                case .member(let user, let group): nested.append(Membership(fact, user, group, isWanted: true))
                case .notMember(let user, let group, let isDirect, _):
                    let membership = Membership(fact, user, group, isWanted: false)
                    if isDirect { direct.append(membership) } else { nested.append(membership) }
                }
            }
        }
    }

    /// A question about one membership.
    private struct Membership: Sendable {
        var fact: SourceFact
        var user: SourceUserID
        var group: SourceGroupID
        /// Whether the fact says that the user is a member.
        var isWanted: Bool

        init(_ fact: SourceFact, _ user: SourceUserID, _ group: SourceGroupID, isWanted: Bool) {
            (self.fact, self.user, self.group, self.isWanted) = (fact, user, group, isWanted)
        }
    }

    // MARK: - Users

    /// Reads users by id or name.
    func users(_ keys: [String], _ api: GraphAPI) async -> [String: Result<UserEntry, CallFailure>] {
        let keys = Array(Set(keys)).sorted()
        let query = [("$select", await api.userSelect)]
        guard keys.count > 1 else {
            var results: [String: Result<UserEntry, CallFailure>] = [:]
            for key in keys {
                do throws(CallFailure) {
                    results[key] = .success(try await api.get(EntraID.userCall(key), api.user(key, query)))
                } catch {
                    results[key] = .failure(error)
                }
            }
            return results
        }
        let calls = keys.map { key in
            BatchCall(name: EntraID.userCall(key), url: api.relative(api.user(key, query)))
        }
        let results: [Result<UserEntry, CallFailure>] = await api.batch(calls, width: settings.concurrency)
        return Dictionary(zip(keys, results)) { first, _ in first }
    }

    private func confirmNotActive(_ asked: [SourceUserID], _ api: GraphAPI) async -> [SourceFact: Confirmation] {
        let entries = await users(asked.map(\.value), api)
        var result: [SourceFact: Confirmation] = [:]
        for user in asked {
            let name = EntraID.userCall(user.value)
            result[.notActive(user)] =
                switch entries[user.value] {
                case .success(let entry)?:
                    if entry.id.lowercased() != user.value.lowercased() {
                        .unanswered(name.error(.malformed, message: "the answer is about another user").description)
                    } else if let isEnabled = entry.accountEnabled.value {
                        isEnabled ? .refuted("\(entry.userPrincipalName.value ?? entry.id) is enabled") : .confirmed
                    } else {
                        .unanswered(EntraID.unseenState(name).description)
                    }
                case .failure(let failure)?:
                    failure.isNotFound ? .confirmed : .unanswered(failure.error.description)
                case nil: .unanswered(name.error(.malformed, message: "no answer").description)
                }
        }
        return result
    }

    /// Asks for each external id, whosever it may be, and for the user name.
    private func confirmNobodyAlive(_ facts: [SourceFact], _ api: GraphAPI) async -> [SourceFact: Confirmation] {
        var keys: [SourceFact: [String]] = [:]
        for fact in facts {
            guard case .nobodyAlive(let ids, let userName) = fact else { continue }
            keys[fact] = (ids + [userName]).filter(EntraID.canBeKey)
        }
        let entries = await users(keys.values.flatMap { $0 }, api)
        return keys.mapValues { keys in
            var unanswered: String?
            for key in keys {
                switch entries[key] {
                case .success(let entry)?:
                    return .refuted("\(entry.userPrincipalName.value ?? key) is there, with the id \(entry.id)")
                case .failure(let failure)? where failure.isNotFound || failure.saysNoSuchKey: continue
                case .failure(let failure)?: unanswered = unanswered ?? failure.error.description
                case nil: unanswered = unanswered ?? "graph users.get (\(key)): no answer"
                }
            }
            return unanswered.map { .unanswered($0) } ?? .confirmed
        }
    }

    // MARK: - Memberships

    private func confirmNested(_ asked: [Membership], _ api: GraphAPI) async -> [SourceFact: Confirmation] {
        let knowledge = knowledge
        var result: [SourceFact: Confirmation] = [:]
        var open: [Membership] = []
        for question in asked {
            if knowledge.groups[question.group.value]?.isHidden ?? false, !knowledge.seesHidden {
                let text = "\(shownName(of: question.group.value)) hides its members from the application"
                result[question.fact] = .unanswered("graph users.checkMemberGroups (\(question.user)): \(text)")
            } else {
                open.append(question)
            }
        }
        let questions = Dictionary(grouping: open, by: \.user).sorted { $0.key < $1.key }
            .flatMap { user, questions in questions.slices(of: EntraID.checkedGroups).map { (user, $0) } }
        let answers = await memberGroups(questions.map { ($0.value, $1.map(\.group.value)) }, api)
        var gone: [Membership] = []
        for ((_, questions), answer) in zip(questions, answers) {
            for question in questions {
                switch answer {
                case .success(let groups): result[question.fact] = compare(question, groups)
                case .failure(let failure) where failure.isNotFound && !question.isWanted:
                    gone.append(question)
                    result[question.fact] = .unanswered(failure.error.description)
                case .failure(let failure): result[question.fact] = .unanswered(failure.error.description)
                }
            }
        }
        return result.merging(await confirmGone(gone, api)) { $1 }
    }

    private func compare(_ question: Membership, _ groups: GroupIDs) -> Confirmation {
        let isMember = groups.contains(question.group.value)
        if isMember == question.isWanted { return .confirmed }
        return .refuted(
            "\(question.user) is \(isMember ? "" : "not ")a member of \(shownName(of: question.group.value))"
        )
    }

    /// A 404 may be about the user or about the group: somebody who is gone is no member.
    private func confirmGone(_ questions: [Membership], _ api: GraphAPI) async -> [SourceFact: Confirmation] {
        let entries = await users(questions.map(\.user.value), api)
        var result: [SourceFact: Confirmation] = [:]
        for question in questions {
            if case .failure(let failure)? = entries[question.user.value], failure.isNotFound {
                result[question.fact] = .confirmed
            }
        }
        return result
    }

    /// Reads the lists again: there is no point read for a direct membership.
    private func confirmDirect(_ asked: [Membership]) async -> [SourceFact: Confirmation] {
        let lists = await freshMembers(of: asked.map(\.group))
        var result: [SourceFact: Confirmation] = [:]
        for question in asked {
            let name = CallName(operation: "groups.members", object: shownName(of: question.group.value))
            result[question.fact] =
                switch lists[question.group] {
                case .read(let members)?:
                    members.contains { $0.id == question.user.value }
                        ? .refuted("\(question.user) is a direct member of \(shownName(of: question.group.value))")
                        : .confirmed
                case .unreadable(let text)?: .unanswered(text)
                case .vanished?: .unanswered(name.error(.notFound, message: "the group is gone").description)
                case nil: .unanswered(name.error(.malformed, message: "no answer").description)
                }
        }
        return result
    }
}

extension CallFailure {
    /// Whether Graph says that the key can be nobody's.
    var saysNoSuchKey: Bool { status == 400 && body?.code == "Request_BadRequest" }
}
