public import Model
internal import Planner

/// What the search for leavers came to.
public struct SearchReport: Sendable {
    /// The people found, with what was withdrawn.
    public var found = DepartureOutcome()
    /// Found departures that a source has ended by showing the person active again.
    public var ended: [Departure] = []
    /// Sources that could not be read, with the cause.
    public var failedSources: [(source: String, error: UpstreamError)] = []
    /// What could not be looked into and is looked into again by the next run.
    public var postponed: [String] = []

    /// Nobody found.
    public init() {}
}

/// Finds the people who have left at the sources and takes them out: the frequent cron job (`DESIGN.md`, Departures 7).
public struct DepartureSearch: Sendable {
    private let environment: RunEnvironment
    private let journal: DepartureJournal
    private let allowed: String?

    /// - Parameter allowed: the fingerprint of people that a person allowed beyond `departures.people`.
    public init(_ environment: RunEnvironment, _ journal: DepartureJournal, allowed: String? = nil) {
        self.environment = environment
        self.journal = journal
        self.allowed = allowed
    }

    /// Looks at every source, and takes out who has left since the last look.
    public func run() async throws(EngineError) -> SearchReport {
        var report = SearchReport()
        let readings = await read()
        for reading in readings {
            if case .failure(let error) = reading.states { report.failedSources.append((reading.source.name, error)) }
        }
        guard report.failedSources.count < readings.count else { throw .noSource(report.failedSources) }
        var looks = try await looks(at: readings)
        try await endShownActive(looks, &report)
        let found = try await leavers(in: &looks, isWhole: report.failedSources.isEmpty, &report)
        if !found.isEmpty {
            var options = OffboardOptions()
            options.allowed = allowed
            options.waits = false
            let work = DepartureWork(environment, options, journal)
            report.found = await work.takeOut(found.map { ($0.person, .found(source: $0.source)) })
            for (leaver, person) in zip(found, report.found.people) where person.departure == nil {
                looks.postpone(leaver.source, leaver.id)
            }
        }
        try await note(looks)
        return report
    }

    // MARK: Looking

    private struct Reading: Sendable {
        var source: any Source
        var states: Result<[SourceUserState], UpstreamError>
    }

    private func read() async -> [Reading] {
        await inParallel(environment.sources) { source in
            Reading(
                source: source,
                states: await Result { () async throws(UpstreamError) in try await source.userStates() }
            )
        }
    }

    private func looks(at readings: [Reading]) async throws(EngineError) -> Looks {
        var looks = Looks()
        do throws(LedgerError) {
            for reading in readings {
                guard case .success(let states) = reading.states else { continue }
                looks.add(
                    reading.source.name,
                    states,
                    before: try await DepartureLook.read(reading.source.name, environment.ledger)
                )
            }
        } catch { throw .ledger(error) }
        return looks
    }

    /// Written last: whoever was seen to leave and not taken out, since this was killed, is seen again.
    private func note(_ looks: Looks) async throws(EngineError) {
        do throws(LedgerError) {
            for (source, look) in looks.now { try await look.write(source, environment.ledger) }
            let now = environment.clock()
            var active = try await LastActive(environment.ledger).read()
            for departure in try await environment.ledger.departures()
            where departure.settledAt == nil && looks.showActive(departure) {
                active[departure.id] = now
            }
            try await LastActive(environment.ledger).write(active)
        } catch { throw .ledger(error) }
    }

    // MARK: Who came back

    private func endShownActive(_ looks: Looks, _ report: inout SearchReport) async throws(EngineError) {
        let departures: [Departure]
        do throws(LedgerError) { departures = try await environment.ledger.departures() } catch { throw .ledger(error) }
        for departure in departures {
            guard case .found(let name) = departure.origin, let id = looks.activeID(of: departure, in: name),
                let source = environment.sources.first(where: { $0.name == name })
            else { continue }
            do throws(UpstreamError) {
                guard let user = try await source.user(id.value), user.id == id, user.state == .active else { continue }
            } catch {
                report.postponed.append("\(departure.identifiers.primaryAddress ?? departure.id): \(error)")
                continue
            }
            try await DepartureEnding(environment).end(
                [departure],
                reason: "\(name) shows the person active again",
                groups: nil
            )
            report.ended.append(departure)
        }
    }

    // MARK: Who has left

    private struct Leaver: Sendable {
        var source: String
        var id: SourceUserID
        var person: FoundPerson
    }

    private func leavers(
        in looks: inout Looks,
        isWhole: Bool,
        _ report: inout SearchReport
    ) async throws(EngineError) -> [Leaver] {
        let lookup = PersonLookup(environment)
        let holders = HoldersOnce(environment.target)
        let recorded: [Departure]
        do throws(LedgerError) { recorded = try await environment.ledger.departures() } catch { throw .ledger(error) }
        var leavers: [Leaver] = []
        for change in looks.changes {
            guard isWhole || environment.sources.count == 1 else {
                // Somebody active in a source that could not be read has not left.
                looks.postpone(change.source, change.id)
                report.postponed.append("\(change.address): not every source could be read")
                continue
            }
            do throws(UpstreamError) {
                guard let person = try await leaver(change, looks, lookup) else { continue }
                guard let user = person.target?.id, !leavers.contains(where: { $0.person.target?.id == user }),
                    !recorded.contains(where: { $0.identifiers.isSamePerson(as: person.identifiers) })
                else { continue }
                guard try await holders.holds(user, isFirstLook: looks.isFirst(change.source)) else { continue }
                leavers.append(Leaver(source: change.source, id: change.id, person: person))
            } catch {
                looks.postpone(change.source, change.id)
                report.postponed.append("\(change.address): \(error)")
            }
        }
        return leavers
    }

    /// The person of a change, where a point read confirms it and no source shows them active.
    private func leaver(_ change: Change, _ looks: Looks, _ lookup: PersonLookup) async throws(UpstreamError)
        -> FoundPerson?
    {
        guard let source = environment.sources.first(where: { $0.name == change.source }) else { return nil }
        var user = SourceUser(id: change.id, primaryAddress: change.address, state: .deleted)
        if let found = try await source.user(change.id.value) {
            guard found.id == change.id, found.state != .active else { return nil }
            user = found
        }
        let people = try await lookup.person(of: user, in: change.source)
        guard people.count == 1, let person = people.first, let target = person.target else { return nil }
        let isActive = person.users.values.contains { $0.state == .active } || looks.showActive(target)
        return isActive ? nil : person
    }
}

/// A user who was active, or unknown, at the last look, and is not active now.
private struct Change: Sendable {
    var source: String
    var id: SourceUserID
    var address: String
}

/// The looks at all sources that could be read: now, and the last time.
private struct Looks: Sendable {
    private(set) var now: [String: DepartureLook] = [:]
    private var before: [String: DepartureLook] = [:]
    private var sources: [String] = []
    private var activeAddresses: Set<String> = []
    private var activeIDs: Set<String> = []

    mutating func add(_ source: String, _ states: [SourceUserState], before look: DepartureLook?) {
        sources.append(source)
        now[source] = DepartureLook(states)
        before[source] = look
        for user in states where user.state == .active {
            activeAddresses.insert(user.primaryAddress.folded)
            activeIDs.insert(user.id.value.folded)
        }
    }

    func isFirst(_ source: String) -> Bool { before[source] == nil }

    /// Without a last look, everybody who is not active; nobody whom no look has seen.
    var changes: [Change] {
        sources.flatMap { source -> [Change] in
            let present = now[source]?.users ?? [:]
            let past = before[source]?.users ?? [:]
            var changes = present.filter { id, entry in entry.state != .active && past[id]?.state != entry.state }
                .map { Change(source: source, id: $0.key, address: $0.value.address) }
            changes += past.filter { present[$0.key] == nil }
                .map { Change(source: source, id: $0.key, address: $0.value.address) }
            return changes.sorted { $0.id < $1.id }
        }
    }

    /// Whether any source shows an active user who is this one by recorded id or by address.
    func showActive(_ target: TargetUser) -> Bool {
        target.externalIDs.contains { activeIDs.contains($0.id.folded) }
            || activeAddresses.contains(target.userName.folded)
            || (target.primaryEmail.map { activeAddresses.contains($0.folded) } ?? false)
    }

    func showActive(_ departure: Departure) -> Bool {
        (departure.identifiers.sourceIDs + departure.identifiers.externalIDs).contains { activeIDs.contains($0.folded) }
            || (departure.identifiers.primaryAddress.map { activeAddresses.contains($0.folded) } ?? false)
    }

    /// The id by which a source shows the person of a departure active now.
    func activeID(of departure: Departure, in source: String) -> SourceUserID? {
        guard let users = now[source]?.users else { return nil }
        return departure.identifiers.sourceIDs.lazy.map { SourceUserID($0) }.first { users[$0]?.state == .active }
    }

    /// Lets the next look find the change again.
    mutating func postpone(_ source: String, _ id: SourceUserID) {
        // Without a last look there is nothing to keep: a user who is not listed yet is a change of the next look.
        now[source]?.keep(id, as: before[source]?.users[id])
    }
}

/// Who holds something: the memberships of all groups, read once, where there was no last look; else by point reads.
private actor HoldersOnce {
    private let target: any Target
    private var members: Set<UserID>?

    init(_ target: any Target) { self.target = target }

    func holds(_ user: UserID, isFirstLook: Bool) async throws(UpstreamError) -> Bool {
        if isFirstLook {
            if try await readMembers().contains(user) { return true }
        } else if try await !target.memberships(of: user).isEmpty {
            return true
        }
        if try await !target.applicationAssignments(of: user).isEmpty { return true }
        let target = target
        let assignments = try await target.directAssignments(of: user) { () async throws(UpstreamError) in
            (
                try await target.organization(withTags: false).accounts.map(\.id),
                try await target.permissionSets().map(\.arn)
            )
        }
        return !assignments.isEmpty
    }

    private func readMembers() async throws(UpstreamError) -> Set<UserID> {
        if let members { return members }
        let groups = try await target.groups().map(\.id)
        let read = Set(try await target.memberships(of: groups).values.flatMap { $0 }.map(\.user))
        members = read
        return read
    }
}
