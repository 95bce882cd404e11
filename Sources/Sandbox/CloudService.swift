internal import HTTPServer

/// A simulated service: says which requests are its own, and answers them from the state.
protocol CloudService: Sendable {
    /// The call that a request makes of this service; nil where it is not this service's.
    func call(for request: ServerRequest) -> Call?
    /// Refuses callers who may not call.
    func authenticate(_ call: Call, _ state: inout SandboxState) throws(Refusal)
    /// Carries a call out.
    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply
    /// How this service writes a refusal.
    func render(_ refusal: Refusal, requestID: String) -> Reply
    /// What this service answers to too many calls.
    func throttled(retryAfter: Int?) -> Refusal
    /// What this service answers when it fails itself.
    func failed(status: Int) -> Refusal
    /// The field in which this service tells the id of a request.
    var requestIDField: String? { get }
}

extension CloudService {
    func authenticate(_ call: Call, _ state: inout SandboxState) throws(Refusal) {}
    var requestIDField: String? { nil }
}

/// What a service answers, before faults and transport.
struct Reply: Sendable {
    enum Content: Sendable {
        case json(JSONValue, type: String)
        case text(String, type: String)
        case none
    }
    var status = 200
    var headers: [(name: String, value: String)] = []
    var content: Content

    static func json(_ value: JSONValue, status: Int = 200, type: String = "application/json; charset=UTF-8") -> Reply {
        Reply(status: status, content: .json(value, type: type))
    }

    static func text(_ text: String, status: Int = 200, type: String) -> Reply {
        Reply(status: status, content: .text(text, type: type))
    }

    /// The JSON body; changing it changes the body.
    var json: JSONValue? {
        get {
            guard case .json(let value, _) = content else { return nil }
            return value
        }
        set {
            guard case .json(_, let type) = content, let newValue else { return }
            content = .json(newValue, type: type)
        }
    }

    var response: ServerResponse {
        switch content {
        case .json(let value, let type):
            ServerResponse(
                status: status,
                headers: headers + [("Content-Type", type)],
                body: Array(value.description.utf8)
            )
        case .text(let text, let type):
            ServerResponse(status: status, headers: headers + [("Content-Type", type)], body: Array(text.utf8))
        case .none:
            ServerResponse(status: status, headers: headers)
        }
    }
}

/// Why a service does not do what it was asked.
struct Refusal: Error, Sendable {
    /// The error's code: an AWS error name, a Google reason.
    var code: String
    var message: String
    var status: Int
    /// Further members of the error body.
    var members: [String: JSONValue] = [:]
    var headers: [(name: String, value: String)] = []

    init(_ code: String, _ message: String, status: Int = 400, members: [String: JSONValue] = [:]) {
        self.code = code
        self.message = message
        self.status = status
        self.members = members
    }
}
