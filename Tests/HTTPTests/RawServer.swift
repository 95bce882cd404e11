import Glibc
import Synchronization

/// A server of bare bytes on loopback, for answers that no well-behaved server gives. Each connection has a thread.
final class RawServer: Sendable {
    /// One connection as the script sees it.
    struct Connection: Sendable {
        /// Counted from 1.
        let number: Int
        fileprivate let socket: Int32

        /// A request with its body as it came; nil once the client has closed.
        func readRequest() -> String? {
            var bytes: [UInt8] = []
            while true {
                let text = String(decoding: bytes, as: UTF8.self)
                if let end = text.firstRange(of: "\r\n\r\n") {
                    let announced = text.lowercased().split(separator: "\r\n")
                        .first { $0.hasPrefix("content-length:") }
                        .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
                    if text[end.upperBound...].utf8.count >= announced ?? 0 { return text }
                }
                var part = [UInt8](repeating: 0, count: 65536)
                let count = recv(socket, &part, part.count, 0)
                if count <= 0 { return nil }
                bytes += part.prefix(count)
            }
        }

        func write(_ text: String) {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if sent <= 0 { return }
                rest = rest.dropFirst(sent)
            }
        }

        /// Sends nothing more.
        func finish() { shutdown(socket, Int32(SHUT_RDWR)) }

        /// Returns once the client has closed.
        func waitForEnd() { while readRequest() != nil {} }
    }

    let port: Int
    private let socket: Int32
    private let count = Mutex(0)

    /// The script runs for each connection, which is closed when it returns.
    init(_ script: @escaping @Sendable (Connection) -> Void) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(socket, $0, length)
                _ = listen(socket, 128)
                _ = getsockname(socket, $0, &length)
            }
        }
        self.socket = socket
        port = Int(UInt16(bigEndian: address.sin_port))
        onThread { [self] in serve(script) }
    }

    /// How many connections were accepted.
    var connections: Int { count.withLock { $0 } }

    func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

    private func serve(_ script: @escaping @Sendable (Connection) -> Void) {
        while true {
            let accepted = accept(socket, nil, nil)
            guard accepted >= 0 else { break }
            let number = count.withLock { count in
                count += 1
                return count
            }
            onThread {
                let connection = Connection(number: number, socket: accepted)
                script(connection)
                connection.finish()
                _ = Glibc.close(accepted)
            }
        }
        _ = Glibc.close(socket)
    }
}

private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func onThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    let code = pthread_create(
        &thread,
        nil,
        { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        },
        work
    )
    if code == 0 { pthread_detach(thread) }
}
