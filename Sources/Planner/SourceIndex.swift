internal import Model

/// One source that was read, with its look-ups. Users are known by their place in `users`.
struct SourceIndex {
    let directory: Directory
    let allowsGuests: Bool
    /// All users: the listed ones, then those in the list of deleted users.
    let users: [SourceUser]
    let listedCount: Int
    let userByID: [String: Int]
    let userByPrimary: [String: Int]
    let usersByAlias: [String: [Int]]
    /// Where somebody in the list of deleted users bore the address and nobody listed does.
    let deletedByAddress: [String: Int]
    let groupByID: [String: Int]
    let groupsByName: [String: [Int]]
    let groupByAlias: [String: Int]
    let domains: Set<String>

    var name: String { directory.name }
    var isWhole: Bool { directory.usersProblem == nil }

    init(_ directory: Directory, allowsGuests: Bool) {
        self.directory = directory
        self.allowsGuests = allowsGuests
        users =
            directory.users
            + (directory.deletedUsers ?? []).map { user in
                var deleted = user
                deleted.state = .deleted
                return deleted
            }
        listedCount = directory.users.count
        var byID: [String: Int] = [:]
        var byPrimary: [String: Int] = [:]
        var byAlias: [String: [Int]] = [:]
        var deleted: [String: Int] = [:]
        byID.reserveCapacity(users.count)
        byPrimary.reserveCapacity(users.count)
        for (index, user) in users.enumerated() {
            if byID[user.id.value.comparedID] == nil { byID[user.id.value.comparedID] = index }
            if index < listedCount {
                if byPrimary[user.primaryAddress.folded] == nil { byPrimary[user.primaryAddress.folded] = index }
                for alias in SourceIndex.aliases(of: user, in: directory.kind)
                where !(byAlias[alias.folded]?.contains(index) ?? false) {
                    byAlias[alias.folded, default: []].append(index)
                }
            } else {
                for address in [user.primaryAddress] + user.aliases where deleted[address.folded] == nil {
                    deleted[address.folded] = index
                }
            }
        }
        userByID = byID
        userByPrimary = byPrimary
        usersByAlias = byAlias
        deletedByAddress = deleted
        (groupByID, groupsByName, groupByAlias) = SourceIndex.indexGroups(directory)
        domains = SourceIndex.domains(of: directory)
    }

    /// The aliases of a user; the `mail` of a guest of Entra ID is one too, a member's is not (`PLANNING.md` 1).
    static func aliases(of user: SourceUser, in kind: SourceKind) -> [String] {
        guard kind == .entra, user.isGuest, let mail = user.mail else { return user.aliases }
        return user.aliases + [mail]
    }

    private static func indexGroups(_ directory: Directory) -> ([String: Int], [String: [Int]], [String: Int]) {
        var byID: [String: Int] = [:]
        var byName: [String: [Int]] = [:]
        var byAlias: [String: Int] = [:]
        for (index, group) in directory.groups.enumerated() {
            byID[group.id.value.comparedID] = index
            let name = directory.kind == .google ? (group.address ?? "").folded : group.displayName
            byName[name, default: []].append(index)
            for alias in group.aliases where byAlias[alias.folded] == nil { byAlias[alias.folded] = index }
        }
        return (byID, byName, byAlias)
    }

    private static func domains(of directory: Directory) -> Set<String> {
        guard directory.kind == .google else { return [] }
        var domains: Set<String> = []
        func add(_ address: String) { if let domain = domain(of: address) { domains.insert(domain) } }
        for user in directory.users {
            add(user.primaryAddress)
            user.aliases.forEach(add)
        }
        for group in directory.groups {
            if let address = group.address { add(address) }
            group.aliases.forEach(add)
        }
        return domains
    }

    static func domain(of address: String) -> String? {
        guard let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        return String(address[address.utf8.index(after: at)...]).folded
    }

    /// What a group's name in the mapping comes to.
    enum GroupLookup {
        case found(Int)
        case vanished
        case ambiguous([String])
    }

    /// Finds a group as the mapping names it (`MAPPING.md` 18).
    func lookUp(group name: String) -> GroupLookup {
        switch directory.kind {
        case .google:
            if let index = groupsByName[name.folded]?.first ?? groupByAlias[name.folded] { return .found(index) }
            return .vanished
        case .entra:
            if name.isGUID, let index = groupByID[name.folded] { return .found(index) }
            let fits = groupsByName[name] ?? []
            if fits.count > 1 { return .ambiguous(fits.map { directory.groups[$0].id.value }.sorted()) }
            return fits.first.map { .found($0) } ?? .vanished
        }
    }

    /// Finds a user by primary address, then alias; where nobody listed bears it, in the list of deleted users.
    func lookUp(user address: String) -> [Int] {
        let folded = address.folded
        if let index = userByPrimary[folded] { return [index] }
        if let fits = usersByAlias[folded] { return fits }
        return deletedByAddress[folded].map { [$0] } ?? []
    }

    /// Finds the user that an entry of a member list means (`MAPPING.md` 23); nil: somebody from outside.
    func resolve(_ member: SourceMember) -> Int? {
        if let id = member.id, let index = userByID[id.comparedID] { return index }
        guard let address = member.address?.folded else { return nil }
        return userByPrimary[address] ?? usersByAlias[address]?.first
    }

    /// What the members of a group are, where they were read.
    func members(of id: SourceGroupID) -> MemberReading? { directory.members[id] }
}
