internal import Glibc

/// The time, and waiting: passed in, so that tests do not wait.
public protocol TimeSource: Sendable {
    /// Seconds since 1970 by the wall clock.
    func now() -> Double
    /// Seconds of a clock that never goes back.
    func monotonic() -> Double
    /// Waits; returns early by throwing when the task is cancelled.
    func sleep(seconds: Double) async throws
}

/// Randomness for jitter: passed in, so that tests are repeatable.
public protocol RandomSource: Sendable {
    /// A number from 0 up to, not including, 1.
    func unit() -> Double
}

/// The system's clocks.
public struct SystemTime: TimeSource {
    /// The system's clocks.
    public init() {}
    /// Seconds since 1970 by the wall clock.
    public func now() -> Double { read(CLOCK_REALTIME) }
    /// Seconds of the monotonic clock.
    public func monotonic() -> Double { read(CLOCK_MONOTONIC) }
    /// Waits by the concurrency runtime's clock.
    public func sleep(seconds: Double) async throws {
        try await Task.sleep(for: .seconds(max(0, seconds)))
    }
    private func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The system's randomness.
public struct SystemRandom: RandomSource {
    /// The system's randomness.
    public init() {}
    /// A number from 0 up to, not including, 1.
    public func unit() -> Double { Double.random(in: 0..<1) }
}
