internal import Model

/// A user of a source, by the places of source and user.
struct SourceUserRef: Hashable {
    var source: Int
    var user: Int
}

/// One human being: an Identity Center user with all source users linked to it, or source users without one.
struct Person {
    /// The place of the target user; nil while there is none.
    var target: Int?
    var users: [SourceUserRef]
    /// Whether links about this person are in conflict: neither added nor removed anywhere.
    var isConflicted = false
    /// The departure that matches, where one does.
    var departure: Departure?
}

/// All people that the sources and the target know, each once.
struct People {
    let sources: [SourceIndex]
    let targets: TargetUserIndex
    var persons: [Person] = []
    /// The person of each source user, by source and user.
    var personOfUser: [[Int]] = []
    /// The person of each target user.
    var personOfTarget: [Int] = []
    /// For target users in conflict, all source users that claim them.
    var claimants: [Int: Set<SourceUserRef>] = [:]
    var conflictMessages: [String] = []

    init(sources: [SourceIndex], targets: TargetUserIndex, match: [LinkKey]) {
        self.sources = sources
        self.targets = targets
        let links = sources.map { source in
            // A source whose users did not come whole takes no part in linking (`PLANNING.md` 14).
            source.isWhole
                ? Linking(source: source, targets: targets, match: match).link()
                : SourceLinks(target: Array(repeating: -1, count: source.users.count))
        }
        for (index, link) in links.enumerated() {
            for (target, users) in link.conflictedTargets {
                claimants[target, default: []].formUnion(users.map { SourceUserRef(source: index, user: $0) })
            }
            conflictMessages += link.conflicts
        }
        conflictMessages.sort()
        makeTargetPersons()
        assign(links)
    }

    private mutating func makeTargetPersons() {
        persons.reserveCapacity(targets.users.count)
        for target in targets.users.indices {
            personOfTarget.append(persons.count)
            persons.append(Person(target: target, users: [], isConflicted: claimants[target] != nil))
        }
    }

    private mutating func assign(_ links: [SourceLinks]) {
        var unlinkedByAddress: [String: Int] = [:]
        for (index, source) in sources.enumerated() {
            var places = Array(repeating: -1, count: source.users.count)
            for user in source.users.indices {
                let ref = SourceUserRef(source: index, user: user)
                let target = links[index].target[user]
                if target >= 0 {
                    places[user] = personOfTarget[target]
                    persons[personOfTarget[target]].users.append(ref)
                    if persons[personOfTarget[target]].isConflicted { claimants[target, default: []].insert(ref) }
                } else if links[index].conflictedUsers.contains(user) {
                    places[user] = persons.count
                    persons.append(Person(target: nil, users: [ref], isConflicted: true))
                } else {
                    places[user] = placeUnlinked(
                        ref,
                        address: source.users[user].primaryAddress.folded,
                        &unlinkedByAddress
                    )
                }
            }
            personOfUser.append(places)
        }
    }

    /// While they are not linked, users of different sources with one primary address are one person.
    private mutating func placeUnlinked(_ ref: SourceUserRef, address: String, _ known: inout [String: Int]) -> Int {
        if let place = known[address], !persons[place].users.contains(where: { $0.source == ref.source }) {
            persons[place].users.append(ref)
            return place
        }
        let place = persons.count
        persons.append(Person(target: nil, users: [ref]))
        if known[address] == nil { known[address] = place }
        return place
    }

    func user(_ ref: SourceUserRef) -> SourceUser { sources[ref.source].users[ref.user] }

    /// The primary address under which a person without a target user is shown: the first source's.
    func address(of person: Int) -> String {
        persons[person].users.first.map { user($0).primaryAddress } ?? ""
    }

    func userName(of person: Int) -> String {
        persons[person].target.map { targets.users[$0].userName } ?? address(of: person)
    }

    /// The source users that say what state a target user is in: those linked, or in conflict all that claim it.
    func witnesses(of target: Int) -> [SourceUserRef] {
        if let claims = claimants[target] {
            return claims.sorted { ($0.source, $0.user) < ($1.source, $1.user) }
        }
        return persons[personOfTarget[target]].users
    }

    /// Whether a target user has left by what some sources say: active in none of them, and suspended, archived or
    /// deleted in at least one. Where one of these sources was not read whole nobody has left by it.
    func hasLeft(_ target: Int, inSources named: Set<Int>, allRead: Bool) -> Bool {
        guard allRead else { return false }
        var hasNegative = false
        for ref in witnesses(of: target) where named.contains(ref.source) {
            if user(ref).state == .active { return false }
            hasNegative = true
        }
        return hasNegative
    }

    /// The states, other than active, that some sources show for a target user, in the contract's order.
    func negativeStates(_ target: Int, inSources named: Set<Int>) -> [UserState] {
        let states = Set(witnesses(of: target).filter { named.contains($0.source) }.map { user($0).state })
        return [UserState.suspended, .archived, .deleted].filter(states.contains)
    }

    /// Whether a target user in conflict is a leaver in all sources read, in which case it is treated like anybody else.
    func isSettledByLeaving(_ target: Int) -> Bool {
        guard let claims = claimants[target], !claims.isEmpty else { return false }
        return claims.allSatisfy { user($0).state != .active }
    }
}
