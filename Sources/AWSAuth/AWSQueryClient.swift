public import HTTP

/// What a query service answered.
public struct AWSQueryReply: Hashable, Sendable {
    /// The element `<Operation>Result`; the whole reply for operations that give no result.
    public let result: XMLElement
    /// The request id.
    public let requestID: String?
}

/// Calls a service that speaks AWS's query protocol (STS, IAM): `POST /`, a form, an XML reply.
///
/// It signs, retries, renews expired credentials and corrects the clock.
public struct AWSQueryClient: Sendable {
    private let service: AWSService
    private let endpoint: AWSEndpoint
    private let http: HTTPClient
    private let credentials: (any CredentialsProvider)?
    private let clock: AWSClock

    /// A client of one service.
    ///
    /// - Parameters:
    ///   - service: one with a `queryVersion`.
    ///   - endpoint: from ``AWSEnvironment/endpoint(_:region:)``.
    ///   - http: with the service's rate limit.
    ///   - credentials: nil for operations that are not signed.
    ///   - clock: shared by all clients of the run.
    public init(
        service: AWSService,
        endpoint: AWSEndpoint,
        http: HTTPClient,
        credentials: (any CredentialsProvider)?,
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
    ///   - action: as the API names it: `GetPolicyVersion`.
    ///   - parameters: the members of the input in order, lists as `Name.member.1`.
    ///   - isRepeatable: whether the call may be repeated when no answer came, or a server error.
    /// - Throws: the last failure; `malformed` where the reply is no XML.
    public func call(
        _ action: String,
        _ parameters: [(name: String, value: String)] = [],
        isRepeatable: Bool = true
    ) async throws(AWSServiceError) -> AWSQueryReply {
        let head = [(name: "Action", value: action), (name: "Version", value: service.queryVersion ?? "")]
        let request = HTTPRequest(
            method: "POST",
            url: endpoint.url + "/",
            headers: [HTTPField("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: PercentEncoding.form((head + parameters).map { ($0.name, $0.value) })
        )
        let call = AWSCall(
            service,
            action,
            clock: clock,
            parse: { AWSErrorBody(xml: $0) },
            isPassing: { _ in false }
        )
        let reply = try await call.send(
            request,
            signedFor: endpoint.signingRegion,
            by: credentials,
            through: http,
            isRepeatable: isRepeatable
        )
        guard let root = XMLElement(reply.body) else {
            throw AWSServiceError(
                .malformed,
                service: service.name,
                operation: action,
                message: "the answer is not XML",
                requestID: reply.requestID,
                advice: endpoint.override.map { "check \($0): does it answer as \(service.name) does?" }
            )
        }
        return AWSQueryReply(
            result: root[action + "Result"] ?? root,
            requestID: reply.requestID ?? root["ResponseMetadata", "RequestId"]?.text
        )
    }
}

extension AWSErrorBody {
    /// Reads the body of a query service's failure.
    init(xml response: HTTPResponse) {
        guard let root = XMLElement(response.body) else { return }
        let error = root["Error"] ?? root["Errors", "Error"]
        code = error?["Code"]?.text
        message = error?["Message"]?.text
        requestID = root["RequestId"]?.text ?? root["RequestID"]?.text
    }
}
