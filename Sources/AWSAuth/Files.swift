#if canImport(Glibc)
internal import Glibc
#endif

/// Why a file could not be read or written.
struct FileError: Error {
    let message: String
    init(_ action: String, _ number: Int32) { message = "cannot be \(action): \(String(cString: strerror(number)))" }
    init(message: String) { self.message = message }
}

/// The bytes of a file; nil where there is none, or a folder above it is missing.
func readFile(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw FileError("read", errno)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        if count < 0 { throw FileError("read", errno) }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        if bytes.count > limit { throw FileError(message: "is larger than \(limit) bytes") }
    }
}

/// Puts a file in place whole or not at all, readable by its owner alone.
///
/// The new bytes are on the disk before the old file goes away.
func writePrivateFile(_ path: String, _ bytes: [UInt8]) throws(FileError) {
    let draft = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileError("written", errno) }
    let failure = writeAll(descriptor, bytes)
    close(descriptor)
    if failure == 0, rename(draft, path) == 0 { return }
    let number = failure == 0 ? errno : failure
    unlink(draft)
    throw FileError("written", number)
}

/// - Returns: 0, or the error number.
private func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        if count < 0 { return errno }
        rest = rest.dropFirst(count)
    }
    return fsync(descriptor) == 0 ? 0 : errno
}

/// The home folder that the system's accounts give the current user.
func accountHomeFolder() -> String? {
    guard let entry = getpwuid(getuid()), let folder = entry.pointee.pw_dir else { return nil }
    return String(cString: folder)
}
