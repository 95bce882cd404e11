import HTTP
import Synchronization

/// A transport that keeps the requests that go through it.
final class Recorder: HTTPTransport {
    private let inner: any HTTPTransport
    private let kept = Mutex<[HTTPRequest]>([])

    init(_ inner: any HTTPTransport) { self.inner = inner }

    var requests: [HTTPRequest] { kept.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        kept.withLock { $0.append(request) }
        return try await inner.send(request)
    }
}
