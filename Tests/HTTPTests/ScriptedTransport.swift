import HTTP
import Synchronization

/// Answers each request with the next line of a script, and fails on one too many.
final class ScriptedTransport: HTTPTransport {
    private struct State {
        var script: [Result<HTTPResponse, TransportError>]
        var requests: [HTTPRequest] = []
    }
    private let state: Mutex<State>

    init(_ script: [Result<HTTPResponse, TransportError>]) { state = Mutex(State(script: script)) }

    convenience init(statuses: [Int]) { self.init(statuses.map { .success(HTTPResponse(status: $0)) }) }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer: Result<HTTPResponse, TransportError> = state.withLock { state in
            state.requests.append(request)
            return state.script.isEmpty ? .failure(.failed("not in the script")) : state.script.removeFirst()
        }
        return try answer.get()
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var isAtEnd: Bool { state.withLock { $0.script.isEmpty } }
}
