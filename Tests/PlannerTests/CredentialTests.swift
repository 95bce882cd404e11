import Mapping
import Model
import Planner
import Testing

@Suite("Credentials that end")
struct CredentialTests {
    @Test(
        "a credential that ends within thirty days is warned of",
        arguments: [
            ("2026-12-23T17:59:59Z", true), ("2026-11-01T00:00:00Z", true), ("2026-12-23T18:00:00Z", false),
            (nil, false),
        ] as [(String?, Bool)]
    )
    func warning(end: String?, isWarned: Bool) throws {
        var directory = Directory(name: "entra", kind: .entra)
        directory.credentialExpiresAt = try end.map { try #require(Timestamp(rfc3339: $0)) }
        let input = PlanInput(
            mapping: AccessMapping(),
            sources: [.read(directory)],
            observed: ObservedState(
                identity: TargetIdentity(
                    instanceARN: "arn:aws:sso:::instance/i",
                    identityStoreID: "d-1",
                    region: "eu-west-1"
                )
            ),
            settings: PlanSettings(owner: "platform"),
            now: try #require(Timestamp(rfc3339: "2026-11-23T18:00:00Z"))
        )
        guard case .planned(let result) = Planner.plan(input) else {
            Issue.record("nothing has to be read")
            return
        }
        #expect(result.plan.warnings.map(\.code) == (isWarned ? ["credential-expires"] : []))
    }
}
