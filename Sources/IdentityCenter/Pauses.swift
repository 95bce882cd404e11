internal import HTTP
internal import Model

/// The clock and the randomness that all waiting goes by.
struct Pauses: Sendable {
    var time: any TimeSource
    var random: any RandomSource

    /// Seconds of a clock that never goes back.
    var now: Double { time.monotonic() }

    /// Waits about so many seconds: between half as long and half as long again, so that many that wait part company.
    func wait(about seconds: Double, _ call: Call) async throws(UpstreamError) {
        do { try await time.sleep(seconds: seconds * (0.5 + random.unit())) } catch { throw call.cancelled }
    }
}

/// How often something is tried that fails for a while, and what lies between.
struct Persistence: Hashable, Sendable {
    /// Attempts in all.
    var tries: Int
    /// About how long the first pause is, in seconds; each one is twice as long as the one before.
    var firstPauseSeconds: Double
    /// About how long a pause gets.
    var longestPauseSeconds: Double

    /// Another change of the same object is under way: nearly three minutes, since the first use of a permission set in
    /// an account makes a role there, which can take minutes.
    ///
    /// Source: sso-admin API reference, ConflictException: a retry with back-off is the recommended response.
    static let conflict = Persistence(tries: 10, firstPauseSeconds: 1.5, longestPauseSeconds: 30)

    /// An object made moments ago is not known everywhere yet: about 30 s.
    static let freshObject = Persistence(tries: 10, firstPauseSeconds: 0.5, longestPauseSeconds: 4)

    /// One attempt.
    static let once = Persistence(tries: 1, firstPauseSeconds: 0, longestPauseSeconds: 0)

    /// The pause after an attempt, counted from 1; nil after the last.
    func pause(afterTry number: Int) -> Double? {
        guard number < tries else { return nil }
        var pause = firstPauseSeconds
        for _ in 1..<max(2, number) where number > 1 && pause < longestPauseSeconds { pause *= 2 }
        return min(pause, longestPauseSeconds)
    }
}

extension Pauses {
    /// Tries until it succeeds, fails for good, or the tries are used up; then the last failure is thrown.
    func persist<Value>(
        _ persistence: Persistence,
        _ call: Call,
        while isPassing: (CallFailure) -> Bool,
        _ work: () async throws(CallFailure) -> Value
    ) async throws(CallFailure) -> Value {
        var number = 0
        while true {
            number += 1
            do { return try await work() } catch {
                guard isPassing(error), let pause = persistence.pause(afterTry: number) else { throw error }
                do { try await wait(about: pause, call) } catch { throw CallFailure(error) }
            }
        }
    }

    /// Asks until there is an answer or the tries are used up; then nil.
    func persist<Value>(
        _ persistence: Persistence,
        _ call: Call,
        untilKnown ask: (_ number: Int) async throws(CallFailure) -> Value?
    ) async throws(CallFailure) -> Value? {
        var number = 0
        while true {
            number += 1
            if let value = try await ask(number) { return value }
            guard let pause = persistence.pause(afterTry: number) else { return nil }
            do { try await wait(about: pause, call) } catch { throw CallFailure(error) }
        }
    }
}
