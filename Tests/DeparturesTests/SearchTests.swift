import Foundation
import Sandbox
import Testing

@Suite("departures, upkeep and reinstate over real sockets")
struct SearchTests {
    private static let mapping = """
        version: 1
        groups:
          readers:
            members: [{ user: bob@example.com }, { user: carol@example.com }]
            access: [{ permissionSets: [ViewOnlyAccess], accounts: [{ name: test }] }]
        """

    private func company(
        settings: String = "",
        mapping: String = mapping,
        _ change: (inout World) -> Void = { _ in }
    ) async throws -> (Company, bob: String) {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.giveEverything(to: bob)
        change(&world)
        return (try await Company(world, mapping: mapping, settings: settings), bob)
    }

    @Test("somebody suspended is taken out, and given back by the source alone")
    func suspended() async throws {
        let (company, bob) = try await company()
        #expect(try await company.run("departures").code == 0)
        #expect(company.holdings(of: bob).count == 4)
        company.change { $0.changeGoogleUser("bob@example.com") { $0.isSuspended = true } }
        let end = try await company.run("departures", "--format", "json")
        #expect(end.code == 0, "\(end.errors)")
        #expect(end.people.first?["userId"] as? String == bob)
        #expect(company.holdings(of: bob) == [] && company.markers.count == 1)
        company.change { $0.changeGoogleUser("bob@example.com") { $0.isSuspended = false } }
        let back = try await company.run("departures")
        #expect(back.code == 0, "\(back.errors)")
        #expect(company.markers.isEmpty)
        let sync = try await company.run("sync")
        #expect(sync.code == 0, "\(sync.errors)")
        #expect(company.holdings(of: bob) == ["group readers"])
    }

    @Test("without a last look, those who are not active and hold something are found")
    func firstLook() async throws {
        let (company, bob) = try await company { world in
            world.changeGoogleUser("bob@example.com") { $0.isArchived = true }
            world.changeGoogleUser("carol@example.com") { $0.isSuspended = true }
        }
        let end = try await company.run("departures", "--format", "json")
        #expect(end.code == 0, "\(end.errors)")
        // carol holds nothing, and is not recorded.
        #expect(end.people.count == 1)
        #expect(company.holdings(of: bob) == [])
    }

    @Test("somebody whom the source has deleted is found; somebody whom no source has known is not")
    func deleted() async throws {
        let (company, bob) = try await company { world in
            let stranger = world.addUser("stranger@example.com", externalID: "from-elsewhere")
            world.giveEverything(to: stranger.id)
        }
        try await company.run("departures")
        company.change { $0.google.users.removeAll { $0.primaryEmail == "bob@example.com" } }
        let end = try await company.run("departures")
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.holdings(of: bob) == [])
        let stranger = try #require(company.sandbox.world.snapshot().identityCenter.user(named: "stranger@example.com"))
        #expect(company.holdings(of: stranger.id).count == 4)
    }

    @Test("when nobody has changed, Identity Center is asked nothing about anybody")
    func quiet() async throws {
        let (company, _) = try await company()
        try await company.run("departures")
        company.sandbox.world.clearLog()
        #expect(try await company.run("departures").code == 0)
        #expect(company.sandbox.world.count("identitystore") == 0)
        #expect(company.sandbox.world.count("google", "users.list") == 1)
    }

    @Test("more than departures.people stop with 3, wait, and are lifted by the fingerprint")
    func brake() async throws {
        let (company, bob) = try await company(settings: "departures: { people: 1 }") { world in
            world.giveEverything(to: world.identityCenter.user(named: "carol@example.com")?.id ?? "")
        }
        try await company.run("departures")
        company.change { world in
            for name in ["bob", "carol"] { world.changeGoogleUser("\(name)@example.com") { $0.isSuspended = true } }
        }
        let end = try await company.run("departures")
        #expect(end.code == 3, "\(end.errors)")
        #expect(company.holdings(of: bob).count == 4)
        let fingerprint = try #require(
            end.errors.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("sha256:") }
        )
        let lifted = try await company.run("departures", "--allow-removals", String(fingerprint))
        #expect(lifted.code == 0, "\(lifted.errors)")
        #expect(company.holdings(of: bob) == [])
    }

    @Test("a source that fails takes nobody out")
    func failing() async throws {
        let (company, bob) = try await company()
        try await company.run("departures")
        company.sandbox.world.inject(Fault(.operation("google", "users.list"), .every, .endsEarly))
        company.sandbox.world.inject(Fault(.operation("google", "users.get"), .every, .serverError(500)))
        _ = try await company.run("departures")
        #expect(company.holdings(of: bob).count == 4)
    }

    @Test(
        "what comes back is withdrawn by the next sync and by the next departures",
        arguments: ["sync", "departures"]
    )
    func upkeep(command: String) async throws {
        let (company, bob) = try await company()
        try await company.run("offboard", bob)
        company.change { world in
            world.assign(.user(bob), account: "222222222222", permissionSet: "ViewOnlyAccess")
            if let group = world.identityCenter.group(named: "by-hand") { world.addMember(bob, to: group.id) }
        }
        let end = try await company.run(command)
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.holdings(of: bob) == [])
    }

    @Test("no run gives anything back: not with the ledger lost, nor from another owner, nor after a re-provisioning")
    func markers() async throws {
        let (company, bob) = try await company()
        try await company.run("offboard", bob)
        #expect(try await company.run("sync").code == 0)
        try FileManager.default.removeItem(at: company.folder.appending(path: "ledger.sqlite"))
        for rest in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
            try? FileManager.default.removeItem(at: company.folder.appending(path: rest))
        }
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: bob) == [])
        let configuration = try String(contentsOf: company.folder.appending(path: "idbridge.yaml"), encoding: .utf8)
        try company.write(
            configuration.replacing("owner: platform", with: "owner: other").replacing(
                "ledger.sqlite",
                with: "b.sqlite"
            ),
            to: "idbridge.yaml"
        )
        try company.write(SearchTests.mapping.replacing("readers", with: "others"), to: "Mappings/groups.yaml")
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: bob) == [])
        company.change { world in
            let old = world.identityCenter.user(bob)
            world.identityCenter.users.removeAll { $0.id == bob }
            world.addUser(
                "bob@example.com",
                id: Identifier.uuid("again", "bob"),
                externalID: old?.externalIDs.first?.id
            )
        }
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: Identifier.uuid("again", "bob")) == [])
    }

    @Test("until it is settled, each run looks again with three calls a person")
    func threeCalls() async throws {
        let (company, bob) = try await company()
        try await company.run("offboard", bob)
        for command in ["departures", "departures", "sync"] {
            company.sandbox.world.clearLog()
            #expect(try await company.run(command).code == 0)
            let about = company.sandbox.world.log.filter { "\($0.parameters)".contains(bob) }
            #expect(about.count == 3, "\(command): \(about.map(\.operation))")
            if command == "departures" {
                let others = company.sandbox.world.log.filter {
                    $0.service == "identitystore" || $0.service == "sso-admin"
                }
                .map(\.operation)
                #expect(others.count == 4 && others.contains("ListInstances"), "\(others)")
            }
        }
    }

    @Test("a renamed leaver stays out")
    func renamed() async throws {
        let (company, bob) = try await company()
        try await company.run("offboard", "bob@example.com")
        company.change { world in
            world.changeGoogleUser("bob@example.com") { $0.primaryEmail = "robert@example.com" }
            world.changeUser(bob) { $0.userName = "robert@example.com" }
        }
        try company.write(SearchTests.mapping.replacing("bob@", with: "robert@"), to: "Mappings/groups.yaml")
        let end = try await company.run("sync")
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.holdings(of: bob) == [])
    }

    @Test("reinstate lifts the record and every mark, and tells what hung outside the mapping")
    func reinstate() async throws {
        let (company, bob) = try await company()
        try await company.run("offboard", "bob@example.com")
        let end = try await company.run("reinstate", "bob@example.com", "--format", "json")
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.markers.isEmpty)
        let kinds = (end.people.first?["notRestored"] as? [[String: Any]])?.compactMap { $0["kind"] as? String } ?? []
        #expect(kinds.sorted() == ["deleteApplicationAssignment", "deleteAssignment", "removeMember"])
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: bob) == ["group readers"])
        #expect(try await company.run("reinstate", "bob@example.com").code == 67)
    }

    @Test("a person whose user is gone is settled: the mark goes, the record blocks on")
    func settled() async throws {
        let (company, bob) = try await company()
        try await company.run("offboard", bob)
        company.change { $0.identityCenter.users.removeAll { $0.id == bob } }
        #expect(try await company.run("sync").code == 0)
        #expect(company.markers.isEmpty)
        company.change { $0.addUser("bob@example.com", id: Identifier.uuid("again", "bob")) }
        #expect(try await company.run("sync").code == 0)
        #expect(company.holdings(of: Identifier.uuid("again", "bob")) == [])
    }

    @Test("a mapping that is broken stops no leaver")
    func brokenMapping() async throws {
        let (company, bob) = try await company()
        try company.write("version: nonsense\n", to: "Mappings/groups.yaml")
        try await company.run("departures")
        company.change { $0.changeGoogleUser("bob@example.com") { $0.isSuspended = true } }
        #expect(try await company.run("departures").code == 0)
        #expect(company.holdings(of: bob) == [])
    }
}
