internal import Model
internal import Planner

/// Ends departures: the record in the ledger first, then the marks in Identity Center.
///
/// Killed in between, a mark is left, which still blocks; the next call takes it off.
struct DepartureEnding: Sendable {
    private let environment: RunEnvironment

    init(_ environment: RunEnvironment) { self.environment = environment }

    /// Takes departures that a source has ended by showing the person active again out of the ledger and off the target.
    ///
    /// - Parameter groups: the groups of the target, where they were read already.
    func end(_ departures: [Departure], reason: String, groups: [TargetGroup]?) async throws(EngineError) {
        guard !departures.isEmpty else { return }
        do throws(LedgerError) {
            for departure in departures {
                try await environment.ledger.reinstate(
                    departure: departure.id,
                    at: environment.clock(),
                    reason: reason
                )
            }
        } catch { throw .ledger(error) }
        do throws(UpstreamError) {
            let all: [TargetGroup]
            if let groups { all = groups } else { all = try await environment.target.groups() }
            for departure in departures {
                // A mark of a request, of this or another bridge, is not the source's to end.
                let marks = DepartureMarks(all).of(departure.identifiers).filter {
                    DepartureMarker($0)?.isFound == true
                }
                for mark in marks { _ = try await environment.target.perform(.deleteGroup(mark.id, revision: nil)) }
            }
        } catch { throw .target(error) }
    }
}

/// The marker groups among the groups of the target.
struct DepartureMarks: Sendable {
    let groups: [TargetGroup]

    init(_ groups: [TargetGroup]) { self.groups = groups.filter { DepartureMarker.isMarker($0) } }

    /// The marks of a person, whatever bridge made them: those that share an immutable id, or, of somebody who has none,
    /// the address. An address alone may be somebody else's by now.
    func of(_ person: Departure.Identifiers) -> [TargetGroup] {
        var person = person
        if person.userID != nil || !person.sourceIDs.isEmpty || !person.externalIDs.isEmpty {
            person.primaryAddress = nil
        }
        let names = Set(DepartureMarker.digests(of: person))
        return groups.filter { group in
            guard let marker = DepartureMarker(group) else { return false }
            return !marker.digests.isDisjoint(with: names) || group.displayName == DepartureMarker.name(for: person)
        }
    }
}
