internal import HTTP
internal import Model

/// Keeps the access token: one request for all who wait, asked anew shortly before the token ends.
actor AccessTokens {
    /// So long before its end a token is no longer used.
    private static let marginSeconds = 300.0
    /// So long a failure stands for all, so that a thousand calls do not each ask a failing endpoint.
    private static let failureSeconds = 30.0
    /// A difference of clocks below this is no reason for a refused assertion.
    private static let smallestSkewSeconds = 10.0

    private let flow: TokenFlow
    private let time: any TimeSource
    private var skew = 0.0
    private var claims: String?
    private var held: (token: IssuedToken, until: Double)?
    private var failed: (error: UpstreamError, until: Double)?
    private var flight: Task<Result<IssuedToken, UpstreamError>, Never>?

    /// Keeps the tokens of a flow.
    init(flow: TokenFlow, time: any TimeSource) {
        self.flow = flow
        self.time = time
    }

    /// The token to use now. A request that ends because another of those who wait was cancelled is made again.
    ///
    /// - Parameters:
    ///   - refused: a token that the service refused: it is not given again.
    ///   - claims: what the service wants of the next token (a claims challenge), as JSON.
    func token(insteadOf refused: String? = nil, claims: String? = nil) async throws(UpstreamError) -> IssuedToken {
        if let claims { self.claims = claims }
        for _ in 0..<3 {
            if let held, held.token.text != refused, time.monotonic() < held.until { return held.token }
            if flight == nil, let failed, time.monotonic() < failed.until { throw failed.error }
            if Task.isCancelled { throw cancelled }
            let flight = self.flight ?? start()
            switch await withTaskCancellationHandler(operation: { await flight.value }, onCancel: { flight.cancel() }) {
            case .success(let token): return token
            case .failure(let error) where error.kind == .cancelled: continue
            case .failure(let error): throw error
            }
        }
        throw cancelled
    }

    private func start() -> Task<Result<IssuedToken, UpstreamError>, Never> {
        let task = Task { await self.issue() }
        flight = task
        return task
    }

    private func issue() async -> Result<IssuedToken, UpstreamError> {
        defer { flight = nil }
        let asked = time.monotonic()
        do {
            let token = try await issueWithClockCorrection()
            let margin = min(AccessTokens.marginSeconds, token.lifetimeSeconds / 2)
            held = (token, asked + token.lifetimeSeconds - margin)
            failed = nil
            return .success(token)
        } catch {
            if error.error.kind != .cancelled {
                failed = (error.error, time.monotonic() + AccessTokens.failureSeconds)
            }
            return .failure(error.error)
        }
    }

    /// Signs once more with the service's time where it finds the assertion outside its time and the clocks differ.
    private func issueWithClockCorrection() async throws(CallFailure) -> IssuedToken {
        do {
            return try await flow.issue(skew: skew, claims: claims)
        } catch {
            guard error.body?.code == "AADSTS700024", let date = error.serverDate else { throw error }
            let offset = date - time.now()
            guard abs(offset - skew) >= AccessTokens.smallestSkewSeconds else { throw error }
            skew = offset
            return try await flow.issue(skew: offset, claims: claims)
        }
    }

    private var cancelled: UpstreamError {
        UpstreamError(.cancelled, service: "entra", operation: "token", message: "cancelled")
    }
}
