import Model
import Testing

@testable import IdentityCenter

@Suite("The organization")
struct OrganizationTests {
    private let accounts = [
        Account(id: "111111111111", name: "a"), Account(id: "222222222222", name: "b"),
        Account(id: "333333333333", name: "c", isActive: false),
    ]

    private func tree(_ parents: [AccountID: Set<String>]) -> OrganizationTree {
        OrganizationTree(
            root: "r-1",
            units: [
                OrganizationTree.Unit(id: "ou-1", name: "One", parent: "r-1"),
                OrganizationTree.Unit(id: "ou-2", name: "Two/slash", parent: "ou-1"),
            ],
            parents: parents
        )
    }

    @Test("accounts get the names of their units; one that is not active may be nowhere")
    func assembles() throws {
        let organization = try tree(["111111111111": ["r-1"], "222222222222": ["ou-2"]]).assemble(accounts).get()
        #expect(organization.accounts.map(\.organizationalUnit) == [[], ["One", "Two/slash"], []])
        #expect(organization.organizationalUnits == [[], ["One"], ["One", "Two/slash"]])
    }

    @Test("what contradicts itself is said")
    func contradictions() {
        let cases: [([AccountID: Set<String>], String)] = [
            (["111111111111": ["r-1"]], "account 222222222222 is ACTIVE, and no unit"),
            (["111111111111": ["r-1", "ou-1"], "222222222222": ["r-1"]], "listed in ou-1 and in r-1"),
            (["111111111111": ["ou-9"], "222222222222": ["r-1"]], "unit ou-9, which is not in the tree"),
            (
                ["111111111111": ["r-1"], "222222222222": ["r-1"], "999999999999": ["r-1"]],
                "account 999999999999 is in the tree, but ListAccounts lacks it"
            ),
        ]
        for (parents, text) in cases {
            guard case .failure(let contradiction) = tree(parents).assemble(accounts) else {
                Issue.record("no contradiction: \(text)")
                continue
            }
            #expect(contradiction.text.contains(text), "\(contradiction.text)")
        }
        var odd = tree(["111111111111": ["r-1"], "222222222222": ["r-1"]])
        odd.units.append(OrganizationTree.Unit(id: "ou-3", name: "Three", parent: "ou-9"))
        #expect(throws: Contradiction.self) { try odd.assemble(accounts).get() }
        odd.units.removeLast()
        odd.units.append(odd.units[0])
        #expect(throws: Contradiction.self) { try odd.assemble(accounts).get() }
    }

    @Test("an account's path names its parent")
    func paths() {
        let cases: [(String, String?)] = [
            ("o-a/r-1/ou-1/ou-2/111111111111/", "ou-2"), ("o-a/r-1/111111111111/", "r-1"), ("o-a/r-1/ou-1/", "ou-1"),
            ("o-a/r-1/ou-1/222222222222/", nil), ("r-1/ou-1/111111111111/", nil), ("", nil), ("o-a/111111111111/", nil),
        ]
        for (path, parent) in cases {
            #expect(OrganizationTree.parent(inPath: path, of: "111111111111") == parent, "\(path)")
        }
    }

    @Test("an account that is moved during the walk makes it be walked again")
    func movedOnce() async throws {
        let aws = FakeAWS()
        // At the first look at the last unit, the account that it holds is missing.
        let units = aws.world.units.map(\.id)
        let index = try await calls(aws).firstIndex { $0 == units.last }
        aws.change { $0.faultsByOperation["ListAccountsForParent"] = [index ?? 0: .body(#"{"Accounts": []}"#)] }
        let organization = try await target(aws).organization(withTags: false)
        #expect(organization.accounts.first { $0.name == "shop" }?.organizationalUnit == ["Workloads", "Production"])
        #expect(aws.calls("ListRoots").count == 2)
    }

    private func calls(_ aws: FakeAWS) async throws -> [String?] {
        let clean = FakeAWS(aws.world)
        _ = try await target(clean).organization(withTags: false)
        return clean.calls("ListAccountsForParent").map { $0["ParentId"]?.text }
    }

    @Test("an ACTIVE account that no unit lists, twice, is an error and not an account without a place")
    func missingTwice() async throws {
        let aws = FakeAWS()
        aws.change { $0.faultsByOperation["ListAccountsForParent"] = [-1: .body(#"{"Accounts": []}"#)] }
        let target = try target(aws)
        let error = await failure { () async throws(UpstreamError) in try await target.organization(withTags: false) }
        #expect(error?.kind == .malformed)
        #expect(error?.message.contains("111111111111 is ACTIVE") == true)
        #expect(aws.calls("ListRoots").count == 2)
    }

    @Test("a unit that is deleted during the walk makes it be walked again")
    func deletedUnit() async throws {
        let aws = FakeAWS()
        aws.change {
            $0.faultsByOperation["ListOrganizationalUnitsForParent"] = [1: .error("ParentNotFoundException")]
        }
        #expect(try await target(aws).organization(withTags: false).accounts.count == 4)
        #expect(aws.calls("ListRoots").count == 2)
    }

    @Test("paths of some accounts only are not relied on")
    func somePaths() async throws {
        var world = FakeWorld.company()
        world.accounts["222222222222"] = world.accounts["222222222222"]?
            .with(["Paths": ["o-a/r-abcd/ou-wrong/222222222222/"]])
        let aws = FakeAWS(world)
        let organization = try await target(aws).organization(withTags: false)
        #expect(organization.accounts.first { $0.name == "shop" }?.organizationalUnit == ["Workloads", "Production"])
    }
}
