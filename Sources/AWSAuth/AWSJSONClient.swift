public import HTTP

/// Calls a service that speaks AWS JSON 1.1: `POST /`, the operation in X-Amz-Target, JSON both ways.
///
/// It signs, retries, renews expired credentials and corrects the clock; it decodes no answer.
public struct AWSJSONClient: Sendable {
    private let service: AWSService
    private let endpoint: AWSEndpoint
    private let http: HTTPClient
    private let credentials: any CredentialsProvider
    private let clock: AWSClock

    /// A client of one service.
    ///
    /// - Parameters:
    ///   - service: one with a `targetPrefix`.
    ///   - endpoint: from ``AWSEnvironment/endpoint(_:region:)``.
    ///   - http: with the service's rate limit.
    ///   - credentials: from ``AWSCredentialChain`` or ``AssumeRoleProvider``.
    ///   - clock: shared by all clients of the run.
    public init(
        service: AWSService,
        endpoint: AWSEndpoint,
        http: HTTPClient,
        credentials: any CredentialsProvider,
        clock: AWSClock
    ) {
        self.service = service
        self.endpoint = endpoint
        self.http = http
        self.credentials = credentials
        self.clock = clock
    }

    /// Calls an operation.
    ///
    /// - Parameters:
    ///   - operation: as the API names it: `ListGroups`.
    ///   - body: the input as JSON; `{}` for none.
    ///   - isRepeatable: whether the call may be repeated when no answer came, or a server error.
    ///   - reader: gets the body of a success as it arrives, told anew for each attempt.
    ///   - isPassing: failures of this service that another attempt overcomes, beside throttling and server errors:
    ///     `ConflictException` of sso-admin. They are tried again where `isRepeatable`, a second later at the soonest.
    /// - Throws: the last failure.
    public func call(
        _ operation: String,
        body: [UInt8] = Array("{}".utf8),
        isRepeatable: Bool,
        into reader: (any BodyReader)? = nil,
        isPassing: @escaping @Sendable (AWSServiceError) -> Bool = { _ in false }
    ) async throws(AWSServiceError) -> AWSReply {
        let request = HTTPRequest(
            method: "POST",
            url: endpoint.url + "/",
            headers: [
                HTTPField("Content-Type", "application/x-amz-json-1.1"),
                HTTPField("X-Amz-Target", "\(service.targetPrefix ?? service.name).\(operation)"),
            ],
            body: body
        )
        let call = AWSCall(
            service,
            operation,
            clock: clock,
            parse: { AWSErrorBody(json: $0) },
            isPassing: isPassing
        )
        return try await call.send(
            request,
            signedFor: endpoint.signingRegion,
            by: credentials,
            through: http,
            isRepeatable: isRepeatable,
            into: reader
        )
    }
}
