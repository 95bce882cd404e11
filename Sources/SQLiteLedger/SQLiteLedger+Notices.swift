public import Model

extension SQLiteLedger {
    /// Notes how notices stand; a second note of the same id and channel replaces the first, in its place.
    public func note(_ notices: [NoticeRecord]) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            try connection.transaction { () throws(SQLiteFailure) in
                let upsert = try connection.prepare(
                    """
                    INSERT INTO notice (
                        id, channel, command, run, at, title, subjects, content, state, attempts, triedAt, error
                    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                    ON CONFLICT (id, channel) DO UPDATE SET
                        state = excluded.state, attempts = excluded.attempts, triedAt = excluded.triedAt,
                        error = excluded.error
                    """
                )
                for notice in notices {
                    try upsert.bind(try notice.values())
                    try upsert.finish()
                }
            }
        }
    }

    /// The notices that are not delivered yet and not given up, oldest first.
    public func undeliveredNotices() throws(LedgerError) -> [NoticeRecord] {
        try with { (connection) throws(SQLiteFailure) in
            try connection.rows(
                """
                SELECT id, channel, command, run, at, title, subjects, content, state, attempts, triedAt, error
                FROM notice WHERE state IN ('waiting', 'failed') ORDER BY sequence
                """,
                read: notice
            )
        }
    }

    /// The notices of a run, or those about a user, group or other object, or the latest of all; newest first.
    ///
    /// - Parameter names: what they are about, compared without case.
    public func notices(run: Int64?, about names: Set<String>?, limit: Int) throws(LedgerError) -> [NoticeRecord] {
        let rows = try with { (connection) throws(SQLiteFailure) in
            try connection.rows(
                """
                SELECT id, channel, command, run, at, title, subjects, content, state, attempts, triedAt, error
                FROM notice WHERE ?1 IS NULL OR run = ?1 ORDER BY sequence DESC LIMIT ?2
                """,
                Value(run),
                .integer(names == nil ? Int64(max(0, limit)) : -1),
                read: notice
            )
        }
        guard let names else { return rows }
        let wanted = Set(names.map(\.folded))
        return Array(rows.filter { $0.subjects.contains { wanted.contains($0.folded) } }.prefix(max(0, limit)))
    }
}

extension NoticeRecord {
    fileprivate func values() throws(SQLiteFailure) -> [Value] {
        [
            .text(id), .text(channel), .text(command), Value(run), .integer(at.seconds), .text(title),
            try JSONList.encode(subjects), .blob(content), .text(state.rawValue), .integer(Int64(attempts)),
            Value(triedAt?.seconds), Value(error),
        ]
    }
}

private func notice(_ row: borrowing Statement) throws(SQLiteFailure) -> NoticeRecord {
    guard let state = NoticeRecord.State(rawValue: row.text(8)) else {
        throw .damaged("a notice in it has the state '\(row.text(8))'")
    }
    return NoticeRecord(
        id: row.text(0),
        channel: row.text(1),
        command: row.text(2),
        run: row.integerOrNull(3),
        at: Timestamp(seconds: row.integer(4)),
        title: row.text(5),
        subjects: try JSONList.decode(row.text(6)),
        content: row.blob(7),
        state: state,
        attempts: Int(row.integer(9)),
        triedAt: row.integerOrNull(10).map(Timestamp.init(seconds:)),
        error: row.textOrNull(11)
    )
}
