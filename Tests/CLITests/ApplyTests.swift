import Foundation
import Report
import Sandbox
import Synchronization
import Testing

@Suite("apply of a plan document", .serialized)
struct ApplyTests {
    /// A company with the document of its plan in `plan.json`.
    private func planned(
        _ world: World = SmallCompany.world(),
        configuration: String = ""
    ) async throws -> Workplace {
        let place = try await Workplace.start(world, configuration: configuration)
        let plan = try await place.run("plan", "--out", place.path("plan.json"))
        #expect(plan.exit == 0, "\(plan.errors)")
        place.world.clearLog()
        return place
    }

    private func apply(_ place: Workplace, _ options: String...) async throws -> Ended {
        try await BuiltProgram.run(
            ["apply", place.path("plan.json"), "--config", place.path("idbridge.yaml")] + options,
            environment: place.sandbox.environment
        )
    }

    @Test("does what it names, and a second time finds that all of it stands")
    func twice() async throws {
        let place = try await planned()
        defer { place.stop() }
        let first = try await apply(place)
        #expect(first.exit == 0, "\(first.output)\(first.errors)")
        #expect(place.world.snapshot().outcome == SmallCompany.outcome)
        place.world.clearLog()
        let second = try await apply(place)
        #expect(second.exit == 0, "\(second.output)\(second.errors)")
        #expect(second.output.contains("stood already"), "\(second.output)")
        #expect(place.world.writes.isEmpty)
    }

    @Test("a document that --format json wrote is the same document")
    func formats() async throws {
        let place = try await planned()
        defer { place.stop() }
        let now = "2026-11-24T00:00:00Z"
        let out = try await place.run("plan", "--format", "json", "--out", place.path("plan.json"), "--now", now)
        #expect(try out.output == place.read("plan.json"))
        #expect(try await place.run("plan", "--format", "json", "--now", now).output == out.output)
        #expect(try mode(of: place.path("plan.json")) == 0o600)
    }

    @Test(
        "one that was altered, cut or made of something else is invalid",
        arguments: [
            "\"addMember\"→\"removeMember\"", "\"ana@example.com\"→\"zoe@partner.example\"",
            "\"groupId\": null→\"groupId\": \"94482428-0000-7000-8000-000000000000\"", "\"actions\"→\"aktions\"",
            "idbridge.plan/1→idbridge.plan/2", "\"owner\": \"platform\"→\"owner\": \"other\"",
            "d-9567012345→d-9567099999", "ssoins-5a4d8c0b12345678→ssoins-0000000000000000", "}→", "{→[",
        ]
    )
    func altered(change: String) async throws {
        let place = try await planned()
        defer { place.stop() }
        let (from, to) = try #require(split(change))
        let text = try place.read("plan.json")
        let changed = text.replacing(from, with: to)
        try #require(changed != text, "nothing of the document is \(from)")
        try place.write(changed, to: "plan.json")
        let ended = try await apply(place)
        #expect(ended.exit == 65, "\(change): \(ended.exit) \(ended.output)\(ended.errors)")
        #expect(!ended.errors.isEmpty)
        #expect(place.world.writes.isEmpty)
    }

    private func split(_ change: String) -> (String, String)? {
        let parts = change.split(separator: "→", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    @Test("one that is not there is wrong usage")
    func missing() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let ended = try await apply(place)
        #expect(ended.exit == 64)
        #expect(ended.errors.contains("plan.json"))
        #expect(place.world.log.isEmpty)
    }

    @Test("without a terminal and without --yes there is nobody to ask; with --yes it plans and applies")
    func asking() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        #expect(try await place.run("apply").exit == 64)
        #expect(place.world.writes.isEmpty)
        let ended = try await place.run("apply", "--yes")
        #expect(ended.exit == 0, "\(ended.errors)")
        #expect(place.world.snapshot().outcome == SmallCompany.outcome)
    }

    // MARK: A world that moved

    @Test("a stale one changes nothing and names what moved")
    func stale() async throws {
        let place = try await planned()
        defer { place.stop() }
        place.world.update { world in
            _ = world.changeGoogleGroup("newcomers@example.com") { $0.members.removeFirst() }
        }
        let ended = try await apply(place)
        #expect(ended.exit == 5, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("eve@example.com"), "\(ended.errors)")
        #expect(place.world.writes.isEmpty)
    }

    @Test("--skip-stale leaves out what moved, does the rest, and ends 4")
    func skipStale() async throws {
        let place = try await planned()
        defer { place.stop() }
        place.world.update { world in
            _ = world.changeGoogleGroup("newcomers@example.com") { $0.members.removeFirst() }
        }
        let ended = try await apply(place, "--skip-stale")
        #expect(ended.exit == 4, "\(ended.output)\(ended.errors)")
        let expected = SmallCompany.outcome.map {
            $0.hasPrefix("group newcomers") ? "group newcomers ([idbridge:platform]): cara@example.com" : $0
        }
        #expect(place.world.snapshot().outcome == expected)
    }

    @Test("a group that somebody made meanwhile under the same name makes the document stale")
    func groupMeanwhile() async throws {
        let place = try await planned()
        defer { place.stop() }
        place.world.update { world in _ = world.addGroup("newcomers", description: "by hand") }
        let ended = try await apply(place)
        #expect(ended.exit == 5, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("newcomers"))
        #expect(place.world.writes.isEmpty)
    }

    @Test("changes beyond the document wait for the next run, and are counted")
    func beyond() async throws {
        let place = try await planned()
        defer { place.stop() }
        place.world.update { world in
            let bob = world.google.user("bob@example.com")?.id ?? ""
            _ = world.changeGoogleGroup("newcomers@example.com") { $0.members.append(.user(bob)) }
        }
        let ended = try await apply(place)
        #expect(ended.exit == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("1 other changes wait") || ended.output.contains("1 other change waits"))
        #expect(place.world.snapshot().outcome == SmallCompany.outcome)
        #expect(try await place.run("plan", "--detailed-exitcode").exit == 2)
    }

    @Test("killed after each of its writes and applied again, it comes to the same end")
    func killed() async throws {
        var killed = 0
        for number in 1...40 {
            let place = try await planned()
            defer { place.stop() }
            let process = ProcessID()
            let writes = WriteCount()
            place.world.afterCall { call in
                if call.isWrite, writes.next() == number { await process.send(SIGKILL) }
            }
            let first = try await BuiltProgram.run(
                ["apply", place.path("plan.json"), "--config", place.path("idbridge.yaml")],
                environment: place.sandbox.environment,
                started: { process.set($0) }
            )
            guard first.wasKilled else { break }
            killed += 1
            place.world.clearHooks()
            let second = try await apply(place)
            #expect(second.exit == 0, "after kill \(number): \(second.output)\(second.errors)")
            #expect(place.world.snapshot().outcome == SmallCompany.outcome, "after kill \(number)")
        }
        #expect(killed >= 15, "\(killed) kills")
    }

    @Test("a window of the document that is over by now makes it stale")
    func window() async throws {
        let mapping =
            SmallCompany.mapping + """

                      - permissionSets: [Legacy]
                        accounts: [{ name: staging }]
                        until: 2026-12-01T00:00:00Z
                """
        let place = try await Workplace.start(mapping: mapping)
        defer { place.stop() }
        let file = place.path("plan.json")
        #expect(try await place.run("plan", "--out", file, "--now", "2026-11-24T00:00:00Z").exit == 0)
        let ended = try await place.run("apply", file, "--now", "2026-12-02T00:00:00Z")
        #expect(ended.exit == 5, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("Legacy"), "\(ended.errors)")
        #expect(place.world.writes.isEmpty)
        let skipped = try await place.run("apply", file, "--now", "2026-12-02T00:00:00Z", "--skip-stale")
        #expect(skipped.exit == 4, "\(skipped.errors)")
        #expect(place.world.snapshot().outcome == SmallCompany.outcome)
    }

    @Test("a leaver recorded since the document was made gets nothing by it")
    func departed() async throws {
        let place = try await planned()
        defer { place.stop() }
        place.world.update { world in
            _ = world.changeGoogleUser("eve@example.com") { $0.isSuspended = true }
        }
        let ended = try await apply(place)
        #expect(ended.exit == 5, "\(ended.output)\(ended.errors)")
        #expect(place.world.writes.isEmpty)
    }
}

/// Counts writes over all connections.
final class WriteCount: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// The permissions of a file.
func mode(of path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
}
