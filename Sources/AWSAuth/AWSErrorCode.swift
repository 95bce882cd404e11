/// What the codes of AWS's services mean for a caller.
///
/// Source: botocore's standard retry handler, AWS's "Common errors", and the services' models (read 2026-11).
enum AWSErrorCode {
    static let throttling: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
        "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown",
        "PriorRequestNotComplete", "EC2ThrottledException",
    ]

    static let transient: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "InternalServerException", "InternalFailure", "InternalError",
        "ServiceUnavailable", "ServiceUnavailableException", "ServiceException", "IDPCommunicationError",
    ]

    static let expired: Set<String> = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]

    /// The clock is off for certain.
    static let skewed: Set<String> = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]

    /// The clock may be off; a wrong secret gives the same.
    static let maybeSkewed: Set<String> = ["InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"]

    private static let refused: Set<String> = [
        "AccessDenied", "AccessDeniedException", "AccessDeniedForDependencyException", "UnauthorizedException",
        "UnauthorizedOperation", "NotAuthorized", "ForbiddenException", "UnrecognizedClientException",
        "InvalidClientTokenId", "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken",
        "MissingAuthenticationTokenException", "OptInRequired", "InvalidIdentityToken", "IDPRejectedClaim",
        "RegionDisabledException", "InvalidGrantException", "InvalidClientException", "UnauthorizedClientException",
    ]

    private static let quota: Set<String> = [
        "ServiceQuotaExceededException", "LimitExceeded", "ConstraintViolationException",
    ]

    static func kind(_ code: String, status: Int) -> AWSServiceError.Kind {
        if throttling.contains(code) || status == 429 { return .throttled }
        if refused.contains(code) || expired.contains(code) || skewed.contains(code) || maybeSkewed.contains(code) {
            return .refused
        }
        if status >= 500 || transient.contains(code) { return .unreachable }
        if quota.contains(code) { return .quotaExceeded }
        if code.hasSuffix("NotFoundException") || code.hasPrefix("NoSuch") || code.hasSuffix("NotFound") {
            return .notFound
        }
        if code.contains("Conflict") || code.contains("AlreadyExists") || code.contains("ConcurrentModification") {
            return .conflict
        }
        if code.hasPrefix("HTTP "), status == 401 || status == 403 { return .refused }
        return .rejected
    }

    static func advice(_ code: String) -> String? {
        if expired.contains(code) {
            return "renew the AWS credentials: they have expired and no new ones were to be had"
        }
        if skewed.contains(code) { return "set this machine's clock: AWS takes signatures within 5 minutes only" }
        switch code {
        case "InvalidSignatureException", "SignatureDoesNotMatch":
            return "check the secret access key; it does not belong to the access key id"
        case "UnrecognizedClientException", "InvalidClientTokenId":
            return "check the access key: it is unknown, inactive, or lacks its session token"
        case "OptInRequired", "RegionDisabledException":
            return "the region is not enabled for this account: check the region"
        default: return nil
        }
    }
}
