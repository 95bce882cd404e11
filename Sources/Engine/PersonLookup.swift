public import Model
internal import Planner

/// Finds a person by immutable id, external id, Identity Center user id, primary address, user name or alias.
///
/// People are linked as in planning (`PLANNING.md` 1 to 3), for the one person who is asked for.
public struct PersonLookup: Sendable {
    private let environment: RunEnvironment
    private let list: TargetUserList

    /// A lookup over an environment; it reads the list of the target's users at most once.
    ///
    /// - Parameter names: how many people will be looked up, which decides by which calls.
    public init(_ environment: RunEnvironment, names: Int = 1) {
        self.environment = environment
        list = TargetUserList(environment.target, KnownUserCount(environment.ledger), names: names)
    }

    /// Looks somebody up, by point reads where they decide, else in the list of the target's users.
    ///
    /// What cannot be asked stops nobody: the finding tells of it.
    ///
    /// - Parameter early: hears of the Identity Center user whom the name itself fits, before it is known who else does.
    public func find(
        _ asked: String,
        early: @Sendable (TargetUser) -> Void = { _ in }
    ) async -> PersonFinding {
        let key = asked.trimmed
        async let answers = askSources([key])
        let named = await askTarget(key)
        if case .success(let targets) = named, targets.count == 1 { early(targets[0]) }
        let (users, problems) = await answers
        var finding = PersonFinding(asked: asked)
        finding.problems = problems
        do throws(UpstreamError) {
            finding.people = try await people(key, users, try named.get())
        } catch {
            finding.targetProblem = error
            finding.people = []
            for (source, user) in users { finding.people.merge(FoundPerson(target: nil, users: [source: user])) }
        }
        finding.people += await others(than: finding.people, named: key, canAsk: finding.targetProblem == nil)
        return finding
    }

    /// The person whom a user of a source is, known by its immutable id.
    ///
    /// - Parameter user: the user as the source has it, or, where it was deleted, as it was last seen.
    public func person(of user: SourceUser, in source: String) async throws(UpstreamError) -> [FoundPerson] {
        var people: [FoundPerson] = []
        let links = try await links(of: user, in: source, key: user.id.value, known: [])
        if links.isEmpty { people.merge(FoundPerson(target: nil, users: [source: user])) }
        for target in links { people.merge(FoundPerson(target: target, users: [source: user])) }
        for index in people.indices { try await complete(&people[index], key: user.id.value, isStrict: true) }
        return people
    }

    // MARK: Who it may be

    private func people(
        _ key: String,
        _ users: [NamedUser],
        _ targets: [TargetUser]
    ) async throws(UpstreamError) -> [FoundPerson] {
        var people: [FoundPerson] = []
        for (source, user) in users {
            let links = try await links(of: user, in: source, key: key, known: targets)
            // Linked by nothing but the alias that was asked for: it may have become this user's only lately, and the
            // person whose user name it is keeps it.
            if links.isEmpty, isLinkedByAlias(user, key, targets) { continue }
            if links.isEmpty { people.merge(FoundPerson(target: nil, users: [source: user])) }
            for target in links { people.merge(FoundPerson(target: target, users: [source: user])) }
        }
        for target in targets { people.merge(FoundPerson(target: target)) }
        if people.isEmpty { people = try await further(key) }
        for index in people.indices { try await complete(&people[index], key: key) }
        return people
    }

    private func isLinkedByAlias(_ user: SourceUser, _ key: String, _ targets: [TargetUser]) -> Bool {
        user.aliases.contains { $0.folded == key.folded } && targets.contains { $0.isNamed(key) }
    }

    /// People whom neither a source nor a name of the target knows: by an external id, or by a departure on record.
    private func further(_ key: String) async throws(UpstreamError) -> [FoundPerson] {
        if !key.contains("@"), !key.isEmpty {
            let found = try await list.users().filter { $0.hasExternalID(key) }
            if !found.isEmpty { return found.map { FoundPerson(target: $0) } }
        }
        var people: [FoundPerson] = []
        for departure in (try? await environment.ledger.departures()) ?? [] where departure.isNamed(key) {
            guard let id = departure.identifiers.userID, let target = try await environment.target.user(id) else {
                people.append(FoundPerson(target: nil, recorded: departure))
                continue
            }
            people.merge(FoundPerson(target: target))
        }
        return people
    }

    /// Where a name fits a living person by an alias alone, the departed people whose own address it was.
    private func others(than people: [FoundPerson], named key: String, canAsk: Bool) async -> [FoundPerson] {
        guard key.contains("@"), people.contains(where: { !$0.isNamed(key) && $0.recorded == nil }) else { return [] }
        let address = Departure.Identifiers(primaryAddress: key)
        var known = (try? await environment.ledger.departures()) ?? []
        if canAsk, let groups = try? await environment.target.groups() {
            known += groups.compactMap { group in DepartureMarker(group).map { $0.departure(of: group) } }
        }
        let matching = known.filter { DepartureMatching([$0]).departure(of: address) != nil }
        let strangers = matching.filter { departure in
            !people.contains { DepartureMatching([departure]).departure(of: $0.identifiers) != nil }
        }
        return strangers.first.map { [FoundPerson(target: nil, recorded: $0)] } ?? []
    }

    /// Adds the users of those sources that have not named the person yet.
    ///
    /// - Parameter isStrict: whether a source that cannot be asked is an error.
    private func complete(
        _ person: inout FoundPerson,
        key: String,
        isStrict: Bool = false
    ) async throws(UpstreamError) {
        let missing = environment.sources.filter { person.users[$0.name] == nil }
        guard !missing.isEmpty, person.target != nil || !person.users.isEmpty else { return }
        let addresses = Set(person.users.values.map(\.primaryAddress.folded))
        let (found, problems) = await askSources(person.keys, of: missing)
        if isStrict, let problem = problems.first { throw problem }
        for (source, user) in found where person.users[source] == nil {
            guard let target = person.target else {
                if addresses.contains(user.primaryAddress.folded) { person.users[source] = user }
                continue
            }
            let links = try await links(of: user, in: source, key: key, known: [target])
            if links.contains(where: { $0.id == target.id }) { person.users[source] = user }
        }
    }

    // MARK: Links

    /// The Identity Center users that a user of a source is linked to: quickly where the recorded id agrees, else by
    /// the passes of `users.match` over the whole list. The alias that was asked for links nobody.
    private func links(
        of user: SourceUser,
        in source: String,
        key: String,
        known: [TargetUser]
    ) async throws(UpstreamError) -> [TargetUser] {
        let passes = environment.settings.match
        if passes.first == .externalId {
            if let sure = known.first(where: { $0.hasExternalID(user.id.value) }) { return [sure] }
            if user.primaryAddress.folded != key.folded,
                let named = try await environment.target.user(named: user.primaryAddress),
                named.hasExternalID(user.id.value)
            {
                return [named]
            }
        }
        let all = try await list.users()
        for pass in passes {
            var found: [TargetUser] = []
            for target in all where matches(pass, target, user, key) {
                if pass == .externalId {
                    found.append(target)
                } else if !(await isTaken(target, by: user, source)) {
                    found.append(target)
                }
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    private func matches(_ pass: LinkKey, _ target: TargetUser, _ user: SourceUser, _ key: String) -> Bool {
        switch pass {
        case .externalId: target.hasExternalID(user.id.value)
        case .userName: target.userName.folded == user.primaryAddress.folded
        case .email:
            target.primaryEmail?.folded
                == (user.isGuest ? user.mail ?? user.primaryAddress : user.primaryAddress).folded
        case .alias: user.aliases.contains { $0.folded != key.folded && target.isNamed($0) }
        }
    }

    /// Whether the recorded id of a target user is that of another living user of the same source.
    private func isTaken(_ target: TargetUser, by user: SourceUser, _ name: String) async -> Bool {
        guard environment.settings.match.contains(.externalId) else { return false }
        let ids = target.externalIDs.map(\.id).filter { $0.folded != user.id.value.folded }
        guard !ids.isEmpty, let source = environment.sources.first(where: { $0.name == name }) else { return false }
        let (found, _) = await askSources(ids, of: [source])
        return found.contains { other in ids.contains { $0.folded == other.user.id.value.folded } }
    }

    // MARK: Questions

    private typealias NamedUser = (source: String, user: SourceUser)

    private func askSources(_ keys: [String]) async -> ([NamedUser], [UpstreamError]) {
        await askSources(keys, of: environment.sources)
    }

    private func askSources(_ keys: [String], of sources: [any Source]) async -> ([NamedUser], [UpstreamError]) {
        await withTaskGroup(of: (String, Result<SourceUser?, UpstreamError>).self) { group in
            for source in sources {
                for key in Set(keys) where !key.isEmpty {
                    group.addTask {
                        (source.name, await Result { () async throws(UpstreamError) in try await source.user(key) })
                    }
                }
            }
            var users: [NamedUser] = []
            var problems: [UpstreamError] = []
            for await (name, result) in group {
                switch result {
                case .success(let user?):
                    if !users.contains(where: { $0.source == name && $0.user.id == user.id }) {
                        users.append((name, user))
                    }
                case .success(nil): break
                case .failure(let error): problems.append(error)
                }
            }
            return (users.sorted { ($0.source, $0.user.id) < ($1.source, $1.user.id) }, problems)
        }
    }

    private func askTarget(_ key: String) async -> Result<[TargetUser], UpstreamError> {
        // Where the list cannot be read, names are asked for one by one.
        if await list.reading == .wholeList, let all = try? await list.users() {
            return .success(PersonLookup.named(key, in: all))
        }
        let target = environment.target
        return await Result { () async throws(UpstreamError) in
            async let byName = Result { () async throws(UpstreamError) in try await target.user(named: key) }
            async let byID = Result { () async throws(UpstreamError) in
                PersonLookup.looksLikeUserID(key) ? try await target.user(UserID(key.folded)) : nil
            }
            let found = [try await byName.get(), try await byID.get()].compactMap { $0 }
            return found.count == 2 && found[0].id == found[1].id ? [found[0]] : found
        }
    }

    /// Whom a name fits in the list: by user name before primary e-mail, and by id.
    private static func named(_ key: String, in all: [TargetUser]) -> [TargetUser] {
        let folded = key.folded
        let byName =
            all.first { $0.userName == key } ?? all.first { $0.userName.folded == folded }
            ?? all.first { $0.primaryEmail == key } ?? all.first { $0.primaryEmail?.folded == folded }
        let byID = all.first { $0.id.value == folded && $0.id != byName?.id }
        return [byName, byID].compactMap { $0 }
    }

    /// `UserId` comes as a UUID, with or without the store's prefix. Source: Identity Store API, ResourceId.
    static func looksLikeUserID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        return parts == [8, 4, 4, 4, 12] || parts == [10, 8, 4, 4, 4, 12]
    }
}

/// The list of the target's users, read at most once.
private actor TargetUserList {
    private let target: any Target
    private let count: KnownUserCount
    private let names: Int
    private var task: Task<Result<[TargetUser], UpstreamError>, Never>?
    private var choice: NameReading?

    init(_ target: any Target, _ count: KnownUserCount, names: Int) {
        self.target = target
        self.count = count
        self.names = names
    }

    /// By which calls names are looked up.
    var reading: NameReading {
        get async {
            if let choice { return choice }
            let users = names > 1 ? await count.read() : nil
            let choice = NameReading.cheapest(names: names, users: users)
            self.choice = choice
            return choice
        }
    }

    func users() async throws(UpstreamError) -> [TargetUser] {
        let target = target
        let task = task ?? Task { await Result { () async throws(UpstreamError) in try await target.users() } }
        self.task = task
        return try await task.value.get()
    }
}

extension [FoundPerson] {
    /// Adds a finding: two are one person where they share a user or, unlinked, a primary address.
    fileprivate mutating func merge(_ person: FoundPerson) {
        let addresses = Set(person.users.values.map(\.primaryAddress.folded))
        for index in indices {
            let other = self[index]
            let sharesTarget = person.target != nil && person.target?.id == other.target?.id
            let sharesAddress =
                person.target == nil && other.target == nil
                && other.users.values.contains { addresses.contains($0.primaryAddress.folded) }
            guard sharesTarget || sharesAddress else { continue }
            self[index].users.merge(person.users) { first, _ in first }
            return
        }
        append(person)
    }
}

extension FoundPerson {
    /// What the person may be called in a source that has not named them yet.
    fileprivate var keys: [String] {
        var keys = users.values.map(\.primaryAddress)
        if let target {
            keys += target.externalIDs.map(\.id) + [target.userName]
            if let email = target.primaryEmail { keys.append(email) }
        }
        var seen: Set<String> = []
        return keys.filter { seen.insert($0.folded).inserted }
    }
}

extension TargetUser {
    func hasExternalID(_ id: String) -> Bool { externalIDs.contains { $0.id.folded == id.folded } }

    /// Whether an address is the user name or the primary e-mail.
    func isNamed(_ address: String) -> Bool {
        userName.folded == address.folded || primaryEmail?.folded == address.folded
    }
}

extension Departure {
    /// Whether a text is one of the identifiers on record, or the record's own id.
    func isNamed(_ key: String) -> Bool {
        let key = key.folded
        return id.folded == key || identifiers.userID?.value.folded == key
            || identifiers.primaryAddress?.folded == key
            || (identifiers.sourceIDs + identifiers.externalIDs).contains { $0.folded == key }
    }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
