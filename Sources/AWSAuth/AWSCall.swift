internal import HTTP
internal import Synchronization

/// What a service answered.
public struct AWSReply: Hashable, Sendable {
    /// The body; empty where a reader got it.
    public let body: [UInt8]
    /// The request id.
    public let requestID: String?
}

/// One call: signing, renewal of credentials and clock, and the meaning of what comes back.
///
/// It is made anew for each call, since it remembers what the last attempt was signed with.
final class AWSCall: Sendable {
    private struct Attempt {
        var credentials: AWSCredentials?
        var isExpired = false
    }

    private let service: AWSService
    private let operation: String
    private let clock: AWSClock
    private let parse: @Sendable (HTTPResponse) -> AWSErrorBody
    private let isPassing: @Sendable (AWSServiceError) -> Bool
    private let last = Mutex(Attempt())

    init(
        _ service: AWSService,
        _ operation: String,
        clock: AWSClock,
        parse: @escaping @Sendable (HTTPResponse) -> AWSErrorBody,
        isPassing: @escaping @Sendable (AWSServiceError) -> Bool
    ) {
        self.service = service
        self.operation = operation
        self.clock = clock
        self.parse = parse
        self.isPassing = isPassing
    }

    /// - Parameter provider: nil for requests that are not signed.
    func send(
        _ request: HTTPRequest,
        signedFor region: String,
        by provider: (any CredentialsProvider)?,
        through http: HTTPClient,
        isRepeatable: Bool,
        into reader: (any BodyReader)? = nil
    ) async throws(AWSServiceError) -> AWSReply {
        let response: HTTPResponse
        do {
            response = try await http.send(
                isRepeatable: isRepeatable,
                into: reader,
                classify: { self.verdict($0) },
                build: { (_, _) async throws(AWSAuthError) -> HTTPRequest in
                    guard let provider else { return request }
                    let credentials = try await self.credentials(provider)
                    return SigV4.sign(
                        request,
                        credentials: credentials,
                        region: region,
                        service: self.service.signingName,
                        at: self.clock.now()
                    )
                }
            )
        } catch {
            throw failure(error)
        }
        if let error = error(response) { throw error }
        return AWSReply(body: response.body, requestID: requestID(response))
    }

    /// Those of the provider; when the last attempt's had expired, others than these.
    private func credentials(_ provider: any CredentialsProvider) async throws(AWSAuthError) -> AWSCredentials {
        let before = last.withLock { $0 }
        let credentials: AWSCredentials
        if before.isExpired, let expired = before.credentials {
            credentials = try await provider.credentials(replacing: expired)
        } else {
            credentials = try await provider.credentials(renew: false)
        }
        last.withLock { $0 = Attempt(credentials: credentials) }
        return credentials
    }

    private func verdict(_ response: HTTPResponse) -> Verdict {
        guard let error = error(response) else { return .done }
        let code = error.code ?? ""
        if AWSErrorCode.expired.contains(code) {
            last.withLock { $0.isExpired = true }
            return .renew
        }
        if AWSErrorCode.skewed.contains(code) { return clock.learn(from: response, threshold: 1) ? .renew : .done }
        if AWSErrorCode.maybeSkewed.contains(code) {
            return clock.learn(from: response, threshold: 240) ? .renew : .done
        }
        if error.kind == .throttled { return .throttled(after: error.retryAfterSeconds) }
        if error.kind == .unreachable { return .transient(after: error.retryAfterSeconds) }
        // The service has another change of the object in hand: it is not done in a moment.
        return isPassing(error) ? .transient(after: max(1, error.retryAfterSeconds ?? 0)) : .done
    }

    private func error(_ response: HTTPResponse) -> AWSServiceError? {
        if (200..<300).contains(response.status) { return nil }
        let body = parse(response)
        let code = body.code ?? "HTTP \(response.status)"
        return AWSServiceError(
            AWSErrorCode.kind(code, status: response.status),
            service: service.name,
            operation: operation,
            status: response.status,
            code: code,
            message: body.message ?? "no message",
            requestID: requestID(response) ?? body.requestID,
            reason: body.reason,
            resourceType: body.resourceType,
            resourceID: body.resourceID,
            retryAfterSeconds: asked(response, body),
            advice: AWSErrorCode.advice(code)
        )
    }

    private func asked(_ response: HTTPResponse, _ body: AWSErrorBody) -> Double? {
        let milliseconds = response.header("x-amz-retry-after").flatMap { Double($0) }
        return [
            response.secondsToWait(now: clock.now()),
            milliseconds.map { $0 / 1000 },
            body.retryAfterSeconds,
        ].compactMap { $0 }.filter { $0.isFinite && $0 >= 0 }.max()
    }

    private func requestID(_ response: HTTPResponse) -> String? {
        response.header("x-amzn-RequestId") ?? response.header("x-amz-request-id")
    }

    private func failure(_ error: SendError<AWSAuthError>) -> AWSServiceError {
        switch error {
        case .build(let auth): AWSServiceError(auth)
        case .transport(let error, let attempts):
            AWSServiceError(error, service: service.name, operation: operation, attempts: attempts)
        }
    }
}

extension AWSServiceError {
    /// A failure of the credentials, as the failure of the call that needed them.
    init(_ auth: AWSAuthError) {
        self.init(
            Kind(rawValue: auth.kind.rawValue) ?? .refused,
            service: auth.service,
            operation: auth.operation,
            code: auth.code,
            message: (auth.object.map { "\($0): " } ?? "") + auth.messageWithTrail,
            requestID: auth.requestID,
            advice: auth.advice
        )
    }

    /// A call that got no answer.
    init(_ error: TransportError, service: String, operation: String, attempts: Int) {
        let kind: Kind
        var advice: String?
        switch error {
        case .cancelled: kind = .cancelled
        case .tooLarge: kind = .malformed
        case .refused: kind = .misconfigured
        case .untrusted:
            kind = .unreachable
            advice = "check the endpoint; behind a proxy that opens TLS, name its certificate in AWS_CA_BUNDLE"
        case .cannotConnect, .timedOut, .interrupted, .failed: kind = .unreachable
        }
        let times = attempts > 1 ? " (\(attempts) attempts)" : ""
        self.init(kind, service: service, operation: operation, message: error.message + times, advice: advice)
    }
}
