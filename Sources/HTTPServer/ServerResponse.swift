/// What is answered, and how the connection behaves meanwhile.
public struct ServerResponse: Sendable {
    /// How a response goes out; all but ``normal`` are for tests of clients.
    public enum Behaviour: Hashable, Sendable {
        /// Whole.
        case normal
        /// The connection is closed without an answer.
        case closeBefore
        /// The connection is reset (TCP RST) without an answer.
        case reset
        /// The whole length is announced, and the connection closed after so many bytes of the body.
        case truncate(after: Int)
        /// Whole, after so many seconds.
        case delay(seconds: Double)
    }

    /// The status code.
    public var status: Int
    /// The header fields besides `Content-Length`; a `Date` here replaces the server's own.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]
    /// How it goes out.
    public var behaviour: Behaviour

    /// A response.
    public init(
        status: Int = 200,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        behaviour: Behaviour = .normal
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.behaviour = behaviour
    }

    /// A response with text as its body.
    public static func text(
        _ text: String,
        status: Int = 200,
        type: String = "text/plain; charset=utf-8"
    ) -> ServerResponse {
        ServerResponse(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
    }

    /// A response with JSON text as its body.
    public static func json(_ text: String, status: Int = 200) -> ServerResponse {
        .text(text, status: status, type: "application/json; charset=UTF-8")
    }

    /// The first value of a header field, by its name without regard to case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// Replaces a header field, or adds it.
    public mutating func setHeader(_ name: String, _ value: String) {
        let wanted = name.lowercased()
        headers.removeAll { $0.name.lowercased() == wanted }
        headers.append((name, value))
    }
}
