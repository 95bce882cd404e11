import Foundation
import Sandbox
import Testing

@Suite("offboard over real sockets")
struct OffboardTests {
    private func company(
        settings: String = "",
        hasSCIM: Bool = false,
        _ change: (inout World) -> Void = { _ in }
    ) async throws -> (Company, bob: String) {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.giveEverything(to: bob)
        change(&world)
        return (try await Company(world, settings: settings, hasSCIM: hasSCIM), bob)
    }

    @Test("everything is withdrawn, proven, recorded and marked, and sessions are told")
    func everything() async throws {
        let (company, bob) = try await company()
        let end = try await company.run("offboard", "bob@example.com", "--reason", "last day", "--format", "json")
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.holdings(of: bob) == [])
        let person = try #require(end.people.first)
        #expect(end.document["format"] as? String == "idbridge.offboard/1")
        #expect(person["userId"] as? String == bob)
        #expect(person["provenAt"] is String && person["recordedAt"] is String)
        let withdrawn = try #require(person["withdrawn"] as? [[String: Any]])
        #expect(
            withdrawn.compactMap { $0["kind"] as? String }.sorted()
                == ["deleteApplicationAssignment", "deleteAssignment", "removeMember", "removeMember"]
        )
        #expect(withdrawn.allSatisfy { $0["requestId"] is String && $0["at"] is String })
        let standing = try #require(person["standing"] as? [[String: Any]])
        let sessions = standing.map { "\($0["kind"] ?? "") \($0["permissionSet"] ?? "") \($0["account"] ?? "")" }
        #expect(sessions == ["session AdministratorAccess 111111111111", "session ViewOnlyAccess 222222222222"])
        #expect(standing.allSatisfy { $0["until"] is String })
        let marker = try #require(company.markers.first)
        #expect(marker.description?.hasSuffix("[idbridge-departed:platform]") == true)
        #expect(marker.description?.contains("@") == false && marker.memberships.isEmpty)
        let log = company.sandbox.world.log
        let mark = try #require(log.first { $0.operation == "CreateGroup" })
        let first = try #require(log.first { $0.operation.hasPrefix("Delete") })
        #expect(mark.number < first.number)
    }

    @Test("a second run finds nothing to withdraw and ends 0")
    func twice() async throws {
        let (company, _) = try await company()
        try await company.run("offboard", "bob@example.com")
        let end = try await company.run("offboard", "bob@example.com", "--format", "json")
        #expect(end.code == 0, "\(end.errors)")
        #expect((end.people.first?["withdrawn"] as? [Any])?.isEmpty == true)
        #expect(company.markers.count == 1)
    }

    @Test("a mark that could not be made is made by the next sync, so that a lost ledger gives nothing back")
    func missingMark() async throws {
        let (company, bob) = try await company()
        company.sandbox.world.inject(
            Fault(.operation("identitystore", "CreateGroup"), .every, .refused(code: "AccessDeniedException"))
        )
        let end = try await company.run("offboard", "bob@example.com")
        #expect(end.code == 4, "\(end.errors)")
        #expect(company.holdings(of: bob) == [] && company.markers.isEmpty)
        let failing = try await company.run("sync")
        #expect(failing.code == 4, "\(failing.errors)")
        company.sandbox.world.clearFaults()
        let sync = try await company.run("sync")
        #expect(sync.code == 0, "\(sync.errors)")
        #expect(company.markers.count == 1)
        #expect(try await company.run("sync").code == 0)
        #expect(company.markers.count == 1)
    }

    @Test("--dry-run changes and records nothing")
    func dryRun() async throws {
        let (company, bob) = try await company()
        let before = company.holdings(of: bob)
        let end = try await company.run("offboard", "bob@example.com", "--dry-run", "--format", "json", "--deny-policy")
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.holdings(of: bob) == before)
        #expect(company.sandbox.world.writes.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: company.folder.appending(path: "ledger.sqlite").path))
        let person = try #require(end.people.first)
        #expect(person["recordedAt"] is NSNull)
        #expect((person["withdrawn"] as? [Any])?.count == 4)
        #expect("\(person["denyPolicy"] ?? "")".contains(bob))
    }

    @Test("--deny-policy prints the statement for exactly this user, in both forms")
    func denyPolicy() async throws {
        let (company, bob) = try await company()
        let json = try await company.run("offboard", bob, "--deny-policy", "--format", "json")
        let policy = try #require(json.people.first?["denyPolicy"] as? [String: Any])
        let statements = try #require(policy["Statement"] as? [[String: Any]])
        #expect(policy["Version"] as? String == "2012-10-17" && statements.count == 1)
        let deny = statements[0]
        #expect(deny["Effect"] as? String == "Deny" && deny["Action"] as? String == "*")
        #expect(deny["Resource"] as? String == "*")
        let condition = deny["Condition"] as? [String: [String: String]]
        #expect(condition == ["StringEquals": ["identitystore:UserId": bob]])
        let text = try await company.run("offboard", bob, "--deny-policy")
        #expect(text.code == 0 && text.output.contains(#""identitystore:UserId": "\#(bob)""#), "\(text.output)")
    }

    @Test("a USER may be an id, an external id, a user name in another case, or an alias", arguments: 0..<4)
    func names(kind: Int) async throws {
        let (company, bob) = try await company { world in
            world.changeGoogleUser("bob@example.com") { $0.aliases = ["robert@example.com"] }
        }
        let external = try #require(company.sandbox.world.snapshot().identityCenter.user(bob)).externalIDs[0].id
        let name = [bob, external, "BOB@Example.com", "robert@example.com"][kind]
        let end = try await company.run("offboard", name)
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.holdings(of: bob) == [])
    }

    @Test("nobody of that name: 67, and the name is blocked all the same")
    func nobody() async throws {
        let (company, _) = try await company()
        let end = try await company.run("offboard", "nobody@example.com", "--format", "json")
        #expect(end.code == 67, "\(end.errors)")
        #expect(end.people.first?["recordedAt"] is String)
        #expect(company.markers.count == 1)
    }

    @Test("an address that became a manager's alias fits two people: 64, both shown, nothing recorded or touched")
    func inherited() async throws {
        let (company, bob) = try await company { world in
            let ana = world.identityCenter.user(named: "ana@example.com")?.id ?? ""
            world.giveEverything(to: ana)
            world.google.users.removeAll { $0.primaryEmail == "bob@example.com" }
            world.changeGoogleUser("ana@example.com") { $0.aliases = ["bob@example.com"] }
        }
        let before = company.holdings(of: bob)
        let end = try await company.run("offboard", "bob@example.com")
        #expect(end.code == 64)
        #expect(end.errors.contains("ana@example.com") && end.errors.contains(bob))
        #expect(company.holdings(of: bob) == before && company.markers.isEmpty)
        #expect(company.sandbox.world.writes.isEmpty)
        let history = try await company.run("history", "--format", "json")
        for list in ["runs", "requests"] { #expect((history.document[list] as? [Any])?.isEmpty == true, "\(list)") }
        let byID = try await company.run("offboard", bob)
        #expect(byID.code == 0, "\(byID.errors)")
        #expect(company.holdings(of: bob) == [])
        let ana = try #require(company.sandbox.world.snapshot().identityCenter.user(named: "ana@example.com")).id
        #expect(company.holdings(of: ana).count == 4)
        // The address of somebody on record is never taken for the one who has it as an alias now.
        company.sandbox.world.update { $0.identityCenter.users.removeAll { $0.id == bob } }
        let again = try await company.run("offboard", "bob@example.com")
        #expect(again.code == 64, "\(again.errors)")
        #expect(company.holdings(of: ana).count == 4)
    }

    @Test("protected people are refused with 3, and taken out with --even-protected")
    func protected() async throws {
        let (company, bob) = try await company(settings: "brakes: { protected: [bob@example.com] }")
        let before = company.holdings(of: bob)
        #expect(try await company.run("offboard", "bob@example.com").code == 3)
        #expect(company.holdings(of: bob) == before && company.markers.isEmpty)
        #expect(try await company.run("offboard", "bob@example.com", "--even-protected").code == 0)
        #expect(company.holdings(of: bob) == [])
    }

    @Test("a ledger that cannot be used stops nothing: 4, and the marker holds")
    func brokenLedger() async throws {
        let (company, bob) = try await company()
        try company.write("this is no database, and long enough to be told from an empty one", to: "ledger.sqlite")
        let end = try await company.run("offboard", "bob@example.com", "--format", "json")
        #expect(end.code == 4, "\(end.errors)")
        #expect(company.holdings(of: bob) == [])
        #expect(company.markers.count == 1)
    }

    @Test("with SCIM the user is disabled; --delete-user deletes it after all else", arguments: [false, true])
    func user(isDeleted: Bool) async throws {
        let (company, bob) = try await company(hasSCIM: true)
        let end = try await company.run(isDeleted ? ["offboard", bob, "--delete-user"] : ["offboard", bob])
        #expect(end.code == 0, "\(end.errors)")
        let user = company.sandbox.world.snapshot().identityCenter.user(bob)
        #expect(isDeleted ? user == nil : user?.status == "DISABLED")
        #expect(company.holdings(of: bob) == [])
        if isDeleted { #expect(company.sandbox.world.writes.last?.operation == "DeleteUser") }
    }

    @Test("an application that is open to all stands: 4")
    func openApplication() async throws {
        let (company, _) = try await company { $0.identityCenter.applications[0].requiresAssignment = false }
        let end = try await company.run("offboard", "bob@example.com", "--format", "json")
        #expect(end.code == 4, "\(end.errors)")
        let standing = end.people.first?["standing"] as? [[String: Any]] ?? []
        #expect(standing.contains { ($0["application"] as? String)?.contains("apl-1111111111111111") == true })
    }

    @Test("a delegated administrator cannot touch the management account: that stands, the rest goes, 4")
    func managementAccount() async throws {
        let (company, bob) = try await company { world in
            let user = world.identityCenter.user(named: "bob@example.com")?.id ?? ""
            world.assign(.user(user), account: world.organization.managementAccount, permissionSet: "ViewOnlyAccess")
            world.access.delegatedAdministrator = "222222222222"
        }
        let end = try await company.run("offboard", "bob@example.com", "--format", "json")
        #expect(end.code == 4, "\(end.errors)")
        let standing = end.people.first?["standing"] as? [[String: Any]] ?? []
        #expect(standing.contains { $0["kind"] as? String == "deleteAssignment" && ($0["reason"] as? String) != nil })
        #expect(company.holdings(of: bob).count == 1)
    }

    @Test("Google out of reach stops nobody whom Identity Center knows")
    func sourceDown() async throws {
        let (company, bob) = try await company()
        company.sandbox.world.inject(Fault(.service("google"), .every, .refused(code: "forbidden", status: 403)))
        let end = try await company.run("offboard", "bob@example.com")
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.holdings(of: bob) == [])
    }

    @Test("with the target refused: 77; what was asked for is done by the next call")
    func targetRefused() async throws {
        let (company, bob) = try await company()
        company.sandbox.world.inject(
            Fault(.service("identitystore"), .every, .refused(code: "AccessDeniedException"))
        )
        let end = try await company.run("offboard", "bob@example.com")
        #expect(end.code == 77, "\(end.errors)")
        company.sandbox.world.clearFaults()
        try await company.run("offboard", "carol@example.com")
        #expect(company.holdings(of: bob) == [])
    }

    @Test("a name that only a source out of reach may know is not called nobody: 4, and the next run takes them out")
    func uncertain() async throws {
        let (company, bob) = try await company { world in
            world.changeGoogleUser("bob@example.com") { $0.aliases = ["robert@example.com"] }
        }
        company.sandbox.world.inject(Fault(.service("google"), .every, .refused(code: "forbidden", status: 403)))
        #expect(try await company.run("offboard", "robert@example.com", "--dry-run").code == 4)
        let end = try await company.run("offboard", "robert@example.com")
        #expect(end.code == 4 && end.errors.contains("the next run looks again"), "\(end.errors)")
        #expect(company.holdings(of: bob).count == 4 && company.markers.isEmpty)
        company.sandbox.world.clearFaults()
        let next = try await company.run("departures")
        #expect(next.code == 0 && company.holdings(of: bob) == [], "\(next.errors)")
    }

    @Test("requests that the limit stopped wait, are lifted by one fingerprint, and one can be taken back")
    func queue() async throws {
        var users: [String] = []
        let (company, bob) = try await company(settings: "departures: { people: 1 }") { world in
            for name in ["dan", "eve", "fay"] {
                let user = world.addPerson("\(name)@example.com")
                world.giveEverything(to: user.id)
                users.append(user.id)
            }
        }
        #expect(try await company.run("offboard", "bob@example.com", "dan@example.com").code == 3)
        #expect(try await company.run("offboard", "eve@example.com", "fay@example.com").code == 3)
        #expect(try await company.run("sync").code == 4, "something that was asked for is left")
        let waiting = try await company.run("history", "--format", "json")
        #expect((waiting.document["requests"] as? [Any])?.count == 2)
        #expect(company.markers.isEmpty && company.holdings(of: bob).count == 3)
        let back = try await company.run("reinstate", "dan@example.com")
        #expect(back.code == 0 && back.output.contains("taken out of the request"), "\(back.output)\(back.errors)")
        let stopped = try await company.run("departures")
        #expect(stopped.code == 3, "bob alone would fit, eve and fay do not: \(stopped.errors)")
        #expect(company.holdings(of: bob) == [] && company.holdings(of: users[1]).count == 3)
        #expect(try await company.run("offboard", "dan@example.com", "ana@example.com").code == 3)
        let both = try await company.run("departures")
        let fingerprints = Set(
            both.errors.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("sha256:") }.map(String.init)
        )
        #expect(both.code == 3 && fingerprints.count == 1, "\(both.errors)")
        let lifted = try await company.run("departures", "--allow-removals", try #require(fingerprints.first))
        #expect(lifted.code == 0, "\(lifted.errors)")
        for user in users { #expect(company.holdings(of: user) == []) }
    }

    @Test("--no-wait ends with 4 while a run that began before is at work; without it the proof waits for that")
    func noWait() async throws {
        let (company, bob) = try await company()
        try company.write(
            "version: 1\ngroups:\n  readers:\n    members: [{ user: bob@example.com }, { user: ana@example.com }]\n",
            to: "Mappings/groups.yaml"
        )
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (writing, begun) = AsyncStream.makeStream(of: Void.self)
        company.sandbox.world.onCall { call in
            guard call.operation == "CreateGroupMembership" else { return }
            begun.finish()
            for await _ in gate {}
        }
        let sync = try company.begin(["sync"])
        for await _ in writing {}
        let end = try await company.run("offboard", bob, "--no-wait", "--format", "json")
        #expect(end.code == 4, "\(end.errors)")
        #expect(end.people.first?["provenAt"] is NSNull && (end.people.first?["withdrawn"] as? [Any])?.isEmpty == false)
        open.finish()
        #expect(await sync.end().code == 0)
        #expect(company.holdings(of: bob) == [])
        #expect(try await company.run("offboard", bob).code == 0)
    }

    @Test("a list beyond departures.people is refused with 3, and lifted by the fingerprint that the message names")
    func brake() async throws {
        let (company, bob) = try await company(settings: "departures: { people: 1, per: 24h }")
        let before = company.holdings(of: bob)
        let end = try await company.run("offboard", "-", input: "bob@example.com\n\ncarol@example.com\n")
        #expect(end.code == 3, "\(end.errors)")
        #expect(company.holdings(of: bob) == before)
        let fingerprint = try #require(
            end.errors.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("sha256:") }
        )
        let lifted = try await company.run(
            "offboard",
            "bob@example.com",
            "carol@example.com",
            "--allow-removals",
            String(fingerprint)
        )
        #expect(lifted.code == 0, "\(lifted.errors)")
        #expect(company.holdings(of: bob) == [])
        #expect(try await company.run("offboard", "ana@example.com").code == 0)
    }
}
