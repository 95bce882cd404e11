public import HTTP

/// The Security Token Service: who am I.
public struct STS: Sendable {
    private let client: AWSQueryClient

    /// A client of STS.
    ///
    /// - Parameters:
    ///   - endpoint: from ``AWSEnvironment/endpoint(_:region:)``, of ``AWSService/sts``.
    ///   - credentials: those asked about.
    public init(endpoint: AWSEndpoint, http: HTTPClient, credentials: any CredentialsProvider, clock: AWSClock) {
        client = AWSQueryClient(service: .sts, endpoint: endpoint, http: http, credentials: credentials, clock: clock)
    }

    /// Whose credentials these are. It needs no permission, so it tells whether the keys are good.
    ///
    /// Source: AWS STS API, "GetCallerIdentity".
    public func callerIdentity() async throws(AWSServiceError) -> CallerIdentity {
        let reply = try await client.call("GetCallerIdentity")
        guard let account = reply.result["Account"]?.text, let arn = reply.result["Arn"]?.text, !account.isEmpty else {
            throw AWSServiceError(
                .malformed,
                service: AWSService.sts.name,
                operation: "GetCallerIdentity",
                message: "the answer lacks Account or Arn",
                requestID: reply.requestID
            )
        }
        return CallerIdentity(account: account, arn: arn, userID: reply.result["UserId"]?.text ?? "")
    }
}

/// Whose credentials are used.
public struct CallerIdentity: Hashable, Sendable {
    /// The account id, 12 digits.
    public let account: String
    /// The ARN: `arn:aws:sts::111122223333:assumed-role/idbridge/idbridge`.
    public let arn: String
    /// The unique id.
    public let userID: String
}
