public import Model

extension SQLiteLedger {
    /// Begins a run and returns its id, which is greater than that of every run begun before, also in other processes.
    public func begin(_ run: RunRecord) throws(LedgerError) -> Int64 {
        try with { (connection) throws(SQLiteFailure) in
            try connection.run(
                """
                INSERT INTO run (command, startedAt, endedAt, exitCode, fingerprint, outcome, owner, by)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                """,
                .text(run.command),
                .integer(run.startedAt.seconds),
                Value(run.endedAt?.seconds),
                Value(run.exitCode.map(Int64.init)),
                Value(run.fingerprint),
                Value(run.outcome),
                Value(run.owner),
                Value(run.by)
            )
            return connection.lastRow
        }
    }

    /// Ends a run.
    public func end(run: Int64, at: Timestamp, exitCode: Int, outcome: String) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            try connection.run(
                "UPDATE run SET endedAt = ?2, exitCode = ?3, outcome = ?4 WHERE id = ?1",
                .integer(run),
                .integer(at.seconds),
                .integer(Int64(exitCode)),
                .text(outcome)
            )
            guard connection.changes == 1 else { throw .unknownRun(run) }
        }
    }

    /// The latest runs, newest first.
    public func runs(limit: Int) throws(LedgerError) -> [RunRecord] {
        try with { (connection) throws(SQLiteFailure) in
            try connection.rows(
                """
                SELECT id, command, startedAt, endedAt, exitCode, fingerprint, outcome, owner, by
                FROM run ORDER BY id DESC LIMIT ?1
                """,
                .integer(Int64(max(0, limit))),
                read: runRecord
            )
        }
    }

    /// One run; nil where there is none of this id.
    public func run(_ id: Int64) throws(LedgerError) -> RunRecord? {
        try with { (connection) throws(SQLiteFailure) in
            try connection.rows(
                """
                SELECT id, command, startedAt, endedAt, exitCode, fingerprint, outcome, owner, by
                FROM run WHERE id = ?1
                """,
                .integer(id),
                read: runRecord
            ).first
        }
    }

    /// How many actions of each run, from the given one on, stand how.
    public func actionCounts(since run: Int64) throws(LedgerError) -> [Int64: [ActionRecord.Status: Int]] {
        try with { (connection) throws(SQLiteFailure) in
            let rows = try connection.rows(
                "SELECT run, status, count(*) FROM action WHERE run >= ?1 GROUP BY run, status",
                .integer(run)
            ) { row in (row.integer(0), row.text(1), Int(row.integer(2))) }
            var counts: [Int64: [ActionRecord.Status: Int]] = [:]
            for (run, status, count) in rows {
                guard let status = ActionRecord.Status(rawValue: status) else {
                    throw .damaged("an action in it has the state '\(status)'")
                }
                counts[run, default: [:]][status] = count
            }
            return counts
        }
    }
}

private func runRecord(_ row: borrowing Statement) -> RunRecord {
    RunRecord(
        id: row.integer(0),
        command: row.text(1),
        startedAt: Timestamp(seconds: row.integer(2)),
        endedAt: row.integerOrNull(3).map(Timestamp.init(seconds:)),
        exitCode: row.integerOrNull(4).map(Int.init),
        fingerprint: row.textOrNull(5),
        outcome: row.textOrNull(6),
        owner: row.textOrNull(7),
        by: row.textOrNull(8)
    )
}

extension SQLiteFailure {
    /// Somebody speaks of a run that was never begun in this ledger.
    static func unknownRun(_ run: Int64) -> SQLiteFailure { SQLiteFailure(code: 19, message: "it has no run \(run)") }
}
