import HTTP
import Synchronization

/// A clock that jumps ahead to the end of every wait, so that nobody waits. Waits at the same time end together.
final class JumpingTime: TimeSource {
    private let seconds = Mutex(1000.0)

    func now() -> Double { 1_795_000_000 + monotonic() }
    func monotonic() -> Double { seconds.withLock { $0 } }
    func sleep(seconds pause: Double) async throws {
        try Task.checkCancellation()
        let end = monotonic() + pause
        // Others that are ready go first: a wait is over only when there is nothing else to do, or nearly so.
        for _ in 0..<8 { await Task.yield() }
        seconds.withLock { $0 = max($0, end) }
    }
}

/// Always the same number.
struct ConstantRandom: RandomSource {
    var value = 0.5
    func unit() -> Double { value }
}
