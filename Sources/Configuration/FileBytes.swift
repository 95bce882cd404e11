#if canImport(Glibc)
import Glibc
#endif

/// Reads files whole, within a limit.
enum FileBytes {
    /// Why a file could not be read.
    struct Failure: Error {
        var reason: String
    }

    /// Reads at most one byte more than `limit`, so that the caller sees that there is more.
    ///
    /// - Parameter regularOnly: refuses folders, devices and pipes, on which a read may never end.
    static func read(_ path: String, limit: Int, regularOnly: Bool) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (regularOnly ? O_NONBLOCK : 0))
        guard descriptor >= 0 else { throw Failure(reason: reason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(reason: reason(errno)) }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFDIR { throw Failure(reason: "it is a folder") }
        if regularOnly && kind != S_IFREG { throw Failure(reason: "it is no regular file") }
        return try readAll(descriptor, limit: limit)
    }

    private static func readAll(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let wanted = min(chunk.count, limit + 1 - bytes.count)
            let count = Glibc.read(descriptor, &chunk, wanted)
            if count == 0 { break }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Failure(reason: reason(errno)) }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT, ENOTDIR: "there is no such file"
        case EACCES, EPERM: "permission denied"
        case ELOOP: "its links go round in a circle"
        default: String(cString: strerror(code))
        }
    }
}
