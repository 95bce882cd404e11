public import Model
internal import Planner

/// What came of taking one person's departure back.
public struct ReinstatedPerson: Sendable {
    /// The USER as it was given.
    public var asked: String
    /// The name to show.
    public var name: String
    /// The Identity Center user, where there is one.
    public var userID: UserID?
    /// The departures that were lifted.
    public var departures: [Departure] = []
    /// The marker groups that were taken off.
    public var marks: [TargetGroup] = []
    /// Whether the user was enabled.
    public var isEnabled = false
    /// What had been withdrawn outside the mapping, and is not restored.
    public var outside: [ActionRecord] = []
    /// What could not be done; the block may still stand.
    public var problems: [UpstreamError] = []
    /// Requests that still wait and name the person.
    public var requests: [DepartureRequest] = []
    /// People whom the USER fits, where it fits two or more; nothing was done.
    public var candidates: [String] = []

    /// Whether there was nothing to lift.
    public var isUnknown: Bool {
        departures.isEmpty && marks.isEmpty && candidates.isEmpty && problems.isEmpty && requests.isEmpty
    }
}

/// Takes departures back: the record in the ledger, every mark in Identity Center, and the user's status.
public struct DepartureReinstatement: Sendable {
    private let environment: RunEnvironment
    private static let mostRecords = 100_000

    /// A reinstatement over an environment.
    public init(_ environment: RunEnvironment) { self.environment = environment }

    /// Whom the USERs mean; nothing is changed.
    public func find(_ users: [String]) async throws(EngineError) -> [ReinstatedPerson] {
        let groups: [TargetGroup]
        let recorded: [Departure]
        do throws(UpstreamError) { groups = try await environment.target.groups() } catch { throw .target(error) }
        do throws(LedgerError) { recorded = try await environment.ledger.departures() } catch { throw .ledger(error) }
        let lookup = PersonLookup(environment)
        var people: [ReinstatedPerson] = []
        for user in users {
            var person = await find(user, recorded, DepartureMarks(groups), lookup)
            do throws(LedgerError) {
                person.requests = try await environment.ledger.openRequests().filter { request in
                    request.users.contains { person.names.contains($0.trimmed.folded) }
                }
            } catch { throw .ledger(error) }
            people.append(person)
        }
        return people
    }

    private func find(
        _ asked: String,
        _ recorded: [Departure],
        _ marks: DepartureMarks,
        _ lookup: PersonLookup
    ) async -> ReinstatedPerson {
        let key = asked.trimmed
        var person = ReinstatedPerson(asked: key, name: key)
        let finding = await lookup.find(key)
        if let problem = finding.targetProblem { person.problems.append(problem) }
        var departures = recorded.filter { $0.isNamed(key) }
        if departures.isEmpty {
            departures = recorded.filter { departure in
                finding.people.contains { DepartureMatching([departure]).departure(of: $0.identifiers) != nil }
            }
        }
        var clusters: [Departure.Identifiers] = []
        for departure in departures {
            if let index = clusters.firstIndex(where: { $0.isSamePerson(as: departure.identifiers) }) {
                clusters[index] = clusters[index].merged(with: departure.identifiers)
            } else {
                clusters.append(departure.identifiers)
            }
        }
        guard clusters.count < 2 else {
            person.candidates = departures.map { FoundPerson(target: nil, recorded: $0).shown }
            return person
        }
        var identifiers =
            clusters.first ?? Departure.Identifiers(sourceIDs: [key], userID: UserID(key.folded), primaryAddress: key)
        if clusters.isEmpty, finding.isAmbiguous {
            let marked = finding.people.filter { !marks.of($0.identifiers).isEmpty }
            if marked.count > 1 {
                person.candidates = marked.map(\.shown)
                return person
            }
            if let one = marked.first { identifiers = one.identifiers }
        } else if let one = finding.person, one.recorded == nil,
            clusters.isEmpty || clusters[0].isSamePerson(as: one.identifiers)
        {
            identifiers = clusters.isEmpty ? one.identifiers : clusters[0].merged(with: one.identifiers)
        }
        person.departures = departures
        person.marks = marks.of(identifiers)
        // Of somebody whom nothing but a mark knows, the text itself may be what its digests hold.
        if departures.isEmpty, person.marks.isEmpty { person.marks = marks.named(key) }
        if person.marks.count > 1, departures.isEmpty, finding.person == nil {
            person.candidates = person.marks.map(\.displayName)
            person.marks = []
            return person
        }
        person.userID = clusters.isEmpty ? finding.person?.target?.id : identifiers.userID
        person.name = finding.people.first { $0.target?.id == person.userID }?.name ?? identifiers.primaryAddress ?? key
        return person
    }

    /// Lifts what was found: the ledger first, so that a kill in between leaves a mark, which still blocks.
    public func lift(_ person: ReinstatedPerson, run: Int64) async throws(EngineError) -> ReinstatedPerson {
        var person = person
        do throws(LedgerError) {
            for departure in person.departures {
                try await environment.ledger.reinstate(
                    departure: departure.id,
                    at: environment.clock(),
                    reason: "reinstate \(person.asked)"
                )
            }
            try await withdrawRequests(person)
            person.outside = try await outside(person)
            if let user = person.userID { await KnownAssignments(environment.ledger).forget(user) }
        } catch { throw .ledger(error) }
        var records: [ActionRecord] = []
        for mark in person.marks {
            await perform(.deleteGroup(mark.id, revision: nil), mark.displayName, run, &person, &records)
        }
        if environment.settings.canDisable, let user = person.userID {
            let failures = person.problems.count
            do throws(UpstreamError) {
                if try await environment.target.user(user) != nil {
                    await perform(.enableUser(user), nil, run, &person, &records)
                    person.isEnabled = person.problems.count == failures
                }
            } catch { person.problems.append(error) }
        }
        do throws(LedgerError) { try await environment.ledger.note(records) } catch { throw .ledger(error) }
        return person
    }

    private func perform(
        _ write: Write,
        _ group: String?,
        _ run: Int64,
        _ person: inout ReinstatedPerson,
        _ records: inout [ActionRecord]
    ) async {
        var record = ActionRecord(
            run: run,
            actionID: "\(write.kindName) \(write.sortKey)",
            kind: write.kindName,
            group: group,
            groupID: write.groupID?.value,
            user: person.name,
            userID: person.userID?.value,
            status: .done,
            at: environment.clock(),
            reason: "reinstate",
            countsForBrakes: false
        )
        do throws(UpstreamError) {
            record.requestID = try await environment.target.perform(write).requestID
        } catch {
            record.status = .failed
            record.message = error.description
            record.requestID = error.requestID
            person.problems.append(error)
        }
        records.append(record)
    }

    /// Takes the person out of requests that still wait: else the next run would record the departure again.
    private func withdrawRequests(_ person: ReinstatedPerson) async throws(LedgerError) {
        for request in try await environment.ledger.openRequests() {
            let rest = request.users.filter { !person.names.contains($0.trimmed.folded) }
            guard rest.count < request.users.count else { continue }
            if !rest.isEmpty {
                var other = request
                other.id += "-without-\(DepartureMarker.digest(ofAddress: person.asked))"
                other.users = rest
                _ = try await environment.ledger.enqueue(other)
            }
            try await environment.ledger.close(request: request.id, at: environment.clock())
        }
    }

    /// What was withdrawn and no mapping gives back: the mapping itself is not read.
    private func outside(_ person: ReinstatedPerson) async throws(LedgerError) -> [ActionRecord] {
        guard let user = person.userID, let since = person.departures.map(\.since).min() else { return [] }
        let kinds: Set<String> = ["removeMember", "deleteAssignment", "deleteApplicationAssignment"]
        let records = try await environment.ledger.actions(
            run: nil,
            about: user.value,
            limit: DepartureReinstatement.mostRecords
        )
        var seen: Set<String> = []
        return records.filter { record in
            kinds.contains(record.kind) && record.at >= since && [.done, .begun].contains(record.status)
                && record.reason?.hasSuffix("outside the mapping") == true && seen.insert(record.actionID).inserted
        }.sorted { $0.actionID < $1.actionID }
    }
}

extension ReinstatedPerson {
    /// What a request that means the person may call them, folded.
    fileprivate var names: Set<String> {
        let texts = [asked, name, userID?.value ?? ""] + departures.compactMap(\.identifiers.primaryAddress)
        return Set(texts.map(\.trimmed.folded)).subtracting([""])
    }
}

extension DepartureMarks {
    /// The marks that hold a digest of a text as an id, a user or an address.
    func named(_ key: String) -> [TargetGroup] {
        let digests: Set = [
            DepartureMarker.digest(ofID: key), DepartureMarker.digest(ofUser: UserID(key.folded)),
            DepartureMarker.digest(ofAddress: key),
        ]
        return groups.filter { group in
            group.displayName.folded == key.folded
                || DepartureMarker(group).map { !$0.digests.isDisjoint(with: digests) } ?? false
        }
    }
}
