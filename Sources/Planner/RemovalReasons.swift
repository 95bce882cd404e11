internal import Mapping
internal import Model

/// Why a membership ends, which entries say so, and what is to be looked at again before it is withdrawn.
struct Ending {
    var ended: [String] = []
    var because: [Because] = []
    var evidence: [Evidence] = []

    mutating func add(_ reason: String, _ entry: MemberEntry? = nil) {
        if !ended.contains(reason) { ended.append(reason) }
        guard let entry else { return }
        let because = Because(via: entry.via, file: entry.place.file, line: entry.place.line)
        if !self.because.contains(because) { self.because.append(because) }
    }

    mutating func rest(on fact: SourceFact, at source: String, known: [SourceUserID] = []) {
        let evidence = Evidence(source: source, fact: fact, known: known)
        if !self.evidence.contains(evidence) { self.evidence.append(evidence) }
    }
}

/// Works out why a member of a group is not desired (`PLANNING.md` 26).
struct RemovalReasons {
    let context: PlanningContext
    let members: EvaluatedMembers

    /// The reasons in a group that the mapping keeps.
    func reasons(for target: Int) -> Ending {
        var ending = Ending()
        let person = context.people.personOfTarget[target]
        let witnesses = context.people.witnesses(of: target)
        let memberSources = sources(of: members.members)
        for state in context.people.negativeStates(target, inSources: memberSources) { ending.add(state.rawValue) }
        restOnStates(target, memberSources, &ending)
        if ending.ended.isEmpty {
            if witnesses.isEmpty { return unlinked(target) }
            if isGuest(witnesses, in: memberSources) {
                ending.add("guest")
                return ending
            }
        }
        addLeft(witnesses, &ending)
        let hasLeft = ending.ended.contains { $0.hasPrefix("left:") }
        if members.yielded.contains(person) {
            addRequired(person, witnesses, &ending)
            addExcluded(person, &ending)
        } else if !hasLeft, !isListed(person, witnesses) {
            ending.add("mapping")
        }
        if ending.ended.isEmpty { ending.add("mapping") }
        return ending
    }

    /// The reasons of a leaver in a group that is held.
    func leaving(_ target: Int, inSources named: Set<Int>) -> Ending {
        var ending = Ending()
        for state in context.people.negativeStates(target, inSources: named) { ending.add(state.rawValue) }
        restOnStates(target, named, &ending)
        return ending
    }

    private func restOnStates(_ target: Int, _ named: Set<Int>, _ ending: inout Ending) {
        for ref in context.people.witnesses(of: target) where named.contains(ref.source) {
            let user = context.people.user(ref)
            if user.state != .active { ending.rest(on: .notActive(user.id), at: context.sources[ref.source].name) }
        }
    }

    private func sources(of entries: [EvaluatedEntry]) -> Set<Int> {
        var result: Set<Int> = []
        for entry in entries {
            switch entry.entry.kind {
            case .group(let name, _): if let place = context.sourcePlaces[name] { result.insert(place) }
            case .user: result.formUnion(context.sources.indices)
            }
        }
        return result
    }

    private func unlinked(_ target: Int) -> Ending {
        var ending = Ending()
        let user = context.targets.users[target]
        ending.add(isExternal(user) ? "external" : "unlinked")
        for place in members.namedSources.sorted() {
            ending.rest(
                on: .nobodyAlive(externalIDs: user.externalIDs.map(\.id).sorted(), userName: user.userName),
                at: context.sources[place].name,
                known: namesakes(of: user, in: context.sources[place])
            )
        }
        return ending
    }

    /// Users of a source whom its list has under a target user's names, though they are linked to another.
    private func namesakes(of user: TargetUser, in source: SourceIndex) -> [SourceUserID] {
        var places = source.lookUp(user: user.userName)
        for external in user.externalIDs {
            if let place = source.userByID[external.id.comparedID] { places.append(place) }
        }
        return Set(places.map { source.users[$0].id }).sorted()
    }

    private func isExternal(_ user: TargetUser) -> Bool {
        let addresses = Set([user.userName, user.primaryEmail].compactMap { $0?.folded })
        let ids = Set(user.externalIDs.map(\.id.comparedID))
        return members.members.contains { entry in
            guard case .group(let source, let group, let isFlattened) = entry.subject else { return false }
            let flattened = context.flattened(source: source, group: group, isFlattened: isFlattened)
            return flattened.externals.contains { member in
                member.address.map { addresses.contains($0.folded) } ?? false
                    || member.id.map { ids.contains($0.comparedID) } ?? false
            }
        }
    }

    private func isGuest(_ witnesses: [SourceUserRef], in named: Set<Int>) -> Bool {
        let seen = witnesses.filter { named.contains($0.source) }
        return !seen.isEmpty
            && seen.allSatisfy { context.people.user($0).isGuest && !context.sources[$0.source].allowsGuests }
    }

    private func addLeft(_ witnesses: [SourceUserRef], _ ending: inout Ending) {
        for entry in members.members {
            guard case .group(let source, let group, let isFlattened) = entry.subject else { continue }
            let flattened = context.flattened(source: source, group: group, isFlattened: isFlattened)
            for ref in witnesses where ref.source == source && flattened.position[ref.user] == nil {
                ending.add("left:\(entry.entry.via)", entry.entry)
                ending.rest(
                    on: notMember(ref, group, isDirect: !isFlattened, flattened),
                    at: context.sources[source].name
                )
            }
        }
    }

    private func addRequired(_ person: Int, _ witnesses: [SourceUserRef], _ ending: inout Ending) {
        for entry in members.require where !entry.persons.contains(person) {
            guard case .group(let source, let group, let isFlattened) = entry.subject else {
                ending.add("required:user", entry.entry)
                restOnNobody(entry, &ending)
                continue
            }
            ending.add("required:\(entry.entry.via)", entry.entry)
            let flattened = context.flattened(source: source, group: group, isFlattened: isFlattened)
            let name = context.sources[source].name
            let seen = witnesses.filter { $0.source == source }
            for ref in seen {
                if flattened.position[ref.user] == nil {
                    ending.rest(on: notMember(ref, group, isDirect: false, flattened), at: name)
                } else if context.people.user(ref).state != .active {
                    ending.rest(on: .notActive(context.people.user(ref).id), at: name)
                }
            }
            if seen.isEmpty, let target = context.people.persons[person].target {
                let user = context.targets.users[target]
                ending.rest(
                    on: .nobodyAlive(externalIDs: user.externalIDs.map(\.id).sorted(), userName: user.userName),
                    at: name
                )
            }
        }
    }

    /// Where a required `user:` is nobody, or not active, that is a fact which one short list would make up.
    private func restOnNobody(_ entry: EvaluatedEntry, _ ending: inout Ending) {
        guard entry.persons.isEmpty, case .user(let refs) = entry.subject, case .user(let address) = entry.entry.kind
        else { return }
        for ref in refs where context.people.user(ref).state != .active {
            ending.rest(on: .notActive(context.people.user(ref).id), at: context.sources[ref.source].name)
        }
        guard refs.isEmpty else { return }
        for source in context.sources {
            ending.rest(on: .nobodyAlive(externalIDs: [], userName: address), at: source.name)
        }
    }

    private func addExcluded(_ person: Int, _ ending: inout Ending) {
        for entry in members.except where entry.persons.contains(person) {
            guard case .group(let source, let group, let isFlattened) = entry.subject else {
                ending.add("excluded:user", entry.entry)
                continue
            }
            ending.add("excluded:\(entry.entry.via)", entry.entry)
            let flattened = context.flattened(source: source, group: group, isFlattened: isFlattened)
            let listed = context.people.persons[person].users.first {
                $0.source == source && flattened.position[$0.user] != nil
            }
            guard let listed else { continue }
            ending.rest(
                on: .member(context.people.user(listed).id, of: context.sources[source].directory.groups[group].id),
                at: context.sources[source].name
            )
        }
    }

    private func notMember(
        _ ref: SourceUserRef,
        _ group: Int,
        isDirect: Bool,
        _ flattened: FlattenedGroup
    ) -> SourceFact {
        .notMember(
            context.people.user(ref).id,
            of: context.sources[ref.source].directory.groups[group].id,
            direct: isDirect,
            hasCustomerMember: flattened.hasCustomer
        )
    }

    /// Whether any `members` entry names the person, in whatever state.
    private func isListed(_ person: Int, _ witnesses: [SourceUserRef]) -> Bool {
        members.members.contains { entry in
            switch entry.subject {
            case .group(let source, let group, let isFlattened):
                let flattened = context.flattened(source: source, group: group, isFlattened: isFlattened)
                return witnesses.contains { $0.source == source && flattened.position[$0.user] != nil }
            case .user(let refs): return refs.contains { witnesses.contains($0) }
            case .unknown: return entry.persons.contains(person)
            }
        }
    }
}
