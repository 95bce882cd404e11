internal import Mapping
internal import Model

/// One entry of `members`, `require` or `except`, evaluated.
struct EvaluatedEntry {
    /// What the entry stands for.
    enum Subject {
        /// A group of a source, in a nesting.
        case group(source: Int, group: Int, isFlattened: Bool)
        /// One person, in all sources that know the address.
        case user([SourceUserRef])
        /// It could not be found or read.
        case unknown
    }
    var entry: MemberEntry
    var subject: Subject
    /// The people whom the entry counts.
    var persons: Set<Int> = []
    /// Whether these are all: the entry could be found and read whole, and means certain people.
    var isKnown = true
}

/// Who is in one group, by the mapping and the sources, departed people and people in conflict included.
struct EvaluatedMembers {
    var members: [EvaluatedEntry] = []
    var require: [EvaluatedEntry] = []
    var except: [EvaluatedEntry] = []
    var desired: Set<Int> = []
    /// People who may be desired: what could not be read of `require` leaves nobody out.
    var possible: Set<Int> = []
    /// People whom any `members` entry yields, before `require` and `except`.
    var yielded: Set<Int> = []
    var holds: [Hold] = []
    var warnings: [PlanWarning] = []
    /// The entries whose source group is empty.
    var empty: [MemberEntry] = []
    /// The places of the sources that the entries name; nil among them: one that could not be read.
    var namedSources: Set<Int> = []
    var areNamedSourcesRead = true
}

/// Evaluates the lists of one group (`MAPPING.md` 17–27).
struct MemberEvaluation {
    enum List { case members, require, except }

    let context: PlanningContext
    let definition: GroupDefinition

    func evaluate() -> EvaluatedMembers {
        let mapping = definition.mapping
        var result = EvaluatedMembers()
        result.members = mapping.members.map { evaluate($0, in: .members, &result) }
        result.require = mapping.require.map { evaluate($0, in: .require, &result) }
        result.except = mapping.except.map { evaluate($0, in: .except, &result) }
        for entry in result.members { result.yielded.formUnion(entry.persons) }
        result.desired = result.yielded
        result.possible = result.yielded
        for entry in result.require {
            result.desired.formIntersection(entry.persons)
            if entry.isKnown { result.possible.formIntersection(entry.persons) }
        }
        for entry in result.except {
            result.desired.subtract(entry.persons)
            result.possible.subtract(entry.persons)
        }
        return result
    }

    private func evaluate(_ entry: MemberEntry, in list: List, _ result: inout EvaluatedMembers) -> EvaluatedEntry {
        switch entry.kind {
        case .group(let source, let name): evaluate(group: name, of: source, entry, list, &result)
        case .user(let address): evaluate(user: address, entry, list, &result)
        }
    }

    // MARK: Groups

    private func evaluate(
        group name: String,
        of source: String,
        _ entry: MemberEntry,
        _ list: List,
        _ result: inout EvaluatedMembers
    ) -> EvaluatedEntry {
        let unknown = EvaluatedEntry(entry: entry, subject: .unknown, isKnown: false)
        if let place = context.sourcePlaces[source] { result.namedSources.insert(place) }
        if let problem = context.problem(ofSource: source) {
            result.areNamedSourcesRead = false
            hold("source-unreadable", "\(source) could not be read whole: \(problem)", entry, source, &result)
            return unknown
        }
        guard let place = context.sourcePlaces[source] else { return unknown }
        let index = context.sources[place]
        if let problem = index.directory.groupsProblem {
            hold(
                "source-unreadable",
                "the groups of \(source) could not be read whole: \(problem)",
                entry,
                source,
                &result
            )
            return unknown
        }
        switch index.lookUp(group: name) {
        case .vanished:
            hold("source-vanished", "\(entry.via) is not in the directory", entry, source, &result)
            return unknown
        case .ambiguous(let ids):
            let text = "\(ids.count) groups bear the name \(name): \(ids.joined(separator: ", ")); use the object id"
            hold("ambiguous-group", text, entry, source, &result)
            return unknown
        case .found(let group): return evaluate(found: group, in: place, entry, list, &result)
        }
    }

    private func evaluate(
        found group: Int,
        in place: Int,
        _ entry: MemberEntry,
        _ list: List,
        _ result: inout EvaluatedMembers
    ) -> EvaluatedEntry {
        let isFlattened = list != .members || definition.mapping.nested == .flatten
        let flattened = context.flattened(source: place, group: group, isFlattened: isFlattened)
        let name = context.sources[place].name
        if flattened.isVanished {
            hold("source-vanished", "\(entry.via) is not in the directory", entry, name, &result)
        }
        if let problem = flattened.problem {
            hold("source-unreadable", "the members of \(entry.via) could not be read: \(problem)", entry, name, &result)
        }
        for nested in flattened.unreadable {
            let text = "\(nested.name), nested in \(entry.via), could not be listed: \(nested.problem)"
            hold("nested-unreadable", text, entry, name, &result)
        }
        let isKnown = !flattened.isVanished && flattened.problem == nil && flattened.missing.isEmpty
        noteCustomers(flattened, entry, list, name, &result)
        if isKnown, flattened.unreadable.isEmpty, flattened.isEmpty, list != .except { result.empty.append(entry) }
        var evaluated = EvaluatedEntry(
            entry: entry,
            subject: .group(source: place, group: group, isFlattened: isFlattened)
        )
        evaluated.isKnown = isKnown && flattened.unreadable.isEmpty && !flattened.hasCustomer
        count(flattened, in: place, list, &evaluated, &result)
        return evaluated
    }

    private func count(
        _ flattened: FlattenedGroup,
        in place: Int,
        _ list: List,
        _ evaluated: inout EvaluatedEntry,
        _ result: inout EvaluatedMembers
    ) {
        let source = context.sources[place]
        var guests = 0
        for (user, _) in flattened.users {
            let member = source.users[user]
            if list != .except {
                if member.state != .active { continue }
                if member.isGuest, !source.allowsGuests {
                    guests += 1
                    continue
                }
            }
            evaluated.persons.insert(context.people.personOfUser[place][user])
        }
        guard list == .members else { return }
        if guests > 0 {
            warn(
                "guest-skipped",
                "\(guests) guest\(guests == 1 ? "" : "s") of \(evaluated.entry.via) left out",
                evaluated.entry,
                &result
            )
        }
        if !flattened.externals.isEmpty {
            let count = flattened.externals.count
            let some = flattened.externals.map { $0.address ?? $0.id ?? "?" }.sorted().prefix(3).joined(separator: ", ")
            warn(
                "external-skipped",
                "\(count) external member\(count == 1 ? "" : "s") of \(evaluated.entry.via) left out: \(some)\(count > 3 ? ", …" : "")",
                evaluated.entry,
                &result
            )
        }
    }

    private func noteCustomers(
        _ flattened: FlattenedGroup,
        _ entry: MemberEntry,
        _ list: List,
        _ source: String,
        _ result: inout EvaluatedMembers
    ) {
        guard flattened.hasCustomer else { return }
        if list == .members {
            warn(
                "customer-skipped",
                "\(entry.via) lists all users of the organization; that entry is skipped",
                entry,
                &result
            )
        } else {
            hold("customer-member", "\(entry.via) lists all users of the organization", entry, source, &result)
        }
    }

    // MARK: One person

    private func evaluate(
        user address: String,
        _ entry: MemberEntry,
        _ list: List,
        _ result: inout EvaluatedMembers
    ) -> EvaluatedEntry {
        result.namedSources.formUnion(context.sources.indices)
        let unread = context.input.sources.map(\.name).first { context.problem(ofSource: $0) != nil }
        if let unread {
            result.areNamedSourcesRead = false
            let problem = context.problem(ofSource: unread) ?? ""
            hold("source-unreadable", "\(unread) could not be read whole: \(problem)", entry, unread, &result)
        }
        let refs = refs(of: address)
        var evaluated = EvaluatedEntry(entry: entry, subject: .user(refs), isKnown: unread == nil)
        let persons = Set(refs.map { context.people.personOfUser[$0.source][$0.user] })
        if persons.count > 1 {
            let who = refs.map { "\(context.sources[$0.source].name) \(context.people.user($0).id)" }.joined(
                separator: ", "
            )
            hold("ambiguous-user", "\(address) is \(persons.count) different persons: \(who)", entry, nil, &result)
            evaluated.isKnown = false
            let counted = list == .except ? refs : refs.filter(isCounted)
            evaluated.persons = Set(counted.map { context.people.personOfUser[$0.source][$0.user] })
            return evaluated
        }
        let counts = refs.contains { list == .except ? context.people.user($0).state != .deleted : isCounted($0) }
        if counts {
            evaluated.persons = persons
        } else if unread != nil {
            return evaluated
        } else if list == .except {
            hold(
                "unknown-excluded-user",
                "nobody has the address \(address), so nobody would be excluded",
                entry,
                nil,
                &result
            )
        } else {
            let state = refs.isEmpty ? "nobody has the address \(address)" : "\(address) is not active in any source"
            warn("user-unknown", list == .require ? "\(state), so nobody qualifies" : state, entry, &result)
        }
        return evaluated
    }

    /// The users of an address. The list of deleted users, which few runs read, makes nobody of an exclusion: else a group
    /// would be held in one run and not in the next.
    private func refs(of address: String) -> [SourceUserRef] {
        let all = context.sources.indices.filter { context.sources[$0].isWhole }.flatMap { place in
            context.sources[place].lookUp(user: address).map { SourceUserRef(source: place, user: $0) }
        }
        let living = all.filter { context.people.user($0).state != .deleted }
        return living.isEmpty ? all : living
    }

    private func isCounted(_ ref: SourceUserRef) -> Bool {
        let user = context.people.user(ref)
        return user.state == .active && (!user.isGuest || context.sources[ref.source].allowsGuests)
    }

    private func hold(
        _ code: String,
        _ reason: String,
        _ entry: MemberEntry,
        _ source: String?,
        _ result: inout EvaluatedMembers
    ) {
        result.holds.append(
            Hold(
                group: definition.mapping.name,
                code: code,
                source: source,
                reason: reason,
                file: entry.place.file,
                line: entry.place.line
            )
        )
    }

    private func warn(_ code: String, _ message: String, _ entry: MemberEntry, _ result: inout EvaluatedMembers) {
        result.warnings.append(
            PlanWarning(code: code, message: message, file: entry.place.file, line: entry.place.line)
        )
    }
}
