public import Model

/// A departure that was taken back.
public struct PastDeparture: Hashable, Sendable {
    /// The departure as it was recorded.
    public var departure: Departure
    /// When it was taken back.
    public var reinstatedAt: Timestamp
    /// Why, in the words of the person who asked, or what the source showed.
    public var reason: String
}

extension SQLiteLedger {
    /// All departures that are not taken back, settled ones included, the oldest record first.
    public func departures() throws(LedgerError) -> [Departure] {
        try with { (connection) throws(SQLiteFailure) in
            try connection.rows(
                """
                SELECT id, since, origin, originDetail, sourceIDs, externalIDs, userID, primaryAddress, digests, reason,
                    settledAt
                FROM departure WHERE reinstatedAt IS NULL ORDER BY sequence
                """,
                read: departure
            )
        }
    }

    /// The departures that were taken back, the one taken back last first: for `history`.
    public func pastDepartures() throws(LedgerError) -> [PastDeparture] {
        try with { (connection) throws(SQLiteFailure) in
            try connection.rows(
                """
                SELECT id, since, origin, originDetail, sourceIDs, externalIDs, userID, primaryAddress, digests, reason,
                    settledAt, reinstatedAt, reinstatedBecause
                FROM departure WHERE reinstatedAt IS NOT NULL ORDER BY reinstatedAt DESC, sequence DESC
                """
            ) { (row) throws(SQLiteFailure) in
                PastDeparture(
                    departure: try departure(row),
                    reinstatedAt: Timestamp(seconds: row.integer(11)),
                    reason: row.text(12)
                )
            }
        }
    }

    /// Records a departure, or replaces the one of the same id that is in force.
    ///
    /// One of the same id that was taken back stays beside it, for `history`.
    public func record(_ departure: Departure) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            let person = departure.identifiers
            let (origin, detail) = departure.origin.columns
            try connection.run(
                """
                INSERT INTO departure (
                    id, since, origin, originDetail, sourceIDs, externalIDs, userID, primaryAddress, digests, reason,
                    settledAt
                ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                ON CONFLICT (id) WHERE reinstatedAt IS NULL DO UPDATE SET
                    since = excluded.since, origin = excluded.origin, originDetail = excluded.originDetail,
                    sourceIDs = excluded.sourceIDs, externalIDs = excluded.externalIDs, userID = excluded.userID,
                    primaryAddress = excluded.primaryAddress, digests = excluded.digests, reason = excluded.reason,
                    settledAt = excluded.settledAt
                """,
                .text(departure.id),
                .integer(departure.since.seconds),
                .text(origin),
                Value(detail),
                try JSONList.encode(person.sourceIDs),
                try JSONList.encode(person.externalIDs),
                Value(person.userID?.value),
                Value(person.primaryAddress),
                try JSONList.encode(person.digests.sorted()),
                Value(departure.reason),
                Value(departure.settledAt?.seconds)
            )
        }
    }

    /// Takes a departure back; the record stays for `history`. One that is not in force is left as it is.
    public func reinstate(departure id: String, at: Timestamp, reason: String) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            try connection.run(
                """
                UPDATE departure SET reinstatedAt = ?2, reinstatedBecause = ?3
                WHERE id = ?1 AND reinstatedAt IS NULL
                """,
                .text(id),
                .integer(at.seconds),
                .text(reason)
            )
        }
    }

    /// How many people were taken out since a moment by `departures`, `serve` and lists; each counts once.
    public func departuresCounted(since: Timestamp) throws(LedgerError) -> Int {
        try with { (connection) throws(SQLiteFailure) in
            try connection.rows(
                "SELECT count(DISTINCT departure) FROM departureCount WHERE at >= ?1",
                .integer(since.seconds)
            ) { Int($0.integer(0)) }.first ?? 0
        }
    }

    /// Notes that a departure counts for `departures.people`.
    public func countDeparture(_ id: String, at: Timestamp) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            try connection.run(
                "INSERT OR IGNORE INTO departureCount (departure, at) VALUES (?1, ?2)",
                .text(id),
                .integer(at.seconds)
            )
        }
    }
}

private func departure(_ row: borrowing Statement) throws(SQLiteFailure) -> Departure {
    Departure(
        id: row.text(0),
        since: Timestamp(seconds: row.integer(1)),
        origin: try Departure.Origin(column: row.text(2), detail: row.textOrNull(3)),
        identifiers: Departure.Identifiers(
            sourceIDs: try JSONList.decode(row.text(4)),
            externalIDs: try JSONList.decode(row.text(5)),
            userID: row.textOrNull(6).map { UserID($0) },
            primaryAddress: row.textOrNull(7),
            digests: Set(try JSONList.decode(row.text(8)))
        ),
        reason: row.textOrNull(9),
        settledAt: row.integerOrNull(10).map(Timestamp.init(seconds:))
    )
}

extension Departure.Origin {
    fileprivate var columns: (String, String?) {
        switch self {
        case .requested: ("requested", nil)
        case .found(let source): ("found", source)
        case .marker(let group): ("marker", group.value)
        }
    }

    fileprivate init(column: String, detail: String?) throws(SQLiteFailure) {
        switch (column, detail) {
        case ("requested", _): self = .requested
        case ("found", let source?): self = .found(source: source)
        case ("marker", let group?): self = .marker(group: GroupID(group))
        default: throw .damaged("a departure in it has the origin '\(column)'")
        }
    }
}
