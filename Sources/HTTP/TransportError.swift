/// Why a request got no response.
public enum TransportError: Error, Hashable, Sendable {
    /// The connection could not be made: name, route, TLS.
    case cannotConnect(String)
    /// The server's certificate was not accepted.
    case untrusted(String)
    /// No whole response came within the deadline.
    case timedOut
    /// The connection ended within the request or the response.
    case interrupted(String)
    /// The response is larger than the caller accepts.
    case tooLarge(limit: Int)
    /// The URL is not one that may be asked (plain http outside loopback, not a URL).
    case refused(String)
    /// The task was cancelled.
    case cancelled
    /// Another failure of the transport.
    case failed(String)
}

extension TransportError {
    /// Whether another attempt may fare better.
    public var isPassing: Bool {
        switch self {
        case .cannotConnect, .timedOut, .interrupted: true
        case .untrusted, .tooLarge, .refused, .cancelled, .failed: false
        }
    }

    /// Whether the service cannot have seen the request.
    public var happenedBeforeSending: Bool {
        switch self {
        case .cannotConnect, .untrusted, .refused: true
        case .timedOut, .interrupted, .tooLarge, .cancelled, .failed: false
        }
    }

    /// What happened, for a person.
    public var message: String {
        switch self {
        case .cannotConnect(let text): "cannot connect: \(text)"
        case .untrusted(let text): "the server's certificate is not trusted: \(text)"
        case .timedOut: "no whole answer within the deadline"
        case .interrupted(let text): "the connection broke: \(text)"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .refused(let text): text
        case .cancelled: "cancelled"
        case .failed(let text): text
        }
    }
}
