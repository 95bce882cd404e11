public import Model

extension SQLiteLedger {
    /// Notes how actions stand; a second note of the same action in the same run replaces the first.
    public func note(_ actions: [ActionRecord]) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            try connection.transaction { () throws(SQLiteFailure) in
                let insert = try connection.prepare(
                    """
                    INSERT OR REPLACE INTO action (
                        run, actionID, kind, groupName, groupID, userName, userID, account, permissionSet,
                        status, at, requestID, message, reason, isAllowed, countsForBrakes
                    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
                    """
                )
                for action in actions {
                    try insert.bind(action.values)
                    try insert.finish()
                }
            }
        }
    }

    /// The actions of a run, or all that concern a user or group, the one noted last first.
    ///
    /// - Parameter name: a user's or group's name, compared without case, or its id.
    public func actions(run: Int64?, about name: String?, limit: Int) throws(LedgerError) -> [ActionRecord] {
        try with { (connection) throws(SQLiteFailure) in
            try connection.transaction(isWriting: false) { () throws(SQLiteFailure) in
                guard let name else { return try connection.actions(run: run, limit: limit).map(\.record) }
                // The same row may be found under two spellings, or by name and id.
                var found: [Int64: ActionRecord] = [:]
                for spelling in try connection.spellings(of: name) {
                    for row in try connection.actions(run: run, about: spelling, limit: limit) {
                        found[row.sequence] = row.record
                    }
                }
                return found.sorted { $0.key > $1.key }.prefix(max(0, limit)).map(\.value)
            }
        }
    }

    /// What runs since a moment took that nobody allowed.
    public func takings(since: Timestamp) throws(LedgerError) -> RecentTakings {
        try with { (connection) throws(SQLiteFailure) in
            try connection.transaction(isWriting: false) { () throws(SQLiteFailure) in
                let counts = try connection.doneTakings(since: since)
                return RecentTakings(
                    removals: counts[.removeMember] ?? 0,
                    assignments: counts[.deleteAssignment] ?? 0,
                    groups: counts[.deleteGroup] ?? 0,
                    begun: try connection.begunTakings(since: since)
                )
            }
        }
    }
}

extension Connection {
    fileprivate borrowing func doneTakings(since: Timestamp) throws(SQLiteFailure) -> [ActionKind: Int] {
        let counts = try rows(
            """
            SELECT kind, count(*) FROM action
            WHERE status = 'done' AND countsForBrakes = 1 AND isAllowed = 0 AND at >= ?1
                AND kind IN ('removeMember', 'deleteAssignment', 'deleteGroup')
            GROUP BY kind
            """,
            .integer(since.seconds)
        ) { row in ActionKind(rawValue: row.text(0)).map { ($0, Int(row.integer(1))) } }
        return Dictionary(counts.compactMap(\.self)) { first, _ in first }
    }

    /// What was begun and whose end nobody noted. One that a later run noted again was not done then: its plan had it.
    fileprivate borrowing func begunTakings(since: Timestamp) throws(SQLiteFailure) -> [String: ActionKind] {
        let begun = try rows(
            """
            SELECT actionID, kind FROM action
            WHERE status = 'begun' AND countsForBrakes = 1 AND isAllowed = 0 AND at >= ?1
                AND kind IN ('removeMember', 'deleteAssignment', 'deleteGroup')
                AND NOT EXISTS (
                    SELECT 1 FROM action AS later
                    WHERE later.actionID = action.actionID AND later.sequence > action.sequence
                )
            """,
            .integer(since.seconds)
        ) { row in ActionKind(rawValue: row.text(1)).map { (row.text(0), $0) } }
        return Dictionary(begun.compactMap(\.self)) { first, _ in first }
    }
}

/// An action with the place of its latest note among all notes.
private struct NotedAction {
    var sequence: Int64
    var record: ActionRecord
}

extension Connection {
    /// The name itself and every name in the ledger that differs from it in case or Unicode form alone.
    fileprivate borrowing func spellings(of name: String) throws(SQLiteFailure) -> Set<Spelling> {
        let names = try rows(
            """
            SELECT userName FROM action WHERE userName IS NOT NULL
            UNION SELECT groupName FROM action WHERE groupName IS NOT NULL
            """
        ) { $0.text(0) }
        let wanted = name.folded
        return Set(names.filter { $0.folded == wanted }.map(Spelling.init)).union([Spelling(name)])
    }

    fileprivate borrowing func actions(run: Int64?, limit: Int) throws(SQLiteFailure) -> [NotedAction] {
        try rows(
            """
            SELECT sequence, run, actionID, kind, groupName, groupID, userName, userID, account, permissionSet,
                status, at, requestID, message, reason, isAllowed, countsForBrakes
            FROM action WHERE ?1 IS NULL OR run = ?1 ORDER BY sequence DESC LIMIT ?2
            """,
            Value(run),
            .integer(Int64(max(0, limit))),
            read: noted
        )
    }

    fileprivate borrowing func actions(
        run: Int64?,
        about spelling: Spelling,
        limit: Int
    ) throws(SQLiteFailure) -> [NotedAction] {
        try rows(
            """
            SELECT sequence, run, actionID, kind, groupName, groupID, userName, userID, account, permissionSet,
                status, at, requestID, message, reason, isAllowed, countsForBrakes
            FROM action
            WHERE (userName = ?3 OR groupName = ?3 OR userID = ?3 OR groupID = ?3) AND (?1 IS NULL OR run = ?1)
            ORDER BY sequence DESC LIMIT ?2
            """,
            Value(run),
            .integer(Int64(max(0, limit))),
            .text(spelling.text),
            read: noted
        )
    }
}

/// A text that is compared byte for byte, as the database does; `String` takes Unicode forms of one text for equal.
private struct Spelling: Hashable {
    var text: String

    init(_ text: String) { self.text = text }

    static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

private func noted(_ row: borrowing Statement) throws(SQLiteFailure) -> NotedAction {
    guard let status = ActionRecord.Status(rawValue: row.text(10)) else {
        throw .damaged("an action in it has the state '\(row.text(10))'")
    }
    let record = ActionRecord(
        run: row.integer(1),
        actionID: row.text(2),
        kind: row.text(3),
        group: row.textOrNull(4),
        groupID: row.textOrNull(5),
        user: row.textOrNull(6),
        userID: row.textOrNull(7),
        account: row.textOrNull(8),
        permissionSet: row.textOrNull(9),
        status: status,
        at: Timestamp(seconds: row.integer(11)),
        requestID: row.textOrNull(12),
        message: row.textOrNull(13),
        reason: row.textOrNull(14),
        isAllowed: row.flag(15),
        countsForBrakes: row.flag(16)
    )
    return NotedAction(sequence: row.integer(0), record: record)
}

extension ActionRecord {
    /// The parameters of the insertion, in its order.
    fileprivate var values: [Value] {
        [
            .integer(run), .text(actionID), .text(kind), Value(group), Value(groupID), Value(user), Value(userID),
            Value(account), Value(permissionSet), .text(status.rawValue), .integer(at.seconds), Value(requestID),
            Value(message), Value(reason), Value(isAllowed), Value(countsForBrakes),
        ]
    }
}
