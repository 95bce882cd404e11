public import Model

extension SQLiteLedger {
    /// Notes what was asked for; a request of the same id, carried out or not, is kept as it is, and false is returned.
    public func enqueue(_ request: DepartureRequest) throws(LedgerError) -> Bool {
        try with { (connection) throws(SQLiteFailure) in
            try connection.run(
                """
                INSERT INTO request (id, users, reason, origin, flags, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (id) DO NOTHING
                """,
                .text(request.id),
                try JSONList.encode(request.users),
                Value(request.reason),
                .text(request.origin),
                try JSONList.encode(request.flags),
                .integer(request.at.seconds)
            )
            return connection.changes == 1
        }
    }

    /// The requests that are not carried out yet, oldest first.
    public func openRequests() throws(LedgerError) -> [DepartureRequest] {
        try with { (connection) throws(SQLiteFailure) in
            try connection.rows(
                """
                SELECT id, users, reason, origin, flags, at
                FROM request WHERE closedAt IS NULL ORDER BY at, sequence
                """
            ) { (row) throws(SQLiteFailure) in
                DepartureRequest(
                    id: row.text(0),
                    users: try JSONList.decode(row.text(1)),
                    reason: row.textOrNull(2),
                    origin: row.text(3),
                    flags: try JSONList.decode(row.text(4)),
                    at: Timestamp(seconds: row.integer(5))
                )
            }
        }
    }

    /// Marks a request as carried out; the first time stands.
    public func close(request id: String, at: Timestamp) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            try connection.run(
                "UPDATE request SET closedAt = ?2 WHERE id = ?1 AND closedAt IS NULL",
                .text(id),
                .integer(at.seconds)
            )
        }
    }
}
