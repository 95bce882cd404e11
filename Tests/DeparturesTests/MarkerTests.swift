import Foundation
import Sandbox
import Testing

@Suite("nobody is given anything back: the marks hold")
struct MarkerTests {
    private static let mapping = """
        version: 1
        groups:
          readers:
            members: [{ user: bob@example.com }, { user: carol@example.com }]
            access: [{ permissionSets: [ViewOnlyAccess], accounts: [{ name: test }] }]
        """

    private func left(_ change: (inout World) -> Void = { _ in }) async throws -> (Company, bob: String) {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.giveEverything(to: bob)
        change(&world)
        let company = try await Company(world, mapping: MarkerTests.mapping)
        #expect(try await company.run("offboard", "bob@example.com").code == 0)
        return (company, bob)
    }

    private func carolIsIn(_ company: Company, _ group: String) throws {
        let center = company.sandbox.world.snapshot().identityCenter
        let carol = try #require(center.user(named: "carol@example.com")).id
        #expect(company.holdings(of: carol) == ["group \(group)"])
    }

    @Test("not with the ledger lost, by any later run, while Google lists the person as active for ever")
    func ledgerLost() async throws {
        let (company, bob) = try await left()
        for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
            try? FileManager.default.removeItem(at: company.folder.appending(path: name))
        }
        for command in ["sync", "departures", "sync"] {
            #expect(try await company.run(command).code == 0)
            #expect(company.holdings(of: bob) == [] && company.markers.count == 1)
        }
        try carolIsIn(company, "readers")
        // What was given by hand meanwhile goes as well, with nothing but the mark to go by.
        company.change { world in world.assign(.user(bob), account: "111111111111", permissionSet: "ViewOnlyAccess") }
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: bob) == [])
        let plan = try await company.run("plan", "--format", "json")
        let departed = plan.document["departed"] as? [[String: Any]] ?? []
        #expect(departed.compactMap { $0["user"] as? String } == ["bob@example.com"])
    }

    @Test("not from another host that has a ledger of its own")
    func otherHost() async throws {
        let (company, bob) = try await left()
        try company.writeOther()
        #expect(try await company.run("sync", "--config", "other.yaml").code == 0)
        #expect(company.holdings(of: bob) == [] && company.markers.count == 1)
        try carolIsIn(company, "readers")
    }

    @Test("not by another bridge with another owner, and it deletes no mark")
    func otherOwner() async throws {
        let (company, bob) = try await left()
        try company.writeOther(owner: "other")
        try company.write(MarkerTests.mapping.replacing("readers", with: "others"), to: "Mappings/groups.yaml")
        for _ in 0..<2 { #expect(try await company.run("sync", "--config", "other.yaml").code == 0) }
        #expect(company.holdings(of: bob) == [] && company.markers.count == 1)
        try carolIsIn(company, "others")
        // A mapping that names a mark is held.
        let marker = try #require(company.markers.first).displayName
        try company.write(
            "version: 1\ngroups:\n  \(marker):\n    adopt: true\n    members: [{ user: carol@example.com }]\n",
            to: "Mappings/groups.yaml"
        )
        let held = try await company.run("plan", "--format", "json", "--config", "other.yaml")
        let codes = (held.document["held"] as? [[String: Any]])?.compactMap { $0["code"] as? String } ?? []
        #expect(codes.contains("owned-by-another"), "\(held.output)")
    }

    @Test(
        "not after a re-provisioning of the same address, with the record or with the mark alone",
        arguments: [true, false]
    )
    func reprovisioned(hasLedger: Bool) async throws {
        let (company, bob) = try await left()
        let again = Identifier.uuid("again", "bob")
        company.change { world in
            let external = world.identityCenter.user(bob)?.externalIDs.first?.id
            world.identityCenter.users.removeAll { $0.id == bob }
            world.addUser("bob@example.com", id: again, externalID: external)
        }
        try company.writeOther()
        let rest = hasLedger ? [] : ["--config", "other.yaml"]
        #expect(try await company.run(["sync"] + rest).code == 0)
        #expect(company.holdings(of: again) == [])
    }

    @Test("people with similar addresses, and the one who has the address as an alias now, keep and get everything")
    func similar() async throws {
        let similar = [
            "bob@example.com.au", "bob+x@example.com", "b.ob@example.com", "bobb@example.com", "bob@example.co",
        ]
        let (company, bob) = try await left { world in
            for address in similar {
                let user = world.addPerson(address)
                world.giveEverything(to: user.id)
            }
        }
        company.change { world in
            world.google.users.removeAll { $0.primaryEmail == "bob@example.com" }
            world.changeGoogleUser("ana@example.com") { $0.aliases = ["bob@example.com"] }
        }
        let members = (similar + ["ana@example.com"]).map { "{ user: \"\($0)\" }" }.joined(separator: ", ")
        try company.write("version: 1\ngroups:\n  readers:\n    members: [\(members)]\n", to: "Mappings/groups.yaml")
        try company.writeOther()
        for rest in [[], ["--config", "other.yaml"]] {
            let end = try await company.run(["sync"] + rest)
            #expect(end.code == 0, "\(end.output)\(end.errors)")
            #expect(try await company.run(["departures"] + rest).code == 0)
        }
        let center = company.sandbox.world.snapshot().identityCenter
        for address in similar {
            let user = try #require(center.user(named: address)).id
            #expect(
                company.holdings(of: user).count >= 4 && company.holdings(of: user).contains("group readers"),
                "\(address)"
            )
        }
        let ana = try #require(center.user(named: "ana@example.com")).id
        #expect(company.holdings(of: ana) == ["group readers"])
        #expect(company.holdings(of: bob) == [])
    }
}
