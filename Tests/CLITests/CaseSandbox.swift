import CaseWorlds
import Foundation
import Model
import Planner
import SQLiteLedger
import Sandbox
import YAML

/// A case of the contract as loopback clouds, a configuration, mapping files and a ledger, for the real program.
struct CaseSandbox {
    let file: CaseFile
    let sandbox: Sandbox
    let folder: String
    private let root: Node

    static func start(_ file: CaseFile) async throws -> CaseSandbox {
        let builder = CaseCloud(file.root)
        let sandbox = try await Sandbox.start(world: builder.world())
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("case-\(UUID().uuidString)").path
        let made = CaseSandbox(file: file, sandbox: sandbox, folder: folder, root: file.root)
        try made.writeFiles()
        try await made.writeLedger()
        builder.injectFaults(into: sandbox)
        return made
    }

    func stop() {
        sandbox.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func writeFiles() throws {
        for entry in file.mapping {
            let path = "\(folder)/Mappings/\(entry.path)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true
            )
            try Data(entry.bytes).write(to: URL(fileURLWithPath: path))
        }
        try configuration.write(toFile: "\(folder)/idbridge.yaml", atomically: true, encoding: .utf8)
    }

    private var configuration: String {
        var lines = ["version: 1", "owner: platform", "mappings: Mappings", "ledger: ledger.sqlite", "sources:"]
        for source in root["sources"]?.entries ?? [] {
            let isGuest = root["config"]?["sources"]?[source.key.text]?["guests"]?.bool == true
            lines += CaseCloud.configuration(of: source.key.text, source.value, sandbox, guests: isGuest)
        }
        lines += ["target:", "  region: \(sandbox.world.snapshot().identityCenter.region)"]
        for entry in root["config"]?.entries ?? [] where entry.key.text != "sources" {
            lines.append("\(entry.key.text): \(CaseSandbox.flow(entry.value))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A node as YAML in flow style; all text is quoted but `off`.
    private static func flow(_ node: Node) -> String {
        if let entries = node.entries {
            return "{ " + entries.map { "\($0.key.text): \(flow($0.value))" }.joined(separator: ", ") + " }"
        }
        if let list = node.list { return "[" + list.map(flow).joined(separator: ", ") + "]" }
        if let text = node.string, text != "off" { return "\"\(text)\"" }
        return node.text
    }

    private func writeLedger() async throws {
        let world = CaseWorld(file)
        let ledger = try SQLiteLedger(path: "\(folder)/ledger.sqlite")
        for departure in world.departures { try await ledger.record(departure) }
        try await ledger.setOwnedGroups(world.ledger.ownedGroups)
        let takings = world.ledger.takings
        guard takings != RecentTakings() else { return }
        let at = file.now.adding(seconds: -3600)
        let run = try await ledger.begin(RunRecord(command: "sync", startedAt: at))
        var records: [ActionRecord] = []
        for (kind, count) in [
            ("removeMember", takings.removals), ("deleteAssignment", takings.assignments),
            ("deleteGroup", takings.groups),
        ] {
            records += (0..<count).map {
                ActionRecord(run: run, actionID: "\(kind)\($0)", kind: kind, status: .done, at: at)
            }
        }
        try await ledger.note(records)
        try await ledger.end(run: run, at: at, exitCode: 0, outcome: "an earlier run")
    }

    /// Runs the program that was built beside the tests.
    func run(_ arguments: [String]) async throws -> Ended {
        try await BuiltProgram.run(
            arguments + ["--config", "\(folder)/idbridge.yaml"],
            environment: sandbox.environment
        )
    }
}
