internal import HTTP
internal import Synchronization

/// How many requests each service was sent, attempts counted one by one.
final class CallCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// The counts by service; one that was sent nothing is missing.
    var byService: [String: Int] { counts.withLock { $0 } }

    /// A transport that counts what goes to one service.
    func counting(_ service: String, over transport: any HTTPTransport) -> any HTTPTransport {
        CountingTransport(counts: self, service: service, transport: transport)
    }

    fileprivate func count(_ service: String) { counts.withLock { $0[service, default: 0] += 1 } }
}

private struct CountingTransport: HTTPTransport {
    let counts: CallCounts
    let service: String
    let transport: any HTTPTransport

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        counts.count(service)
        return try await transport.send(request)
    }

    func send(
        _ request: HTTPRequest,
        into reader: any BodyReader
    ) async throws(TransportError) -> HTTPResponse {
        counts.count(service)
        return try await transport.send(request, into: reader)
    }
}
