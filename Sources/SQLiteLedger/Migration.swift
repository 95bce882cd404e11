/// One step of the ledger's form. Steps are only ever added at the end, and never changed once published.
struct Migration {
    /// The name under which a ledger remembers the step.
    var name: String
    /// The statements.
    var sql: StaticString

    /// All steps, in order.
    static let all: [Migration] = [
        Migration(
            name: "runs, actions, departures, caches",
            sql: """
                PRAGMA application_id = 1768186470;

                CREATE TABLE run (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    command TEXT NOT NULL,
                    startedAt INTEGER NOT NULL,
                    endedAt INTEGER,
                    exitCode INTEGER,
                    fingerprint TEXT,
                    outcome TEXT
                ) STRICT;

                CREATE TABLE action (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    run INTEGER NOT NULL REFERENCES run (id),
                    actionID TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    groupName TEXT,
                    groupID TEXT,
                    userName TEXT,
                    userID TEXT,
                    account TEXT,
                    permissionSet TEXT,
                    status TEXT NOT NULL,
                    at INTEGER NOT NULL,
                    requestID TEXT,
                    message TEXT,
                    reason TEXT,
                    isAllowed INTEGER NOT NULL,
                    countsForBrakes INTEGER NOT NULL,
                    UNIQUE (run, actionID)
                ) STRICT;
                CREATE INDEX actionByGroupName ON action (groupName) WHERE groupName IS NOT NULL;
                CREATE INDEX actionByGroupID ON action (groupID) WHERE groupID IS NOT NULL;
                CREATE INDEX actionByUserName ON action (userName) WHERE userName IS NOT NULL;
                CREATE INDEX actionByUserID ON action (userID) WHERE userID IS NOT NULL;
                CREATE INDEX taking ON action (at, kind)
                    WHERE status = 'done' AND countsForBrakes = 1 AND isAllowed = 0;

                CREATE TABLE ownedGroup (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
                CREATE TABLE provisionedGroup (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;

                CREATE TABLE departure (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL,
                    since INTEGER NOT NULL,
                    origin TEXT NOT NULL,
                    originDetail TEXT,
                    sourceIDs TEXT NOT NULL,
                    externalIDs TEXT NOT NULL,
                    userID TEXT,
                    primaryAddress TEXT,
                    digests TEXT NOT NULL,
                    reason TEXT,
                    settledAt INTEGER,
                    reinstatedAt INTEGER,
                    reinstatedBecause TEXT
                ) STRICT;
                CREATE UNIQUE INDEX departureInForce ON departure (id) WHERE reinstatedAt IS NULL;

                CREATE TABLE departureCount (
                    departure TEXT NOT NULL,
                    at INTEGER NOT NULL,
                    PRIMARY KEY (departure, at)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE request (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    users TEXT NOT NULL,
                    reason TEXT,
                    origin TEXT NOT NULL,
                    flags TEXT NOT NULL,
                    at INTEGER NOT NULL,
                    closedAt INTEGER
                ) STRICT;
                CREATE INDEX openRequest ON request (at) WHERE closedAt IS NULL;

                CREATE TABLE cache (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
                """
        ),
        Migration(
            name: "what was begun, notices",
            sql: """
                CREATE INDEX takingBegun ON action (at)
                    WHERE status = 'begun' AND countsForBrakes = 1 AND isAllowed = 0;
                CREATE INDEX actionByID ON action (actionID);

                CREATE TABLE notice (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL,
                    channel TEXT NOT NULL,
                    command TEXT NOT NULL,
                    run INTEGER REFERENCES run (id),
                    at INTEGER NOT NULL,
                    title TEXT NOT NULL,
                    subjects TEXT NOT NULL,
                    content BLOB NOT NULL,
                    state TEXT NOT NULL,
                    attempts INTEGER NOT NULL,
                    triedAt INTEGER,
                    error TEXT,
                    UNIQUE (id, channel)
                ) STRICT;
                CREATE INDEX undelivered ON notice (sequence) WHERE state IN ('waiting', 'failed');
                CREATE INDEX noticeByRun ON notice (run) WHERE run IS NOT NULL;
                """
        ),
        Migration(
            name: "who ran",
            sql: """
                ALTER TABLE run ADD COLUMN owner TEXT;
                ALTER TABLE run ADD COLUMN by TEXT;
                """
        ),
    ]

    /// What `PRAGMA application_id` says of a ledger: the bytes `idbf`.
    static let applicationID: Int64 = 0x6964_6266
}

extension Connection {
    /// What is found in a file before anything is changed in it.
    enum Content: Hashable {
        case nothing
        case ledger
        case anotherProgram
        /// Steps that this version does not know.
        case newer(step: String)
    }

    /// Looks what the file holds, all of it at one moment.
    borrowing func content() throws(SQLiteFailure) -> Content {
        try transaction(isWriting: false) { () throws(SQLiteFailure) in
            let mark = try rows("PRAGMA application_id") { $0.integer(0) }.first ?? 0
            let tables = try rows("SELECT name FROM sqlite_schema WHERE type = 'table'") { $0.text(0) }
            if mark == 0 { return tables.isEmpty ? .nothing : .anotherProgram }
            guard mark == Migration.applicationID, tables.contains("migration") else { return .anotherProgram }
            let known = Set(Migration.all.map(\.name))
            let found = try rows("SELECT name FROM migration ORDER BY position") { $0.text(0) }
            return found.first { !known.contains($0) }.map { .newer(step: $0) } ?? .ledger
        }
    }

    /// Brings the file to the form of this version, each step in a transaction of its own.
    borrowing func migrate(_ steps: [Migration] = Migration.all) throws(SQLiteFailure) {
        for step in steps {
            try transaction { () throws(SQLiteFailure) in
                try script(
                    """
                    CREATE TABLE IF NOT EXISTS migration (
                        position INTEGER PRIMARY KEY,
                        name TEXT NOT NULL UNIQUE
                    ) STRICT
                    """
                )
                // Asked inside, since another process may have made the step in the meantime.
                let done = try rows("SELECT 1 FROM migration WHERE name = ?1", .text(step.name)) { _ in true }
                guard done.isEmpty else { return }
                try script(step.sql)
                try run("INSERT INTO migration (name) VALUES (?1)", .text(step.name))
            }
        }
    }
}
