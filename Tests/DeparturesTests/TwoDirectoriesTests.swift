import Foundation
import Sandbox
import Testing

@Suite("departures with Google and Entra")
struct TwoDirectoriesTests {
    private static let mapping = """
        version: 1
        groups:
          admins:
            description: Admins
            members: [{ user: bob@example.com }]
        """

    private func company() async throws -> (Company, bob: String) {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.giveEverything(to: bob)
        for name in ["ana", "bob", "carol"] { world.addEntraUser("\(name)@example.com") }
        return (try await Company(world, mapping: TwoDirectoriesTests.mapping, hasEntra: true), bob)
    }

    private func leave(_ company: Company, _ directory: String) {
        company.change { world in
            if directory == "google" {
                world.changeGoogleUser("bob@example.com") { $0.isSuspended = true }
            } else {
                world.changeEntraUser("bob@example.com") { $0.isEnabled = false }
            }
        }
    }

    @Test("left only when neither shows them active, in either order", arguments: ["google", "entra"])
    func both(first: String) async throws {
        let (company, bob) = try await company()
        #expect(try await company.run("departures").code == 0)
        leave(company, first)
        let one = try await company.run("departures", "--format", "json")
        #expect(one.code == 0 && one.people.isEmpty, "\(one.output)\(one.errors)")
        #expect(company.holdings(of: bob).count == 4)
        leave(company, first == "google" ? "entra" : "google")
        let two = try await company.run("departures", "--format", "json")
        #expect(two.code == 0, "\(two.errors)")
        #expect(two.people.first?["userId"] as? String == bob && company.holdings(of: bob) == [])
        // Nobody is added by a sync that still finds the person in a list.
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: bob) == [])
    }

    @Test("somebody who is gone from both at the first look is found too, by whatever is left of them")
    func deletedInOne() async throws {
        let (company, bob) = try await company()
        #expect(try await company.run("departures").code == 0)
        company.change { world in world.entra.users.removeAll { $0.userPrincipalName == "bob@example.com" } }
        #expect(try await company.run("departures").code == 0)
        #expect(company.holdings(of: bob).count == 4, "Google still shows the person active")
        leave(company, "google")
        #expect(try await company.run("departures").code == 0)
        #expect(company.holdings(of: bob) == [])
    }

    @Test("with one directory out of reach nobody is taken out, and the next look finds them")
    func outOfReach() async throws {
        let (company, bob) = try await company()
        #expect(try await company.run("departures").code == 0)
        leave(company, "google")
        leave(company, "entra")
        company.sandbox.world.inject(
            Fault(.service("graph"), .every, .refused(code: "Request_BadRequest", status: 400))
        )
        let blind = try await company.run("departures")
        #expect(blind.code == 4 && company.holdings(of: bob).count == 4, "\(blind.errors)")
        company.sandbox.world.clearFaults()
        #expect(try await company.run("departures").code == 0)
        #expect(company.holdings(of: bob) == [])
    }

    @Test("Entra is read by delta: the second look, and the one that finds somebody, cost a few calls")
    func delta() async throws {
        let (company, bob) = try await company()
        company.change { world in
            for number in 0..<300 {
                world.addEntraUser("filler\(number)@example.com")
                world.addGoogleUser("filler\(number)@example.com")
            }
        }
        func calls() -> String {
            let log = company.sandbox.world.log.filter { $0.service == "graph" }
            return Dictionary(grouping: log, by: \.operation).map { "\($0.key) \($0.value.count)" }.sorted()
                .joined(separator: ", ")
        }
        #expect(try await company.run("departures").code == 0)
        let first = calls()
        company.sandbox.world.clearLog()
        #expect(try await company.run("departures").code == 0)
        let second = calls()
        let google = company.sandbox.world.count("google")
        #expect(company.sandbox.world.count("identitystore") == 0)
        #expect(company.sandbox.world.count("graph") <= 3 && google == 1, "\(second)")
        leave(company, "google")
        leave(company, "entra")
        company.sandbox.world.clearLog()
        #expect(try await company.run("departures").code == 0)
        print("departures, Graph calls: first look \(first); second \(second), Google \(google); one found \(calls())")
        #expect(company.sandbox.world.count("graph", "users.list") == 0 && company.sandbox.world.count("graph") <= 12)
        #expect(company.holdings(of: bob) == [])
    }
}
