internal import HTTP
internal import Model

/// Sends calls whose answers are JSON, and reads the answers. All calls of this source read, so all may be repeated.
struct JSONCalls: Sendable {
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
        refusal: @escaping @Sendable (HTTPResponse, GraphErrorBody?, _ after: Double?) -> Verdict,
        build: @Sendable (_ attempt: Int, _ renewed: Bool) async throws(UpstreamError) -> HTTPRequest
    ) async throws(CallFailure) -> Answer {
        let answer: JSONAnswer<Answer>
        do {
            answer = try await client.json(
                as: type,
                refusal: { response, after in refusal(response, GraphErrorBody(response.body), after) },
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
        case .malformed(let response, let problem): throw malformed(name, response, problem)
        case .refused(let response): throw refused(name, response, secrets)
        }
    }

    private func malformed(_ name: CallName, _ response: HTTPResponse, _ problem: String) -> CallFailure {
        var failure = CallFailure(name.error(.malformed, message: problem, requestID: requestID(response)))
        failure.status = response.status
        return failure
    }

    private func refused(_ name: CallName, _ response: HTTPResponse, _ secrets: SecretTexts) -> CallFailure {
        let body = GraphErrorBody(response.body)
        let error = name.refused(
            status: response.status,
            body: body,
            requestID: requestID(response),
            hiding: secrets.all
        )
        var failure = CallFailure(error)
        failure.status = response.status
        failure.serverDate = response.header("Date").flatMap(httpDate)
        failure.body = body
        return failure
    }

    private func requestID(_ response: HTTPResponse) -> String? {
        response.header("request-id") ?? response.header("x-ms-request-id")
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
    // What Graph has not built in a cloud is no failure that passes.
    case 501: .rejected
    case 408, 500...: .unreachable
    default: .rejected
    }
}
