internal import HTTP
internal import Model

/// What a call is about, for errors.
struct CallName: Hashable, Sendable {
    /// The operation as the API names it: `users.list`.
    var operation: String
    /// The object asked for.
    var object: String?
}

/// A call that failed, with what the flow needs to decide how to go on.
struct CallFailure: Error {
    /// The failure, for a person.
    var error: UpstreamError
    /// The status of the last answer, where there was one.
    var status: Int?
    /// What the last answer said.
    var body: GoogleErrorBody?
    /// The service's time by the last answer's `Date`, in seconds since 1970.
    var serverDate: Double?

    /// A failure without an answer.
    init(_ error: UpstreamError) { self.error = error }

    /// Whether the service says that there is no such object, and not something in between that knows no such page.
    ///
    /// A person's membership may be withdrawn on the strength of it, so it must be Google's own error body.
    var isNotFound: Bool { status == 404 && body?.status == 404 && (body?.reason ?? "notFound") == "notFound" }
}

/// Sends calls whose answers are JSON, and reads the answers. All calls of this source read, so all may be repeated.
struct GoogleCalls: Sendable {
    let client: HTTPClient

    /// Sends a call until its answer can be read, or no further attempt is left.
    ///
    /// - Parameters:
    ///   - refusal: what an answer other than 200 means for the attempt.
    ///   - build: makes the request for an attempt; see `HTTPClient.send`.
    func send<Answer: Decodable & Sendable>(
        _ name: CallName,
        as type: Answer.Type,
        secrets: SecretTexts,
        refusal: @escaping @Sendable (Int, GoogleErrorBody?, _ after: Double?) -> Verdict,
        build: @Sendable (_ attempt: Int, _ renewed: Bool) async throws(UpstreamError) -> HTTPRequest
    ) async throws(CallFailure) -> Answer {
        let answer: JSONAnswer<Answer>
        do {
            answer = try await client.json(
                as: type,
                refusal: { response, after in refusal(response.status, GoogleErrorBody(response), after) },
                build: build
            )
        } catch {
            switch error {
            case .build(let error): throw CallFailure(error)
            case .transport(let error, let attempts): throw CallFailure(name.unanswered(error, attempts: attempts))
            }
        }
        switch answer {
        case .value(let value): return value
        case .malformed(let response, let problem):
            var failure = CallFailure(
                name.error(.malformed, message: problem, requestID: response.requestID(nil))
            )
            failure.status = response.status
            failure.serverDate = response.header("Date").flatMap(httpDate)
            throw failure
        case .refused(let response): throw refused(name, response, secrets)
        }
    }

    private func refused(_ name: CallName, _ response: HTTPResponse, _ secrets: SecretTexts) -> CallFailure {
        let body = GoogleErrorBody(response)
        let message = body?.message ?? "HTTP \(response.status), without an explanation that can be read"
        var failure = CallFailure(
            name.error(
                refusalKind(status: response.status, code: body?.code),
                code: body?.code,
                message: shown(message, hiding: secrets.all),
                requestID: response.requestID(body)
            )
        )
        failure.status = response.status
        failure.serverDate = response.header("Date").flatMap(httpDate)
        failure.body = body
        return failure
    }
}

/// The codes by which Google throttles, in statuses 403 and 429.
///
/// Source: Directory API, "Limits and quotas"; AIP-193 for `RATE_LIMIT_EXCEEDED` and `RESOURCE_EXHAUSTED`.
let throttlingCodes: Set<String> = [
    "userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED",
]

/// The kind of failure that an answer other than 200 is.
func refusalKind(status: Int, code: String?) -> UpstreamError.Kind {
    switch status {
    case 429: .throttled
    case 403 where code.map(throttlingCodes.contains) ?? false: .throttled
    case 403 where code == "dailyLimitExceeded": .quotaExceeded
    case 401, 403: .refused
    case 404: .notFound
    case 409, 412: .conflict
    case 408, 500...: .unreachable
    default: .rejected
    }
}

extension CallName {
    /// A failure of this call.
    func error(
        _ kind: UpstreamError.Kind,
        code: String? = nil,
        message: String,
        requestID: String? = nil
    ) -> UpstreamError {
        UpstreamError(
            kind,
            service: "google",
            operation: operation,
            object: object,
            code: code,
            message: message,
            requestID: requestID
        )
    }

    /// The failure of a call without an answer.
    fileprivate func unanswered(_ error: TransportError, attempts: Int) -> UpstreamError {
        let kind: UpstreamError.Kind =
            switch error {
            case .cancelled: .cancelled
            case .tooLarge: .malformed
            case .refused: .rejected
            case .cannotConnect, .untrusted, .timedOut, .interrupted, .failed: .unreachable
            }
        let message = attempts > 1 ? "\(error.message) (\(attempts) attempts)" : error.message
        return self.error(kind, message: message)
    }
}
