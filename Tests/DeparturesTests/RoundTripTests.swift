import Foundation
import Sandbox
import Synchronization
import Testing

/// Counts sequential round trips: a call is one deeper than the deepest call that was answered before it came.
private final class Depth: Sendable {
    private struct State {
        var answered = 0
        var depths: [Int: Int] = [:]
        var firstWithdrawal: Int?
        var lastWithdrawal = 0
        var proof = 0
        var deepest = 0
    }
    private let state = Mutex(State())

    func came(_ call: Call) {
        state.withLock { state in
            let depth = state.answered + 1
            state.depths[call.number] = depth
            state.deepest = max(state.deepest, depth)
            if call.operation == "ListGroupMembershipsForMember" || call.text("PrincipalType") == "USER", !call.isWrite
            {
                state.proof = max(state.proof, depth)
            }
            if call.isWrite, call.operation.hasPrefix("Delete") {
                state.firstWithdrawal = state.firstWithdrawal ?? depth
                state.lastWithdrawal = max(state.lastWithdrawal, depth)
            }
        }
    }

    func answered(_ call: Call) {
        state.withLock { state in state.answered = max(state.answered, state.depths[call.number] ?? 0) }
    }

    var firstWithdrawal: Int { state.withLock { $0.firstWithdrawal ?? 0 } }
    var proof: Int { state.withLock { $0.proof } }
    var lastWithdrawal: Int { state.withLock { $0.lastWithdrawal } }
    var deepest: Int { state.withLock { $0.deepest } }
}

@Suite("Round trips of offboard", .serialized)
struct RoundTripTests {
    /// 20 memberships and 30 direct assignments: the figures that `make bench` prints.
    @Test("20 memberships and 30 direct assignments, each call 50 ms late")
    func roundTrips() async throws {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        for number in 0..<20 { world.addGroup("group-\(number)", members: [bob]) }
        for number in 0..<15 {
            let account = String(300_000_000_000 + number)
            world.addAccount(account, name: "account-\(number)")
            for set in ["AdministratorAccess", "ViewOnlyAccess"] {
                world.assign(.user(bob), account: account, permissionSet: set)
            }
        }
        world.behaviour.operationSeconds = 0
        let company = try await Company(world)
        let depth = Depth()
        company.sandbox.world.onCall { depth.came($0) }
        company.sandbox.world.afterCall { call in
            try? await Task.sleep(for: .milliseconds(50))
            depth.answered(call)
        }
        let end = try await company.run("offboard", "bob@example.com", "--format", "json")
        #expect(end.code == 0, "\(end.errors)")
        #expect(company.holdings(of: bob) == [])
        let withdrawn = end.people.first?["withdrawn"] as? [Any]
        #expect(withdrawn?.count == 50)
        let calls = company.sandbox.world.log.count
        print(
            """
            bench offboard, 20 memberships and 30 direct assignments, 50 ms a call: \
            first withdrawal request in round trip \(depth.firstWithdrawal) (lower bound 4), \
            last one in \(depth.lastWithdrawal) (lower bound 4 without the quota of 20 calls a second, which spreads them), \
            last reading of the proof in \(depth.proof) (lower bound 6), \
            running sessions told after \(depth.deepest); \(calls) calls
            """
        )
        #expect(depth.firstWithdrawal <= 6)
    }
}
