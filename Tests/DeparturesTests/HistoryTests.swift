import Foundation
import HTTPServer
import Sandbox
import Synchronization
import Testing

/// Takes notices as Slack and a webhook would; refuses them while it is told to.
private final class Receiver: Sendable {
    private struct State {
        var isDown = false
        var bodies: [String: [String]] = [:]
    }
    private let state = Mutex(State())

    func answer(_ request: ServerRequest) -> ServerResponse {
        state.withLock { state in
            if state.isDown { return .text("no_service", status: 404) }
            state.bodies[request.path, default: []].append(String(decoding: request.body, as: UTF8.self))
            return .text("ok")
        }
    }

    func set(isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func bodies(_ path: String) -> [String] { state.withLock { $0.bodies[path] ?? [] } }
}

@Suite("history, and the notices of departures, over real sockets")
struct HistoryTests {
    private static let mapping = """
        version: 1
        groups:
          admins:
            description: Admins
            members: [{ user: bob@example.com }]
        """

    private static let notify = """
        notify: { slack: "${env:SLACK}", webhook: "${env:HOOK}" }
        """

    private func company(settings: String = "") async throws -> (Company, bob: String) {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.giveEverything(to: bob)
        return (try await Company(world, mapping: HistoryTests.mapping, settings: settings), bob)
    }

    private func list(_ end: Company.Ending, _ name: String) -> [[String: Any]] {
        end.document[name] as? [[String: Any]] ?? []
    }

    @Test("a new installation has no runs yet, and asks nobody")
    func empty() async throws {
        let (company, _) = try await company()
        let text = try await company.run("history")
        #expect(text.code == 0 && text.output == "There are no runs yet.\n", "\(text.output)\(text.errors)")
        let json = try await company.run("history", "--format", "json")
        #expect(json.code == 0 && json.document["format"] as? String == "idbridge.history/1")
        #expect(list(json, "runs").isEmpty && company.sandbox.world.log.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: company.folder.appending(path: "ledger.sqlite").path))
        try company.write("this is no database, and long enough to be told from an empty one", to: "ledger.sqlite")
        #expect(try await company.run("history").code == 74)
    }

    @Test("runs, the actions of a run, and the timeline of a person and of a group")
    func timeline() async throws {
        let (company, bob) = try await company()
        #expect(try await company.run("sync").code == 0)
        let offboard = try await company.run("offboard", "bob@example.com", "--reason", "last day", "--format", "json")
        #expect(offboard.code == 0)
        #expect(offboard.errors.contains("1 person departed"), "the log line: \(offboard.errors)")
        #expect(offboard.errors.contains("(last day); 4 withdrawn (") && offboard.errors.contains("group by-hand"))
        company.sandbox.world.clearLog()
        try company.write("version: nonsense\n", to: "Mappings/groups.yaml")

        let runs = try await company.run("history", "--format", "json")
        let commands = list(runs, "runs").compactMap { $0["command"] as? String }
        #expect(runs.code == 0 && commands == ["offboard", "sync"], "\(runs.output)\(runs.errors)")
        let latest = try #require(list(runs, "runs").first)
        #expect(latest["exitCode"] as? Int == 0 && latest["owner"] as? String == "platform")
        #expect((latest["by"] as? String)?.contains("@") == true)
        #expect((latest["actions"] as? [String: Int])?["done"] == 5)
        let number = try #require(latest["id"] as? Int)

        let one = try await company.run("history", String(number), "--format", "json")
        let withdrawn = try #require(offboard.people.first?["withdrawn"] as? [[String: Any]])
        let ids = Set(withdrawn.compactMap { $0["requestId"] as? String })
        let noted = Set(list(one, "actions").compactMap { $0["requestId"] as? String })
        #expect(ids.count == 4 && ids.isSubset(of: noted), "\(one.output)")
        for name in ["BOB@example.com", bob] {
            let end = try await company.run("history", name, "--format", "json")
            #expect(list(end, "actions").count == 5, "\(name): \(end.output)")
            let departure = try #require(list(end, "departures").first)
            #expect(departure["reason"] as? String == "last day" && departure["userId"] as? String == bob)
            #expect(departure["origin"] as? String == "requested" && departure["reinstatedAt"] is NSNull)
        }
        let group = try await company.run("history", "by-hand")
        #expect(group.code == 0 && group.output.contains("removeMember bob@example.com, group by-hand  done"))
        #expect(try await company.run("reinstate", "bob@example.com").code == 0)
        let back = try await company.run("history", "bob@example.com")
        #expect(back.output.contains("taken back at") && back.output.contains("request id"), "\(back.output)")
        let nobody = try await company.run("history", "nobody\u{202E}")
        #expect(nobody.code == 0 && nobody.output == "The ledger holds nothing about nobody\\u{202E}.\n")
        #expect(try await company.run("history", "999").output == "There is no run 999 in the ledger.\n")
    }

    @Test("what stopped a command is a run of the history; a look that found nothing is none")
    func stopped() async throws {
        let (company, _) = try await company(settings: "departures: { people: 1 }")
        for _ in 0..<3 { #expect(try await company.run("departures").code == 0) }
        #expect(try await company.run("history").output == "There are no runs yet.\n")
        #expect(try await company.run("offboard", "bob@example.com", "carol@example.com").code == 3)
        let end = try await company.run("history")
        #expect(end.output.contains("run 1") && end.output.contains("exit 3"), "\(end.output)")
        #expect(end.output.contains("stopped by departures.people"))
        #expect(end.output.contains("by offboard waits: bob@example.com, carol@example.com"))
    }

    @Test("a renamed person is found by the new name and the old, and hostile names are shown")
    func hostile() async throws {
        let (company, bob) = try await company()
        company.change { world in
            world.changeUser(bob) { $0.userName = "bob\u{1B}[31m@example.com" }
            _ = world.changeGoogleUser("bob@example.com") { $0.primaryEmail = "bob\u{1B}[31m@example.com" }
        }
        #expect(try await company.run("offboard", bob).code == 0)
        for name in [bob, "bob\u{1B}[31m@example.com"] {
            let text = try await company.run("history", name)
            #expect(text.output.contains("bob\\u{1B}[31m@example.com"), "\(text.output)")
            #expect(!text.output.contains("\u{1B}") && !text.errors.contains("\u{1B}"))
        }
    }

    @Test(
        "Slack and the webhook hear of a departure, why and what; what fails is retried by another command, and shown"
    )
    func notices() async throws {
        let receiver = Receiver()
        let server = try HTTPServer { receiver.answer($0) }
        defer { server.stop() }
        let (company, bob) = try await company(settings: HistoryTests.notify)
        let variables = ["SLACK": "\(server.baseURL)/slack", "HOOK": "\(server.baseURL)/hook"]
        func run(_ arguments: String...) async throws -> Company.Ending {
            try await company.begin(arguments, with: variables).end()
        }
        receiver.set(isDown: true)
        let offboard = try await run("offboard", "bob@example.com", "--reason", "HR 42")
        #expect(offboard.code == 0, "a notice that fails changes nothing: \(offboard.errors)")
        #expect(company.holdings(of: bob) == [] && offboard.errors.contains("a notice to slack was not delivered"))
        let failed = try await run("history", "--format", "json")
        let states = list(failed, "notices").map {
            "\($0["channel"] ?? "") \($0["state"] ?? "") \($0["attempts"] ?? 0)"
        }
        #expect(states.sorted() == ["slack failed 1", "webhook failed 1"], "\(failed.output)")
        let text = try await run("history")
        #expect(text.output.contains("failed after 1 try") && text.output.contains("HTTP 404 no_service"))
        #expect(!text.output.contains(server.baseURL))

        receiver.set(isDown: false)
        let other = try await run("departures")
        #expect(other.code == 0, "\(other.errors)")
        let slack = receiver.bodies("/slack")
        let hook = receiver.bodies("/hook")
        #expect(slack.count == 1 && hook.count == 1)
        for body in slack + hook {
            #expect(
                body.contains("bob@example.com") && body.contains("HR 42") && body.contains("group by-hand"),
                "\(body)"
            )
            #expect(body.contains("AdministratorAccess on"))
        }
        #expect(slack[0].contains("blocks") && hook[0].contains("idbridge.notice/1"))
        #expect(try await run("sync").code == 0)
        #expect(receiver.bodies("/slack").count == 1, "delivered once")
        let delivered = list(try await run("history", "bob@example.com", "--format", "json"), "notices")
        #expect(delivered.count == 2 && delivered.allSatisfy { $0["state"] as? String == "delivered" })
        #expect(delivered.allSatisfy { $0["attempts"] as? Int == 2 && $0["error"] is String })
        #expect(list(try await run("history", "--format", "json"), "notices").isEmpty)
    }
}
