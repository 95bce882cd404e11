import HTTP
import Synchronization

/// A clock that jumps ahead whenever somebody waits, so that nobody does.
final class JumpingTime: TimeSource {
    private struct State {
        var seconds = 1000.0
        var pauses: [Double] = []
    }
    private let state = Mutex(State())

    func now() -> Double { monotonic() }
    func monotonic() -> Double { state.withLock { $0.seconds } }
    func sleep(seconds: Double) async throws {
        try Task.checkCancellation()
        state.withLock {
            $0.pauses.append(seconds)
            $0.seconds += seconds
        }
        await Task.yield()
    }
    /// How long was waited, each time.
    var pauses: [Double] { state.withLock { $0.pauses } }
    func pass(_ seconds: Double) { state.withLock { $0.seconds += seconds } }
}

/// A clock that stands until the test moves it.
final class StandingTime: TimeSource {
    private struct Sleeper {
        var until: Double
        var continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var seconds = 0.0
        var next = 0
        var sleepers: [Int: Sleeper] = [:]
    }
    private let state = Mutex(State())

    func now() -> Double { monotonic() }
    func monotonic() -> Double { state.withLock { $0.seconds } }
    func sleep(seconds: Double) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[id] = Sleeper(until: state.seconds + seconds, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock and wakes those whose time has come.
    func advance(by seconds: Double) {
        let woken = state.withLock { state in
            state.seconds += seconds
            let due = state.sleepers.filter { $0.value.until <= state.seconds + 1e-9 }
            for id in due.keys { state.sleepers.removeValue(forKey: id) }
            return due.sorted { $0.value.until < $1.value.until }.map(\.value)
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    var sleepers: Int { state.withLock { $0.sleepers.count } }
}

/// Lets other tasks run until something holds.
func eventually(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}

/// Always the same number.
struct ConstantRandom: RandomSource {
    var value: Double
    func unit() -> Double { value }
}

/// Numbers from a seed: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What happened, in its order.
final class Log<Entry: Sendable>: Sendable {
    private let state = Mutex<[Entry]>([])
    func append(_ entry: Entry) { state.withLock { $0.append(entry) } }
    var entries: [Entry] { state.withLock { $0 } }
}
