internal import Synchronization

/// Why no token was issued.
public struct TokenFailure<Failure: Error>: Error {
    /// The failure that callers are told.
    public var error: Failure
    /// The service's time in seconds since 1970, where a wrong clock may be the cause: then the assertion is signed once
    /// more with it.
    public var serviceTime: Double?
    /// Whether the request ended since the task was cancelled, which says nothing about the endpoint.
    public var isCancelled: Bool

    /// A failure to issue a token.
    public init(_ error: Failure, serviceTime: Double? = nil, isCancelled: Bool = false) {
        self.error = error
        self.serviceTime = serviceTime
        self.isCancelled = isCancelled
    }
}

/// Keeps the access token: one request for all who wait, asked anew shortly before the token ends.
public actor AccessTokens<Failure: Error> {
    /// Asks for a new token.
    ///
    /// `skew`: seconds to add to this machine's clock to have the service's. `claims`: what the service wants of the token.
    public typealias Issue =
        @Sendable (_ skew: Double, _ claims: String?) async throws(TokenFailure<Failure>) -> IssuedToken

    private let issue: Issue
    private let cancelled: Failure
    private let time: any TimeSource
    private var state = TokenState<Failure>()
    private var skew = ClockSkew()
    private var claims: String?
    private var flight: Task<Result<IssuedToken, TokenFailure<Failure>>, Never>?

    /// Keeps the tokens of a way to get them.
    ///
    /// - Parameter cancelled: what callers are told whose own task is cancelled.
    public init(time: any TimeSource, cancelled: Failure, issue: @escaping Issue) {
        self.issue = issue
        self.cancelled = cancelled
        self.time = time
    }

    /// The token to use now. A request that ends because another of those who wait was cancelled is made again.
    ///
    /// - Parameters:
    ///   - refused: a token that the service refused: it is not given again.
    ///   - claims: what the service wants of the next token (a claims challenge), as JSON.
    public func token(insteadOf refused: String? = nil, claims: String? = nil) async throws(Failure) -> IssuedToken {
        if let claims { self.claims = claims }
        for _ in 0..<3 {
            switch state.step(insteadOf: refused, isAsking: flight != nil, now: time.monotonic()) {
            case .use(let token): return token
            case .fail(let error): throw error
            case .ask: break
            }
            if Task.isCancelled { throw cancelled }
            let flight = self.flight ?? start()
            switch await withTaskCancellationHandler(operation: { await flight.value }, onCancel: { flight.cancel() }) {
            case .success(let token): return token
            case .failure(let failure) where failure.isCancelled: continue
            case .failure(let failure): throw failure.error
            }
        }
        throw cancelled
    }

    private func start() -> Task<Result<IssuedToken, TokenFailure<Failure>>, Never> {
        let task = Task { await self.ask() }
        flight = task
        return task
    }

    private func ask() async -> Result<IssuedToken, TokenFailure<Failure>> {
        defer { flight = nil }
        let asked = time.monotonic()
        do {
            let token = try await issueWithClockCorrection()
            state.took(token, askedAt: asked)
            return .success(token)
        } catch {
            if !error.isCancelled { state.failed(error.error, at: time.monotonic()) }
            return .failure(error)
        }
    }

    private func issueWithClockCorrection() async throws(TokenFailure<Failure>) -> IssuedToken {
        do {
            return try await issue(skew.seconds, claims)
        } catch {
            guard let service = error.serviceTime, skew.correct(to: service, now: time.now()) else { throw error }
            return try await issue(skew.seconds, claims)
        }
    }
}

/// Which token one call used, and which of them was refused.
public final class UsedToken: Sendable {
    private let state = Mutex<(current: String?, refused: String?)>((nil, nil))

    /// None used yet.
    public init() {}

    /// Notes the token that an attempt uses.
    public func use(_ token: String) { state.withLock { $0.current = token } }

    /// The token that was in use when the call was first told to renew it.
    public func refused() -> String? {
        state.withLock { state in
            if state.refused == nil { state.refused = state.current }
            return state.refused
        }
    }
}
