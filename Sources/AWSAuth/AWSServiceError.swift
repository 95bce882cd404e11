/// Why a call to a service of AWS failed.
///
/// It has the pieces of Model's `UpstreamError`, so that a connector turns one into the other field by field.
public struct AWSServiceError: Error, Hashable, Sendable {
    /// What kind of failure it is. The raw values are those of `UpstreamError.Kind`, but for `misconfigured`.
    public enum Kind: String, Hashable, Sendable {
        /// No answer: network, TLS, time-out, or server errors that did not end.
        case unreachable
        /// Credentials or permissions were refused.
        case refused
        /// Throttled for longer than the run waits.
        case throttled
        /// The answer could not be understood.
        case malformed
        /// The object is not there.
        case notFound
        /// The object was changed by somebody else, or exists already.
        case conflict
        /// A limit of the service is reached.
        case quotaExceeded
        /// The request was refused for another reason.
        case rejected
        /// The run was cancelled before the call ended.
        case cancelled
        /// Variables, configuration files or an endpoint are wrong: nothing was asked.
        case misconfigured
    }

    /// What kind of failure it is.
    public var kind: Kind
    /// The service: `identitystore`, `sso-admin`, `sts`; of a failure of the credentials, who gives these.
    public var service: String
    /// The operation as the API names it.
    public var operation: String
    /// The HTTP status; nil where there was no answer.
    public var status: Int?
    /// The code that the service gave, without name space: `ThrottlingException`.
    public var code: String?
    /// What the service said, or what happened; never a secret.
    public var message: String
    /// The request id of the failing call.
    public var requestID: String?
    /// The member `Reason` of the body: `CONCURRENT_MODIFICATION`.
    public var reason: String?
    /// The member `ResourceType` of the body.
    public var resourceType: String?
    /// The member `ResourceId` of the body.
    public var resourceID: String?
    /// How long the service asks to wait, in seconds.
    public var retryAfterSeconds: Double?
    /// What to do next, where we know.
    public var advice: String?

    /// Why a call failed.
    public init(
        _ kind: Kind,
        service: String,
        operation: String,
        status: Int? = nil,
        code: String? = nil,
        message: String,
        requestID: String? = nil,
        reason: String? = nil,
        resourceType: String? = nil,
        resourceID: String? = nil,
        retryAfterSeconds: Double? = nil,
        advice: String? = nil
    ) {
        self.kind = kind
        self.service = service
        self.operation = operation
        self.status = status
        self.code = code
        self.message = message
        self.requestID = requestID
        self.reason = reason
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.retryAfterSeconds = retryAfterSeconds
        self.advice = advice
    }
}

extension AWSServiceError: CustomStringConvertible {
    /// One line: service, operation, code, message, request id and advice.
    public var description: String {
        var text = "\(service) \(operation): "
        if let code { text += "\(code): " }
        text += message
        if let requestID { text += " [request id \(requestID)]" }
        if let advice { text += "; \(advice)" }
        return text
    }
}
