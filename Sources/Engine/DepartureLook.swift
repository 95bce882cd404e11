internal import Model

/// What the frequent look for leavers saw last in a source: the state and the address of every user.
struct DepartureLook: Sendable {
    struct Entry: Hashable, Sendable {
        var state: UserState
        var address: String
    }

    private(set) var users: [SourceUserID: Entry] = [:]

    init() {}

    init(_ states: [SourceUserState]) {
        for user in states { users[user.id] = Entry(state: user.state, address: user.primaryAddress) }
    }

    /// Sees a user once more as it was seen before: so that the next look finds the change again.
    mutating func keep(_ id: SourceUserID, as entry: Entry?) { users[id] = entry }

    // MARK: In the ledger

    private static func key(_ source: String) -> String { "departures/look/\(source)" }

    /// The last look at a source; nil where there was none, or where it cannot be read any more.
    static func read(_ source: String, _ ledger: any Ledger) async throws(LedgerError) -> DepartureLook? {
        guard let bytes = try await ledger.cached(key(source)) else { return nil }
        var look = DepartureLook()
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let parts = String(decoding: line, as: UTF8.self).split(
                separator: "\t",
                maxSplits: 2,
                omittingEmptySubsequences: false
            )
            guard parts.count == 3, let state = UserState(rawValue: String(parts[0])) else { return nil }
            look.users[SourceUserID(String(parts[1]))] = Entry(state: state, address: String(parts[2]))
        }
        return look
    }

    func write(_ source: String, _ ledger: any Ledger) async throws(LedgerError) {
        let lines = users.sorted { $0.key < $1.key }.map { id, entry in
            "\(entry.state.rawValue)\t\(id)\t\(entry.address.split(whereSeparator: \.isNewline).joined())"
        }
        try await ledger.cache(Array(lines.joined(separator: "\n").utf8), for: DepartureLook.key(source))
    }
}
