/// Why there are no credentials, or no signed request.
///
/// It has the pieces of Model's `UpstreamError`, so that a connector turns one into the other field by field.
public struct AWSAuthError: Error, Hashable, Sendable {
    /// What kind of failure it is; exit codes hang on it. The raw values are those of `UpstreamError.Kind`, but for
    /// `misconfigured`.
    public enum Kind: String, Hashable, Sendable {
        /// Who gives credentials answered, and said no; or no source of credentials is set up at all.
        case refused
        /// Who gives credentials did not answer.
        case unreachable
        /// The answer could not be understood.
        case malformed
        /// Variables, configuration files or an endpoint are wrong: nothing was asked.
        case misconfigured
        /// The run was cancelled before the call ended.
        case cancelled
    }

    /// What kind of failure it is.
    public var kind: Kind
    /// Who was asked: `sts`, `sso`, `sso-oidc`, `imds`, `container`, `credential_process`, `aws-config`.
    public var service: String
    /// What was asked for: `AssumeRole`, `GetRoleCredentials`; `credentials` where nothing was asked.
    public var operation: String
    /// The role, profile or file that it is about.
    public var object: String?
    /// The code that the service gave: `AccessDenied`.
    public var code: String?
    /// What happened; never a secret.
    public var message: String
    /// What to do next.
    public var advice: String?
    /// The request id of the failing call.
    public var requestID: String?
    /// The links of the credential chain that were looked at, in order, each with what was found.
    public var tried: [String]

    /// Why there are no credentials.
    public init(
        _ kind: Kind,
        service: String,
        operation: String = "credentials",
        object: String? = nil,
        code: String? = nil,
        message: String,
        advice: String? = nil,
        requestID: String? = nil,
        tried: [String] = []
    ) {
        self.kind = kind
        self.service = service
        self.operation = operation
        self.object = object
        self.code = code
        self.message = message
        self.advice = advice
        self.requestID = requestID
        self.tried = tried
    }
}

extension AWSAuthError: CustomStringConvertible {
    /// What happened, with the links of the chain that were tried.
    public var messageWithTrail: String {
        tried.isEmpty ? message : "\(message) (tried: \(tried.joined(separator: "; ")))"
    }

    /// One line: service, operation, object, code, message, links tried, request id and advice.
    public var description: String {
        var text = "\(service) \(operation)"
        if let object { text += " (\(object))" }
        text += ": "
        if let code { text += "\(code): " }
        text += messageWithTrail
        if let requestID { text += " [request id \(requestID)]" }
        if let advice { text += "; \(advice)" }
        return text
    }
}
