import Foundation
import Model
import Testing

@testable import SQLiteLedger

/// What a process leaves behind that is killed the moment after a call returned.
@Suite struct CrashTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a request, a departure and a note stand after kill -9, and the lock does not") func killed() async throws {
        let ledgerPath = folder.file("ledger.sqlite")
        let lockPath = RunLock.path(besideLedger: ledgerPath)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [ledgerPath = ledgerPath as String, lockPath = lockPath as String] in
            let ledger = try SQLiteLedger(path: ledgerPath)
            let lock = try await RunLock.acquire(path: lockPath, command: "sync", process: 4711, now: { moment(1) })
            let run = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(1)))
            try lock.note(run: run)
            try await ledger.note([action("a", run: run, status: .begun)])
            try await ledger.record(departure("d"))
            _ = try await ledger.enqueue(request("r"))
            kill(getpid(), SIGKILL)
            lock.release()
        }
        let ledger = try SQLiteLedger(path: ledgerPath)
        #expect(try await ledger.openRequests() == [request("r")])
        #expect(try await ledger.departures() == [departure("d")])
        #expect(try await ledger.runs(limit: 9) == [RunRecord(id: 1, command: "sync", startedAt: moment(1))])
        #expect(try await ledger.actions(run: 1, about: nil, limit: 9).map(\.status) == [.begun])
        #expect(try RunLock.state(path: lockPath) == .free)
        try await RunLock.acquire(path: lockPath, command: "sync", process: 1, now: { moment(2) }).release()
    }

    @Test("a process killed within a transaction leaves nothing of it, and keeps nobody waiting") func halfDone()
        async throws
    {
        let path = folder.file("ledger.sqlite")
        try await SQLiteLedger(path: path).setOwnedGroups(["before"])
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let connection = try Connection.open(.file(path))
            try connection.transaction { () throws(SQLiteFailure) in
                try connection.run("DELETE FROM ownedGroup")
                kill(getpid(), SIGKILL)
            }
        }
        let ledger = try SQLiteLedger(path: path)
        #expect(try await ledger.ownedGroups() == ["before"])
        try await ledger.setOwnedGroups(["after"])
    }

    @Test("another process cannot take the lock that this one holds, and is told who holds it") func twoProcesses()
        async throws
    {
        let path = folder.file("ledger.lock")
        let lock = try await RunLock.acquire(path: path, command: "sync", process: 4711, now: { moment(0) })
        try lock.note(run: 12)
        defer { lock.release() }
        await #expect(processExitsWith: .success) { [path = path as String] in
            let holder = RunLock.Holder(process: 4711, since: moment(0), command: "sync", run: 12)
            let state = try RunLock.state(path: path)
            #expect(state == .held(by: holder))
            await #expect(throws: RunLock.Failure.held(path: path, by: holder)) {
                try await RunLock.acquire(path: path, command: "apply", process: 1, now: { moment(5) })
            }
        }
    }
}
