import Model
import Testing

@testable import IdentityCenter

@Suite("Reads")
struct ReadTests {
    @Test("users come whole over pages, with what the store says of them")
    func users() async throws {
        var world = FakeWorld.company()
        let id = world.addUser(
            "disabled@example.com",
            [
                "UserStatus": "DISABLED", "UserType": "idbridge:test",
                "ExternalIds": [["Issuer": "https://scim", "Id": "42"]],
                "Emails": [["Value": "a@example.com"], ["Value": "b@example.com", "Primary": true]],
            ]
        )
        let bare = world.identifier()
        world.users[bare] = ["UserId": .text(bare), "UserName": "bare"]
        let aws = FakeAWS(world)
        let users = try await target(aws).users()
        #expect(users.count == world.users.count)
        let disabled = try #require(users.first { $0.id.value == id })
        #expect(!disabled.isEnabled)
        #expect(disabled.userType == "idbridge:test")
        #expect(disabled.externalIDs == [TargetUser.ExternalID(issuer: "https://scim", id: "42")])
        #expect(disabled.primaryEmail == "b@example.com")
        #expect(disabled.givenName == "G")
        #expect(users.first { $0.id.value == bare } == TargetUser(id: UserID(bare), userName: "bare"))
        #expect(aws.calls("ListUsers").allSatisfy { $0["MaxResults"] == 100 })
        #expect(aws.violations.isEmpty)
    }

    @Test("ids are in lower case here, and go back in the store's own form")
    func idForms() async throws {
        var world = FakeWorld()
        let upper = "1234567890-ABCDEF00-0000-0000-0000-000000000001"
        world.groups[upper] = ["GroupId": .text(upper), "DisplayName": "upper", "Description": .text("")]
        let user = world.addUser("ana@example.com")
        world.addMember(upper, user)
        let aws = FakeAWS(world)
        let target = try target(aws)
        let groups = try await target.groups()
        #expect(groups.map(\.id.value) == [upper.lowercased()])
        let members = try await target.memberships(of: groups.map(\.id))
        #expect(members[GroupID(upper.lowercased())]?.map(\.user.value) == [user])
        #expect(aws.calls("ListGroupMemberships").first?["GroupId"]?.text == upper)
    }

    @Test("a group that is gone has no memberships")
    func goneGroup() async throws {
        let aws = FakeAWS()
        let gone = GroupID(FakeWorld.identifier(999_999))
        let target = try target(aws)
        #expect(try await target.memberships(of: [gone]) == [gone: []])
    }

    @Test(
        "the organization has names of units, tags of accounts, and the management account",
        arguments: [false, true]
    )
    func organization(hasPaths: Bool) async throws {
        let aws = FakeAWS()
        aws.change { $0.hasPaths = hasPaths }
        let organization = try await target(aws).organization(withTags: true)
        let shop = try #require(organization.accounts.first { $0.name == "shop" })
        #expect(shop.organizationalUnit == ["Workloads", "Production"])
        #expect(shop.tags == ["environment": "production", "empty": ""])
        #expect(organization.accounts.filter { !$0.isActive }.map(\.name) == ["old"])
        #expect(organization.accounts.first { $0.name == "management" }?.organizationalUnit == [])
        #expect(organization.organizationalUnits == [[], ["Workloads"], ["Workloads", "Production"]])
        #expect(organization.managementAccount?.value == FakeWorld.management)
        #expect(aws.calls("ListAccountsForParent").isEmpty == hasPaths)
        #expect(aws.calls("ListTagsForResource").count == 3)
        #expect(aws.violations.isEmpty)
    }

    @Test("tags cost nothing where nobody asks for them")
    func noTags() async throws {
        let aws = FakeAWS()
        let organization = try await target(aws).organization(withTags: false)
        #expect(organization.accounts.allSatisfy { $0.tags.isEmpty })
        #expect(aws.calls("ListTagsForResource").isEmpty)
        #expect(aws.calls("DescribeOrganization").count == 1)
    }

    @Test("an account's Status counts where there is no State; anything but ACTIVE is not active")
    func states() async throws {
        var world = FakeWorld.company()
        world.accounts["555555555555"] = ["Id": "555555555555", "Name": "by status", "Status": "ACTIVE"]
        world.accounts["666666666666"] = ["Id": "666666666666", "Name": "both", "State": "CLOSED", "Status": "ACTIVE"]
        world.accounts["777777777777"] = ["Id": "777777777777", "Name": "neither"]
        for id in ["555555555555", "666666666666", "777777777777"] { world.parents[id] = world.root }
        let organization = try await target(FakeAWS(world)).organization(withTags: false)
        let active = Set(organization.accounts.filter(\.isActive).map(\.name))
        #expect(active == ["management", "shop", "sandbox", "by status"])
    }

    @Test("permission sets have names and session durations, also where moto gives a number, or none is given")
    func permissionSets() async throws {
        var world = FakeWorld.company()
        _ = world.addSet("Number", duration: 3600)
        _ = world.addSet("None", duration: nil)
        _ = world.addSet("Odd", duration: "an hour")
        let sets = try await target(FakeAWS(world)).permissionSets()
        let seconds = Dictionary(uniqueKeysWithValues: sets.map { ($0.name, $0.sessionSeconds) })
        #expect(
            seconds == [
                "Admin": 14400, "Reader": 3600, "Billing": 3600, "Number": 3600, "None": 3600, "Odd": nil,
            ]
        )
    }

    @Test("one user is found by name before e-mail, without case, and nobody is nobody")
    func userByName() async throws {
        var world = FakeWorld()
        let ana = world.addUser("Ana@Example.com", ["Emails": [["Value": "a@example.com", "Primary": true]]])
        let bob = world.addUser("bob", ["Emails": [["Value": "Bob@Example.com", "Primary": true]]])
        let eve = world.addUser("a@example.com", ["Emails": [["Value": "eve@example.com", "Primary": true]]])
        let aws = FakeAWS(world)
        let target = try target(aws)
        #expect(try await target.user(named: "Ana@Example.com")?.id.value == ana)
        #expect(aws.calls("ListUsers").isEmpty)
        #expect(try await target.user(named: "a@example.com")?.id.value == eve)
        #expect(try await target.user(named: "eve@example.com")?.id.value == eve)
        #expect(try await target.user(named: "ANA@EXAMPLE.COM")?.id.value == ana)
        #expect(try await target.user(named: "bob@example.com")?.id.value == bob)
        #expect(try await target.user(named: "nobody@example.com") == nil)
        #expect(try await target.user(named: "no user name") == nil)
        #expect(try await target.user(named: "") == nil)
        #expect(aws.calls("ListUsers").count == 1, "the list is read once a minute at most")
        #expect(try await target.user(UserID(ana))?.userName == "Ana@Example.com")
        #expect(try await target.user(UserID(FakeWorld.identifier(99999))) == nil)
    }

    @Test("where GetUserId and GetGroupId are not known, lists are read instead")
    func unknownLookUps() async throws {
        let aws = FakeAWS()
        aws.change { $0.unknownOperations = ["GetUserId", "GetGroupId"] }
        let target = try target(aws)
        #expect(try await target.user(named: "user3@example.com")?.userName == "user3@example.com")
        #expect(try await target.group(named: "group3")?.displayName == "group3")
        #expect(try await target.group(named: "nogroup") == nil)
    }

    @Test("a group is found by name; its description and revision come with it")
    func groupByName() async throws {
        let target = try target(FakeAWS())
        let group = try #require(try await target.group(named: "group2"))
        #expect(group.description == "Group 2 [idbridge:test]")
        #expect(group.revision == "1")
        #expect(try await target.group(named: "group9") == nil)
    }

    @Test("application assignments of groups: pages end with the first that has one")
    func applicationAssignments() async throws {
        let aws = FakeAWS()
        let groups = try await target(aws).groups()
        let found = try await target(aws).hasApplicationAssignments(groups.map(\.id))
        #expect(found.filter(\.value).keys.map(\.value) == groups.filter { $0.displayName == "group2" }.map(\.id.value))
        #expect(found.count == 5)
    }

    @Test("calls are counted by service")
    func counts() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        _ = try await target.identity()
        _ = try await target.groups()
        #expect(target.callCounts() == ["sso-admin": 1, "organizations": 1, "identitystore": 2])
    }
}
