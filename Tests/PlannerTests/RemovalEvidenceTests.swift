import CaseWorlds
import Diagnostics
import Mapping
import Model
import Planner
import Testing

@Suite("What a withdrawal rests on")
struct RemovalEvidenceTests {
    /// The evidence of all withdrawals of a case, after its users were changed.
    private func evidence(_ name: String, _ change: (inout Directory) -> Void = { _ in }) throws -> [Evidence] {
        let file = try #require(PlanCaseTests.cases.first { $0.name == name })
        let world = CaseWorld(file)
        let kinds = Dictionary(world.sources.map { ($0.name, $0.kind) }, uniquingKeysWith: { $1 })
        let files = file.mapping.map { MappingFile(path: $0.path, bytes: $0.bytes) }
        var input = PlanInput(
            mapping: MappingParser.parse(files: files, sources: kinds).mapping,
            sources: world.sources.map { source in
                guard case .read(var directory) = source else { return source }
                change(&directory)
                return .read(directory)
            },
            observed: world.observed,
            departures: world.departures,
            settings: file.settings,
            now: file.now,
            ledger: world.ledger
        )
        let plan = try #require(PlanCaseTests.plan(&input, world)).plan
        return plan.actions.filter { $0.kind == .removeMember }.flatMap(\.evidence)
    }

    @Test("where nobody bears a required address, that nobody does is looked at again")
    func nobodyRequired() throws {
        let found = try evidence("members/user-nobody-required.yaml")
        let fact = SourceFact.nobodyAlive(externalIDs: [], userName: "ghost@example.com")
        #expect(found == [Evidence(source: "google", fact: fact)])
    }

    @Test("where a required person is not active, the state is looked at again")
    func inactiveRequired() throws {
        let ghost = SourceUser(id: "g-ghost", primaryAddress: "ghost@example.com", state: .suspended)
        let found = try evidence("members/user-nobody-required.yaml") { $0.users.append(ghost) }
        #expect(found == [Evidence(source: "google", fact: .notActive("g-ghost"))])
    }
}
