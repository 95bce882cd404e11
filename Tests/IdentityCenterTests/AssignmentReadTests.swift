import Model
import Testing

@testable import IdentityCenter

@Suite("Reads of assignments")
struct AssignmentReadTests {
    static let accounts: [AccountID] = ["111111111111", "222222222222", "333333333333", "444444444444"]

    @Test("the cheaper way is taken")
    func cheapest() {
        func way(_ groups: Int, _ accounts: Int, _ sets: Int, _ including: Int = 0) -> AssignmentReading {
            AssignmentReading.cheapest(
                AssignmentReading.Counts(groups: groups, accounts: accounts, permissionSets: sets, including: including)
            )
        }
        #expect(way(3, 50, 10) == .byPrincipal)
        #expect(way(30, 10, 5) == .byPrincipal)
        #expect(way(500, 200, 10) == .byPrincipal)
        #expect(way(100, 2, 2) == .byWalk, "at most six calls")
        #expect(way(5000, 10, 100) == .byWalk)
        #expect(way(7, 2, 2) == .byWalk)
        #expect(way(6, 2, 2) == .byPrincipal, "no dearer, and all in one look")
        #expect(way(100, 10, 10, 90) == .byPrincipal, "the walk reads the included pairs in any case")
        #expect(way(1, 0, 0) == .byWalk)
    }

    private func read(_ aws: FakeAWS, _ target: IdentityCenter) async throws -> Set<String> {
        let groups = try await target.groups()
        let read = try await target.assignments(
            of: groups.map(\.id),
            accounts: AssignmentReadTests.accounts,
            permissionSets: aws.world.sets.keys.map { PermissionSetARN($0) },
            including: []
        )
        #expect(read == read.sorted())
        return Set(read.map { "\($0.principal.id) \($0.account) \($0.permissionSet)" })
    }

    private func expected(_ aws: FakeAWS) -> Set<String> {
        Set(aws.world.assignments.filter { $0.type == "GROUP" }.map { "\($0.principal) \($0.account) \($0.set)" })
    }

    @Test("by principal: one call a group")
    func byPrincipal() async throws {
        let aws = FakeAWS()
        #expect(try await read(aws, target(aws)) == expected(aws))
        #expect(aws.calls("ListAccountAssignmentsForPrincipal").count == 5)
        #expect(aws.calls("ListAccountAssignments").isEmpty)
        #expect(aws.calls("ListAccountAssignmentsForPrincipal").allSatisfy { $0["PrincipalType"] == "GROUP" })
    }

    @Test(
        "refused or not there, it falls back to the walk, and is not tried again by this process",
        arguments: ["AccessDeniedException", "UnknownOperationException"]
    )
    func fallsBack(code: String) async throws {
        let aws = FakeAWS()
        aws.change { $0.faultsByOperation["ListAccountAssignmentsForPrincipal"] = [-1: .error(code)] }
        let target = try target(aws)
        #expect(try await read(aws, target) == expected(aws))
        #expect(try await read(aws, target) == expected(aws))
        #expect(aws.calls("ListAccountAssignmentsForPrincipal").count == 1)
        let user = try #require(try await target.user(named: "user1@example.com"))
        let holdings = await target.holdings(of: user.id) { () async throws(UpstreamError) in
            (AssignmentReadTests.accounts, [])
        }
        #expect(aws.calls("ListAccountAssignmentsForPrincipal").count == 1)
        #expect(holdings.assignments.map(\.account.value) == [FakeWorld.management])
        #expect(holdings.problems.isEmpty)
    }

    @Test("another failure than a refusal is no reason for the walk")
    func noFallBack() async throws {
        let aws = FakeAWS()
        aws.change {
            $0.faultsByOperation["ListAccountAssignmentsForPrincipal"] = [-1: .error("ValidationException")]
        }
        let target = try target(aws)
        await #expect(throws: UpstreamError.self) { try await read(aws, target) }
        #expect(aws.calls("ListPermissionSetsProvisionedToAccount").isEmpty)
    }

    @Test("the walk reads included pairs that are not listed as provisioned, and no pair twice")
    func including() async throws {
        let aws = FakeAWS()
        aws.change { $0.faultsByOperation["ListAccountAssignmentsForPrincipal"] = [-1: .error("AccessDenied")] }
        let target = try target(aws)
        let set = try #require(aws.world.sets.keys.min())
        let groups = try await target.groups()
        _ = try await target.assignments(
            of: groups.map(\.id),
            accounts: AssignmentReadTests.accounts,
            permissionSets: [],
            including: [
                AccessPair(account: "444444444444", permissionSet: PermissionSetARN(set)),
                AccessPair(account: "222222222222", permissionSet: PermissionSetARN(set)),
            ]
        )
        let pairs = aws.calls("ListAccountAssignments").filter { $0["NextToken"] == nil }.map {
            "\($0["AccountId"]?.text ?? "") \($0["PermissionSetArn"]?.text ?? "")"
        }
        #expect(pairs.contains("444444444444 \(set)"))
        #expect(Set(pairs).count == pairs.count)
    }

    @Test("nothing is asked for no group")
    func nothing() async throws {
        let aws = FakeAWS()
        let read = try await target(aws).assignments(of: [], accounts: [], permissionSets: [], including: [])
        #expect(read.isEmpty)
        #expect(aws.log.isEmpty)
    }

    @Test("every assignment, and the holders of pairs, are of users and groups")
    func everything() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let all = try await target.everyAssignment(accounts: AssignmentReadTests.accounts, permissionSets: [])
        #expect(all.count == aws.world.assignments.count)
        let pair = try #require(all.first { $0.account.value == FakeWorld.management }?.pair)
        let holders = try await target.assignments(on: [pair, pair])
        #expect(holders.map(\.principal.type) == [.user])
        #expect(try await target.assignments(on: [AccessPair(account: "9", permissionSet: "none")]).isEmpty)
    }

    @Test("a user's holdings are the user's own: what groups give is not among them")
    func holdings() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let user = try #require(try await target.user(named: "user1@example.com"))
        let holdings = await target.holdings(of: user.id) { () async throws(UpstreamError) in ([], []) }
        #expect(holdings.memberships.count == 5)
        #expect(holdings.assignments.map(\.principal) == [.user(user.id)])
        #expect(holdings.applicationAssignments.map(\.applicationARN) == ["arn:aws:sso::1:application/y"])
        #expect(holdings.problems.isEmpty)
        #expect(aws.calls("ListAccountAssignmentsForPrincipal").first?["PrincipalType"] == "USER")
        let gone = await target.holdings(of: "gone") { () async throws(UpstreamError) in ([], []) }
        #expect(gone.isProvenEmpty)
    }

    @Test("a part that cannot be listed is a problem of that part alone")
    func problems() async throws {
        let parts = [
            "ListGroupMembershipsForMember", "ListAccountAssignmentsForPrincipal",
            "ListApplicationAssignmentsForPrincipal",
        ]
        for part in parts {
            let aws = FakeAWS()
            aws.change { $0.faultsByOperation[part] = [-1: .error("ValidationException")] }
            let target = try target(aws)
            let user = try #require(try await target.user(named: "user1@example.com"))
            let holdings = await target.holdings(of: user.id) { () async throws(UpstreamError) in ([], []) }
            #expect(holdings.problems.map(\.operation) == [part])
            #expect(holdings.memberships.isEmpty == (part == parts[0]))
            #expect(holdings.assignments.isEmpty == (part == parts[1]))
            #expect(holdings.applicationAssignments.isEmpty == (part == parts[2]))
            #expect(!holdings.isProvenEmpty)
        }
    }

    @Test("equal rows in one page are one assignment (moto stores them twice)")
    func twice() async throws {
        let aws = FakeAWS()
        let group = try #require(aws.world.groups.keys.min())
        let row =
            #"{"AccountId": "1", "PermissionSetArn": "x", "PrincipalType": "GROUP", "PrincipalId": "\#(group)"}"#
        aws.change {
            $0.faultsByOperation["ListAccountAssignmentsForPrincipal"] = [
                -1: .body(#"{"AccountAssignments": [\#(row), \#(row)]}"#)
            ]
        }
        let read = try await target(aws).assignments(
            of: [GroupID(group)],
            accounts: AssignmentReadTests.accounts,
            permissionSets: ["x"],
            including: []
        )
        #expect(read.count == 1)
    }

    @Test("assignments of other principals in a group's listing are an error")
    func strays() async throws {
        let aws = FakeAWS()
        let row = #"{"AccountId": "1", "PermissionSetArn": "x", "PrincipalType": "GROUP", "PrincipalId": "other"}"#
        aws.change {
            $0.faultsByOperation["ListAccountAssignmentsForPrincipal"] = [
                -1: .body(#"{"AccountAssignments": [\#(row)]}"#)
            ]
        }
        let target = try target(aws)
        let error = await failure { () async throws(UpstreamError) in
            try await target.assignments(of: ["g"], accounts: ["1"], permissionSets: ["x"], including: [])
        }
        #expect(error?.kind == .malformed)
    }
}
