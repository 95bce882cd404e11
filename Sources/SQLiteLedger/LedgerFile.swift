internal import Glibc
internal import Model

/// The ledger's file: made once, for its owner alone.
enum LedgerFile {
    /// Makes the folder (0700) and an empty file (0600) where they are missing; what is there stays as it is.
    ///
    /// SQLite gives its `-wal` and `-shm` files the mode of the main file. The file is made without being opened:
    /// closing a descriptor of a database drops the locks that SQLite holds on it elsewhere in this process.
    /// Source: sqlite.org, `howtocorrupt.html`, 2.2 (posix advisory locks).
    static func prepare(_ path: String) throws(LedgerError) {
        try makeFolder(of: path)
        guard unsafe mknod(path, S_IFREG | 0o600, 0) != 0 else { return }
        let reason = errno
        guard reason == EEXIST else {
            throw LedgerError(
                "cannot make the ledger \(path): \(message(of: reason)); make its folder writable for this user, or name "
                    + "another file as `ledger` in idbridge.yaml"
            )
        }
    }

    /// Makes the folders above a path, where they are missing, for their owner alone.
    static func makeFolder(of path: String) throws(LedgerError) {
        var folder = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            folder += "\(part)/"
            guard part != "", part != ".", part != ".." else { continue }
            guard unsafe mkdir(folder, 0o700) != 0 else { continue }
            let reason = errno
            // A folder above may be one that this user can neither read nor write, and is there all the same.
            guard reason == EEXIST || exists(folder) else {
                throw LedgerError(
                    "cannot make the folder \(folder) of \(path): \(message(of: reason)); make it, writable for this "
                        + "user, or name another file as `ledger` in idbridge.yaml"
                )
            }
        }
    }

    /// Whether there is something at a path.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0
    }

    /// The system's words for an error number.
    static func message(of number: Int32) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }
}
