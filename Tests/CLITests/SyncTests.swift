import Foundation
import Model
import SQLiteLedger
import Sandbox
import Testing

@Suite("sync of a small company", .serialized)
struct SyncTests {
    @Test("does every kind of action, leaves the second plan empty, and touches nothing that is not owned")
    func everything() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let sync = try await place.run("sync")
        #expect(sync.exit == 0, "\(sync.output)\(sync.errors)")
        #expect(place.world.snapshot().outcome == SmallCompany.outcome)
        let kinds = Set(place.world.writes.map(\.operation))
        #expect(
            kinds == [
                "CreateGroup", "UpdateGroup", "DeleteGroup", "CreateGroupMembership", "DeleteGroupMembership",
                "CreateAccountAssignment", "DeleteAccountAssignment",
            ]
        )
        place.world.clearLog()
        let plan = try await place.run("plan", "--detailed-exitcode")
        #expect(plan.exit == 0, "\(plan.output)\(plan.errors)")
        #expect(place.world.writes.isEmpty)
    }

    @Test("--dry-run is the plan with its detailed exit: no write, no lock, no ledger")
    func dryRun() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        for command in ["sync", "apply"] {
            let dry = try await place.run(command, "--dry-run")
            #expect(dry.exit == 2, "\(command): \(dry.errors)")
        }
        #expect(place.world.writes.isEmpty)
        let left = try FileManager.default.contentsOfDirectory(atPath: place.folder)
        #expect(left.sorted() == ["Mappings", "idbridge.yaml"])
    }

    @Test("--quiet says nothing where the exit is 0, and all where it is not")
    func quiet() async throws {
        let place = try await Workplace.start(configuration: "brakes: { groups: { deletions: 0 } }")
        defer { place.stop() }
        let stopped = try await place.run("sync", "--quiet")
        #expect(stopped.exit == 3)
        #expect(stopped.errors.contains("--allow-removals"))
        try place.write(place.configuration(), to: "idbridge.yaml")
        let quiet = try await place.run("sync", "--quiet")
        #expect(quiet.exit == 0, "\(quiet.errors)")
        #expect(quiet.output.isEmpty && quiet.errors.isEmpty, "\(quiet.output)\(quiet.errors)")
    }

    @Test("--log-format json writes one object a line to stderr, with the request ids of writes")
    func log() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let sync = try await place.run("sync", "--log-format", "json", "--log-level", "info")
        #expect(sync.exit == 0)
        let lines = sync.errors.split(separator: "\n")
        #expect(lines.count > place.world.writes.count)
        var requests = 0
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["time"] is String && object?["level"] is String && object?["message"] is String, "\(line)")
            if object?["requestId"] is String { requests += 1 }
        }
        #expect(requests > 0)
    }

    @Test("--metrics-file tells the exit and what was done, also of a run that could not begin")
    func metrics() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let file = place.path("idbridge.prom")
        #expect(try await place.run("sync", "--metrics-file", file).exit == 0)
        let text = try place.read("idbridge.prom")
        #expect(text.contains("idbridge_run_exit_code 0\n"))
        #expect(text.contains("idbridge_actions_done{kind=\"addMember\"} 4\n"), "\(text)")
        place.world.inject(
            Fault(.operation("sso-admin", "ListInstances"), .every, .refused(code: "AccessDeniedException"))
        )
        #expect(try await place.run("sync", "--metrics-file", file).exit == 77)
        #expect(try place.read("idbridge.prom").contains("idbridge_run_exit_code 77\n"))
    }

    @Test("--now is refused where an endpoint is not on this machine, before any call")
    func now() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        place.setVariable("AWS_ENDPOINT_URL_STS", "https://sts.ap-northeast-1.amazonaws.com")
        let sync = try await place.run("sync", "--now", "2027-01-01T00:00:00Z")
        #expect(sync.exit == 64, "\(sync.errors)")
        #expect(place.world.log.isEmpty)
    }

    @Test("--only does these groups alone; a name that nothing bears is wrong usage")
    func only() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let unknown = try await place.run("sync", "--only", "plattform")
        #expect(unknown.exit == 64, "\(unknown.output)\(unknown.errors)")
        #expect(unknown.errors.contains("plattform"))
        #expect(place.world.writes.isEmpty)
        let sync = try await place.run("sync", "--only", "newcomers")
        #expect(sync.exit == 0, "\(sync.output)\(sync.errors)")
        #expect(
            Set(place.world.writes.map(\.operation)) == [
                "CreateGroup", "CreateGroupMembership", "CreateAccountAssignment",
            ]
        )
        let byPresentName = try await place.run("plan", "--only", "platform-team", "--detailed-exitcode")
        #expect(byPresentName.exit == 2, "\(byPresentName.errors)")
    }

    @Test("a second run finds the lock held: 75 at once, or after waiting for it")
    func lock() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let lock = try await RunLock.acquire(
            path: place.path("ledger.lock"),
            timeoutSeconds: 0,
            command: "sync",
            process: 1,
            now: { Timestamp(seconds: 1_800_000_000) }
        )
        defer { lock.release() }
        for arguments in [["sync"], ["sync", "--lock-timeout", "1"], ["apply", "--yes"]] {
            let ended = try await BuiltProgram.run(
                arguments + ["--config", place.path("idbridge.yaml")],
                environment: place.sandbox.environment
            )
            #expect(ended.exit == 75, "\(arguments): \(ended.exit) \(ended.errors)")
        }
        #expect(place.world.writes.isEmpty)
    }

    @Test("a ledger that is broken, or cannot be made, ends the run before its first write")
    func ledger() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        try place.write(String(repeating: "this is no database ", count: 100), to: "ledger.sqlite")
        for command in ["sync", "plan"] {
            let ended = try await place.run(command)
            #expect(ended.exit == 74, "\(command): \(ended.exit) \(ended.errors)")
        }
        let text = place.configuration().replacing("ledger: ledger.sqlite", with: "ledger: idbridge.yaml/ledger.sqlite")
        try place.write(text, to: "idbridge.yaml")
        #expect(try await place.run("sync").exit == 74)
        #expect(place.world.writes.isEmpty)
    }

    @Test("files that a configuration in another folder names count from that folder")
    func relativePaths() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        try FileManager.default.createDirectory(atPath: place.path("etc"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: place.sandbox.googleKeyFile, toPath: place.path("google.json"))
        let moved = place.configuration()
            .replacing("mappings: Mappings", with: "mappings: ../Mappings")
            .replacing("credentials: \(place.sandbox.googleKeyFile)", with: "credentials: ../google.json")
        try place.write(moved, to: "etc/idbridge.yaml")
        let here = FileManager.default.currentDirectoryPath
        let up = Array(repeating: "..", count: here.split(separator: "/").count).joined(separator: "/")
        let ended = try await BuiltProgram.run(
            ["sync", "--config", up + place.path("etc/idbridge.yaml")],
            environment: place.variables
        )
        #expect(ended.exit == 0, "\(ended.errors)")
        #expect(FileManager.default.fileExists(atPath: place.path("etc/ledger.sqlite")))
    }

    @Test("a group that goes stays where its application assignments could not be looked at, and the rest goes on")
    func applicationsUnread() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        place.world.update { $0.access.denied = ["sso:ListApplicationAssignmentsForPrincipal"] }
        let sync = try await place.run("sync")
        #expect(sync.exit == 4, "\(sync.output)\(sync.errors)")
        #expect(sync.output.contains("could not be looked at"), "\(sync.output)")
        let left = place.world.snapshot().identityCenter
        #expect(left.group(named: "old")?.memberIDs.count == 1)
        #expect(left.group(named: "newcomers")?.memberIDs.count == 2)
    }
}
