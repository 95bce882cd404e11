internal import Model

/// Direct assignments that were withdrawn from people, kept for the case that they come back where they cannot be
/// listed by principal (`DESIGN.md`, Departures 5).
struct KnownAssignments: Sendable {
    private let ledger: any Ledger
    private static let most = 500

    init(_ ledger: any Ledger) { self.ledger = ledger }

    /// The assignments of a user that are known; none where the ledger does not tell.
    func of(_ user: UserID) async -> [AccountAssignment] {
        guard let bytes = (try? await ledger.cached(key(user))) ?? nil else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return AccountAssignment(
                principal: .user(user),
                account: AccountID(String(parts[0])),
                permissionSet: PermissionSetARN(String(parts[1]))
            )
        }
    }

    /// Adds what was withdrawn.
    func keep(_ withdrawn: [WithdrawnAccess], of user: UserID) async {
        let found = withdrawn.compactMap { access in
            if case .deleteAssignment(let assignment) = access.write { assignment } else { nil }
        }
        guard !found.isEmpty else { return }
        let all = Set(found).union(await of(user)).sorted().prefix(KnownAssignments.most)
        let text = all.map { "\($0.account) \($0.permissionSet)" }.joined(separator: "\n")
        // It saves time and decides nothing: where it cannot be kept, the walk finds the same.
        try? await ledger.cache(Array(text.utf8), for: key(user))
    }

    /// Forgets a user who is gone or reinstated.
    func forget(_ user: UserID) async { try? await ledger.cache(nil, for: key(user)) }

    private func key(_ user: UserID) -> String { "departures/assignments/\(user)" }
}

/// When a source last showed each departed person active.
struct LastActive: Sendable {
    private let ledger: any Ledger
    private static let key = "departures/active"

    init(_ ledger: any Ledger) { self.ledger = ledger }

    func read() async throws(LedgerError) -> [String: Timestamp] {
        guard let bytes = try await ledger.cached(LastActive.key) else { return [:] }
        var result: [String: Timestamp] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2, let seconds = Int64(parts[0]) {
                result[String(parts[1])] = Timestamp(seconds: seconds)
            }
        }
        return result
    }

    func write(_ times: [String: Timestamp]) async throws(LedgerError) {
        let text = times.sorted { $0.key < $1.key }.map { "\($0.value.seconds) \($0.key)" }.joined(separator: "\n")
        try await ledger.cache(Array(text.utf8), for: LastActive.key)
    }
}

/// The departures whose mark was made, so that one whose run was killed before it gets its mark from the next.
struct MarkedDepartures: Sendable {
    private let ledger: any Ledger
    private static let key = "departures/marked"

    init(_ ledger: any Ledger) { self.ledger = ledger }

    /// Those of the departures that have no mark, as far as the ledger tells.
    func unmarked(_ departures: [Departure]) async throws(LedgerError) -> [Departure] {
        let known = try await read()
        return departures.filter { !known.contains(line($0)) }
    }

    /// Notes that a departure has its mark. Two that note at once may lose one: then the mark is asked for once more.
    func add(_ departure: Departure) async {
        guard let known = try? await read(), !known.contains(line(departure)) else { return }
        await write(known.union([line(departure)]))
    }

    /// Forgets all but those in force.
    func keep(_ departures: [Departure]) async throws(LedgerError) {
        let known = try await read()
        let kept = known.intersection(departures.map(line))
        if kept != known { await write(kept) }
    }

    private func read() async throws(LedgerError) -> Set<String> {
        guard let bytes = try await ledger.cached(MarkedDepartures.key) else { return [] }
        return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    // It saves a call and decides nothing: where it cannot be kept, the mark is asked for once more.
    private func write(_ lines: Set<String>) async {
        try? await ledger.cache(Array(lines.sorted().joined(separator: "\n").utf8), for: MarkedDepartures.key)
    }

    /// One that was taken back and recorded anew needs a new mark.
    private func line(_ departure: Departure) -> String { "\(departure.since.seconds) \(departure.id)" }
}
