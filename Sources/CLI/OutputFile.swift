internal import FoundationEssentials
internal import Glibc

/// Files that a command writes: whole or not at all.
enum OutputFile {
    /// Writes beside the file and renames, so that nobody ever reads half of it.
    static func write(_ text: String, to path: String, mode: mode_t) throws(CommandFailure) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// As ``write(_:to:mode:)`` for text.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(CommandFailure) {
        let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).tmp"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw failure(path) }
        fchmod(descriptor, mode)
        let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let problem = isWritten ? nil : failure(path)
        close(descriptor)
        if let problem {
            unlink(temporary)
            throw problem
        }
        guard rename(temporary, path) == 0 else {
            let problem = failure(path)
            unlink(temporary)
            throw problem
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var at = 0
        while at < bytes.count {
            let count = bytes[at...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            at += count
        }
        return true
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(1, "idbridge: \(path) could not be written: \(String(cString: strerror(errno)))")
    }
}
