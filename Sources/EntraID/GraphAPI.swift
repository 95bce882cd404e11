internal import FoundationEssentials
internal import HTTP
internal import Model
internal import Synchronization

/// Sends the calls of Graph, with tokens, retries and the rate limit.
struct GraphAPI: Sendable {
    /// The base of all paths: `https://graph.microsoft.com/v1.0`.
    let base: HTTPURL
    let calls: JSONCalls
    let tokens: AccessTokens<UpstreamError>
    let limiter: RateLimiter
    let policy: RetryPolicy
    let time: any TimeSource
    let random: any RandomSource

    /// A URL below the base, the query's names as they stand and its values encoded.
    func url(_ path: [String], _ query: [(String, String)] = []) -> String {
        base.text + "/" + path.map(PercentEncoding.encodeSegment).joined(separator: "/") + Self.query(query)
    }

    /// The URL of a user by id or name. A name that begins with `$` would be read as an action, and stands in brackets.
    ///
    /// Source: Microsoft Graph, "Get a user".
    func user(_ key: String, _ query: [(String, String)]) -> String {
        guard key.hasPrefix("$") else { return url(["users", key], query) }
        let literal = PercentEncoding.encodeSegment(key.replacing("'", with: "''"))
        return base.text + "/users('\(literal)')" + Self.query(query)
    }

    /// A URL relative to the base, as the parts of a batch have it.
    func relative(_ url: String) -> String { String(url.dropFirst(base.text.count)) }

    private static func query(_ items: [(String, String)]) -> String {
        guard !items.isEmpty else { return "" }
        return "?"
            + items.map { "\($0.0)=\(PercentEncoding.encode($0.1).replacing("%2C", with: ","))" }.joined(separator: "&")
    }

    /// Whether a link that Graph gave leads to Graph: the token goes nowhere else.
    func isOwn(_ link: String) -> Bool {
        guard let url = HTTPURL(link) else { return false }
        return url.origin == base.origin && url.path.hasPrefix(base.path + "/")
    }

    /// Reads the answer at a URL.
    func get<Answer: Decodable & Sendable>(
        _ name: CallName,
        _ url: String,
        headers: [HTTPField] = []
    ) async throws(CallFailure) -> Answer {
        try await send(name, HTTPRequest(url: url, headers: headers))
    }

    /// Posts a body that asks for something and changes nothing.
    func post<Answer: Decodable & Sendable>(
        _ name: CallName,
        _ url: String,
        _ body: some Encodable & Sendable
    ) async throws(CallFailure) -> Answer {
        let headers = [HTTPField("Content-Type", "application/json")]
        return try await send(name, HTTPRequest(method: "POST", url: url, headers: headers, body: compactJSON(body)))
    }

    private func send<Answer: Decodable & Sendable>(
        _ name: CallName,
        _ request: HTTPRequest
    ) async throws(CallFailure) -> Answer {
        let secrets = SecretTexts()
        let used = UsedToken(), challenge = ClaimsChallenge()
        do {
            return try await calls.send(
                name,
                as: Answer.self,
                secrets: secrets,
                refusal: { response, body, after in
                    if response.status == 401 { challenge.take(response.header("WWW-Authenticate")) }
                    return graphVerdict(status: response.status, body: body, after: after)
                },
                build: { _, renewed throws(UpstreamError) in
                    let refused = renewed ? used.refused() : nil
                    let token = try await tokens.token(insteadOf: refused, claims: renewed ? challenge.claims : nil)
                    used.use(token.text)
                    secrets.note(token.text)
                    var request = request
                    request.headers += [
                        HTTPField("Authorization", "Bearer \(token.text)"), HTTPField("Accept", "application/json"),
                        HTTPField("client-request-id", newUUID()), HTTPField("return-client-request-id", "true"),
                    ]
                    return request
                }
            )
        } catch {
            throw advised(error, await knownRoles)
        }
    }

    /// The permissions of the token in use.
    func roles() async throws(UpstreamError) -> Set<String> { try await tokens.token().roles }

    /// The permissions of the token in use; none where there is no token, or it does not tell.
    var knownRoles: Set<String> { get async { (try? await roles()) ?? [] } }

    /// The properties of users to ask for: with the date on which they leave where the application may see it.
    var userSelect: String {
        get async { await UserEntry.select(withLeaveDate: knownRoles.contains(EntraPermission.lifeCycle)) }
    }

    /// A failure with what to do next.
    ///
    /// Source: Microsoft Graph, "Resolve authorization errors".
    func advised(_ failure: CallFailure, _ roles: Set<String>) -> CallFailure {
        var failure = failure
        failure.error.advice = failure.error.advice ?? advice(failure, roles)
        return failure
    }

    private func advice(_ failure: CallFailure, _ roles: Set<String>) -> String? {
        switch failure.status {
        case 403: EntraPermission.advice(roles)
        case 401: "the token was refused twice: check that `authority` and `graph` belong to one cloud"
        default: nil
        }
    }
}

/// What an answer other than 200 of Graph, or of one part of a batch, means for the attempt.
///
/// Source: Microsoft Graph, "Throttling guidance", "Error responses".
func graphVerdict(status: Int, body: GraphErrorBody?, after: Double?) -> Verdict {
    switch status {
    case 401: .renew
    case 429: .throttled(after: after)
    // 503 and 504 with Retry-After are throttling too.
    case 503, 504: after == nil ? .transient(after: nil) : .throttled(after: after)
    case 408, 500, 502: .transient(after: after)
    default: .done
    }
}

/// What the service wants of the next token, where a call was answered by a claims challenge.
///
/// Source: Microsoft identity platform, "Claims challenges, claims requests, and client capabilities".
private final class ClaimsChallenge: Sendable {
    private let state = Mutex<String?>(nil)

    /// The claims as JSON.
    var claims: String? { state.withLock { $0 } }

    /// Takes the claims of `Bearer …, error="insufficient_claims", claims="BASE64"`.
    func take(_ field: String?) {
        guard let field, let start = field.firstRange(of: "claims=\"") else { return }
        let text = String(field[start.upperBound...].prefix { $0 != "\"" })
        guard let data = Data(base64Encoded: text), let claims = String(validating: data, as: UTF8.self) else { return }
        state.withLock { $0 = claims }
    }
}
