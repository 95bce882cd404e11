internal import Glibc
internal import Model

/// Sole owner of one descriptor of the lock file.
///
/// The lock is an open file description lock: it belongs to this descriptor and ends with it, however its owner ends,
/// and it can be asked about without being taken, so that a look never makes a run fail that begins at that moment.
/// Source: fcntl(2), "Open file description locks".
struct LockFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// `F_OFD_GETLK` and `F_OFD_SETLK`, which Swift's Glibc lacks. Source: Linux, `include/uapi/asm-generic/fcntl.h`.
    private static let ask: Int32 = 36
    private static let set: Int32 = 37

    /// Opens the file; for a writer it is made (0600) where it is missing, else nil tells that it is not there.
    init?(_ path: String, isWriter: Bool) throws(LedgerError) {
        let flags = isWriter ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else {
            if !isWriter, errno == ENOENT { return nil }
            throw LockFile.failure(path, errno)
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Takes the lock, if nobody else has it.
    borrowing func take() throws(LedgerError) -> Bool {
        var lock = LockFile.whole(F_WRLCK)
        guard unsafe fcntl(descriptor, LockFile.set, &lock) != 0 else { return true }
        let reason = errno
        guard reason == EAGAIN || reason == EACCES else { throw LockFile.failure(path, reason) }
        return false
    }

    /// Whether somebody has the lock; asks only.
    borrowing func isTaken() throws(LedgerError) -> Bool {
        var lock = LockFile.whole(F_RDLCK)
        guard unsafe fcntl(descriptor, LockFile.ask, &lock) == 0 else { throw LockFile.failure(path, errno) }
        return lock.l_type != Int16(F_UNLCK)
    }

    /// Whether the path still names the file that this descriptor has open: somebody may have deleted it.
    borrowing func isAtItsPath() -> Bool {
        var ours = stat()
        var there = stat()
        guard unsafe fstat(descriptor, &ours) == 0, unsafe stat(path, &there) == 0 else { return false }
        return ours.st_ino == there.st_ino && ours.st_dev == there.st_dev
    }

    /// The text in the file; none where it cannot be read.
    borrowing func read() -> String {
        let limit = 4096
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, unsafe pread(descriptor, buffer.baseAddress, limit, 0))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Replaces the text in the file.
    borrowing func write(_ text: String) throws(LedgerError) {
        let bytes = [UInt8](text.utf8)
        guard unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count,
            ftruncate(descriptor, off_t(bytes.count)) == 0
        else { throw LockFile.failure(path, errno) }
    }

    private static func whole(_ type: Int32) -> flock {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }

    private static func failure(_ path: String, _ number: Int32) -> LedgerError {
        LedgerError(
            "the run lock \(path) cannot be used: \(LedgerFile.message(of: number)); make it and its folder writable for "
                + "this user, on a file system that knows locks"
        )
    }
}
