internal import HTTP
internal import Model

/// One call of the Directory API, all of which are reads.
struct DirectoryCall: Hashable, Sendable {
    /// What the call is about, for errors.
    var name: CallName
    /// The segments of the path below `/admin/directory/v1`, not yet encoded.
    var path: [String]
    /// The query.
    var query: [String: String]

    /// A call.
    init(_ operation: String, object: String? = nil, path: [String], query: [String: String]) {
        name = CallName(operation: operation, object: object)
        self.path = path
        self.query = query
    }
}

/// Sends the calls of the Directory API, with tokens, retries and the rate limit.
struct DirectoryAPI: Sendable {
    let endpoint: String
    let subject: String?
    let calls: GoogleCalls
    let tokens: AccessTokens<UpstreamError>

    /// Sends a call and reads its answer.
    func get<Answer: Decodable & Sendable>(_ call: DirectoryCall) async throws(CallFailure) -> Answer {
        let url: String
        do { url = try self.url(call) } catch { throw CallFailure(error) }
        let secrets = SecretTexts()
        let used = UsedToken()
        do {
            return try await calls.send(call.name, as: Answer.self, secrets: secrets, refusal: directoryRefusal) {
                _,
                renewed throws(UpstreamError) in
                let token = try await tokens.token(insteadOf: renewed ? used.refused() : nil).text
                used.use(token)
                secrets.note(token)
                return HTTPRequest(
                    url: url,
                    headers: [
                        HTTPField("Authorization", "Bearer \(token)"), HTTPField("Accept", "application/json"),
                    ]
                )
            }
        } catch {
            throw advised(error)
        }
    }

    private func url(_ call: DirectoryCall) throws(UpstreamError) -> String {
        // A dot segment would leave the path that is meant.
        guard call.path.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw call.name.error(.rejected, code: "invalid", message: "there can be no object of this name")
        }
        let path = call.path.map(PercentEncoding.encodeSegment).joined(separator: "/")
        let query = call.query.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return "\(endpoint)/admin/directory/v1/\(path)?\(PercentEncoding.query(query))"
    }

    // MARK: - Advice

    private func advised(_ failure: CallFailure) -> CallFailure {
        var failure = failure
        failure.error.advice = advice(status: failure.status, code: failure.body?.code) ?? failure.error.advice
        return failure
    }

    /// Source: Directory API, "Troubleshoot error codes"; Google Cloud, "Enable and disable services".
    private func advice(status: Int?, code: String?) -> String? {
        switch (status, code) {
        case (_, "accessNotConfigured"), (_, "SERVICE_DISABLED"):
            "enable the Admin SDK API in the project of the service account"
        case (_, "insufficientPermissions"), (_, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"):
            "the token lacks a scope; needed are \(GoogleScope.all.joined(separator: ","))"
        case (_, "domainNotFound"): "check `customer` and `impersonate`"
        case (_, "dailyLimitExceeded"): "raise the project's quota of the Admin SDK API"
        case (403, "forbidden"), (403, "PERMISSION_DENIED"): roleAdvice
        case (401, _): "the token was refused twice; check `impersonate`, and that its account is not suspended"
        default: nil
        }
    }

    private var roleAdvice: String {
        guard let subject else {
            return "set `impersonate`, or give the service account an admin role with Users > Read and Groups > Read"
        }
        return "\(subject) needs an admin role with Users > Read and Groups > Read, and must not be suspended"
    }
}

/// What an answer other than 200 of the Directory API means for the attempt: by its reason first, then by its status.
///
/// Source: Directory API, "Troubleshoot error codes", "Limits and quotas".
@Sendable
private func directoryRefusal(status: Int, body: GoogleErrorBody?, after: Double?) -> Verdict {
    switch status {
    case 401: .renew
    case 429: .throttled(after: after)
    case 403 where body?.code.map(throttlingCodes.contains) ?? false: .throttled(after: after)
    case 408, 500, 502, 503, 504: .transient(after: after)
    default: .done
    }
}
