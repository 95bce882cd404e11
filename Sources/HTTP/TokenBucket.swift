/// A token bucket whose rate adapts, as a pure machine: the time goes in with every event.
struct TokenBucket: Hashable, Sendable {
    /// The rate that the service documents, in calls a second; the rate never rises above it.
    let documented: Double
    /// The most tokens that gather.
    let burst: Double
    /// The rate that holds now.
    private(set) var rate: Double
    private var tokens: Double
    private var updated: Double
    private var blockedUntil = -Double.infinity
    private var lastFall = -Double.infinity

    /// However long a service asks everybody to wait, one call tries again after so many seconds.
    static let longestBlockSeconds = 60.0

    init(perSecond: Double, burst: Double, now: Double) {
        // A rate of nothing would wait for ever; one call in a hundred seconds is as slow as it gets.
        documented = perSecond >= 0.01 ? perSecond : 0.01
        self.burst = burst >= 1 ? burst : 1
        rate = documented
        tokens = self.burst
        updated = now
    }

    /// Takes a token; where there is none, tells how many seconds to wait before asking again.
    mutating func take(now: Double) -> Double? {
        refill(now)
        if now < blockedUntil { return blockedUntil - now }
        // Sums of fractions miss 1 by a few units in the last place, and then there would be one more, tiny wait.
        guard tokens >= 1 - 1e-6 else { return (1 - tokens) / rate }
        tokens -= 1
        return nil
    }

    /// Puts back a token that was taken and not used.
    mutating func giveBack(now: Double) {
        refill(now)
        tokens = min(burst, tokens + 1)
    }

    /// The service throttled a call: the rate falls by a third, at most once a second, since the calls in flight tell
    /// the same again. Nobody calls before `after` seconds have passed.
    mutating func throttled(after: Double?, now: Double) {
        refill(now)
        tokens = min(tokens, 0)
        if let after, after > 0 { blockedUntil = max(blockedUntil, now + min(after, Self.longestBlockSeconds)) }
        guard now - lastFall >= 1 else { return }
        lastFall = now
        rate = max(documented / 20, rate * 2 / 3)
    }

    /// A call went through: the rate climbs by a fortieth of the documented one, from a second after the last fall.
    mutating func succeeded(now: Double) {
        guard rate < documented, now - lastFall >= 1 else { return }
        refill(now)
        rate = min(documented, rate + documented / 40)
    }

    private mutating func refill(_ now: Double) {
        guard now > updated else { return }
        // Nothing gathers while the service wants to be left alone, or all would rush in at its end.
        let from = min(max(updated, blockedUntil), now)
        tokens = min(burst, tokens + (now - from) * rate)
        updated = now
    }
}
