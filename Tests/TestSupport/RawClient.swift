import Foundation
import Glibc

/// A client of bare sockets, so that what stands on the wire is what the test sees.
///
/// The reads block, so they run on a thread of their own: the server's handlers need the concurrency runtime's few.
public final class RawClient: Sendable {
    /// The connection could not be had, or ended too early.
    public struct Failed: Error { init() {} }
    private let socketFD: Int32

    /// Connects to a port of this machine.
    public init(port: Int) throws {
        socketFD = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let fd = socketFD
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failed() }
    }

    deinit { close(socketFD) }

    /// Writes text; throws where the other side has closed.
    public func write(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { send(socketFD, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failed() }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Reads until the other side closes: what came, and the error number that ended it (0: orderly).
    public func readToEnd() async -> (text: String, error: Int32) {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.blockingReadToEnd()) }
        }
    }

    private func blockingReadToEnd() -> (text: String, error: Int32) {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(socketFD, &buffer, buffer.count, 0)
            if count < 0 { return (String(decoding: all, as: UTF8.self), errno) }
            if count == 0 { return (String(decoding: all, as: UTF8.self), 0) }
            all += buffer.prefix(count)
        }
    }

    /// Reads one response by its Content-Length.
    public func readResponse() async throws -> (head: String, body: String) {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try self.blockingReadResponse() })
            }
        }
    }

    private func blockingReadResponse() throws -> (head: String, body: String) {
        var all = ""
        while true {
            if let end = all.firstRange(of: "\r\n\r\n") {
                let head = String(all[..<end.lowerBound])
                let lines = head.split(separator: "\r\n").map { $0.lowercased() }
                let length = lines.first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
                if head.hasPrefix("HTTP/1.1 204") { return (head, "") }
                if let length, all[end.upperBound...].utf8.count >= length {
                    return (head, String(all[end.upperBound...]))
                }
            }
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(socketFD, &buffer, buffer.count, 0)
            guard count > 0 else { throw Failed() }
            all += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }
}
