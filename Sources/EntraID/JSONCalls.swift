internal import FoundationEssentials
internal import HTTP
internal import Model
internal import Synchronization

/// Sends calls whose answers are JSON, and reads the answers.
struct JSONCalls: Sendable {
    let client: HTTPClient
    let time: any TimeSource

    /// Sends a call until its answer can be read, or no further attempt is left.
    ///
    /// All calls of this source read, so all may be repeated. An answer that is no JSON (cut short, a proxy's page) is
    /// tried again; one that is JSON of the wrong shape is not.
    ///
    /// - Parameters:
    ///   - refusal: what an answer other than 200 means for the attempt.
    ///   - build: makes the request for an attempt; see `HTTPClient.send`.
    func send<Answer: Decodable & Sendable>(
        _ name: CallName,
        as type: Answer.Type,
        secrets: SecretTexts,
        refusal: @escaping @Sendable (HTTPResponse, GraphErrorBody?, _ after: Double?) -> Verdict,
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
                    return refusal(response, GraphErrorBody(response.body), after)
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
        let requestID = response.header("request-id") ?? response.header("x-ms-request-id")
        guard response.status != 200 else {
            let message = shape ?? "the answer cannot be read"
            var failure = CallFailure(name.error(.malformed, message: message, requestID: requestID))
            failure.status = 200
            return failure
        }
        let body = GraphErrorBody(response.body)
        var failure = CallFailure(
            name.refused(status: response.status, body: body, requestID: requestID, hiding: secrets.all)
        )
        failure.status = response.status
        failure.serverDate = response.header("Date").flatMap(httpDate)
        failure.body = body
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

extension CallName {
    /// The failure that an answer other than 200 tells of.
    func refused(
        status: Int,
        body: GraphErrorBody?,
        requestID: String?,
        hiding secrets: [String] = []
    ) -> UpstreamError {
        error(
            refusalKind(status: status),
            code: body?.code,
            message: shown(
                body?.message ?? "HTTP \(status), without an explanation that can be read",
                hiding: secrets
            ),
            requestID: body?.requestID ?? requestID
        )
    }

    /// The failure of a call without an answer.
    func unanswered(_ error: TransportError, attempts: Int) -> UpstreamError {
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

/// The kind of failure that an answer other than 200 is.
func refusalKind(status: Int) -> UpstreamError.Kind {
    switch status {
    case 429: .throttled
    case 401, 403: .refused
    case 404: .notFound
    case 409, 412, 423: .conflict
    case 408, 500...: .unreachable
    default: .rejected
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
        } catch {
            let problem = shapeProblem(error)
            return (nil, problem ?? cutShort, problem == nil ? .transient(after: nil) : .done)
        }
    }
}

/// What is wrong with the shape of an answer, without its values; nil where it is not JSON at all.
func shapeProblem(_ error: any Error) -> String? {
    if let error = error as? MalformedAnswer { return error.message }
    guard let error = error as? DecodingError else { return nil }
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

/// A value as compact JSON, keys sorted, slashes as they are.
///
/// The values encoded in this module are texts, integers, lists and maps of them, which always have a JSON form.
func compactJSON(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return Array("{}".utf8) }
    return Array(data)
}
