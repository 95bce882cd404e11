internal import Synchronization

/// A token bucket that adapts: it starts at the documented rate, falls on throttling and climbs back.
///
/// One limiter stands for one service's quota and is shared by everything that calls the service.
public final class RateLimiter: Sendable {
    private struct State {
        var rate: Double
        var tokens: Double
        var updated: Double
        /// When the next waiter may go; waiters queue by taking later and later moments.
        var lastFall: Double
    }

    private let documented: Double
    private let burst: Double
    private let time: any TimeSource
    private let state: Mutex<State>

    /// A limiter.
    ///
    /// - Parameters:
    ///   - perSecond: the documented rate, the share that the run may take already applied.
    ///   - burst: how many calls may go at once after a pause.
    ///   - time: the clock.
    public init(perSecond: Double, burst: Double = 1, time: any TimeSource = SystemTime()) {
        documented = perSecond
        self.burst = max(1, burst)
        self.time = time
        state = Mutex(State(rate: perSecond, tokens: max(1, burst), updated: time.monotonic(), lastFall: -1e9))
    }

    /// Waits for the right to make one call.
    public func acquire() async throws {
        let wait = state.withLock { state -> Double in
            let now = time.monotonic()
            state.tokens = min(burst, state.tokens + max(0, now - state.updated) * state.rate)
            state.updated = now
            state.tokens -= 1
            return state.tokens >= 0 ? 0 : -state.tokens / state.rate
        }
        if wait > 0 { try await time.sleep(seconds: wait) }
    }

    /// Tells that the service throttled a call: the rate falls by a third, at most once a second.
    public func throttled() {
        state.withLock { state in
            let now = time.monotonic()
            guard now - state.lastFall >= 1 else { return }
            state.lastFall = now
            state.rate = max(documented / 20, state.rate * 2 / 3)
            state.tokens = min(state.tokens, 0)
        }
    }

    /// Tells that a call went through: the rate climbs back by a fortieth of the documented one.
    public func succeeded() {
        state.withLock { state in
            guard state.rate < documented, time.monotonic() - state.lastFall >= 1 else { return }
            state.rate = min(documented, state.rate + documented / 40)
        }
    }

    /// The rate in calls a second that holds now.
    public var currentRate: Double { state.withLock { $0.rate } }
}
