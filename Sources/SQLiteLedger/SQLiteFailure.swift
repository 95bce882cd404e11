internal import CSQLite
internal import Model

/// What SQLite answered: its extended result code and its words, without any bound value.
struct SQLiteFailure: Error, Hashable {
    /// The extended result code; its low byte is the primary one. Source: sqlite.org, `rescode.html`.
    var code: Int32
    /// SQLite's words for it.
    var message: String

    /// The family that the code belongs to.
    var primary: Int32 { code & 0xFF }

    /// Whether another process was at work on the file for longer than we waited.
    var isBusy: Bool { primary == SQLITE_BUSY || primary == SQLITE_LOCKED }

    /// The file holds something that this program did not write.
    static func damaged(_ message: String) -> SQLiteFailure { SQLiteFailure(code: SQLITE_CORRUPT, message: message) }
}

extension LedgerError {
    /// The failure in words for the person at the terminal: which file, what happened, what to do.
    init(_ failure: SQLiteFailure, path: String) {
        let said = "\(failure.message) (SQLite code \(failure.code))"
        switch failure.primary {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
            self.init("the ledger \(path) is damaged: \(said); \(LedgerError.moveAway(path))")
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(
                "another process kept the ledger \(path) locked for \(busySeconds) seconds: \(said); "
                    + "find it with `fuser \(path)`, then run again"
            )
        case SQLITE_FULL:
            self.init("there is no space left for the ledger \(path): \(said); free some, then run again")
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            self.init(
                "the ledger \(path) cannot be opened for writing: \(said); make the file and its folder writable for "
                    + "this user, or name another file as `ledger` in idbridge.yaml"
            )
        case SQLITE_IOERR:
            self.init(
                "the ledger \(path) cannot be read or written: \(said); look at the disk and at the system's log, "
                    + "then run again"
            )
        default:
            self.init("the ledger \(path) refused a change: \(said)")
        }
    }

    /// What to do with a file that cannot be used.
    static func moveAway(_ path: String) -> String {
        "move \(path), \(path)-wal and \(path)-shm away and run again: losing the ledger never causes a wrong change, "
            + "but departures that were asked for and not carried out yet have to be asked for again, and with "
            + "`departures.marker: false` all others too"
    }
}

/// How long a process waits for another one that is at work on the file.
let busySeconds = 10
