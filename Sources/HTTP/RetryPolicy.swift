/// What a response means for the attempt that got it.
public enum Verdict: Hashable, Sendable {
    /// The caller gets the response.
    case done
    /// Throttled: try again, and fall back in rate. `after`: seconds that the service asks for.
    case throttled(after: Double?)
    /// A passing fault of the service: try again where the request is safe to repeat.
    case transient(after: Double?)
    /// The credentials have expired or the clock is off: build the request anew, once, at once.
    case renew
}

/// How often and how long a call is tried.
public struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all, the first included.
    public var maximumAttempts: Int
    /// No pause ends later than so many seconds after the first attempt began.
    public var maximumTotalSeconds: Double
    /// The base of the back-off after a passing fault, in seconds.
    public var transientBaseSeconds: Double
    /// The base of the back-off after throttling, in seconds.
    public var throttledBaseSeconds: Double
    /// The longest back-off, in seconds, but for what the service asks for.
    public var capSeconds: Double

    /// How often and how long a call is tried.
    public init(
        maximumAttempts: Int = 8,
        maximumTotalSeconds: Double = 180,
        transientBaseSeconds: Double = 0.25,
        throttledBaseSeconds: Double = 1,
        capSeconds: Double = 20
    ) {
        self.maximumAttempts = maximumAttempts
        self.maximumTotalSeconds = maximumTotalSeconds
        self.transientBaseSeconds = transientBaseSeconds
        self.throttledBaseSeconds = throttledBaseSeconds
        self.capSeconds = capSeconds
    }

    /// The pause before attempt `attempt + 1` with full jitter: `unit × min(cap, base × 2^(attempt − 1))`, and not less
    /// than what the service asks for.
    public func pause(afterAttempt attempt: Int, throttled: Bool, asked: Double?, unit: Double) -> Double {
        let base = throttled ? throttledBaseSeconds : transientBaseSeconds
        var ceiling = base
        for _ in 1..<max(1, attempt) where ceiling < capSeconds { ceiling *= 2 }
        return max(asked ?? 0, unit * min(capSeconds, ceiling))
    }
}

/// The course of one call through its attempts, as a pure machine: what happened goes in, what to do next comes out.
struct Retry: Hashable, Sendable {
    /// How one attempt ended.
    enum Outcome: Hashable, Sendable {
        case answered(Verdict)
        case failed(TransportError)
    }

    /// What follows an attempt.
    enum Step: Hashable, Sendable {
        /// The caller gets what the attempt brought.
        case finish
        /// The next attempt begins at once, with the request built anew.
        case renew
        /// The next attempt begins after so many seconds.
        case again(after: Double)
    }

    let policy: RetryPolicy
    /// Whether the request is safe to repeat once the service may have seen it.
    let isRepeatable: Bool
    /// Attempts begun.
    private(set) var attempt = 0
    private(set) var renewed = false

    init(policy: RetryPolicy, isRepeatable: Bool) {
        self.policy = policy
        self.isRepeatable = isRepeatable
    }

    mutating func begin() { attempt += 1 }

    /// - Parameters:
    ///   - elapsed: seconds since the first attempt began.
    ///   - unit: a random number from 0 up to 1.
    mutating func step(after outcome: Outcome, elapsed: Double, unit: Double) -> Step {
        switch outcome {
        case .answered(.done): return .finish
        case .answered(.renew):
            guard !renewed else { return .finish }
            renewed = true
            return .renew
        case .answered(.throttled(let asked)): return again(throttled: true, asked, elapsed, unit)
        case .answered(.transient(let asked)):
            return isRepeatable ? again(throttled: false, asked, elapsed, unit) : .finish
        case .failed(let error):
            guard error.isPassing, isRepeatable || error.happenedBeforeSending else { return .finish }
            return again(throttled: false, nil, elapsed, unit)
        }
    }

    private func again(throttled: Bool, _ asked: Double?, _ elapsed: Double, _ unit: Double) -> Step {
        guard attempt < policy.maximumAttempts else { return .finish }
        let pause = policy.pause(afterAttempt: attempt, throttled: throttled, asked: asked, unit: unit)
        // Written so that a pause which is not a number ends the call too.
        return elapsed + pause <= policy.maximumTotalSeconds ? .again(after: pause) : .finish
    }
}
