internal import CMicroHTTPD
internal import Synchronization

/// The open connections, and since when each client has taken its time.
///
/// libmicrohttpd closes a connection on which nothing moves; a client that sends a byte a second never comes to that.
/// So each has a time for a whole request, and for taking in the answer; who is late is cut off, by a shutdown of the
/// socket, which libmicrohttpd sees as the other side's end. The socket is open while it is listed here: libmicrohttpd
/// tells of a close before it closes the socket, and both are under one lock.
final class Connections: Sendable {
    private struct Entry {
        var socket: Int32
        /// Since when the client has taken its time; nil while a handler works, and once it was cut off.
        var since: ContinuousClock.Instant?
    }
    private let open = Mutex<[UInt: Entry]>([:])
    private let cuts = Mutex(0)

    /// How many connections are open.
    var count: Int { open.withLock { $0.count } }

    /// How many were cut off.
    var cutOff: Int { cuts.withLock(\.self) }

    func opened(_ connection: OpaquePointer) {
        let socket = unsafe cmhd_socket(connection)
        let key = UInt(bitPattern: connection)
        open.withLock { $0[key] = Entry(socket: socket, since: .now) }
    }

    func closed(_ connection: OpaquePointer) {
        let key = UInt(bitPattern: connection)
        _ = open.withLock { $0.removeValue(forKey: key) }
    }

    /// The request is whole: from now on it is not the client who takes time.
    func isHandled(_ connection: OpaquePointer) { unsafe set(connection, since: nil) }

    /// The client's turn begins: to take in an answer, or to send the next request.
    func begins(_ connection: OpaquePointer) { unsafe set(connection, since: .now) }

    private func set(_ connection: OpaquePointer, since: ContinuousClock.Instant?) {
        let key = UInt(bitPattern: connection)
        open.withLock { $0[key]?.since = since }
    }

    /// Cuts off every client whose turn began before a moment.
    func cut(begunBefore moment: ContinuousClock.Instant) {
        let number = open.withLock { open in
            let late = open.filter { $0.value.since.map { $0 < moment } ?? false }
            for (key, entry) in late {
                cmhd_cut(entry.socket)
                open[key]?.since = nil
            }
            return late.count
        }
        if number > 0 { cuts.withLock { $0 += number } }
    }
}
