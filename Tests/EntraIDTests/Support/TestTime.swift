import HTTP
import Synchronization

/// Clocks that stand still but for sleeping, which takes no time.
final class TestTime: TimeSource {
    private struct State {
        var now: Double
        var passed = 0.0
        var slept: [Double] = []
    }
    private let state: Mutex<State>

    init(now: Double = 1_795_514_400) { state = Mutex(State(now: now)) }

    func now() -> Double { state.withLock { $0.now } }
    func monotonic() -> Double { state.withLock { $0.passed } }
    func sleep(seconds: Double) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.now += seconds
            state.passed += seconds
            state.slept.append(seconds)
        }
    }

    /// Lets time pass.
    func pass(seconds: Double) {
        state.withLock { state in
            state.now += seconds
            state.passed += seconds
        }
    }

    /// The pauses taken.
    var slept: [Double] { state.withLock { $0.slept } }
}

/// Jitter that is always the same share.
struct FixedRandom: RandomSource {
    func unit() -> Double { 0.5 }
}
