import Diagnostics
import Mapping
import Model
import Planner
import Testing

@Suite("What the mapping grants, for the AWS CLI configuration")
struct AccessListingTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func listing(_ mapping: String, owned: [String] = [], others: [String] = []) throws -> AccessListing {
        let parsed = MappingParser.parse(
            files: [MappingFile(path: "m.yaml", bytes: Array(("version: 1\n" + mapping).utf8))],
            sources: ["google": .google, "entra": .entra]
        )
        try #require(!parsed.diagnostics.contains { $0.severity == .error }, "\(parsed.diagnostics)")
        let groups = owned.map { TargetGroup(id: GroupID("g-\($0)"), displayName: $0, description: "[idbridge:us]") }
        let foreign = others.map {
            TargetGroup(id: GroupID("g-\($0)"), displayName: $0, description: "[idbridge:them]")
        }
        let observed = ObservedState(
            identity: TargetIdentity(instanceARN: "arn:aws:sso:::instance/i", identityStoreID: "d-1", region: "r"),
            groups: groups + foreign,
            organization: Organization(
                accounts: [
                    account(1, "management"), account(2, "dev"), account(3, "dev-a"), account(4, "twin"),
                    account(5, "twin"), account(6, "gone", isActive: false), account(7, "Shop"), account(8, "shop"),
                ],
                organizationalUnits: [[]],
                managementAccount: id(1)
            ),
            permissionSets: ["A", "a-B", "B"].map { PermissionSet(arn: PermissionSetARN("arn:\($0)"), name: $0) }
        )
        return AccessListing(mapping: parsed.mapping, observed: observed, owner: "us", now: now)
    }

    private func id(_ number: Int) -> AccountID { AccountID("00000000000\(number)") }

    private func account(_ number: Int, _ name: String, isActive: Bool = true) -> Account {
        Account(id: id(number), name: name, isActive: isActive)
    }

    /// `dev/A` for each pair.
    private func pairs(_ listing: AccessListing) -> [String] {
        listing.pairs.sorted().map { "\($0.account.value.suffix(1))/\($0.permissionSet.value.dropFirst(4))" }
    }

    private let members = "members: [{ google: x@example.com }]"

    @Test("open and coming windows count, and those that are over do not")
    func windows() throws {
        let found = try listing(
            """
            groups:
              g:
                \(members)
                access:
                  - { permissionSets: [A], accounts: [{ name: dev }], until: 2027-01-15T08:00:00Z }
                  - { permissionSets: [A], accounts: [{ name: dev-a }], until: 2027-01-15T08:00:01Z }
                  - { permissionSets: [B], accounts: [{ name: dev }], from: 2036-01-01T00:00:00Z }
                  - { permissionSets: [Unknown], accounts: [{ name: dev }], until: 2020-01-01T00:00:00Z }
            """
        )
        #expect(pairs(found) == ["2/B", "3/A"])
        #expect(found.leftOut.isEmpty)
    }

    @Test("the management account only by id or exact name, accounts that are not ACTIVE never")
    func accounts() throws {
        let all = try listing(
            "groups: { g: { \(members), access: [{ permissionSets: [A], accounts: [{ all: true }] }] } }"
        )
        #expect(pairs(all) == ["2/A", "3/A", "4/A", "5/A", "7/A", "8/A"])
        let named = try listing(
            """
            groups:
              g:
                \(members)
                access: [{ permissionSets: [A], accounts: [{ name: management }, { id: "000000000006" }] }]
            """
        )
        #expect(pairs(named) == ["1/A"])
        #expect(named.leftOut.isEmpty)
    }

    @Test("what the target does not know, and names that two accounts bear, are left out and told of")
    func unknown() throws {
        let found = try listing(
            """
            groups:
              g:
                \(members)
                access:
                  - { permissionSets: [A, Z], accounts: [{ name: dev }, { id: "999999999999" }, { ou: /Nowhere }, { name: twin }] }
              h: { membership: provisioned, access: [{ permissionSets: [B], accounts: [{ name: dev }] }] }
              r: { retired: true }
            """
        )
        #expect(pairs(found) == ["2/A", "2/B"])
        #expect(
            found.leftOut.map(\.code).sorted() == [
                "ambiguous-account", "unknown-account", "unknown-ou", "unknown-permission-set",
            ]
        )
    }

    private let pattern = """
        patterns:
          - google: aws-{account}-{permissionSet}@example.com
            group: aws-{account}-{permissionSet}
            only: { permissionSets: [A, a-B, B] }
            access: [{ permissionSets: ["{permissionSet}"], accounts: [{ name: "{account}" }] }]
        """

    @Test("patterns count for the owned groups whose names they make")
    func patterns() throws {
        let found = try listing(
            pattern,
            owned: ["aws-dev-A", "other", "aws-Shop-B", "AWS-DEV-B", "aws-gone-A", "aws-management-A"],
            others: ["aws-dev-a-A"]
        )
        #expect(pairs(found) == ["2/A", "2/B", "7/B"])
        #expect(found.leftOut.isEmpty)
    }

    @Test("a name that can be read in two ways is left out, and one that `groups` names is that group's")
    func ambiguous() throws {
        let found = try listing(
            """
            groups:
              aws-dev-A: { \(members), access: [{ permissionSets: [B], accounts: [{ name: dev }] }] }
            \(pattern)
            """,
            owned: ["aws-dev-a-B", "aws-dev-A"]
        )
        #expect(pairs(found) == ["2/B"])
        #expect(found.leftOut.map(\.code) == ["ambiguous-pattern"])
    }

    @Test("access that the group's name alone does not tell is left out")
    func untold() throws {
        let found = try listing(
            """
            patterns:
              - google: aws-{account}-{permissionSet}@example.com
                group: team-{account}
                only: { permissionSets: [A] }
                access:
                  - { permissionSets: ["{permissionSet}"], accounts: [{ name: "{account}" }] }
                  - { permissionSets: [B], accounts: [{ name: "{account}" }] }
            """,
            owned: ["team-dev"]
        )
        #expect(pairs(found) == ["2/B"])
        #expect(found.leftOut.map(\.code) == ["unknown-placeholder"])
    }
}
