public import Model

/// One human being as sources and target know them, found by one of their names.
public struct FoundPerson: Hashable, Sendable {
    /// The Identity Center user; nil where there is none.
    public var target: TargetUser?
    /// The users of sources, with the sources' names.
    public var users: [SourceName: SourceUser]

    /// A source's name.
    public typealias SourceName = String

    /// A person as sources and target know them.
    public init(target: TargetUser?, users: [SourceName: SourceUser]) {
        self.target = target
        self.users = users
    }

    /// The name to show: user name, else primary address.
    public var name: String { target?.userName ?? users.sorted { $0.key < $1.key }.first?.value.primaryAddress ?? "" }

    /// Everything by which the person can be known again; aliases are not among it.
    public var identifiers: Departure.Identifiers {
        let sorted = users.sorted { $0.key < $1.key }
        return Departure.Identifiers(
            sourceIDs: sorted.map(\.value.id.value),
            externalIDs: target?.externalIDs.map(\.id) ?? [],
            userID: target?.id,
            primaryAddress: sorted.first?.value.primaryAddress ?? target?.userName
        )
    }

    /// Names and ids, for a person who must choose between two.
    public var shown: String {
        var parts = users.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.primaryAddress) (\($0.value.id))" }
        if let target { parts.append("Identity Center \(target.userName) (\(target.id))") }
        return parts.joined(separator: ", ")
    }
}

/// What a USER on the command line comes to.
public enum LookupResult: Sendable {
    /// One person.
    case one(FoundPerson)
    /// Two or more different people.
    case several([FoundPerson])
    /// Nobody.
    case nobody
}

/// Finds a person by immutable id, external id, Identity Center user id, primary address, user name or alias.
public struct PersonLookup: Sendable {
    private let environment: RunEnvironment

    /// A lookup over an environment.
    public init(_ environment: RunEnvironment) { self.environment = environment }

    /// Looks somebody up, by point reads where they decide, else in the list of the target's users.
    ///
    /// A source that cannot be asked stops nobody: the problems tell of it.
    ///
    /// - Throws: the target's error where it cannot be asked.
    public func find(_ key: String) async throws(UpstreamError) -> (result: LookupResult, problems: [UpstreamError]) {
        async let asked = askSources([key])
        async let named = askTarget(key)
        let (users, problems) = await asked
        let targets = try await named.get()
        var people: [FoundPerson] = []
        for (source, user) in users {
            let person = try await complete(source, user, key: key)
            merge(person, into: &people)
        }
        for target in targets where !people.contains(where: { $0.target?.id == target.id }) {
            let (known, _) = await askSources(keys(of: target))
            let linked = known.filter { isLink($0.user, target, excludingAlias: key) }
            let person = FoundPerson(
                target: target,
                users: Dictionary(linked.map { ($0.source, $0.user) }, uniquingKeysWith: { first, _ in first })
            )
            merge(person, into: &people)
        }
        switch people.count {
        case 0: return (.nobody, problems)
        case 1: return (.one(people[0]), problems)
        default: return (.several(people), problems)
        }
    }

    /// Two findings are one person where they share a user or, unlinked, a primary address.
    private func merge(_ person: FoundPerson, into people: inout [FoundPerson]) {
        let addresses = Set(person.users.values.map(\.primaryAddress.folded))
        for index in people.indices {
            let sharesTarget = person.target != nil && person.target?.id == people[index].target?.id
            let sharesUser = person.users.contains { people[index].users[$0.key]?.id == $0.value.id }
            let sharesAddress =
                (person.target == nil || people[index].target == nil)
                && people[index].users.values.contains { addresses.contains($0.primaryAddress.folded) }
            guard sharesTarget || sharesUser || sharesAddress else { continue }
            people[index].target = people[index].target ?? person.target
            people[index].users.merge(person.users) { first, _ in first }
            return
        }
        people.append(person)
    }

    private func keys(of target: TargetUser) -> [String] {
        var keys = target.externalIDs.map(\.id) + [target.userName]
        if let email = target.primaryEmail, email.folded != target.userName.folded { keys.append(email) }
        return keys
    }

    private func askSources(_ keys: [String]) async -> ([(source: String, user: SourceUser)], [UpstreamError]) {
        await withTaskGroup(of: (String, Result<SourceUser?, UpstreamError>).self) { group in
            for source in environment.sources {
                for key in keys where !key.isEmpty {
                    group.addTask {
                        (source.name, await Result { () async throws(UpstreamError) in try await source.user(key) })
                    }
                }
            }
            var users: [(source: String, user: SourceUser)] = []
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

    /// A source user with the Identity Center user that is linked to it.
    private func complete(_ source: String, _ user: SourceUser, key: String) async throws(UpstreamError) -> FoundPerson
    {
        var users = [source: user]
        let (others, _) = await askSources([user.primaryAddress])
        for other in others
        where users[other.source] == nil && other.user.primaryAddress.folded == user.primaryAddress.folded {
            users[other.source] = other.user
        }
        let target = try await link(user, key: key)
        if let target {
            let (known, _) = await askSources(target.externalIDs.map(\.id))
            for other in known where users[other.source] == nil { users[other.source] = other.user }
        }
        return FoundPerson(target: target, users: users)
    }

    /// The Identity Center user of a source user: quickly where its recorded id agrees, else by the whole list.
    private func link(_ user: SourceUser, key: String) async throws(UpstreamError) -> TargetUser? {
        if let quick = try await environment.target.user(named: user.primaryAddress),
            quick.externalIDs.contains(where: { $0.id.folded == user.id.value.folded })
        {
            return quick
        }
        let all = try await environment.target.users()
        if let byID = all.first(where: { target in target.externalIDs.contains { $0.id.folded == user.id.value.folded }
        }) {
            return byID
        }
        return all.first { isNamed($0, user.primaryAddress) }
            ?? all.first { target in
                user.aliases.contains { isNamed(target, $0) && $0.folded != key.folded }
                    && target.externalIDs.isEmpty
            }
    }

    private func isNamed(_ target: TargetUser, _ address: String) -> Bool {
        target.userName.folded == address.folded || target.primaryEmail?.folded == address.folded
    }

    private func isLink(_ user: SourceUser, _ target: TargetUser, excludingAlias key: String) -> Bool {
        target.externalIDs.contains { $0.id.folded == user.id.value.folded } || isNamed(target, user.primaryAddress)
            || (user.mail.map { isNamed(target, $0) && user.isGuest } ?? false)
            || user.aliases.contains { isNamed(target, $0) && $0.folded != key.folded }
    }

    /// `UserId` comes as a UUID, with or without the store's prefix. Source: Identity Store API, ResourceId.
    static func looksLikeUserID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        return parts == [8, 4, 4, 4, 12] || parts == [10, 8, 4, 4, 4, 12]
    }
}
