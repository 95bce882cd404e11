import Model
import Testing

@testable import IdentityCenter

@Suite("Listings")
struct ListingTests {
    static let listings = [
        "ListUsers", "ListGroups", "ListGroupMemberships", "ListPermissionSets", "ListAccounts",
        "ListOrganizationalUnitsForParent", "ListAccountsForParent", "ListAccountAssignments",
    ]

    private func readAll(_ target: IdentityCenter) async throws(UpstreamError) {
        _ = try await target.users()
        _ = try await target.memberships(of: try await target.groups().map(\.id))
        _ = try await target.permissionSets()
        let organization = try await target.organization(withTags: false)
        _ = try await target.everyAssignment(accounts: organization.accounts.map(\.id), permissionSets: [])
    }

    /// A world in which every listing has two pages at least.
    private var world: FakeWorld {
        var world = FakeWorld.company()
        for name in ["a", "b", "c", "d"] { _ = world.addUnit(name) }
        for digit in 5...9 {
            world.addAccount(String(repeating: String(digit), count: 12), "account \(digit)", in: world.units.last?.id)
        }
        _ = world.addSet("Fourth")
        for user in world.users.keys {
            world.assignments.insert(
                FakeWorld.Assignment(
                    type: "USER",
                    principal: user,
                    account: "222222222222",
                    set: world.sets.keys.min() ?? ""
                )
            )
        }
        return world
    }

    @Test("a page's token that was given before is an error", arguments: listings)
    func loops(operation: String) async throws {
        let aws = FakeAWS(world)
        aws.change { $0.loopsTokens = [operation] }
        let target = try target(aws)
        let error = await failure { () async throws(UpstreamError) in try await readAll(target) }
        #expect(error?.kind == .malformed)
        #expect(error?.operation == operation)
        #expect(error?.requestID != nil)
    }

    @Test("a page that comes twice is an error", arguments: listings)
    func repeats(operation: String) async throws {
        let aws = FakeAWS(world)
        aws.change { $0.repeatsPages = [operation] }
        let target = try target(aws)
        let error = await failure { () async throws(UpstreamError) in try await readAll(target) }
        #expect(error?.kind == .malformed)
        #expect(error?.operation == operation)
    }

    @Test("an answer of another shape is an error that names the place and shows nothing of it")
    func shapes() async throws {
        let bodies = [
            #"{"Users": "secret"}"#: "'Users'", #"{"Users": null}"#: "'Users'", #"{}"#: "'Users'",
            #"{"Users": [{"UserId": "a"}, {"UserId": 7}]}"#: "'Users[1].UserId'",
            #"{"Users": [{"UserName": "secret"}]}"#: "'Users[0].UserId'",
            #"{"Users": [], "NextToken": 7}"#: "'NextToken'", #"[]"#: "the answer", #"null"#: "the answer",
        ]
        for (body, place) in bodies {
            let aws = FakeAWS()
            aws.change { $0.faultsByOperation["ListUsers"] = [-1: .body(body)] }
            let target = try target(aws)
            let error = await failure { () async throws(UpstreamError) in try await target.users() }
            #expect(error?.kind == .malformed)
            #expect(error?.message.contains(place) == true, "\(body): \(error?.message ?? "")")
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test("null stands for nothing, and an empty page with a token is not the last one")
    func nullsAndEmptyPages() async throws {
        let aws = FakeAWS(FakeWorld())
        let user = #"{"UserId": "a", "UserName": null, "Emails": null, "Name": null, "ExternalIds": null}"#
        aws.change {
            $0.faultsByOperation["ListUsers"] = [
                0: .body(#"{"Users": [], "NextToken": "1"}"#), 1: .body(#"{"Users": [], "NextToken": "2"}"#),
                2: .body(#"{"Users": [\#(user)], "NextToken": null}"#),
            ]
        }
        #expect(try await target(aws).users() == [TargetUser(id: "a", userName: "")])
        #expect(aws.calls("ListUsers").map { $0["NextToken"]?.text } == [nil, "1", "2"])
    }

    @Test("an empty token ends a listing")
    func emptyToken() async throws {
        let aws = FakeAWS(FakeWorld())
        aws.change { $0.faultsByOperation["ListGroups"] = [-1: .body(#"{"Groups": [], "NextToken": ""}"#)] }
        #expect(try await target(aws).groups() == [])
    }

    @Test("memberships of another group, and assignments on another pair, are errors")
    func strays() async throws {
        let aws = FakeAWS()
        let row = #"{"MembershipId": "m", "GroupId": "other", "MemberId": {"UserId": "u"}}"#
        aws.change {
            $0.faultsByOperation["ListGroupMemberships"] = [-1: .body(#"{"GroupMemberships": [\#(row)]}"#)]
            let stray =
                #"{"AccountId": "222222222222", "PermissionSetArn": "x", "PrincipalType": "USER", "PrincipalId": "u"}"#
            $0.faultsByOperation["ListAccountAssignments"] = [-1: .body(#"{"AccountAssignments": [\#(stray)]}"#)]
        }
        let target = try target(aws)
        let group = try #require(try await target.groups().first)
        let members = await failure { () async throws(UpstreamError) in try await target.memberships(of: [group.id]) }
        #expect(members?.kind == .malformed)
        let pair = AccessPair(account: "333333333333", permissionSet: "x")
        let holders = await failure { () async throws(UpstreamError) in try await target.assignments(on: [pair]) }
        #expect(holders?.kind == .malformed)
    }
}
