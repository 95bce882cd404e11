import Synchronization
import Testing

@testable import IdentityCenter

/// How many are inside something, at most and in all.
private final class Tally: Sendable {
    private struct Counts {
        var now = 0
        var peak = 0
        var total = 0
    }
    private let counts = Mutex(Counts())

    @discardableResult
    func enter() -> Int {
        counts.withLock {
            $0.now += 1
            $0.total += 1
            $0.peak = max($0.peak, $0.now)
            return $0.total
        }
    }
    func leave() { counts.withLock { $0.now -= 1 } }
    var peak: Int { counts.withLock { $0.peak } }
    var total: Int { counts.withLock { $0.total } }
}

@Suite("Waiting")
struct WaitingTests {
    private struct Stop: Error, Hashable {}

    @Test("a latch gives its value to the one who waits, whoever comes first")
    func latch() async {
        let early = Latch<Int>()
        #expect(early.fill(1))
        #expect(!early.fill(2))
        #expect(await early.value() == 1)
        let late = Latch<Int>()
        async let value = late.value()
        await Task.yield()
        #expect(late.fill(3))
        #expect(await value == 3)
    }

    @Test("a cancelled wait ends with nothing: before it, during it, and not after it")
    func cancelledLatch() async {
        let before = Latch<Int>()
        let first = Task {
            while !Task.isCancelled { await Task.yield() }
            return await before.value()
        }
        first.cancel()
        #expect(await first.value == nil)
        #expect(!before.fill(1))

        let during = Latch<Int>()
        let second = Task { await during.value() }
        for _ in 0..<20 { await Task.yield() }
        second.cancel()
        #expect(await second.value == nil)
        #expect(!during.fill(1))

        let after = Latch<Int>()
        after.fill(7)
        let third = Task {
            while !Task.isCancelled { await Task.yield() }
            return await after.value()
        }
        third.cancel()
        #expect(await third.value == 7)
    }

    @Test("a gate lets as many through as it is wide, and everybody in the end")
    func gate() async {
        let gate = Gate(width: 3)
        let inside = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    _ = await gate.pass {
                        inside.enter()
                        for _ in 0..<5 { await Task.yield() }
                        inside.leave()
                    }
                }
            }
        }
        #expect(inside.total == 100)
        #expect(inside.peak == 3)
    }

    @Test("a cancelled wait at a gate takes no place with it, and a failure frees its place")
    func cancelledGate() async throws {
        let gate = Gate(width: 1)
        let release = Latch<Void>()
        let holder = Task { await gate.pass { _ = await release.value() } }
        for _ in 0..<20 { await Task.yield() }
        let waiting = Task { await gate.pass { 1 } }
        for _ in 0..<20 { await Task.yield() }
        waiting.cancel()
        #expect(await waiting.value == nil)
        release.fill(())
        #expect(await holder.value != nil)
        #expect(await gate.pass { 2 } == 2)
        await #expect(throws: Stop.self) { try await gate.pass { () throws(Stop) -> Int in throw Stop() } }
        #expect(await gate.pass { 3 } == 3)
    }

    @Test("what is got once is got once; a failure is tried again by the next")
    func once() async throws {
        let once = Once<Int>()
        let tries = Tally()
        let get: @Sendable () async throws(Stop) -> Int = { () async throws(Stop) in
            let number = tries.enter()
            await Task.yield()
            if number == 1 { throw Stop() }
            return number
        }
        #expect(once.value == nil)
        await #expect(throws: Stop.self) { try await once.value(get) }
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<10 { group.addTask { try? await once.value(get) } }
            for await value in group { #expect(value == 2) }
        }
        #expect(once.value == 2)
    }

    @Test("work in parallel keeps its order and its width, and ends with the first failure")
    func parallel() async throws {
        let inside = Tally()
        let items = Array(0..<50)
        let doubled = try await allInParallel(items, width: 4) { (item) async throws(Stop) -> Int in
            inside.enter()
            for _ in 0..<(item % 7) { await Task.yield() }
            inside.leave()
            return item * 2
        }
        #expect(doubled == items.map { $0 * 2 })
        #expect(inside.peak == 4)
        let begun = Tally()
        await #expect(throws: Stop.self) {
            try await allInParallel(items, width: 2) { (item) async throws(Stop) -> Int in
                begun.enter()
                if item == 3 { throw Stop() }
                return item
            }
        }
        #expect(begun.total < 10)
        #expect(try await allInParallel([Int](), width: 2) { (item) async throws(Stop) in item } == [])
    }

    @Test("pauses double up to the longest")
    func persistence() {
        let persistence = Persistence(tries: 7, firstPauseSeconds: 1.5, longestPauseSeconds: 30)
        #expect((1...8).map { persistence.pause(afterTry: $0) } == [1.5, 3, 6, 12, 24, 30, nil, nil])
        #expect(Persistence.once.pause(afterTry: 1) == nil)
        let fresh = (1...9).compactMap { Persistence.freshObject.pause(afterTry: $0) }.reduce(0, +)
        #expect((25...35).contains(fresh))
        #expect(Persistence.conflict.tries >= 5)
    }

    @Test("questions come soon at first, and no sooner than operations are seen to end")
    func schedule() {
        var schedule = PollSchedule()
        #expect((0...9).map { schedule.pause(afterPolls: $0) } == [0.2, 0.3, 0.5, 1, 2, 3, 5, 8, 8, 8])
        schedule.note(seconds: 0.2)
        #expect(schedule.pause(afterPolls: 0) == 0.2)
        for _ in 0..<60 { schedule.note(seconds: 10) }
        #expect((6...7.01).contains(schedule.pause(afterPolls: 0)))
        #expect((2.4...2.6).contains(schedule.pause(afterPolls: 1)))
        #expect(schedule.pause(afterPolls: 5) == 3)
        for _ in 0..<60 { schedule.note(seconds: 300) }
        #expect(schedule.pause(afterPolls: 0) == 8)
    }

    @Test("session durations are read")
    func durations() {
        let cases: [(String, Int?)] = [
            ("PT1H", 3600), ("PT12H", 43200), ("PT1H30M", 5400), ("PT90M", 5400), ("PT45S", 45), ("P1D", 86400),
            ("P1DT2H", 93600), ("P1W", 604_800), ("", nil), ("P", nil), ("PT", nil), ("1H", nil), ("PT1", nil),
            ("PTH", nil), ("PT1H1H", nil), ("PT1M1H", nil), ("P1H", nil), ("PT1.5H", nil), ("PT-1H", nil),
            ("PT99999999999H", nil),
        ]
        for (text, seconds) in cases { #expect(SessionDuration.seconds(iso8601: text) == seconds, "\(text)") }
    }
}
