import HTTP
import Synchronization
import Testing

@testable import AWSAuth

@Suite("CachedCredentials")
struct CachedCredentialsTests {
    private let time = FakeTime()
    private static let down = AWSAuthError(.unreachable, service: "sts", message: "down")

    private func cached(_ source: CountingProvider) -> CachedCredentials {
        CachedCredentials(source, clock: AWSClock(time: time))
    }

    private func hourly() -> CountingProvider {
        CountingProvider { [time] in .success(testCredentials($0, expiration: time.now() + 3600)) }
    }

    @Test("keys without an end are asked for once")
    func lasting() async throws {
        let source = CountingProvider { .success(testCredentials($0)) }
        let cached = cached(source)
        for _ in 0..<3 {
            #expect(try await cached.credentials(renew: false).accessKeyID == "AKID1")
            time.advance(1e6)
        }
    }

    @Test("temporary keys are renewed a quarter of an hour before their end, and not sooner")
    func advisory() async throws {
        let source = hourly()
        let cached = cached(source)
        #expect(try await cached.credentials(renew: false).accessKeyID == "AKID1")
        time.advance(2699)
        #expect(try await cached.credentials(renew: false).accessKeyID == "AKID1")
        time.advance(1)
        #expect(try await cached.credentials(renew: false).accessKeyID == "AKID2")
        #expect(try await cached.credentials(renew: false).accessKeyID == "AKID2")
        #expect(source.renewals == 0)
    }

    @Test("keys of a short life are used for three quarters of it")
    func shortLife() async throws {
        let source = CountingProvider { [time] in .success(testCredentials($0, expiration: time.now() + 900)) }
        let cached = cached(source)
        _ = try await cached.credentials(renew: false)
        time.advance(670)
        #expect(try await cached.credentials(renew: false).accessKeyID == "AKID1")
        time.advance(6)
        #expect(try await cached.credentials(renew: false).accessKeyID == "AKID2")
    }

    @Test("while the source is down, keys are used to their end, and it is asked once a minute")
    func stable() async throws {
        let source = CountingProvider { [time] number in
            number == 1 ? .success(testCredentials(1, expiration: time.now() + 3600)) : .failure(Self.down)
        }
        let cached = cached(source)
        _ = try await cached.credentials(renew: false)
        time.advance(3500)
        for _ in 0..<5 { #expect(try await cached.credentials(renew: false).accessKeyID == "AKID1") }
        #expect(source.calls == 2)
        time.advance(61)
        _ = try await cached.credentials(renew: false)
        #expect(source.calls == 3)
        time.advance(40)
        await #expect(throws: Self.down) { try await cached.credentials(renew: false) }
    }

    @Test("a source that gives the same keys again is not asked for each call")
    func unchanged() async throws {
        let end = time.now() + 3600
        let source = CountingProvider { _ in .success(testCredentials(1, expiration: end)) }
        let cached = cached(source)
        _ = try await cached.credentials(renew: false)
        time.advance(3000)
        for _ in 0..<5 { _ = try await cached.credentials(renew: false) }
        #expect(source.calls == 2)
    }

    @Test("a renewal that was asked for goes to the source, and fails with it")
    func renewal() async throws {
        let source = CountingProvider { $0 < 3 ? .success(testCredentials($0)) : .failure(Self.down) }
        let cached = cached(source)
        _ = try await cached.credentials(renew: false)
        #expect(try await cached.credentials(renew: true).accessKeyID == "AKID2")
        #expect(source.renewals == 1)
        await #expect(throws: Self.down) { try await cached.credentials(renew: true) }
        #expect(try await cached.credentials(renew: false).accessKeyID == "AKID2")
    }

    @Test("however many ask at once, one renewal runs")
    func singleFlight() async throws {
        let source = hourly()
        let cached = cached(source)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await cached.credentials(renew: false).accessKeyID } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids == ["AKID1"])
        #expect(source.calls == 1)
    }

    /// Gives nothing until it is cancelled or released.
    private final class Gate: CredentialsProvider {
        private let state = Mutex<(calls: Int, cancelled: Int, isOpen: Bool)>((0, 0, false))
        var calls: Int { state.withLock { $0.calls } }
        var cancelled: Int { state.withLock { $0.cancelled } }
        func open() { state.withLock { $0.isOpen = true } }

        func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials {
            let number = state.withLock { state in
                state.calls += 1
                return state.calls
            }
            while !state.withLock({ $0.isOpen }) {
                if Task.isCancelled {
                    state.withLock { $0.cancelled += 1 }
                    throw AWSAuthError(.cancelled, service: "test", message: "cancelled")
                }
                await Task.yield()
            }
            return testCredentials(number)
        }
    }

    @Test("the last one who waits takes the renewal along when cancelled; the next begins anew")
    func cancellation() async throws {
        let gate = Gate()
        let cached = CachedCredentials(gate, clock: AWSClock(time: time))
        let first = Task { try await cached.credentials(renew: false) }
        let second = Task { try await cached.credentials(renew: false) }
        while gate.calls < 1 { await Task.yield() }
        first.cancel()
        second.cancel()
        for task in [first, second] {
            let error = await #expect(throws: AWSAuthError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
        }
        #expect(gate.cancelled == 1)
        gate.open()
        #expect(try await cached.credentials(renew: false).accessKeyID == "AKID2")
    }

    @Test("one who is cancelled leaves the renewal to the others")
    func othersGoOn() async throws {
        let gate = Gate()
        let cached = CachedCredentials(gate, clock: AWSClock(time: time))
        let stays = Task { try await cached.credentials(renew: false) }
        while gate.calls < 1 { await Task.yield() }
        let leaves = Task { try await cached.credentials(renew: false) }
        leaves.cancel()
        for _ in 0..<100 { await Task.yield() }
        gate.open()
        #expect(try await stays.value.accessKeyID == "AKID1")
        #expect(gate.cancelled == 0)
    }
}
