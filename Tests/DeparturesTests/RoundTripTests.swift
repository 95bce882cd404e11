import Foundation
import RoundTrips
import Sandbox
import Testing

@Suite("Round trips of offboard", .serialized)
struct RoundTripTests {
    private func count(_ trips: OffboardRoundTrips) async throws -> OffboardRoundTrips.Figures {
        let start = trips.company()
        let company = try await Company(start.world)
        return try await trips.count(company.sandbox, user: start.user, milliseconds: 50) {
            let end = try await company.begin(
                ["offboard", OffboardRoundTrips.person, "--format", "json"],
                with: OffboardRoundTrips.environment(of: company.sandbox)
            ).end()
            #expect(end.code == 0, "\(end.errors)")
            let withdrawn = end.people.first?["withdrawn"] as? [Any]
            #expect(withdrawn?.count == trips.memberships + trips.assignments)
        }
    }

    @Test("20 memberships and 30 direct assignments, each call 50 ms late: the quota alone spreads the withdrawals")
    func roundTrips() async throws {
        let trips = OffboardRoundTrips(memberships: 20, assignments: 30)
        let figures = try await count(trips)
        #expect(figures.left == 0)
        print(trips.sentence(figures, milliseconds: 50, isWithinBurst: false))
        #expect(figures.firstWithdrawal <= 7 && figures.lastWithdrawal < figures.proof)
    }

    @Test("where no quota is in the way, all withdrawals go in one round trip and the proof in the next few")
    func withinBurst() async throws {
        let trips = OffboardRoundTrips(memberships: 4, assignments: 4)
        let figures = try await count(trips)
        #expect(figures.left == 0)
        print(trips.sentence(figures, milliseconds: 50, isWithinBurst: true))
        #expect(figures.firstWithdrawal <= 7 && figures.lastWithdrawal <= 9)
    }
}
