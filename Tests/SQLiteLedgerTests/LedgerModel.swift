import Model

/// The ledger as plain values: what any sequence of operations must answer.
struct LedgerModel {
    var runs: [RunRecord] = []
    /// The latest note last.
    var actions: [ActionRecord] = []
    var owned: Set<GroupID> = []
    var provisioned: [GroupID: String] = [:]
    var departures: [Departure] = []
    var counted: [(id: String, at: Timestamp)] = []
    var requests: [(request: DepartureRequest, isOpen: Bool)] = []
    /// By the bytes of the key: two Unicode forms are two keys.
    var caches: [[UInt8]: [UInt8]] = [:]

    mutating func begin(_ run: RunRecord) -> Int64 {
        var run = run
        run.id = Int64(runs.count + 1)
        runs.append(run)
        return run.id
    }

    mutating func note(_ notes: [ActionRecord]) -> Bool {
        guard notes.allSatisfy({ note in runs.contains { $0.id == note.run } }) else { return false }
        for note in notes {
            actions.removeAll { $0.run == note.run && $0.actionID == note.actionID }
            actions.append(note)
        }
        return true
    }

    mutating func end(run: Int64, at: Timestamp, exitCode: Int, outcome: String) -> Bool {
        guard let index = runs.firstIndex(where: { $0.id == run }) else { return false }
        runs[index].endedAt = at
        runs[index].exitCode = exitCode
        runs[index].outcome = outcome
        return true
    }

    func latestRuns(limit: Int) -> [RunRecord] { Array(runs.reversed().prefix(limit)) }

    func actions(run: Int64?, about name: String?, limit: Int) -> [ActionRecord] {
        let found = actions.reversed().filter { action in
            guard run == nil || action.run == run else { return false }
            guard let name else { return true }
            return action.user?.folded == name.folded || action.group?.folded == name.folded
                || action.userID == name || action.groupID == name
        }
        return Array(found.prefix(limit))
    }

    func takings(since: Timestamp) -> RecentTakings {
        let counting = actions.filter { $0.status == .done && $0.countsForBrakes && !$0.isAllowed && $0.at >= since }
        func count(_ kind: ActionKind) -> Int { counting.count { $0.kind == kind.rawValue } }
        let begun = actions.enumerated().filter { index, action in
            action.status == .begun && action.countsForBrakes && !action.isAllowed && action.at >= since
                && !actions[(index + 1)...].contains { $0.actionID == action.actionID }
        }
        let kinds = begun.compactMap { _, action in ActionKind(rawValue: action.kind).map { (action.actionID, $0) } }
        return RecentTakings(
            removals: count(.removeMember),
            assignments: count(.deleteAssignment),
            groups: count(.deleteGroup),
            begun: Dictionary(kinds) { first, _ in first }.filter {
                [.removeMember, .deleteAssignment, .deleteGroup].contains($0.value)
            }
        )
    }

    mutating func record(_ departure: Departure) {
        guard let index = departures.firstIndex(where: { $0.id == departure.id }) else {
            departures.append(departure)
            return
        }
        departures[index] = departure
    }

    func departuresCounted(since: Timestamp) -> Int { Set(counted.filter { $0.at >= since }.map(\.id)).count }

    mutating func enqueue(_ request: DepartureRequest) -> Bool {
        guard !requests.contains(where: { $0.request.id == request.id }) else { return false }
        requests.append((request, true))
        return true
    }

    mutating func close(request id: String) {
        for index in requests.indices where requests[index].request.id == id { requests[index].isOpen = false }
    }

    var openRequests: [DepartureRequest] {
        // Swift's sort keeps the order of equals.
        requests.filter(\.isOpen).map(\.request).sorted { $0.at < $1.at }
    }
}
