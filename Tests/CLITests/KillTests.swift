import Foundation
import Sandbox
import Synchronization
import Testing

@Suite("killed at any instant, the next run converges", .serialized)
struct KillTests {
    /// When the process is ended, seen from one of its calls.
    enum Moment: CaseIterable { case before, after }

    /// What one killed run and the run after it came to.
    struct Finding: Sendable {
        var wasKilled: Bool
        var second: Ended
        var outcome: [String]
    }

    @Test("kill -9 before and after each call of a sync")
    func everyCall() async throws {
        let calls = try await callsOfSync()
        var kills = 0
        // Several at a time: a run mostly waits for the documented rates.
        let moments = (1...calls + 3).flatMap { number in Moment.allCases.map { (number, $0) } }
        try await withThrowingTaskGroup(of: (Int, Moment, Finding).self) { group in
            var rest = moments[...]
            for _ in 0..<6 {
                if let next = rest.popFirst() { group.addTask { (next.0, next.1, try await killed(next.0, next.1)) } }
            }
            while let (number, moment, finding) = try await group.next() {
                if finding.wasKilled { kills += 1 }
                #expect(finding.second.exit == 0, "\(moment) call \(number): \(finding.second.errors)")
                #expect(finding.outcome == SmallCompany.outcome, "\(moment) call \(number)")
                if let next = rest.popFirst() { group.addTask { (next.0, next.1, try await killed(next.0, next.1)) } }
            }
        }
        print("sync was killed \(kills) times, before and after each of its \(calls) calls, and converged each time")
        #expect(kills >= 2 * (calls - 3), "\(kills) kills for \(calls) calls")
    }

    private func callsOfSync() async throws -> Int {
        let place = try await Workplace.start()
        defer { place.stop() }
        #expect(try await place.run("sync").exit == 0)
        return place.world.log.count
    }

    private func killed(_ number: Int, _ moment: Moment) async throws -> Finding {
        let place = try await Workplace.start()
        defer { place.stop() }
        let process = ProcessID()
        switch moment {
        case .before:
            place.world.inject(Fault(Fault.Match { $0.number == number }, .every, .closed(performed: false)))
            place.world.onCall { call in if call.number == number { await process.send(SIGKILL) } }
        case .after: place.world.afterCall { call in if call.number == number { await process.send(SIGKILL) } }
        }
        let first = try await place.run("sync", started: { process.set($0) })
        place.world.clearHooks()
        place.world.clearFaults()
        let second = try await place.run("sync")
        return Finding(wasKilled: first.wasKilled, second: second, outcome: place.world.snapshot().outcome)
    }

    @Test("SIGTERM and SIGINT end what is in flight: 143 and 130, and the next run does the rest")
    func signals() async throws {
        for (signal, code) in [(SIGTERM, Int32(143)), (SIGINT, 130)] {
            for number in [1, 4, 9] {
                let place = try await Workplace.start()
                defer { place.stop() }
                let process = ProcessID()
                let writes = WriteCount()
                place.world.onCall { call in if call.isWrite, writes.next() == number { await process.send(signal) } }
                let stopped = try await place.run("sync", started: { process.set($0) })
                #expect(!stopped.wasKilled && stopped.exit == code, "\(stopped.exit) \(stopped.errors)")
                let log = place.world.log
                #expect(log.allSatisfy { $0.status != nil }, "a call was left without its answer")
                #expect(place.world.snapshot().outcome != SmallCompany.outcome, "nothing was left out")
                place.world.clearHooks()
                #expect(try await place.run("sync").exit == 0)
                #expect(place.world.snapshot().outcome == SmallCompany.outcome)
            }
        }
    }

    @Test("a signal while permission sets are read ends guardrails and aws-config at once")
    func signalWhileAsking() async throws {
        for command in ["guardrails", "aws-config"] {
            let place = try await Workplace.start()
            defer { place.stop() }
            let process = ProcessID()
            place.world.inject(Fault(.operation("sso-admin", "ListPermissionSets"), .every, .throttled(retryAfter: 60)))
            place.world.afterCall { call in if call.operation == "ListPermissionSets" { await process.send(SIGINT) } }
            let stopped = try await place.run(command, started: { process.set($0) })
            #expect(stopped.exit == 130, "\(command): \(stopped.exit) \(stopped.errors)")
            #expect(stopped.output.isEmpty)
        }
    }

    @Test("a signal while both sides are read ends the run at once, and plan too")
    func signalWhileReading() async throws {
        for command in ["sync", "plan"] {
            let place = try await Workplace.start()
            defer { place.stop() }
            let process = ProcessID()
            place.world.inject(Fault(.operation("identitystore", "ListUsers"), .every, .throttled(retryAfter: 60)))
            place.world.afterCall { call in if call.operation == "ListUsers" { await process.send(SIGTERM) } }
            let stopped = try await place.run(command, started: { process.set($0) })
            #expect(stopped.exit == 143, "\(command): \(stopped.exit) \(stopped.errors)")
            #expect(place.world.count("identitystore", "ListUsers") == 1)
            #expect(place.world.writes.isEmpty)
        }
    }
}
