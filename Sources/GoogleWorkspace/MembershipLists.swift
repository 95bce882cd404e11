internal import HTTP
internal import Model

/// A fact about a membership that only the lists can answer.
struct MembershipQuestion: Hashable, Sendable {
    let fact: SourceFact
    let user: SourceUserID
    let group: SourceGroupID

    /// Whether the question is about direct membership only.
    var isDirect: Bool { if case .notMember(_, _, true, _) = fact { true } else { false } }
    /// Whether the fact says that the user is a member.
    var wantsMember: Bool { if case .member = fact { true } else { false } }
}

/// The lists that the questions rest on, read a second time.
struct MembershipLists: Sendable {
    /// The lists, by the key under which they were asked for.
    var readings: [SourceGroupID: MemberReading] = [:]
    /// The addresses of the users asked about, folded; why not, where they could not be read.
    var addresses: [SourceUserID: Result<Set<String>, UpstreamError>] = [:]
    /// How groups are named.
    var names: [SourceGroupID: String] = [:]

    private enum Finding { case member, noMember, unknown(String) }

    /// What the lists say of a fact.
    func confirmation(of question: MembershipQuestion) -> Confirmation {
        let name = names[question.group] ?? question.group.value
        switch finding(question) {
        case .unknown(let text): return .unanswered(text)
        case .member: return question.wantsMember ? .confirmed : .refuted("\(question.user) is a member of \(name)")
        case .noMember:
            return question.wantsMember ? .refuted("\(question.user) is not a member of \(name)") : .confirmed
        }
    }

    /// Looks through the group and, where nesting counts, the groups in it.
    ///
    /// "All users" entries are passed over: they count nowhere.
    private func finding(_ question: MembershipQuestion) -> Finding {
        let addresses: Set<String>
        switch self.addresses[question.user] {
        case .success(let found): addresses = found
        case .failure(let error): return .unknown(error.description)
        case nil: return .unknown("\(question.user) was not read")
        }
        var unknown: String?
        var open = [question.group]
        var seen = Set(open)
        while let group = open.popLast() {
            switch readings[group] {
            case .read(let members):
                for member in members where member.kind == .user {
                    if member.id == question.user.value { return .member }
                    if let address = member.address, addresses.contains(address.folded) { return .member }
                }
                if question.isDirect { continue }
                for nested in members.compactMap(\.nestedKey) where seen.insert(nested).inserted { open.append(nested) }
            case .unreadable(let text): unknown = unknown ?? text
            case .vanished: unknown = unknown ?? "\(names[group] ?? group.value) is not there any more"
            // Not read because it lies outside the customer's domains.
            case nil: continue
            }
        }
        return unknown.map { .unknown($0) } ?? .noMember
    }
}

extension SourceMember {
    /// The key by which a nested group is listed; nil for members that are no group.
    var nestedKey: SourceGroupID? { kind == .group ? (id ?? address).map { SourceGroupID($0) } : nil }
}

extension GoogleWorkspace {
    /// Reads what the questions rest on: the lists, level by level, and the addresses of the users.
    func lists(for questions: [MembershipQuestion]) async -> MembershipLists {
        var lists = MembershipLists()
        let users = Array(Set(questions.map(\.user)))
        let addresses = await inParallel(users, width: settings.concurrency) { await self.addresses(of: $0) }
        lists.addresses = Dictionary(uniqueKeysWithValues: zip(users, addresses))
        lists.readings = await members(of: questions.filter(\.isDirect).map(\.group))
        var level = Set(questions.filter { !$0.isDirect }.map(\.group))
        var walked: Set<SourceGroupID> = []
        while !level.isEmpty {
            let unread = level.filter { lists.readings[$0] == nil }
            lists.readings.merge(await members(of: Array(unread))) { first, _ in first }
            walked.formUnion(level)
            level = nested(in: level, of: lists).subtracting(walked)
        }
        for group in lists.readings.keys { lists.names[group] = shownName(of: group) }
        return lists
    }

    /// The groups nested in some groups, but for those of other customers.
    private func nested(in level: Set<SourceGroupID>, of lists: MembershipLists) -> Set<SourceGroupID> {
        var result: Set<SourceGroupID> = []
        for group in level {
            guard case .read(let members) = lists.readings[group] else { continue }
            for member in members {
                guard let key = member.nestedKey, !(member.address.map(isOutside) ?? false) else { continue }
                result.insert(key)
            }
        }
        return result
    }

    /// All addresses of a user, folded; none for one who is gone.
    private func addresses(of id: SourceUserID) async -> Result<Set<String>, UpstreamError> {
        do {
            let user = try await user(at: id.value)
            return .success(Set(([user.primaryEmail] + (user.aliases ?? [])).map(\.text.folded)))
        } catch {
            return error.isNotFound ? .success([]) : .failure(error.error)
        }
    }
}
