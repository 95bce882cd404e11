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
