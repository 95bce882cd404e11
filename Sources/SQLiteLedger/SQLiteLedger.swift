public import Model

/// The ledger in an SQLite database. Several processes may use one file at once.
///
/// Every change is on the disk before its call returns (write-ahead log, `synchronous=FULL`), so that a run that is
/// killed the moment after loses nothing that it noted.
public actor SQLiteLedger: Ledger {
    /// The file, for messages.
    nonisolated let path: String
    private nonisolated let executor = BlockingExecutor(label: "idbridge.ledger")
    private let connection: Connection

    /// The actor's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Opens a ledger; makes the folder (0700) and the file (0600) where they are missing.
    ///
    /// - Throws: when the file cannot be read or written, is damaged, belongs to another program, or was written by a
    ///   newer version.
    public init(path: String) throws(LedgerError) {
        try LedgerFile.prepare(path)
        self.path = path
        connection = try SQLiteLedger.open(.file(path), path: path)
    }

    /// A ledger in memory alone, gone with the process: for `demo` and `--dry-run`.
    ///
    /// - Parameter path: a ledger whose content it begins with, where that file is there; it is only read.
    public init(inMemoryCopyOf path: String?) throws(LedgerError) {
        self.path = path.map { "\($0) (a copy in memory)" } ?? "in memory"
        guard let path, LedgerFile.exists(path) else {
            connection = try SQLiteLedger.open(.memory, path: self.path)
            return
        }
        connection = try SQLiteLedger.open(.copy(path), path: path)
    }

    /// A ledger in memory alone, empty at first.
    public static func inMemory() throws(LedgerError) -> SQLiteLedger { try SQLiteLedger(inMemoryCopyOf: nil) }

    /// Does something with the connection and puts failures in words.
    func with<Result>(
        _ body: (borrowing Connection) throws(SQLiteFailure) -> Result
    ) throws(LedgerError) -> Result {
        do throws(SQLiteFailure) { return try body(connection) } catch { throw LedgerError(error, path: path) }
    }

    /// Opens a database that is empty or a ledger of a version that this one knows, and brings it to this version.
    private static func open(_ mode: Connection.Mode, path: String) throws(LedgerError) -> Connection {
        let refusal: LedgerError
        do throws(SQLiteFailure) {
            let connection = try Connection.open(mode)
            switch try connection.content() {
            case .nothing, .ledger:
                try connection.settle()
                try connection.migrate()
                return connection
            case .anotherProgram: refusal = .anotherProgram(path)
            case .newer(let step): refusal = .newer(path, step: step)
            }
        } catch { refusal = LedgerError(error, path: path) }
        throw refusal
    }
}

extension LedgerError {
    fileprivate static func anotherProgram(_ path: String) -> LedgerError {
        LedgerError("\(path) is the database of another program; name another file as `ledger` in idbridge.yaml")
    }

    fileprivate static func newer(_ path: String, step: String) -> LedgerError {
        LedgerError(
            "the ledger \(path) was written by a newer idbridge (it holds the step '\(step)'): run that version; or "
                + moveAway(path)
        )
    }
}

extension Connection {
    /// Sets what holds for one connection, and the write-ahead log, which stays with the file.
    borrowing func settle() throws(SQLiteFailure) {
        try script(
            """
            PRAGMA foreign_keys = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA synchronous = FULL;
            """
        )
        // SQLite does not wait by itself where two processes switch a new file at once.
        try patiently { () throws(SQLiteFailure) in try script("PRAGMA journal_mode = WAL") }
    }
}
