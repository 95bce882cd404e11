import HTTP
import Synchronization

/// Lets calls through in another order than they came, and counts how many are under way at once.
final class Gate: HTTPTransport {
    let google: FakeGoogle
    private let state = Mutex<(under: Int, most: Int)>((0, 0))

    init(_ google: FakeGoogle) { self.google = google }

    /// The most calls that were under way at once.
    var most: Int { state.withLock { $0.most } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let turns = state.withLock { state in
            state.under += 1
            state.most = max(state.most, state.under)
            return (state.under * 7) % 5
        }
        for _ in 0..<turns { await Task.yield() }
        defer { state.withLock { $0.under -= 1 } }
        return try await google.send(request)
    }
}
