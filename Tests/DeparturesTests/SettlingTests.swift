import Foundation
import Model
import SQLiteLedger
import Sandbox
import Testing

@Suite("a departure is settled after thirty days without a sign of life")
struct SettlingTests {
    private static let mapping = """
        version: 1
        groups:
          admins:
            description: Admins
            members: [{ user: bob@example.com }]
        """

    /// A company that bob has left.
    private func left(_ change: (inout World) -> Void = { _ in }) async throws -> (Company, bob: String) {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.giveEverything(to: bob)
        change(&world)
        let company = try await Company(world, mapping: SettlingTests.mapping)
        #expect(try await company.run("offboard", "bob@example.com").code == 0)
        return (company, bob)
    }

    private func ledger(_ company: Company) throws -> SQLiteLedger {
        try SQLiteLedger(path: company.folder.appending(path: "ledger.sqlite").path)
    }

    /// Lets days go by: all that is on record happened so much earlier.
    private func pass(days: Int64, _ company: Company) async throws {
        let ledger = try ledger(company)
        for var departure in try await ledger.departures() {
            departure.since = departure.since.adding(seconds: -days * 86_400)
            try await ledger.record(departure)
        }
        let key = "departures/active"
        let lines = String(decoding: try await ledger.cached(key) ?? [], as: UTF8.self).split(separator: "\n").map {
            line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return "\((Int64(parts[0]) ?? 0) - days * 86_400) \(parts[1])"
        }
        try await ledger.cache(Array(lines.joined(separator: "\n").utf8), for: key)
    }

    private func isSettled(_ company: Company) async throws -> Bool {
        try await ledger(company).departures().first?.settledAt != nil
    }

    @Test("a source that shows the person active for ever keeps it open, and keeps them out")
    func neverSettled() async throws {
        let (company, bob) = try await left()
        for _ in 0..<3 {
            #expect(try await company.run("sync").code == 0)
            try await pass(days: 40, company)
            #expect(try await company.run("departures").code == 0)
            #expect(try await !isSettled(company))
        }
        company.change { world in world.assign(.user(bob), account: "222222222222", permissionSet: "ViewOnlyAccess") }
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: bob) == [] && company.markers.count == 1)
    }

    @Test("after thirty days it is looked after no more; the mark goes when the user does; the record blocks on")
    func settled() async throws {
        let (company, bob) = try await left { world in
            world.changeGoogleUser("bob@example.com") { $0.isSuspended = true }
        }
        try await pass(days: 29, company)
        #expect(try await company.run("sync").code == 0)
        #expect(try await !isSettled(company))
        try await pass(days: 2, company)
        company.sandbox.world.inject(
            Fault(.operation("google", "users.list"), .every, .refused(code: "forbidden", status: 403))
        )
        _ = try await company.run("sync")
        #expect(try await !isSettled(company), "a source that could not be read may show the person active")
        company.sandbox.world.clearFaults()
        #expect(try await company.run("sync").code == 0)
        #expect(try await isSettled(company))
        company.sandbox.world.clearLog()
        #expect(try await company.run("sync").code == 0)
        #expect(try await company.run("departures").code == 0)
        let asked = company.sandbox.world.log.filter {
            $0.operation == "ListGroupMembershipsForMember" || $0.operation == "ListApplicationAssignmentsForPrincipal"
        }
        #expect(asked.isEmpty && company.markers.count == 1, "\(asked)")
        company.change { $0.identityCenter.users.removeAll { $0.id == bob } }
        #expect(try await company.run("sync").code == 0)
        #expect(company.markers.isEmpty)
        company.change { world in
            world.changeGoogleUser("bob@example.com") { $0.isSuspended = false }
            world.addUser("bob@example.com", id: Identifier.uuid("again", "bob"))
        }
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: Identifier.uuid("again", "bob")) == [])
        let history = try await company.run("history", "bob@example.com")
        #expect(history.output.contains("in force; settled at"), "\(history.output)")
    }

    @Test("a list of users that was cut short takes no mark off: the user is asked for by id")
    func shortList() async throws {
        let (company, bob) = try await left()
        company.sandbox.world.inject(Fault(.operation("identitystore", "ListUsers"), .every, .endsEarly))
        _ = try await company.run("sync")
        #expect(company.markers.count == 1)
        company.sandbox.world.clearFaults()
        _ = bob
        #expect(try await !isSettled(company))
    }

    @Test("somebody who came back under another user id is looked after by departures too")
    func underNewID() async throws {
        let (company, bob) = try await left()
        let again = Identifier.uuid("again", "bob")
        company.change { world in
            let external = world.identityCenter.user(bob)?.externalIDs.first?.id
            world.identityCenter.users.removeAll { $0.id == bob }
            let user = world.addUser("bob@example.com", id: again, externalID: external)
            world.giveEverything(to: user.id)
        }
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: again) == [])
        company.change { $0.giveEverything(to: again) }
        #expect(try await company.run("departures").code == 0)
        #expect(company.holdings(of: again) == [])
    }
}
