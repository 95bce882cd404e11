import Foundation
import Glibc

/// A server with TLS on a port of the kernel's choice: `openssl s_server`, which answers each GET with a page about the
/// connection. The command comes with Debian's `ca-certificates`.
final class TLSServer {
    let port: Int
    let folder: URL
    private let process = Process()
    private let input = Pipe()

    init?() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "idbridge-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let certificate = folder.appending(path: "server.pem")
        try Data(TLSFixture.server.utf8).write(to: certificate)
        try Data(TLSFixture.authority.utf8).write(to: folder.appending(path: "authority.pem"))
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl", "s_server", "-accept", "0", "-cert", certificate.path(), "-www"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard let port = Self.port(in: output.fileHandleForReading) else { return nil }
        self.port = port
    }

    deinit {
        // The child inherits the signals that are blocked on this thread, so that SIGTERM would not reach it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The certificate of the authority that signed the server's.
    var authority: String { folder.appending(path: "authority.pem").path() }

    /// From the line `ACCEPT [::]:PORT`.
    private static func port(in output: FileHandle) -> Int? {
        var text = ""
        while true {
            let part = output.availableData
            if part.isEmpty { return nil }
            text += String(decoding: part, as: UTF8.self)
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT ") }),
                text[line.endIndex...].hasPrefix("\n")
            else { continue }
            return line.split(separator: ":").last.flatMap { Int($0) }
        }
    }
}
