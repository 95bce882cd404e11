import CaseWorlds
import Foundation
import Model
import Testing
import YAML

@Suite("The program against the clouds of the plan cases", .serialized)
struct CaseTests {
    static let cases: [CaseFile] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("PlannerTests/Cases")
        let found = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return found.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { path in
            guard let bytes = try? Data(contentsOf: root.appendingPathComponent(path)) else { return nil }
            return CaseFile(name: path, bytes: Array(bytes))
        }
    }()

    @Test("plan, sync and the second plan are what the case says", arguments: cases.map(\.name))
    func program(name: String) async throws {
        let file = try #require(CaseTests.cases.first { $0.name == name })
        let world = try await CaseSandbox.start(file)
        defer { world.stop() }
        let expected = file.root["expect"]
        let isCounted = expected?["unmanagedAssignments"] != nil
        let now = ["--now", file.now.description]
        let plan = try await world.run(
            ["plan", "--format", "json", "--detailed-exitcode"] + now + (isCounted ? ["--unmanaged"] : [])
        )
        if expected?["planned"]?.bool == false {
            #expect(Int(plan.exit) == expected?["exit"]?["plan-detailed"]?.int, "\(name): \(plan.errors)")
            return
        }
        try #require([0, 2, 3, 4].contains(plan.exit), "\(name): exit \(plan.exit) \(plan.errors)")
        let problems = CaseComparison(file.root, try PlanReading.plan(plan.output), exitCode: plan.exit).problems()
        #expect(problems.isEmpty, "\(name):\n\(problems.joined(separator: "\n"))")
        guard let wanted = expected?["exit"]?["sync"]?.int else { return }
        let sync = try await world.run(["sync"] + now)
        #expect(
            Int(sync.exit) == wanted,
            "\(name): sync \(sync.exit), expected \(wanted): \(sync.output) \(sync.errors)"
        )
        guard sync.exit == 0 else { return }
        let second = try await world.run(["plan", "--detailed-exitcode"] + now)
        #expect(second.exit == 0, "\(name): the second plan has something to do: \(second.output) \(second.errors)")
    }
}
