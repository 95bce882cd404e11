/// What is known of a service's access token, as a pure machine: who needs one is told what to do.
struct TokenState<Failure: Error>: Sendable {
    /// What to do for somebody who needs a token.
    enum Step {
        /// Take this one.
        case use(IssuedToken)
        /// Give up: the endpoint has just failed.
        case fail(Failure)
        /// Ask for a new one, or wait for the one that is being asked for.
        case ask
    }

    /// So long before its end a token is no longer used.
    private static var marginSeconds: Double { 300 }
    /// So long a failure stands for all, so that a thousand calls do not each ask a failing endpoint.
    private static var failureSeconds: Double { 30 }

    private var held: (token: IssuedToken, until: Double)?
    private var failed: (error: Failure, until: Double)?

    /// - Parameters:
    ///   - refused: a token that the service refused: it is not given again.
    ///   - isAsking: whether a new one is being asked for.
    ///   - now: seconds of the monotonic clock.
    func step(insteadOf refused: String?, isAsking: Bool, now: Double) -> Step {
        if let held, held.token.text != refused, now < held.until { return .use(held.token) }
        if !isAsking, let failed, now < failed.until { return .fail(failed.error) }
        return .ask
    }

    /// Takes a new token; a short-lived one is used for half of its time.
    mutating func took(_ token: IssuedToken, askedAt: Double) {
        held = (token, askedAt + token.lifetimeSeconds - min(Self.marginSeconds, token.lifetimeSeconds / 2))
        failed = nil
    }

    /// Takes a failure of the endpoint.
    mutating func failed(_ error: Failure, at now: Double) { failed = (error, now + Self.failureSeconds) }
}

/// By how much this machine's clock is behind the service's, as a pure machine.
struct ClockSkew: Hashable, Sendable {
    /// A difference below this is no reason for a refused assertion.
    private static let smallestSeconds = 10.0

    /// Seconds to add to this machine's clock to have the service's.
    private(set) var seconds = 0.0

    /// Takes the service's time from an answer that may be due to the clocks.
    ///
    /// - Returns: whether it differs enough for another attempt.
    mutating func correct(to service: Double, now: Double) -> Bool {
        let offset = service - now
        guard abs(offset - seconds) >= Self.smallestSeconds else { return false }
        seconds = offset
        return true
    }
}
