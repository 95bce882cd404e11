import Foundation
import Model
import Synchronization
import Testing

@testable import SQLiteLedger

/// A clock that jumps instead of waiting, and tells how long was waited.
final class JumpingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex(Instant(offset: .zero))
    private let onSleep: @Sendable (Duration) throws -> Void
    let minimumResolution = Duration.nanoseconds(1)

    init(onSleep: @escaping @Sendable (Duration) throws -> Void = { _ in }) { self.onSleep = onSleep }

    var now: Instant { state.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        state.withLock { $0 = max($0, deadline) }
        try onSleep(now.offset)
    }
}

@Suite struct RunLockTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("state/ledger.lock")
    }

    private func take(
        _ command: String = "sync",
        timeout: Double = 0,
        at: Timestamp = moment(0),
        clock: JumpingClock = JumpingClock()
    ) async throws(RunLock.Failure) -> RunLock {
        try await RunLock.acquire(
            path: path,
            timeoutSeconds: timeout,
            command: command,
            process: 4711,
            now: { at },
            clock: clock
        )
    }

    @Test("the lock lies beside its ledger") func place() {
        #expect(RunLock.path(besideLedger: "/var/lib/idbridge/ledger.sqlite") == "/var/lib/idbridge/ledger.lock")
        #expect(RunLock.path(besideLedger: "/x/a.db") == "/x/a.lock")
        #expect(RunLock.path(besideLedger: "/x.sqlite/state") == "/x.sqlite/state.lock")
    }

    @Test("a lock that nobody holds is had at once, in a file for its owner alone") func free() async throws {
        #expect(try RunLock.state(path: path) == .free)
        #expect(try !RunLock.isHeld(path: path))
        #expect(!LedgerFile.exists(path))
        let lock = try await take()
        #expect(try folder.mode(of: "state") == 0o700)
        #expect(try folder.mode(of: "state/ledger.lock") == 0o600)
        #expect(try RunLock.isHeld(path: path))
        lock.release()
        #expect(try RunLock.state(path: path) == .free)
        lock.release()
    }

    @Test("a second one in the same process is refused and told who holds it, since when") func held() async throws {
        let lock = try await take(at: moment(7))
        let error = await #expect(throws: RunLock.Failure.self) { try await take("apply", at: moment(9)) }
        let holder = RunLock.Holder(process: 4711, since: moment(7), command: "sync")
        #expect(error == .held(path: path, by: holder))
        #expect(
            error?.description
                == "another run holds the lock \(path): `sync`, process 4711, since 2023-11-14T22:13:27Z; "
                + "wait for it to end, or let this one wait with `--lock-timeout 5m`"
        )
        lock.release()
        try await take().release()
    }

    @Test("a lock that is let go of without a release is free") func letGo() async throws {
        do { _ = try await take() }
        #expect(try RunLock.state(path: path) == .free)
    }

    @Test("looking at a lock never keeps it from a run that begins") func looking() async throws {
        try await take().release()
        guard let open = try LockFile(path, isWriter: false) else {
            Issue.record("the lock file is not there")
            return
        }
        #expect(try !open.isTaken())
        let lock = try await take()
        #expect(try open.isTaken())
        #expect(try open.isTaken())
        lock.release()
    }

    @Test("it waits as long as it is told and no longer") func waiting() async throws {
        let lock = try await take()
        let clock = JumpingClock()
        let error = await #expect(throws: RunLock.Failure.self) { try await take(timeout: 30, clock: clock) }
        #expect(error == .held(path: path, by: RunLock.Holder(process: 4711, since: moment(0), command: "sync")))
        #expect(clock.now.offset == .seconds(30))
        lock.release()
    }

    @Test("it has the lock as soon as the other lets go") func handedOver() async throws {
        let lock = try await take("sync")
        let clock = JumpingClock { offset in if offset >= .seconds(3) { lock.release() } }
        let next = try await take("apply", timeout: 30, at: moment(3), clock: clock)
        #expect(clock.now.offset == .seconds(3))
        #expect(
            try RunLock.state(path: path)
                == .held(by: RunLock.Holder(process: 4711, since: moment(3), command: "apply"))
        )
        next.release()
    }

    @Test("cancelling ends the waiting") func cancelled() async throws {
        let lock = try await take()
        let clock = JumpingClock { _ in throw CancellationError() }
        await #expect(throws: RunLock.Failure.cancelled) { try await take(timeout: 30, clock: clock) }
        lock.release()
    }

    @Test("a file that was deleted while it was held does not confuse the next holder") func deleted() async throws {
        let first = try await take("sync")
        try FileManager.default.removeItem(atPath: path)
        let second = try await take("apply")
        let error = await #expect(throws: RunLock.Failure.self) { try await take() }
        #expect(error == .held(path: path, by: RunLock.Holder(process: 4711, since: moment(0), command: "apply")))
        first.release()
        #expect(try RunLock.isHeld(path: path))
        second.release()
    }

    @Test("a place where no lock can be is told with the reason") func unusable() async throws {
        try folder.write([], to: "state")
        let error = await #expect(throws: RunLock.Failure.self) { try await take() }
        guard case .unusable(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.description.contains("Not a directory"))
    }

    @Test("a text that is cut off or strange names nobody") func strangeText() {
        for text in ["", "process x\nsince 2026-11-24T10:00:00Z\ncommand sync\n", "process 1\ncommand sync", "\u{0}"] {
            #expect(RunLock.Holder(text: text) == nil)
        }
        let holder = RunLock.Holder(process: 1, since: moment(0), command: "sync with spaces", run: 9)
        #expect(RunLock.Holder(text: holder.text) == holder)
    }

    @Test("a run that began before another's may be at work, one that began after may not") func precedence() {
        func state(_ run: Int64?) -> RunLock.State {
            .held(by: RunLock.Holder(process: 1, since: moment(0), command: "sync", run: run))
        }
        #expect(!RunLock.State.free.mayPrecede(run: 5))
        #expect(state(4).mayPrecede(run: 5))
        #expect(!state(6).mayPrecede(run: 5))
        #expect(state(nil).mayPrecede(run: 5))
        #expect(RunLock.State.held(by: nil).mayPrecede(run: 5))
    }
}
