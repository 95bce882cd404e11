internal import Synchronization

/// Bounds how many good requests are taken in a time: a token bucket.
final class RequestRate: Sendable {
    private struct State {
        var tokens: Double
        var at: Double
    }
    private let perSecond: Double
    private let burst: Double
    private let state: Mutex<State>

    init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
        state = Mutex(State(tokens: burst, at: 0))
    }

    /// Takes one; false where there is none.
    func take(at seconds: Double) -> Bool {
        state.withLock { state in
            let passed = state.at == 0 ? 0 : max(0, seconds - state.at)
            state.tokens = min(burst, state.tokens + passed * perSecond)
            state.at = max(state.at, seconds)
            guard state.tokens >= 1 else { return false }
            state.tokens -= 1
            return true
        }
    }
}
