import Foundation
import Model
import SQLiteLedger
import Sandbox
import Testing

@Suite("brakes of a run", .serialized)
struct BrakeTests {
    /// Fourteen people in each of two groups; `leavers` of them have left the first one's directory group.
    private static func world(leavers: Int) -> World {
        var world = World()
        world.addAccount(SmallCompany.production, name: "production")
        world.addPermissionSet("Admin")
        world.addPermissionSet("ReadOnly")
        var users: [String] = []
        for number in 0..<14 {
            let user = world.addGoogleUser("p\(number)@example.com")
            users.append(world.addUser(user.primaryEmail, externalID: user.id).id)
        }
        let members = world.google.users.map { World.GoogleMember.user($0.id) }
        for (name, missing) in [("first", leavers), ("second", 0)] {
            world.addGoogleGroup("\(name)@example.com", members: Array(members.dropFirst(missing)))
            let group = world.addGroup(name, description: "[idbridge:platform]", members: users)
            world.assign(.group(group.id), account: SmallCompany.production, permissionSet: "ReadOnly")
        }
        return world
    }

    private static let mapping = """
        version: 1
        groups:
          first:
            members: [{ google: first@example.com }]
            access: [{ permissionSets: [ReadOnly], accounts: [{ name: production }] }]
          second:
            members: [{ google: second@example.com }]
            access: [{ permissionSets: [ReadOnly], accounts: [{ name: production }], until: 2026-11-01T00:00:00Z }]
        """

    /// The value of `--allow-removals` in the command that a refusal shows.
    private func fingerprint(in text: String) -> String? {
        guard let range = text.firstRange(of: "--allow-removals ") else { return nil }
        return String(text[range.upperBound...].prefix { !$0.isWhitespace })
    }

    @Test("removals stop the run before its first write; recorded departures and expired windows go all the same")
    func removals() async throws {
        let place = try await Workplace.start(
            BrakeTests.world(leavers: 8),
            mapping: BrakeTests.mapping,
            configuration: "brakes: { removals: { percent: 0, atLeast: 3 }, perGroup: off }"
        )
        defer { place.stop() }
        let ledger = try SQLiteLedger(path: place.path("ledger.sqlite"))
        let gone = try #require(place.world.snapshot().identityCenter.user(named: "p13@example.com"))
        try await ledger.record(
            Departure(
                id: "gone",
                since: Timestamp(seconds: 1_795_000_000),
                origin: .requested,
                identifiers: Departure.Identifiers(userID: UserID(gone.id))
            )
        )
        let stopped = try await place.run("sync")
        #expect(stopped.exit == 3, "\(stopped.output)\(stopped.errors)")
        let writes = place.world.writes
        #expect(writes.filter { $0.operation == "DeleteAccountAssignment" }.count == 1)
        #expect(writes.filter { $0.operation == "DeleteGroupMembership" }.count == 2)
        // The departure stood in the ledger alone: its mark is made before the first withdrawal.
        #expect(writes.first?.operation == "CreateGroup")
        #expect(writes.count == 4, "\(writes.map(\.operation))")
        for group in place.world.snapshot().identityCenter.groups { #expect(!group.memberIDs.contains(gone.id)) }
        let lift = try #require(fingerprint(in: stopped.errors))
        let wrong = try await place.run("sync", "--allow-removals", "sha256:" + String(repeating: "0", count: 64))
        #expect(wrong.exit == 3)
        #expect(wrong.errors.firstRange(of: "--allow-removals sha256:0") == nil, "\(wrong.errors)")
        let allowed = try await place.run("sync", "--allow-removals", lift)
        #expect(allowed.exit == 0, "\(allowed.output)\(allowed.errors)")
        #expect(place.world.snapshot().identityCenter.group(named: "first")?.memberIDs.count == 5)
    }

    @Test("apply PLAN --skip-stale is braked like any run: 3, and the command that is shown lifts it: 4")
    func skippedStale() async throws {
        let place = try await Workplace.start(
            BrakeTests.world(leavers: 8),
            mapping: BrakeTests.mapping.replacing(", until: 2026-11-01T00:00:00Z", with: ""),
            configuration: "brakes: { removals: { percent: 0, atLeast: 3 }, perGroup: off }"
        )
        defer { place.stop() }
        let file = place.path("plan.json")
        #expect(try await place.run("plan", "--out", file).exit == 0)
        // One of the eight is in the directory's group again: that removal is stale, seven are left.
        place.world.update { world in
            let back = world.google.user("p7@example.com")?.id ?? ""
            _ = world.changeGoogleGroup("first@example.com") { $0.members.append(.user(back)) }
        }
        #expect(try await place.run("apply", file).exit == 5)
        let stopped = try await place.run("apply", file, "--skip-stale")
        #expect(stopped.exit == 3, "\(stopped.output)\(stopped.errors)")
        #expect(place.world.writes.isEmpty)
        let lift = try #require(fingerprint(in: stopped.errors), "\(stopped.errors)")
        let allowed = try await place.run("apply", file, "--skip-stale", "--allow-removals", lift)
        #expect(allowed.exit == 4, "\(allowed.output)\(allowed.errors)")
        #expect(place.world.snapshot().identityCenter.group(named: "first")?.memberIDs.count == 7)
    }

    @Test("perGroup holds that group alone; the fingerprint of the removals lifts it, which covers what is held back")
    func perGroup() async throws {
        for (field, isLifted) in [("fingerprint", false), ("removalsFingerprint", true)] {
            let place = try await Workplace.start(
                BrakeTests.world(leavers: 8),
                mapping: BrakeTests.mapping.replacing(", until: 2026-11-01T00:00:00Z", with: "")
            )
            defer { place.stop() }
            let held = try await place.run("sync")
            #expect(held.exit == 4, "\(held.output)\(held.errors)")
            #expect(place.world.writes.isEmpty)
            let plan = try await place.run("plan", "--format", "json", "--detailed-exitcode")
            #expect(plan.exit == 4)
            let document = try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any]
            let value = try #require(document?[field] as? String)
            let allowed = try await place.run("sync", "--allow-removals", value)
            #expect(allowed.exit == (isLifted ? 0 : 4), "\(field): \(allowed.output)\(allowed.errors)")
            let left = place.world.snapshot().identityCenter.group(named: "first")?.memberIDs.count
            #expect(left == (isLifted ? 6 : 14), "\(field)")
        }
    }

    @Test("what unallowed runs of the last 24 hours took counts; what a person allowed does not")
    func takings() async throws {
        let place = try await Workplace.start(
            BrakeTests.world(leavers: 3),
            mapping: BrakeTests.mapping.replacing(", until: 2026-11-01T00:00:00Z", with: ""),
            configuration: "brakes: { removals: { percent: 0, atLeast: 5 } }"
        )
        defer { place.stop() }
        #expect(try await place.run("sync").exit == 0)
        place.world.update { world in
            _ = world.changeGoogleGroup("first@example.com") { $0.members.removeFirst(3) }
        }
        place.world.clearLog()
        let stopped = try await place.run("sync")
        #expect(stopped.exit == 3, "3 + 3 are more than 5: \(stopped.output)")
        #expect(place.world.writes.isEmpty)
        let lift = try #require(fingerprint(in: stopped.errors))
        #expect(try await place.run("sync", "--allow-removals", lift).exit == 0)
        place.world.update { world in
            _ = world.changeGoogleGroup("first@example.com") { $0.members.removeFirst(2) }
        }
        let third = try await place.run("sync")
        #expect(third.exit == 0, "3 + 2 are 5, and the allowed 3 do not count: \(third.output)\(third.errors)")
        let tomorrow = Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 86_401).description
        place.world.update { world in
            _ = world.changeGoogleGroup("first@example.com") { $0.members.removeFirst(4) }
        }
        let later = try await place.run("plan", "--detailed-exitcode", "--now", tomorrow)
        #expect(later.exit == 2, "after a day nothing counts any more: \(later.output)")
    }

    @Test(
        "a removal done just before a kill counts in the next 24 hours; one that the kill prevented does not",
        arguments: [true, false]
    )
    func killed(isPerformed: Bool) async throws {
        let place = try await Workplace.start(
            BrakeTests.world(leavers: 3),
            mapping: BrakeTests.mapping.replacing(", until: 2026-11-01T00:00:00Z", with: ""),
            configuration: "brakes: { removals: { percent: 0, atLeast: 5 } }"
        )
        defer { place.stop() }
        let process = ProcessID()
        let third = WriteCount()
        place.world.inject(
            Fault(.operation("identitystore", "DeleteGroupMembership"), .nth(3), .closed(performed: isPerformed))
        )
        place.world.onCall { call in if !isPerformed, call.isWrite, third.next() == 3 { await process.send(SIGKILL) } }
        place.world.afterCall { call in if isPerformed, call.isWrite, third.next() == 3 { await process.send(SIGKILL) }
        }
        let killed = try await place.run("sync", "--max-parallel", "1", started: { process.set($0) })
        #expect(killed.wasKilled)
        place.world.clearHooks()
        place.world.clearFaults()
        place.world.clearLog()
        place.world.update { world in
            _ = world.changeGoogleGroup("first@example.com") { $0.members.removeFirst(isPerformed ? 3 : 2) }
        }
        let next = try await place.run("sync")
        #expect(next.exit == (isPerformed ? 3 : 0), "\(next.output)\(next.errors)")
        if isPerformed { #expect(place.world.writes.isEmpty) }
    }

    @Test("gains stop the run; the fingerprint of the removals alone does not lift them")
    func gains() async throws {
        let place = try await Workplace.start(
            BrakeTests.world(leavers: 0),
            mapping: BrakeTests.mapping.replacing(", until: 2026-11-01T00:00:00Z", with: "")
                .replacing("[ReadOnly]", with: "[ReadOnly, Admin]"),
            configuration: "brakes: { gains: { permissionSets: [Admin], people: 5 } }"
        )
        defer { place.stop() }
        let plan = try await place.run("plan", "--format", "json", "--detailed-exitcode")
        #expect(plan.exit == 3)
        let document = try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any]
        let removals = try #require(document?["removalsFingerprint"] as? String)
        let stopped = try await place.run("sync", "--allow-removals", removals)
        #expect(stopped.exit == 3, "\(stopped.output)")
        #expect(place.world.writes.isEmpty)
        let whole = try #require(document?["fingerprint"] as? String)
        #expect(try await place.run("sync", "--allow-removals", whole).exit == 0)
        #expect(place.world.snapshot().identityCenter.assignments.count == 4)
    }

    @Test("a tripped brake stops apply of a document in the same way")
    func document() async throws {
        let place = try await Workplace.start(
            BrakeTests.world(leavers: 4),
            mapping: BrakeTests.mapping,
            configuration: "brakes: { removals: { percent: 0, atLeast: 3 } }"
        )
        defer { place.stop() }
        let file = place.path("plan.json")
        #expect(try await place.run("plan", "--out", file, "--detailed-exitcode").exit == 3)
        let stopped = try await place.run("apply", file)
        #expect(stopped.exit == 3, "\(stopped.output)\(stopped.errors)")
        #expect(place.world.writes.map(\.operation) == ["DeleteAccountAssignment"])
        let lift = try #require(fingerprint(in: stopped.errors))
        let allowed = try await place.run("apply", file, "--allow-removals", lift)
        #expect(allowed.exit == 0, "\(allowed.output)\(allowed.errors)")
    }
}
