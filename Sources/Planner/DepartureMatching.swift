public import Model

/// Finds the departure of a person by any identifier kept of it; an alias never matches.
public struct DepartureMatching: Sendable {
    private var byID: [String: Int] = [:]
    private var byUser: [UserID: Int] = [:]
    private var byAddress: [String: Int] = [:]
    private var byDigest: [String: Int] = [:]
    private let departures: [Departure]

    /// A matching for departures in force.
    public init(_ departures: [Departure]) {
        self.departures = departures
        for (index, departure) in departures.enumerated() {
            let identifiers = departure.identifiers
            for id in identifiers.sourceIDs + identifiers.externalIDs where byID[id.comparedID] == nil {
                byID[id.comparedID] = index
            }
            if let user = identifiers.userID, byUser[user] == nil { byUser[user] = index }
            if let address = identifiers.primaryAddress, byAddress[address.folded] == nil {
                byAddress[address.folded] = index
            }
            for digest in identifiers.digests where byDigest[digest] == nil { byDigest[digest] = index }
        }
    }

    var isEmpty: Bool { departures.isEmpty }

    /// The departure that any of a person's identifiers fits.
    public func departure(of person: Departure.Identifiers) -> Departure? {
        var index = person.userID.flatMap { user in byUser[user] ?? digest { DepartureMarker.digest(ofUser: user) } }
        for id in person.sourceIDs + person.externalIDs where index == nil {
            index = byID[id.comparedID] ?? digest { DepartureMarker.digest(ofID: id) }
        }
        if index == nil, let address = person.primaryAddress {
            index = byAddress[address.folded] ?? digest { DepartureMarker.digest(ofAddress: address) }
        }
        return index.map { departures[$0] }
    }

    /// The departure of a source user.
    func departure(of user: SourceUser) -> Departure? {
        let index =
            byID[user.id.value.comparedID] ?? byAddress[user.primaryAddress.folded]
            ?? digest { DepartureMarker.digest(ofID: user.id.value) }
            ?? digest { DepartureMarker.digest(ofAddress: user.primaryAddress) }
        return index.map { departures[$0] }
    }

    /// The departure of a target user; its user name counts as an address only where no source user is linked to it.
    func departure(of user: TargetUser, isLinked: Bool) -> Departure? {
        var index = byUser[user.id] ?? digest { DepartureMarker.digest(ofUser: user.id) }
        for external in user.externalIDs where index == nil {
            index = byID[external.id.comparedID] ?? digest { DepartureMarker.digest(ofID: external.id) }
        }
        if index == nil, !isLinked {
            index = byAddress[user.userName.folded] ?? digest { DepartureMarker.digest(ofAddress: user.userName) }
        }
        return index.map { departures[$0] }
    }

    private func digest(_ make: () -> String) -> Int? {
        byDigest.isEmpty ? nil : byDigest[make()]
    }
}

extension People {
    /// Everything by which a target user can be named in a departure.
    func identifiers(of target: Int) -> Departure.Identifiers {
        let users = persons[personOfTarget[target]].users.map { user($0) }
        return Departure.Identifiers(
            sourceIDs: users.map(\.id.value),
            externalIDs: targets.users[target].externalIDs.map(\.id),
            userID: targets.users[target].id,
            primaryAddress: users.first?.primaryAddress ?? targets.users[target].userName
        )
    }

    /// Notes on each person the departure that matches.
    mutating func note(_ matching: DepartureMatching) {
        guard !matching.isEmpty else { return }
        for place in persons.indices {
            let users = persons[place].users
            var found = firstDeparture(of: users, matching)
            if found == nil, let target = persons[place].target {
                found = matching.departure(of: targets.users[target], isLinked: !users.isEmpty)
            }
            persons[place].departure = found
        }
    }

    private func firstDeparture(of users: [SourceUserRef], _ matching: DepartureMatching) -> Departure? {
        for ref in users {
            if let departure = matching.departure(of: user(ref)) { return departure }
        }
        return nil
    }

    /// The ids of found departures that a source, read whole, has ended by showing the person active again.
    func endedDepartures(_ departures: [Departure]) -> Set<String> {
        let found = departures.filter { departure in
            if case .found = departure.origin { true } else { false }
        }
        var ended: Set<String> = []
        for departure in found {
            guard case .found(let name) = departure.origin else { continue }
            let sources = sources.filter { $0.isWhole && (name.isEmpty || $0.name == name) }
            let isActive = sources.contains { source in
                departure.identifiers.sourceIDs.contains { id in
                    source.userByID[id.comparedID].map { source.users[$0].state == .active } ?? false
                }
                    || !departure.identifiers.digests.isEmpty
                        && source.users.contains { user in
                            user.state == .active
                                && departure.identifiers.digests.contains(DepartureMarker.digest(ofID: user.id.value))
                        }
            }
            if isActive { ended.insert(departure.id) }
        }
        return ended
    }
}
