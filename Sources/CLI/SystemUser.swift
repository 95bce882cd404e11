internal import Glibc

/// Who runs the program, as the system knows them: for the history.
enum SystemUser {
    /// `root@bridge-1`; the number of the user where it has no name.
    static let name: String = {
        let number = geteuid()
        let user = getpwuid(number).flatMap { String(validatingCString: $0.pointee.pw_name) } ?? String(number)
        var buffer = [CChar](repeating: 0, count: 256)
        let host = gethostname(&buffer, buffer.count - 1) == 0 ? text(buffer) : ""
        return host.isEmpty ? user : "\(user)@\(host)"
    }()

    private static func text(_ buffer: [CChar]) -> String {
        let end = buffer.firstIndex(of: 0) ?? buffer.count
        return String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
