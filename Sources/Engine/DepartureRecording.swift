internal import Model
internal import Planner
internal import Synchronization

/// Keeps departures in the ledger.
struct DepartureRecording: Sendable {
    private let environment: RunEnvironment
    private let options: OffboardOptions
    private let journal: DepartureJournal

    init(_ environment: RunEnvironment, _ options: OffboardOptions, _ journal: DepartureJournal) {
        self.environment = environment
        self.options = options
        self.journal = journal
    }

    /// Everything by which a person is kept; of somebody unknown, the name that was given.
    func identifiers(of person: OffboardedPerson) -> Departure.Identifiers {
        if let known = person.person { return known.identifiers }
        let asked = person.asked
        if asked.contains("@") { return Departure.Identifiers(primaryAddress: asked) }
        let user = PersonLookup.looksLikeUserID(asked) ? UserID(asked.folded) : nil
        // It may be an immutable id or a user name.
        return Departure.Identifiers(sourceIDs: [asked], userID: user, primaryAddress: asked)
    }

    /// The departure of the same person that is on record; nil where there is none.
    func existing(_ person: OffboardedPerson) async -> Departure? {
        do throws(LedgerError) {
            let wanted = identifiers(of: person)
            return try await environment.ledger.departures().first { $0.identifiers.isSamePerson(as: wanted) }
        } catch {
            await journal.fail(error)
            return nil
        }
    }

    /// Records the departure, before anything is withdrawn; a ledger that fails stops nothing.
    func record(_ person: inout OffboardedPerson) async {
        let identifiers = identifiers(of: person)
        var departure = Departure(
            id: DepartureMarker.name(for: identifiers),
            since: environment.clock(),
            origin: person.origin ?? options.origin,
            identifiers: identifiers,
            reason: options.reason
        )
        let known = await existing(person)
        if let known {
            departure.id = known.id
            departure.since = known.since
            departure.identifiers = known.identifiers.merged(with: identifiers)
            departure.reason = options.reason ?? known.reason
            // A request of a person outweighs what was found at a source: it lasts until it is taken back.
            if known.origin == .requested { departure.origin = .requested }
        }
        person.departure = departure
        do throws(LedgerError) {
            // First, so that a kill in between counts one too many and never one too few.
            if options.counts, known == nil {
                try await environment.ledger.countDeparture(departure.id, at: environment.clock())
            }
            try await environment.ledger.record(departure)
            if await journal.isWhole { person.recordedAt = departure.since }
        } catch {
            await journal.fail(error)
        }
    }
}

extension Departure.Identifiers {
    /// Whether two share an immutable id; an address alone may have been given to somebody else meanwhile, and decides
    /// only where nothing else is known.
    func isSamePerson(as other: Departure.Identifiers) -> Bool {
        if let userID, userID == other.userID { return true }
        let own = Set((sourceIDs + externalIDs).map(\.folded))
        let others = (other.sourceIDs + other.externalIDs).map(\.folded)
        if others.contains(where: own.contains) { return true }
        let isAddressAlone = (userID == nil && own.isEmpty) || (other.userID == nil && others.isEmpty)
        guard isAddressAlone, let primaryAddress else { return false }
        return primaryAddress.folded == other.primaryAddress?.folded
    }

    /// All that is known of the person by either.
    func merged(with other: Departure.Identifiers) -> Departure.Identifiers {
        func union(_ left: [String], _ right: [String]) -> [String] {
            left + right.filter { id in !left.contains { $0.folded == id.folded } }
        }
        return Departure.Identifiers(
            sourceIDs: union(sourceIDs, other.sourceIDs),
            externalIDs: union(externalIDs, other.externalIDs),
            userID: other.userID ?? userID,
            primaryAddress: primaryAddress ?? other.primaryAddress,
            digests: digests.union(other.digests)
        )
    }
}

/// The readings that were begun while it was still being found out who is meant.
final class EarlyReadings: Sendable {
    private let target: any Target
    private let readings = Mutex<[UserID: EarlyReading]>([:])

    init(_ target: any Target) { self.target = target }

    func begin(_ user: TargetUser) {
        readings.withLock { if $0[user.id] == nil { $0[user.id] = EarlyReading(user.id, of: target) } }
    }

    func of(_ user: UserID?) -> EarlyReading? { user.flatMap { user in readings.withLock { $0[user] } } }
}
