internal import CSQLite

/// Sole owner of one connection to a database; used from one place at a time, which the actor around it sees to.
@safe
struct Connection: ~Copyable {
    private let raw: OpaquePointer

    /// How a database is opened.
    enum Mode {
        /// A file that is there, to read and write.
        case file(String)
        /// A copy in memory of a file that is there, which is only read.
        case copy(String)
        /// A database in memory alone.
        case memory
    }

    /// Opens a database.
    ///
    /// Without SQLite's own mutex, since the connection has one user. A path that begins with `file:` would be read as
    /// an URI by the way that Debian builds SQLite, so that a relative one gets `./` before it.
    static func open(_ mode: Mode) throws(SQLiteFailure) -> Connection {
        switch mode {
        case .file(let path):
            return try Connection(path.hasPrefix("/") ? path : "./\(path)", SQLITE_OPEN_READWRITE)
        case .memory: return try Connection(":memory:", SQLITE_OPEN_READWRITE)
        case .copy(let path):
            let original = try Connection(path.hasPrefix("/") ? path : "./\(path)", SQLITE_OPEN_READONLY)
            let copy = try open(.memory)
            try copy.fill(from: original)
            return copy
        }
    }

    private init(_ name: String, _ access: Int32) throws(SQLiteFailure) {
        var opened: OpaquePointer?
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(name, &opened, flags, nil)
        guard let opened = unsafe opened else { throw SQLiteFailure(code: SQLITE_NOMEM, message: "out of memory") }
        guard code == SQLITE_OK else {
            let failure = unsafe SQLiteFailure(of: opened, code: code)
            unsafe sqlite3_close_v2(opened)
            throw failure
        }
        unsafe raw = unsafe opened
        unsafe sqlite3_busy_timeout(opened, Int32(busySeconds * 1000))
    }

    deinit { unsafe sqlite3_close_v2(raw) }

    /// How many rows the latest change touched.
    var changes: Int { Int(unsafe sqlite3_changes64(raw)) }

    /// The key of the row inserted last.
    var lastRow: Int64 { unsafe sqlite3_last_insert_rowid(raw) }

    borrowing func prepare(_ sql: StaticString) throws(SQLiteFailure) -> Statement {
        try unsafe Statement(sql, database: raw)
    }

    /// Runs one statement to its end.
    borrowing func run(_ sql: StaticString, _ values: Value...) throws(SQLiteFailure) {
        let statement = try prepare(sql)
        try statement.bind(values)
        try statement.finish()
    }

    /// Runs statements without parameters, separated by `;`.
    borrowing func script(_ sql: StaticString) throws(SQLiteFailure) {
        let code = unsafe sql.utf8Start.withMemoryRebound(to: CChar.self, capacity: sql.utf8CodeUnitCount) { text in
            unsafe sqlite3_exec(raw, text, nil, nil, nil)
        }
        guard code == SQLITE_OK else { throw unsafe SQLiteFailure(of: raw, code: code) }
    }

    /// Reads all rows of a question.
    borrowing func rows<Element>(
        _ sql: StaticString,
        _ values: Value...,
        read: (borrowing Statement) throws(SQLiteFailure) -> Element
    ) throws(SQLiteFailure) -> [Element] {
        let statement = try prepare(sql)
        try statement.bind(values)
        var result: [Element] = []
        while try statement.step() { result.append(try read(statement)) }
        return result
    }

    /// Does all of it, or nothing, and sees one state of the database throughout.
    ///
    /// - Parameter isWriting: takes the write lock at once, so that what is read inside stays true until the end.
    borrowing func transaction<Result>(
        isWriting: Bool = true,
        _ body: () throws(SQLiteFailure) -> Result
    ) throws(SQLiteFailure) -> Result {
        try script(isWriting ? "BEGIN IMMEDIATE" : "BEGIN")
        do throws(SQLiteFailure) {
            let result = try body()
            try script("COMMIT")
            return result
        } catch {
            // SQLite rolls back by itself after some failures (a full disk); then there is nothing left to do.
            if unsafe sqlite3_get_autocommit(raw) == 0 { try? script("ROLLBACK") }
            throw error
        }
    }

    /// Tries again while other processes are at work, for what SQLite does not wait for by itself.
    borrowing func patiently(_ body: () throws(SQLiteFailure) -> Void) throws(SQLiteFailure) {
        let pause: Int32 = 20
        var rest = busySeconds * 1000 / Int(pause)
        while true {
            do throws(SQLiteFailure) { return try body() } catch {
                guard error.isBusy, rest > 0 else { throw error }
            }
            rest -= 1
            _ = sqlite3_sleep(pause)
        }
    }

    private borrowing func fill(from other: borrowing Connection) throws(SQLiteFailure) {
        guard let backup = unsafe sqlite3_backup_init(raw, "main", other.raw, "main") else {
            throw unsafe SQLiteFailure(of: raw, code: sqlite3_errcode(raw))
        }
        let step = unsafe sqlite3_backup_step(backup, -1)
        let end = unsafe sqlite3_backup_finish(backup)
        guard step == SQLITE_DONE, end == SQLITE_OK else {
            throw unsafe SQLiteFailure(of: other.raw, code: step == SQLITE_DONE ? end : step)
        }
    }
}
