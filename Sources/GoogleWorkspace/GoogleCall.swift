internal import FoundationEssentials
internal import HTTP
internal import Model
internal import Synchronization

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

/// Sends calls whose answers are JSON, and reads the answers.
struct GoogleCalls: Sendable {
    let client: HTTPClient
    let time: any TimeSource

    /// Sends a call until its answer can be read, or no further attempt is left.
    ///
    /// An answer that is no JSON (cut short, a proxy's page) is tried again; one that is JSON of the wrong shape is not.
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
        let read = LastAnswer<Answer>()
        let time = time
        let response: HTTPResponse
        do {
            response = try await client.send(
                isRepeatable: true,
                classify: { response in
                    if response.status == 200 { return read.take(response.body) }
                    let after = retryAfterSeconds(response.header("Retry-After"), now: time.now())
                    return refusal(response.status, GoogleErrorBody(response), after)
                },
                build: build
            )
        } catch {
            switch error {
            case .build(let error): throw CallFailure(error)
            case .transport(let error, let attempts): throw CallFailure(name.unanswered(error, attempts: attempts))
            }
        }
        if response.status == 200, let answer = read.value { return answer }
        throw failure(name, response: response, shape: read.problem, secrets: secrets)
    }

    private func failure(
        _ name: CallName,
        response: HTTPResponse,
        shape: String?,
        secrets: SecretTexts
    ) -> CallFailure {
        var failure = CallFailure(name.error(.malformed, message: shape ?? "the answer cannot be read"))
        failure.status = response.status
        failure.serverDate = response.header("Date").flatMap(httpDate)
        if response.status == 200 {
            failure.error.requestID = response.requestID(nil)
            return failure
        }
        let body = GoogleErrorBody(response)
        failure.body = body
        let message = body?.message ?? "HTTP \(response.status), without an explanation that can be read"
        failure.error = name.error(
            refusalKind(status: response.status, code: body?.code),
            code: body?.code,
            message: shown(message, hiding: secrets.all),
            requestID: response.requestID(body)
        )
        return failure
    }
}

/// Secrets sent with a call, so that an answer which repeats them is not shown with them.
final class SecretTexts: Sendable {
    private let texts = Mutex<[String]>([])
    /// All that were noted.
    var all: [String] { texts.withLock { $0 } }
    /// Notes a secret.
    func note(_ text: String) {
        texts.withLock { texts in
            if !texts.contains(text) { texts.append(text) }
        }
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

/// What the last body with status 200 was read as.
private final class LastAnswer<Answer: Decodable & Sendable>: Sendable {
    private let state = Mutex<(value: Answer?, problem: String?)>((nil, nil))

    var value: Answer? { state.withLock { $0.value } }
    var problem: String? { state.withLock { $0.problem } }

    func take(_ body: [UInt8]) -> Verdict {
        let (value, problem, verdict) = read(body)
        state.withLock { $0 = (value, problem) }
        return verdict
    }

    private func read(_ body: [UInt8]) -> (Answer?, String?, Verdict) {
        let cutShort = "the answer is not JSON, or is cut short"
        do {
            return (try JSONDecoder().decode(Answer.self, from: Data(body)), nil, .done)
        } catch let error as MalformedAnswer {
            return (nil, error.message, .done)
        } catch let error as DecodingError {
            let problem = shapeProblem(error)
            return (nil, problem ?? cutShort, problem == nil ? .transient(after: nil) : .done)
        } catch {
            return (nil, cutShort, .transient(after: nil))
        }
    }
}

/// What is wrong with the shape of an answer, without its values; nil where it is not JSON at all.
func shapeProblem(_ error: DecodingError) -> String? {
    let (path, problem): ([any CodingKey], String) =
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context): (context.codingPath, "has the wrong type")
        case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
        case .dataCorrupted(let context): (context.codingPath, "has a bad value")
        @unknown default: ([], "cannot be read")
        }
    if path.isEmpty {
        if case .dataCorrupted = error { return nil }
        return "the answer \(problem)"
    }
    let place = path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
    return "`\(place.hasPrefix(".") ? String(place.dropFirst()) : place)` \(problem)"
}
