import HTTP
import Testing

@Suite struct RateLimiterTests {
    @Test("the burst goes at once, then one call a slot")
    func rate() async throws {
        let time = JumpingTime()
        let limiter = RateLimiter(perSecond: 10, burst: 3, time: time)
        var moments: [Double] = []
        for _ in 0..<8 {
            try await limiter.acquire()
            moments.append(time.monotonic() - 1000)
        }
        for (moment, expected) in zip(moments, [0, 0, 0, 0.1, 0.2, 0.3, 0.4, 0.5]) {
            #expect(abs(moment - expected) < 1e-6)
        }
        time.pass(100)
        for _ in 0..<3 { try await limiter.acquire() }
        #expect(time.pauses.count == 5)
    }

    @Test("many callers at once stay within the rate and go in the order in which they came")
    func fairness() async throws {
        let time = StandingTime()
        let limiter = RateLimiter(perSecond: 10, burst: 1, time: time)
        try await limiter.acquire()
        let order = Log<Int>()
        let calls = await line(of: 50, at: limiter) { number in order.append(number) }
        for served in 1...50 {
            await eventually { time.sleepers == 1 }
            #expect(order.entries.count == served - 1)
            time.advance(by: 0.1)
            await eventually { order.entries.count == served }
        }
        for call in calls { try await call.value }
        #expect(order.entries == Array(0..<50))
        #expect(limiter.waiting == 0)
    }

    @Test("a caller who is cancelled in the line costs those behind nothing")
    func cancellation() async throws {
        let time = StandingTime()
        let limiter = RateLimiter(perSecond: 1, burst: 1, time: time)
        try await limiter.acquire()
        let order = Log<Int>()
        let calls = await line(of: 20, at: limiter) { number in order.append(number) }
        await eventually { time.sleepers == 1 }
        // The head of the line, one in the middle and the last.
        for number in [0, 7, 8, 19] {
            calls[number].cancel()
            await #expect(throws: CancellationError.self) { try await calls[number].value }
        }
        let remaining = Array(0..<20).filter { ![0, 7, 8, 19].contains($0) }
        for served in 1...remaining.count {
            await eventually { time.sleepers == 1 }
            time.advance(by: 1)
            await eventually { order.entries.count == served }
        }
        #expect(order.entries == remaining)
        #expect(time.monotonic() == Double(remaining.count))
        #expect(limiter.waiting == 0)
    }

    @Test("calls cancelled at any moment leave no caller behind, and tokens for all")
    func cancellationAtRandom() async throws {
        for seed in UInt64(0)..<40 {
            var random = SeededGenerator(seed: seed)
            let time = JumpingTime()
            let limiter = RateLimiter(perSecond: 100, burst: 2, time: time)
            let passed = Log<Void>()
            let calls = (0..<60).map { _ in
                Task {
                    try await limiter.acquire()
                    passed.append(())
                }
            }
            for call in calls where Bool.random(using: &random) {
                for _ in 0..<Int.random(in: 0...3, using: &random) { await Task.yield() }
                call.cancel()
            }
            var through = 0
            for call in calls { if case .success = await call.result { through += 1 } }
            #expect(passed.entries.count == through, "seed \(seed)")
            #expect(limiter.waiting == 0, "seed \(seed)")
            #expect(time.monotonic() - 1000 <= Double(through) / 100 + 1e-6, "seed \(seed)")
        }
    }

    @Test("throttling slows those who wait already")
    func throttling() async throws {
        let time = StandingTime()
        let limiter = RateLimiter(perSecond: 3, burst: 1, time: time)
        try await limiter.acquire()
        let order = Log<Int>()
        let calls = await line(of: 2, at: limiter) { number in order.append(number) }
        await eventually { time.sleepers == 1 }
        limiter.throttled()
        #expect(limiter.currentRate == 2)
        time.advance(by: 1.0 / 3)
        await eventually { time.sleepers == 1 }
        #expect(order.entries.isEmpty)
        time.advance(by: 0.5 - 1.0 / 3)
        await eventually { order.entries == [0] }
        await eventually { time.sleepers == 1 }
        time.advance(by: 0.5)
        for call in calls { try await call.value }
        #expect(order.entries == [0, 1])
    }

    @Test("when a service asks for quiet, nobody calls until it is over, and then not all at once")
    func quiet() async throws {
        let time = JumpingTime()
        let limiter = RateLimiter(perSecond: 6, burst: 5, time: time)
        limiter.throttled(after: 30)
        var moments: [Double] = []
        for _ in 0..<3 {
            try await limiter.acquire()
            moments.append(time.monotonic() - 1000)
        }
        for (moment, expected) in zip(moments, [30.25, 30.5, 30.75]) { #expect(abs(moment - expected) < 1e-6) }
    }

    @Test("a service that asks for a day of quiet is asked again after a minute")
    func longQuiet() async throws {
        let time = JumpingTime()
        let limiter = RateLimiter(perSecond: 1000, time: time)
        limiter.throttled(after: 86400)
        try await limiter.acquire()
        #expect(time.monotonic() - 1000 < 61)
    }

    @Test("the rate falls once a second at most, never below a twentieth, and climbs back to the documented one")
    func adaptation() {
        let time = JumpingTime()
        let limiter = RateLimiter(perSecond: 9, time: time)
        for _ in 0..<10 { limiter.throttled() }
        #expect(limiter.currentRate == 6)
        limiter.succeeded()
        #expect(limiter.currentRate == 6)
        for _ in 0..<100 {
            time.pass(1)
            limiter.throttled()
        }
        #expect(limiter.currentRate == 0.45)
        time.pass(1)
        for _ in 0..<39 { limiter.succeeded() }
        #expect(limiter.currentRate == 9)
        limiter.succeeded()
        #expect(limiter.currentRate == 9)
    }

    @Test("a right that is given back serves the next caller")
    func givingBack() async throws {
        let time = JumpingTime()
        let limiter = RateLimiter(perSecond: 1, burst: 2, time: time)
        for _ in 0..<2 { try await limiter.acquire() }
        limiter.giveBack()
        try await limiter.acquire()
        #expect(time.pauses.isEmpty)
        for _ in 0..<5 { limiter.giveBack() }
        for _ in 0..<2 { try await limiter.acquire() }
        #expect(time.pauses.isEmpty)
        try await limiter.acquire()
        #expect(time.pauses == [1])
    }

    @Test("a rate of nothing still lets a call through some time")
    func noRate() async throws {
        for rate in [0, -1, Double.nan] {
            let time = JumpingTime()
            let limiter = RateLimiter(perSecond: rate, burst: rate, time: time)
            for _ in 0..<2 { try await limiter.acquire() }
            #expect(time.pauses == [100])
        }
    }

    /// Callers who stand in line in the order of their numbers.
    private func line(
        of count: Int,
        at limiter: RateLimiter,
        then served: @escaping @Sendable (Int) -> Void
    ) async -> [Task<Void, any Error>] {
        var calls: [Task<Void, any Error>] = []
        for number in 0..<count {
            calls.append(
                Task {
                    try await limiter.acquire()
                    served(number)
                }
            )
            await eventually { limiter.waiting == number + 1 }
        }
        return calls
    }
}
