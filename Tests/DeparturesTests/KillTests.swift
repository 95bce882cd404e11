import Foundation
import Sandbox
import Synchronization
import Testing

/// Ends the program at a call of its own.
private final class Killer: Sendable {
    private let running = Mutex<Company.Running?>(nil)
    private let seen = Mutex(0)
    let at: Int

    init(at: Int) { self.at = at }

    func watch(_ process: Company.Running) { running.withLock { $0 = process } }

    func count() -> Bool {
        let number = seen.withLock { count in
            count += 1
            return count
        }
        guard number == at else { return false }
        running.withLock { $0?.signal(SIGKILL) }
        return true
    }
}

@Suite("offboard killed at every call", .serialized)
struct KillTests {
    private static let mapping = """
        version: 1
        groups:
          admins:
            adopt: true
            members: [{ user: bob@example.com }]
        """

    private func world() throws -> (World, bob: String) {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.giveEverything(to: bob)
        return (world, bob)
    }

    /// Kills the program at one of its calls, before or after that is carried out; whether it was killed.
    private func kill(_ company: Company, _ arguments: [String], at number: Int, _ isPerformed: Bool) async throws
        -> Bool
    {
        let killer = Killer(at: number)
        if !isPerformed {
            company.sandbox.world.inject(Fault(Fault.Match(), .nth(number), .closed(performed: false)))
        }
        company.sandbox.world.onCall { _ in _ = killer.count() }
        let running = try company.begin(arguments)
        killer.watch(running)
        let code = await running.end().code
        company.sandbox.world.clearHooks()
        company.sandbox.world.clearFaults()
        return code == SIGKILL
    }

    /// Does something for each call, several at a time: a run mostly waits for the documented rates.
    private func several(_ calls: Int, _ work: @escaping @Sendable (Int) async throws -> Bool) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var (next, kills) = (1, 0)
            while next <= min(6, calls) {
                let number = next
                group.addTask { try await work(number) }
                next += 1
            }
            while let wasKilled = try await group.next() {
                if wasKilled { kills += 1 }
                guard next <= calls else { continue }
                let number = next
                group.addTask { try await work(number) }
                next += 1
            }
            return kills
        }
    }

    @Test("after the next run the person has nothing, every time", arguments: [false, true])
    func everyCall(isPerformed: Bool) async throws {
        let (world, bob) = try world()
        let whole = try await Company(world, mapping: KillTests.mapping)
        try await whole.run("offboard", bob)
        let calls = whole.sandbox.world.log.count
        let kills = try await several(calls) { number in
            let company = try await Company(world, mapping: KillTests.mapping)
            let wasKilled = try await kill(company, ["offboard", bob], at: number, isPerformed)
            let next = try await company.run("sync")
            #expect(company.holdings(of: bob) == [], "killed at call \(number): \(next.code) \(next.errors)")
            #expect(company.markers.count == 1, "killed at call \(number)")
            return wasKilled
        }
        print(
            "offboard killed at \(kills) of \(calls) calls, \(isPerformed ? "after" : "before") each: nothing was left"
        )
        #expect(kills > 0)
    }

    @Test("departures, killed at every call: the next one finds the leaver again", arguments: [false, true])
    func search(isPerformed: Bool) async throws {
        @Sendable func company() async throws -> (Company, bob: String) {
            let (world, bob) = try world()
            let company = try await Company(world, mapping: KillTests.mapping)
            #expect(try await company.run("departures").code == 0)
            company.change { $0.changeGoogleUser("bob@example.com") { $0.isSuspended = true } }
            company.sandbox.world.clearLog()
            return (company, bob)
        }
        let (whole, _) = try await company()
        try await whole.run("departures")
        let calls = whole.sandbox.world.log.count
        let kills = try await several(calls) { number in
            let (company, bob) = try await company()
            let wasKilled = try await kill(company, ["departures"], at: number, isPerformed)
            let next = try await company.run("departures")
            #expect(company.holdings(of: bob) == [], "killed at call \(number): \(next.code) \(next.errors)")
            #expect(company.markers.count == 1, "killed at call \(number)")
            return wasKilled
        }
        print(
            "departures killed at \(kills) of \(calls) calls, \(isPerformed ? "after" : "before") each: nothing was left"
        )
        #expect(kills > 0)
    }
}

@Suite("offboard and sync at once", .serialized)
struct RaceTests {
    private static let mapping = """
        version: 1
        groups:
          admins:
            adopt: true
            members: [{ user: bob@example.com }, { user: ana@example.com }]
          readers:
            members: [{ user: bob@example.com }, { user: carol@example.com }]
            access: [{ permissionSets: [ViewOnlyAccess], accounts: [{ name: test }] }]
        """

    private func world() throws -> (World, bob: String) {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.addGroup("admins", description: "Admins [idbridge:platform]")
        return (world, bob)
    }

    @Test("the order never matters: one begins at each call of the other", arguments: ["sync", "offboard"])
    func order(first: String) async throws {
        let (world, bob) = try world()
        let second = first == "sync" ? ["offboard", "bob@example.com"] : ["sync"]
        let commands = [first == "sync" ? ["sync"] : ["offboard", "bob@example.com"], second]
        let whole = try await Company(world, mapping: RaceTests.mapping)
        try await whole.run(commands[0])
        let calls = whole.sandbox.world.log.count
        for number in 1...calls {
            let company = try await Company(world, mapping: RaceTests.mapping)
            let seen = Mutex(0)
            let other = Mutex<Company.Running?>(nil)
            company.sandbox.world.onCall { _ in
                let count = seen.withLock { count in
                    count += 1
                    return count
                }
                if count == number {
                    let begun = try? company.begin(commands[1])
                    other.withLock { $0 = begun }
                }
            }
            let one = try await company.begin(commands[0]).end()
            let two = await other.withLock(\.self)?.end()
            #expect(company.holdings(of: bob) == [], "at call \(number): \(one.errors) \(two?.errors ?? "")")
            let offboard = first == "sync" ? two : one
            #expect(offboard?.code == 0, "at call \(number): \(offboard?.errors ?? "")")
            company.sandbox.world.clearHooks()
            let after = try await company.run("sync")
            #expect(after.code == 0, "\(after.errors)")
            #expect(company.holdings(of: bob) == [])
        }
        print("offboard and sync at once: begun at each of \(calls) calls of \(first)")
    }
}
