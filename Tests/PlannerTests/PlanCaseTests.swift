import CaseWorlds
import Diagnostics
import Foundation
import Mapping
import Model
import Planner
import Testing
import YAML

@Suite("The plan cases of the contract")
struct PlanCaseTests {
    static let cases: [CaseFile] = {
        guard let root = Bundle.module.resourceURL?.appendingPathComponent("Cases") else { return [] }
        let found = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return found.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { path in
            guard let bytes = try? Data(contentsOf: root.appendingPathComponent(path)) else { return nil }
            return CaseFile(name: path, bytes: Array(bytes))
        }
    }()

    @Test("there are cases") func thereAreCases() {
        #expect(PlanCaseTests.cases.count > 200)
    }

    @Test("each gives the plan that it expects", arguments: cases.map(\.name))
    func plan(name: String) throws {
        let file = try #require(PlanCaseTests.cases.first { $0.name == name })
        let world = CaseWorld(file)
        let kinds = Dictionary(world.sources.map { ($0.name, $0.kind) }, uniquingKeysWith: { $1 })
        let parsed = MappingParser.parse(
            files: file.mapping.map { MappingFile(path: $0.path, bytes: $0.bytes) },
            sources: kinds
        )
        #expect(!parsed.diagnostics.contains { $0.severity == .error }, "\(name): \(parsed.diagnostics)")
        var input = PlanInput(
            mapping: parsed.mapping,
            sources: world.sources,
            observed: world.observed,
            departures: world.departures,
            settings: file.settings,
            now: file.now,
            ledger: world.ledger,
            countsUnmanaged: file.root["expect"]?["unmanagedAssignments"] != nil
        )
        if file.root["expect"]?["planned"]?.bool == false { return }
        let result = try #require(PlanCaseTests.plan(&input, world))
        let problems = CaseComparison(file.root, result.plan).problems()
        #expect(problems.isEmpty, "\(name):\n\(problems.joined(separator: "\n"))")
    }

    static func plan(_ input: inout PlanInput, _ world: CaseWorld) -> PlanResult? {
        for _ in 0..<30 {
            switch Planner.plan(input) {
            case .planned(let result): return result
            case .read(let reads): world.read(reads, into: &input)
            }
        }
        return nil
    }
}

extension SourceReading {
    var kind: SourceKind {
        switch self {
        case .read(let directory): directory.kind
        case .failed(_, let kind, _): kind
        }
    }
}
