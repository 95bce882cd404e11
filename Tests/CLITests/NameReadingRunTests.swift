import Foundation
import Sandbox
import Testing

@Suite("people looked up by name", .serialized)
struct NameReadingRunTests {
    @Test("many names cost the list of users, a few GetUserId each, and both find the same people")
    func calls() async throws {
        let world = Company.generated(users: 250, groups: 4, accounts: 2, permissionSets: 2)
        let place = try await Workplace.start(
            world,
            mapping: CallCountTests.mapping(of: world, usesTags: false),
            configuration: "brakes: { removals: off, perGroup: off, assignments: off }"
        )
        defer { place.stop() }
        var names = place.world.snapshot().identityCenter.users.prefix(30).map(\.userName)
        names[3] = names[3].uppercased()
        names.append("nobody@example.com")
        func preview() async throws -> (ended: Ended, calls: [String: Int]) {
            place.world.clearLog()
            let ended = try await BuiltProgram.run(
                ["offboard", "--dry-run", "--format", "json", "--config", place.path("idbridge.yaml")] + names,
                environment: place.variables
            )
            return (ended, Dictionary(grouping: place.world.log, by: \.operation).mapValues(\.count))
        }
        #expect(try await place.run("sync").exit == 0)
        let known = try await preview()
        // A lost ledger does not tell how many users there are.
        let ledger = place.path("ledger.sqlite")
        try FileManager.default.moveItem(atPath: ledger, toPath: ledger + ".kept")
        let unknown = try await preview()
        try FileManager.default.moveItem(atPath: ledger + ".kept", toPath: ledger)
        #expect(unknown.calls["GetUserId"] ?? 0 >= 30)
        #expect(known.calls["GetUserId"] == nil, "\(known.calls)")
        #expect(known.calls["ListUsers"] == 3)
        #expect(known.ended.exit == unknown.ended.exit)
        #expect(withoutTimes(known.ended.output) == withoutTimes(unknown.ended.output))
        #expect(known.ended.output.contains(place.world.snapshot().identityCenter.users[3].id))
        names = [names[0]]
        let single = try await preview()
        #expect(single.calls["GetUserId"] ?? 0 >= 1)
        #expect(single.calls["ListUsers"] == nil, "\(single.calls)")
    }

    private func withoutTimes(_ text: String) -> String { text.replacing(#/\d{4}-\d\d-\d\dT[0-9:]+Z/#, with: "time") }
}
