import Model
import Testing

@testable import IdentityCenter

/// Whole runs under storms of faults.
@Suite("Storms")
struct RandomFaultTests {
    /// SplitMix64.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Makes a group with members and assignments, changes it, and takes some of it back.
    private func run(_ target: IdentityCenter, _ world: FakeWorld) async throws {
        let made = try await target.perform(.createGroup(displayName: "storm", description: "d [idbridge:test]"))
        let group = GroupID(try #require(made.createdID))
        let users = world.users.keys.sorted().map { UserID($0) }
        let sets = world.sets.keys.sorted().map { PermissionSetARN($0) }
        let wishes = ["111111111111", "222222222222", "333333333333"].flatMap { account in
            sets.map { AccountAssignment(principal: .group(group), account: AccountID(account), permissionSet: $0) }
        }
        let gives: [Write] = users.map { .addMember(group, $0) } + wishes.map { .createAssignment($0) }
        _ = try await allInParallel(gives, width: 30) { (write) async throws(UpstreamError) in
            try await target.perform(write)
        }
        let takes: [Write] =
            users.prefix(3).map { .removeMember(group, $0, membership: nil) }
            + wishes.prefix(4).map { .deleteAssignment($0) }
            + [.updateGroup(group, displayName: "calm", description: .some(nil), revision: nil)]
        _ = try await allInParallel(takes, width: 30) { (write) async throws(UpstreamError) in
            try await target.perform(write)
        }
    }

    /// The world without ids.
    private func shown(_ world: FakeWorld) -> [String] {
        let names = world.groups.mapValues { $0["DisplayName"]?.text ?? "" }
        let members = world.memberships.values.map { "\(names[$0.group] ?? "?") \($0.user)" }
        let assignments = world.assignments.map { "\(names[$0.principal] ?? $0.principal) \($0.account) \($0.set)" }
        let groups = world.groups.values.map { "\($0["DisplayName"]?.text ?? "") \($0["Description"]?.text ?? "")" }
        return (members + assignments + groups).sorted()
    }

    @Test("a run under a storm of faults ends in the same world as one without")
    func storms() async throws {
        let clean = FakeAWS()
        clean.change { $0.pollsPerOperation = 2 }
        try await run(target(clean), clean.world)
        #expect(clean.violations == [])
        // A second refusal of credentials or time in one call is taken at its word.
        let faults: [FakeAWS.Fault] = [
            .lostBefore, .lostAfter, .error("ThrottlingException"), .error("InternalServerException", status: 500),
            .error("", status: 503), .cut, .body("<html>a proxy's page</html>"),
        ]
        for seed in UInt64(1)...40 {
            var numbers = Numbers(state: seed)
            let aws = FakeAWS()
            aws.change { state in
                // Two beginnings whose answers were lost are over before the tries after a conflict are used up.
                state.pollsPerOperation = Int.random(in: 0...2, using: &numbers)
                for number in 0..<400 where Int.random(in: 0..<6, using: &numbers) == 0 {
                    state.faultsByNumber[number] = faults.randomElement(using: &numbers)
                }
            }
            do { try await run(target(aws), FakeAWS().world) } catch { Issue.record("seed \(seed): \(error)") }
            #expect(shown(aws.world) == shown(clean.world), "seed \(seed)")
            #expect(aws.peakOutstanding <= 15)
        }
    }
}
