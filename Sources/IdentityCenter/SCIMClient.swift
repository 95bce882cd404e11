internal import FoundationEssentials
internal import HTTP
internal import Model

/// The instance's SCIM endpoint, as far as it can do what the Identity Store API cannot: disable and enable users.
///
/// Source: IAM Identity Center SCIM developer guide, "PatchUser".
struct SCIMClient: Sendable {
    static let service = "scim"

    let settings: SCIMSettings
    let transport: any HTTPTransport
    let limiter: RateLimiter
    let pauses: Pauses

    /// Sets whether a user is active; to set it to what it is does nothing.
    ///
    /// - Parameter user: the user's id, which is the same as in the Identity Store.
    func setActive(_ isActive: Bool, _ user: String) async throws(CallFailure) -> Receipt {
        let call = Call(service: SCIMClient.service, operation: "PatchUser", object: "user \(user)")
        let request = patch(user, isActive)
        let client = HTTPClient(
            transport: transport,
            limiter: limiter,
            policy: RetryPolicy(maximumAttempts: ServiceClient.attempts),
            time: pauses.time,
            random: pauses.random
        )
        let response: HTTPResponse
        do {
            response = try await client.send(isRepeatable: true, classify: verdict) {
                (_, _) async throws(Never) -> HTTPRequest in request
            }
        } catch {
            guard case .transport(let error, let attempts) = error else { throw CallFailure(call.cancelled) }
            throw CallFailure(failure(error, attempts: attempts, call))
        }
        let reply = SCIMReply(response)
        guard (200..<300).contains(response.status) else { throw CallFailure(failure(reply, call)) }
        return Receipt(requestID: reply.requestID)
    }

    private func patch(_ user: String, _ isActive: Bool) -> HTTPRequest {
        let slash = settings.endpoint.hasSuffix("/") ? "" : "/"
        let body: Document = [
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [["op": "replace", "path": "active", "value": .flag(isActive)]],
        ]
        return HTTPRequest(
            method: "PATCH",
            url: settings.endpoint + slash + "Users/" + PercentEncoding.encodeSegment(user),
            headers: [
                HTTPField("Authorization", "Bearer \(settings.token)"),
                HTTPField("Content-Type", "application/scim+json"),
                HTTPField("Accept", "application/scim+json"),
            ],
            body: body.bytes
        )
    }

    private func verdict(_ response: HTTPResponse) -> Verdict {
        let after = response.secondsToWait(now: pauses.time.now())
        switch response.status {
        case 429: return .throttled(after: after)
        case 500, 502, 503, 504: return .transient(after: after)
        default: return .done
        }
    }

    private func failure(_ reply: SCIMReply, _ call: Call) -> UpstreamError {
        let kind: UpstreamError.Kind
        var advice: String?
        switch reply.status {
        case 401, 403:
            kind = .refused
            advice = "check target.scim: a token is valid for one year, and a new one is made in the console only"
        case 404: kind = .notFound
        case 409: kind = .conflict
        case 429: kind = .throttled
        case 500...: kind = .unreachable
        default: kind = .rejected
        }
        return call.error(kind, code: reply.code, message: reply.message, requestID: reply.requestID, advice: advice)
    }

    private func failure(_ error: TransportError, attempts: Int, _ call: Call) -> UpstreamError {
        let tried = attempts > 1 ? " (\(attempts) attempts)" : ""
        switch error {
        case .cancelled: return call.cancelled
        case .tooLarge: return call.malformed(error.message)
        case .refused: return call.error(.rejected, message: error.message)
        default: return call.error(.unreachable, message: error.message + tried)
        }
    }
}

/// What the SCIM endpoint answered. Its errors come as SCIM's own, and as an AWS service's.
private struct SCIMReply {
    var status: Int
    var code: String?
    var message: String
    var requestID: String?

    private struct Body: Decodable {
        var detail: String?
        var message: String?
        var type: String?
        var requestID: String?
        enum CodingKeys: String, CodingKey {
            case detail, message
            case type = "__type"
            case requestID = "exceptionRequestId"
        }
    }

    init(_ response: HTTPResponse) {
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        status = response.status
        code = body?.type?.split(separator: "#").last.map { String($0) }
        message = body?.detail ?? body?.message ?? "HTTP status \(response.status)"
        requestID = response.header("x-amzn-RequestId") ?? body?.requestID
    }
}
