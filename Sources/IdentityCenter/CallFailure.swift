internal import AWSAuth
internal import HTTP
internal import Model

/// Why a call failed, with what the writes decide by beside what a person is told.
struct CallFailure: Error, Hashable, Sendable {
    /// What a person is told.
    var upstream: UpstreamError
    /// `Reason` of the reply: `UNIQUENESS_CONSTRAINT_VIOLATION`, `CONCURRENT_MODIFICATION`.
    var reason: String?
    /// `ResourceType` of the reply: `GROUP`, `USER` ….
    var resourceType: String?
    /// The HTTP status; nil where there was no reply.
    var status: Int?
    /// Whether it was looked into and will not pass.
    var isSettled = false

    init(_ upstream: UpstreamError) { self.upstream = upstream }

    init(_ error: AWSServiceError, object: String?) {
        upstream = UpstreamError(
            UpstreamError.Kind(rawValue: error.kind.rawValue) ?? .rejected,
            service: error.service,
            operation: error.operation,
            object: object,
            code: error.code,
            message: error.message,
            requestID: error.requestID,
            advice: error.advice ?? CallFailure.advice(error)
        )
        reason = error.reason
        resourceType = error.resourceType
        status = error.status
    }

    var kind: UpstreamError.Kind { upstream.kind }

    /// Whether the service does not know the operation: an older stack, another partition, a test double.
    var isUnknownOperation: Bool {
        upstream.code == "UnknownOperationException" || status == 501 || (status == 404 && kind == .rejected)
    }

    private static func advice(_ error: AWSServiceError) -> String? {
        switch error.code {
        case "AccessDeniedException", "AccessDenied":
            "allow this action for the role; idbridge doctor --policy prints the whole policy"
        case "AWSOrganizationsNotInUseException":
            "use credentials of the organization's management account, or of its delegated administrator"
        case "ValidationException" where error.message.contains("Filter is required"):
            "the identity source is Active Directory, whose users cannot be listed: idbridge cannot work with it"
        default: nil
        }
    }
}

/// What is called, as errors name it.
struct Call: Hashable, Sendable {
    var service: String
    var operation: String
    var object: String?

    /// An error of this call.
    func error(
        _ kind: UpstreamError.Kind,
        code: String? = nil,
        message: String,
        requestID: String? = nil,
        advice: String? = nil
    ) -> UpstreamError {
        UpstreamError(
            kind,
            service: service,
            operation: operation,
            object: object,
            code: code,
            message: message,
            requestID: requestID,
            advice: advice
        )
    }

    /// The error of a call that was cancelled before it ended.
    var cancelled: UpstreamError { error(.cancelled, message: "cancelled") }

    /// The error of a call whose answer cannot be used.
    func malformed(_ message: String, requestID: String? = nil) -> UpstreamError {
        error(.malformed, message: message, requestID: requestID)
    }
}
