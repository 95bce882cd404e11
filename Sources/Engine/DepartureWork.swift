public import Model
internal import Planner

/// A brake on people: `departures.people` in `departures.per`.
public struct DepartureBrake: Hashable, Sendable {
    /// How many may be taken out.
    public var limit: Int
    /// How many would be, with those taken out before.
    public var value: Int
    /// The people who wait, by name.
    public var people: [String]
    /// What `--allow-removals` takes to take exactly these out.
    public var fingerprint: String
    /// By what they are known.
    var identifiers: [Departure.Identifiers]

    /// A brake on people who wait.
    init(limit: Int, counted: Int, people: [String], identifiers: [Departure.Identifiers]) {
        self.limit = limit
        value = counted + identifiers.count
        self.people = people.sorted()
        self.identifiers = identifiers
        fingerprint = DepartureMarker.fingerprint(of: identifiers)
    }

    /// One brake for the people of several requests, so that one fingerprint lets all of them go.
    init?(combining brakes: [DepartureBrake]) {
        guard let first = brakes.first else { return nil }
        var seen: Set<String> = []
        let all = brakes.flatMap(\.identifiers).filter { seen.insert(DepartureMarker.name(for: $0)).inserted }
        self.init(
            limit: first.limit,
            counted: first.value - first.identifiers.count,
            people: Array(Set(brakes.flatMap(\.people))),
            identifiers: all
        )
    }
}

/// What came of taking several people out.
public struct DepartureOutcome: Sendable {
    /// The people in the order in which they were named.
    public var people: [OffboardedPerson] = []
    /// Names that fit two people or more; nothing was done for these.
    public var ambiguous: [PersonFinding] = []
    /// The brake that stopped some or all.
    public var brake: DepartureBrake?
    /// Sources that could not be asked.
    public var sourceProblems: [UpstreamError] = []
    /// Why the target could not be asked about somebody.
    public var targetProblem: UpstreamError?
    /// The names of what was withdrawn.
    var names = AccessNames()

    /// The exit code: the worst in the order of the contract (`DESIGN.md`, Departures 11).
    public func exitCode(isLedgerWhole: Bool) -> Int32 {
        if let targetProblem { return targetProblem.kind == .refused ? 77 : 69 }
        let endings = Set(people.map(\.ending))
        if endings.contains(.protected) || endings.contains(.tooMany) || brake != nil { return 3 }
        if endings.contains(.standing) || !isLedgerWhole { return 4 }
        return endings.contains(.nobody) ? 67 : 0
    }
}

/// Takes people out by the names that were given: looks them up, records all, then takes all out at once.
public struct DepartureWork: Sendable {
    private let environment: RunEnvironment
    private let options: OffboardOptions
    private let journal: DepartureJournal

    /// Work on one request.
    public init(_ environment: RunEnvironment, _ options: OffboardOptions, _ journal: DepartureJournal) {
        self.environment = environment
        self.options = options
        self.journal = journal
    }

    /// What would be withdrawn; nothing is recorded.
    public func preview(_ users: [String]) async -> DepartureOutcome {
        let early = EarlyReadings(environment.target)
        var outcome = DepartureOutcome()
        let people = await look(users, early, &outcome)
        outcome.people = await inParallel(people) { person in
            if person.ending == .protected { return person }
            return await offboarding.preview(person, early: early.of(person.userID))
        }
        outcome.names = await AccessNames.read(environment)
        return outcome
    }

    /// Takes people out.
    public func takeOut(_ users: [String]) async -> DepartureOutcome {
        let early = EarlyReadings(environment.target)
        var outcome = DepartureOutcome()
        let people = await look(users, early, &outcome)
        if !outcome.ambiguous.isEmpty, options.refusesAmbiguous { return outcome }
        await takeOut(people, early, &outcome)
        return outcome
    }

    /// Takes people out who are known already, each with how the departure came to be.
    func takeOut(_ people: [(person: FoundPerson, origin: Departure.Origin)]) async -> DepartureOutcome {
        var outcome = DepartureOutcome()
        let all = people.map { found in
            var person = OffboardedPerson(asked: found.person.name, person: found.person)
            person.origin = found.origin
            return protecting(person)
        }
        await takeOut(all, nil, &outcome)
        return outcome
    }

    // MARK: Who it is

    private func look(
        _ users: [String],
        _ early: EarlyReadings,
        _ outcome: inout DepartureOutcome
    ) async -> [OffboardedPerson] {
        let lookup = PersonLookup(environment, names: users.count)
        let findings = await inParallel(users) { user in await lookup.find(user, early: early.begin) }
        var people: [OffboardedPerson] = []
        for finding in findings {
            outcome.sourceProblems += finding.problems.filter { !outcome.sourceProblems.contains($0) }
            outcome.targetProblem = outcome.targetProblem ?? finding.targetProblem
            if finding.isAmbiguous {
                outcome.ambiguous.append(finding)
                continue
            }
            // Two names of one person.
            if let target = finding.person?.target?.id, people.contains(where: { $0.userID == target }) { continue }
            var person = OffboardedPerson(asked: finding.asked.trimmed, person: finding.person)
            if let problem = finding.targetProblem {
                person.notes.append("Identity Center could not be asked who that is: \(problem)")
            } else if finding.person == nil, !finding.problems.isEmpty {
                person.isUncertain = true
                person.notes.append(
                    "nobody of that name was found, and not every source could be asked; the next run looks again"
                )
            }
            people.append(protecting(person))
        }
        return people
    }

    private func protecting(_ person: OffboardedPerson) -> OffboardedPerson {
        guard !options.evenProtected, let target = person.person?.target else { return person }
        let isProtected = environment.settings.brakes.protected.contains {
            $0.folded == target.userName.folded || $0.folded == target.id.value.folded
        }
        guard isProtected else { return person }
        var person = person
        person.ending = .protected
        person.notes.append("protected by brakes.protected; --even-protected takes this person out all the same")
        return person
    }

    // MARK: The record

    private func takeOut(
        _ people: [OffboardedPerson],
        _ early: EarlyReadings?,
        _ outcome: inout DepartureOutcome
    ) async {
        var people = people
        let recording = DepartureRecording(environment, options, journal)
        await brake(&people, recording, &outcome)
        // A name that may be somebody's alias is not recorded as an address of its own: the request waits instead.
        let open = people.indices.filter { people[$0].ending == .standing && !people[$0].isUncertain }
        for index in open { await recording.record(&people[index]) }
        let fence = await journal.fence()
        if !open.isEmpty { await journal.begin(at: environment.clock()) }
        let canAsk = outcome.targetProblem == nil
        let offboarding = offboarding
        var done = await inParallel(people) { person in
            guard person.ending == .standing, let departure = person.departure, canAsk || person.person?.target != nil
            else { return person }
            return await offboarding.takeOut(person, departure, fence, early: early?.of(person.userID))
        }
        // Names come last: until then the quota of the service belongs to the withdrawals.
        let known = canAsk && !open.isEmpty ? await AccessNames.read(environment) : AccessNames()
        outcome.names = known
        let sessions = DepartureSessions(environment)
        done = await inParallel(done) { person in
            var person = person
            guard person.departure != nil, person.userID != nil else { return person }
            let (standing, problem) = await sessions.of(person, known)
            person.sessions = standing
            if let problem { person.notes.append("running sessions could not be looked for: \(problem)") }
            return person
        }
        for person in done where person.departure != nil {
            await journal.note(person, known, at: environment.clock())
        }
        outcome.people = done
    }

    private func brake(
        _ people: inout [OffboardedPerson],
        _ recording: DepartureRecording,
        _ outcome: inout DepartureOutcome
    ) async {
        guard options.counts, !options.isAllowed else { return }
        // Whoever is on record already was counted, or named alone, then.
        var fresh: [Int] = []
        for index in people.indices where people[index].ending == .standing && !people[index].isUncertain {
            if await recording.existing(people[index]) == nil { fresh.append(index) }
        }
        guard !fresh.isEmpty else { return }
        let since = environment.clock().adding(seconds: -environment.departures.perSeconds)
        var counted = 0
        do throws(LedgerError) { counted = try await environment.ledger.departuresCounted(since: since) } catch {
            await journal.fail(error)
        }
        let brake = DepartureBrake(
            limit: environment.departures.people,
            counted: counted,
            people: fresh.map { people[$0].name },
            identifiers: fresh.map { recording.identifiers(of: people[$0]) }
        )
        guard brake.value > brake.limit, options.allowed != brake.fingerprint else { return }
        outcome.brake = brake
        for index in fresh { people[index].ending = .tooMany }
    }

    private var offboarding: Offboarding { Offboarding(environment, options, journal) }
}

/// Does something for each, all at once, and gives the results in the order of the items.
func inParallel<Item: Sendable, Value: Sendable>(
    _ items: [Item],
    _ work: @escaping @Sendable (Item) async -> Value
) async -> [Value] {
    await withTaskGroup(of: (Int, Value).self) { group in
        for (index, item) in items.enumerated() { group.addTask { (index, await work(item)) } }
        var results: [(Int, Value)] = []
        for await result in group { results.append(result) }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
