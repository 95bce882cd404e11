public import Model
internal import Planner

/// What the upkeep of departures came to in one run.
public struct UpkeepReport: Sendable {
    /// Requests that stood open, with what came of them.
    public var requests: [RequestOutcome] = []
    /// People on whom something had come back.
    public var people = DepartureOutcome()
    /// Found departures that a source has ended.
    public var ended: [Departure] = []
    /// Departures that are settled now.
    public var settled: [Departure] = []
    /// What could not be done, for a person.
    public var problems: [String] = []

    /// Whether nothing stands that should not, and nothing that was asked for waits.
    public var isWhole: Bool {
        let everybody = people.people + requests.flatMap(\.outcome.people)
        return problems.isEmpty && !everybody.contains { !$0.standing.isEmpty }
            && !requests.contains(where: \.staysOpen)
    }
}

/// Looks after the departures that are not settled, in every `sync` and `departures` (`DESIGN.md`, Departures 4 and 5).
public struct DepartureUpkeep: Sendable {
    private let environment: RunEnvironment
    private let journal: DepartureJournal
    private let allowed: String?
    /// Without a sign of life at a source for so long, a departure whose person holds nothing is settled.
    private static let settlingSeconds: Int64 = 30 * 86_400

    /// Upkeep within a run that somebody else begins and ends.
    public init(_ environment: RunEnvironment, run: Int64, command: String) {
        self.init(environment, DepartureJournal(environment.ledger, command: command, run: run))
    }

    /// - Parameter allowed: the fingerprint of people that a person allowed beyond `departures.people`.
    public init(_ environment: RunEnvironment, _ journal: DepartureJournal, allowed: String? = nil) {
        self.environment = environment
        self.journal = journal
        self.allowed = allowed
    }

    /// Carries out what stands open, then withdraws what has come back to people on record: three calls a person.
    public func before() async -> UpkeepReport {
        var report = UpkeepReport()
        report.requests = await DepartureRequests(environment, journal, allowed: allowed).carryOut()
        let done = Set(report.requests.flatMap(\.outcome.people).compactMap(\.departure?.id))
        do throws(LedgerError) {
            let open = try await environment.ledger.departures().filter { $0.settledAt == nil && !done.contains($0.id) }
            let people = open.compactMap { departure in departure.identifiers.userID.map { (departure, $0) } }
            let marked = MarkedDepartures(environment.ledger)
            try await marked.keep(open)
            // A run that was killed may have recorded them and gone no further.
            await mark(try await marked.unmarked(open), &report)
            await withdraw(people, &report)
        } catch { report.problems.append("departures: \(error)") }
        return report
    }

    /// After the last write: ends what sources have ended, finds departed people under new ids, and settles.
    public func after(_ planned: PlannedRun, _ report: inout UpkeepReport) async {
        do throws(EngineError) {
            let groups = planned.input.observed.groups
            let ended = planned.departures.filter { planned.result.endedDepartures.contains($0.id) }
            try await DepartureEnding(environment).end(
                ended,
                reason: "a source shows the person active again",
                groups: groups
            )
            try await endMarks(planned)
            report.ended += ended
            let recorded = try await departures()
            let open = recorded.filter {
                $0.settledAt == nil && !planned.result.endedDepartures.contains($0.id)
            }
            let users = DepartedUsers(planned).find(open + unrecorded(groups, recorded))
            let known = Set(open.compactMap(\.identifiers.userID))
            let fresh = users.filter { !known.contains($0.user) }
            await withdraw(fresh.map { ($0.departure, $0.user) }, &report)
            try await follow(fresh, open, planned)
            try await settle(try await departures().filter { $0.settledAt == nil }, planned, users, &report)
            await makeMissingMarks(planned, users, &report)
        } catch { report.problems.append("departures: \(error.message)") }
    }

    private func mark(_ departures: [Departure], _ report: inout UpkeepReport) async {
        for departure in departures {
            if case .failed(let failed) = await MarkerWriting(environment).make(departure) {
                let name = departure.identifiers.primaryAddress ?? departure.id
                report.problems.append("the mark of \(name) could not be made: \(failed.error)")
            }
        }
    }

    /// Keeps the user under whom somebody on record has come back, so that `departures` looks after that one too.
    private func follow(_ fresh: [DepartedUser], _ open: [Departure], _ planned: PlannedRun) async throws(EngineError) {
        let present = Set(planned.input.observed.users.map(\.id))
        for found in fresh {
            guard var departure = open.first(where: { $0.id == found.departure.id }) else { continue }
            if let old = departure.identifiers.userID, present.contains(old) { continue }
            departure.identifiers.userID = found.user
            do throws(LedgerError) { try await environment.ledger.record(departure) } catch { throw .ledger(error) }
        }
    }

    /// Found marks without a record here, which a source has ended.
    private func endMarks(_ planned: PlannedRun) async throws(EngineError) {
        let recorded = Set(planned.departures.map(\.id))
        let names = planned.result.endedDepartures.subtracting(recorded)
        for group in planned.input.observed.groups where names.contains(group.displayName) {
            guard let marker = DepartureMarker(group), marker.isFound, marker.owner == environment.settings.owner else {
                continue
            }
            do throws(UpstreamError) {
                _ = try await environment.target.perform(.deleteGroup(group.id, revision: nil))
            } catch { throw .target(error) }
        }
    }

    private func departures() async throws(EngineError) -> [Departure] {
        do throws(LedgerError) { return try await environment.ledger.departures() } catch { throw .ledger(error) }
    }

    /// Marks that this bridge made and that the ledger, lost meanwhile, knows nothing of.
    private func unrecorded(_ groups: [TargetGroup], _ recorded: [Departure]) -> [Departure] {
        let digests = Set(recorded.flatMap { DepartureMarker.digests(of: $0.identifiers) })
        return groups.compactMap { group in
            guard let marker = DepartureMarker(group), marker.owner == environment.settings.owner,
                marker.digests.isDisjoint(with: digests)
            else { return nil }
            return marker.departure(of: group)
        }
    }

    // MARK: Withdrawing

    private func withdraw(_ people: [(Departure, UserID)], _ report: inout UpkeepReport) async {
        guard !people.isEmpty else { return }
        let environment = environment
        let found = await inParallel(people) { departure, user in
            let known = await KnownAssignments(environment.ledger).of(user)
            return (departure, user, await Withdrawal(environment, of: user).withdraw(known: known))
        }
        let touched = found.filter { !$0.2.withdrawn.isEmpty || !$0.2.standing.isEmpty }
        guard !touched.isEmpty else { return }
        let names = await AccessNames.read(environment)
        for (departure, user, result) in touched {
            var person = OffboardedPerson(asked: departure.identifiers.primaryAddress ?? user.value, person: nil)
            if let target = try? await environment.target.user(user) { person.person = FoundPerson(target: target) }
            person.departure = departure
            person.recordedAt = departure.since
            person.withdrawn = result.withdrawn
            person.standing = result.standing
            person.ending = result.isProven ? .proven : .standing
            if result.isProven { person.provenAt = environment.clock() }
            await journal.begin(at: environment.clock())
            await journal.note(person, names, at: environment.clock())
            report.people.people.append(person)
        }
        report.people.names = names
    }

    /// Makes the marks that are not in Identity Center, for whatever reason: a lost ledger must give nothing back.
    private func makeMissingMarks(_ planned: PlannedRun, _ users: [DepartedUser], _ report: inout UpkeepReport) async {
        let marks = DepartureMarks(planned.input.observed.groups)
        let there = Set(users.map(\.departure.id))
        let open: [Departure]
        do { open = try await departures().filter { $0.settledAt == nil } } catch {
            return report.problems.append("departures: \(error.message)")
        }
        let missing = open.filter { departure in
            let isHere = departure.identifiers.userID == nil || there.contains(departure.id)
            return isHere && marks.of(departure.identifiers).isEmpty
                && !planned.result.endedDepartures.contains(departure.id)
        }
        await mark(missing, &report)
    }

    // MARK: Settling

    private func settle(
        _ open: [Departure],
        _ planned: PlannedRun,
        _ users: [DepartedUser],
        _ report: inout UpkeepReport
    ) async throws(EngineError) {
        let now = environment.clock()
        do throws(LedgerError) {
            var active = try await LastActive(environment.ledger).read()
            for departure in open where planned.showsActive(departure) { active[departure.id] = now }
            let kept = Set(open.map(\.id))
            active = active.filter { kept.contains($0.key) }
            try await LastActive(environment.ledger).write(active)
            for var departure in open {
                let isThere = users.contains { $0.departure.id == departure.id }
                let isGone = isThere ? false : await self.isGone(departure.identifiers.userID)
                let lastSign = max(departure.since, active[departure.id] ?? departure.since)
                // A source that could not be read may show the person active.
                let isOld =
                    planned.readAllUsers
                    && now.seconds - lastSign.seconds >= DepartureUpkeep.settlingSeconds
                let stands = report.people.people.contains { $0.departure?.id == departure.id && !$0.standing.isEmpty }
                guard isGone || (isOld && !stands) else { continue }
                departure.settledAt = now
                try await environment.ledger.record(departure)
                report.settled.append(departure)
            }
        } catch { throw .ledger(error) }
        try await takeMarksOff(planned, users)
    }

    /// Whether a user is gone, by a point read: a list may have been short. Where it cannot be told, the user is there.
    private func isGone(_ user: UserID?) async -> Bool {
        guard let user else { return false }
        do throws(UpstreamError) { return try await environment.target.user(user) == nil } catch { return false }
    }

    /// The marks of settled people who are gone from Identity Center.
    private func takeMarksOff(_ planned: PlannedRun, _ users: [DepartedUser]) async throws(EngineError) {
        let settled: [Departure]
        do throws(LedgerError) {
            settled = try await environment.ledger.departures().filter { $0.settledAt != nil }
        } catch { throw .ledger(error) }
        let marks = DepartureMarks(planned.input.observed.groups)
        guard !marks.groups.isEmpty else { return }
        let there = DepartedUsers(planned).find(settled).map(\.departure.id)
        for departure in settled where !there.contains(departure.id) {
            let own = marks.of(departure.identifiers)
            guard !own.isEmpty else { continue }
            if departure.identifiers.userID != nil, await !isGone(departure.identifiers.userID) { continue }
            for mark in own {
                do throws(UpstreamError) {
                    _ = try await environment.target.perform(.deleteGroup(mark.id, revision: nil))
                } catch { throw .target(error) }
            }
        }
    }
}

/// A departed person's user in Identity Center.
struct DepartedUser: Sendable {
    var departure: Departure
    var user: UserID
}

/// Finds the Identity Center users of departed people in what a run has read.
struct DepartedUsers: Sendable {
    private let users: [TargetUser]
    private let sources: [Model.Directory]

    init(_ planned: PlannedRun) {
        users = planned.input.observed.users
        sources = planned.input.sources.compactMap { if case .read(let directory) = $0 { directory } else { nil } }
    }

    func find(_ departures: [Departure]) -> [DepartedUser] {
        guard !departures.isEmpty else { return [] }
        let matching = DepartureMatching(departures)
        var linked: [String: SourceUser] = [:]
        for user in sources.flatMap(\.users) { linked[user.id.value.folded] = user }
        return users.compactMap { user in
            let known = user.externalIDs.compactMap { linked[$0.id.folded] }
            // A recorded id says who it is: then the user name, which may be an old one, says nothing.
            let identifiers = Departure.Identifiers(
                sourceIDs: known.map(\.id.value),
                externalIDs: user.externalIDs.map(\.id),
                userID: user.id,
                primaryAddress: known.first?.primaryAddress ?? user.userName
            )
            return matching.departure(of: identifiers).map { DepartedUser(departure: $0, user: user.id) }
        }
    }
}

extension PlannedRun {
    /// Whether the users of every source were read whole.
    var readAllUsers: Bool {
        input.sources.allSatisfy { source in
            if case .read(let directory) = source { directory.usersProblem == nil } else { false }
        }
    }

    /// Whether a source that was read shows the person of a departure active.
    func showsActive(_ departure: Departure) -> Bool {
        let matching = DepartureMatching([departure])
        for case .read(let directory) in input.sources {
            for user in directory.users where user.state == .active {
                let identifiers = Departure.Identifiers(sourceIDs: [user.id.value], primaryAddress: user.primaryAddress)
                if matching.departure(of: identifiers) != nil { return true }
            }
        }
        return false
    }
}
