/// What a service outside answered, or that it did not answer: for the person at the terminal at 3 a.m.
public struct UpstreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; exit codes and retries hang on it.
    public enum Kind: String, Hashable, Sendable {
        /// No answer: network, TLS, time-out, or server errors that did not end.
        case unreachable
        /// Credentials or permissions were refused.
        case refused
        /// Throttled for longer than the run waits.
        case throttled
        /// The answer was cut short, contradicts itself or has wrong types.
        case malformed
        /// The object is not there.
        case notFound
        /// The object was changed by somebody else, or exists already.
        case conflict
        /// A limit of the service is reached.
        case quotaExceeded
        /// The request was refused for another reason.
        case rejected
        /// Variables, files or an endpoint of this machine are wrong: nothing was asked.
        case misconfigured
        /// The run was cancelled before the call ended.
        case cancelled
    }

    /// What kind of failure it is.
    public var kind: Kind
    /// The service: `identitystore`, `sso-admin`, `organizations`, `google`, `graph` ….
    public var service: String
    /// The operation as the API names it: `ListGroups`, `members.list`.
    public var operation: String
    /// The object that was asked for, where one was.
    public var object: String?
    /// The code that the service gave: `AccessDeniedException`, `AADSTS7000215`, `forbidden`.
    public var code: String?
    /// What the service said, or what happened to the connection; never a secret.
    public var message: String
    /// The request id of the failing call.
    public var requestID: String?
    /// What to do next, where we know.
    public var advice: String?

    /// A failure of a call to a service.
    public init(
        _ kind: Kind,
        service: String,
        operation: String,
        object: String? = nil,
        code: String? = nil,
        message: String,
        requestID: String? = nil,
        advice: String? = nil
    ) {
        self.kind = kind
        self.service = service
        self.operation = operation
        self.object = object
        self.code = code
        self.message = message
        self.requestID = requestID
        self.advice = advice
    }

    /// One line: service, operation, object, code, message and request id.
    public var description: String {
        var text = "\(service) \(operation)"
        if let object { text += " (\(object))" }
        text += ": "
        if let code { text += "\(code): " }
        text += message
        if let requestID { text += " [request id \(requestID)]" }
        if let advice { text += "; \(advice)" }
        return text
    }
}
