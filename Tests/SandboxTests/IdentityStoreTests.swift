import Sandbox
import Testing

@Suite struct IdentityStoreTests {
    private func world() -> World {
        var world = World()
        world.addUser("ana@example.com", id: "u-ana", externalID: "g-ana")
        world.addUser("bo@example.com", id: "u-bo")
        world.addGroup("admins", id: "gr-admins", description: "Runs [idbridge:platform]", members: ["u-ana"])
        world.addGroup("Data Team", id: "gr-data")
        return world
    }

    @Test("objects are shown with their fields, and absent ones are absent")
    func reads() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let users = try await sandbox.store("ListUsers").json["Users"]?.array ?? []
        #expect(users.map { $0["UserId"]?.text } == ["u-ana", "u-bo"])
        #expect(users[0]["Emails"]?.array?.first?["Value"] == "ana@example.com")
        #expect(users[0]["ExternalIds"]?.array?.first?["Id"] == "g-ana")
        #expect(users[1]["ExternalIds"] == nil)
        #expect(users[0]["UserStatus"] == "ENABLED")
        let groups = try await sandbox.store("ListGroups").json["Groups"]?.array ?? []
        #expect(groups[0]["Description"] == "Runs [idbridge:platform]")
        #expect(groups[1]["Description"] == nil)
        #expect(groups[0]["Revision"] == "1")
        let members = try await sandbox.store("ListGroupMemberships", ["GroupId": "gr-admins"]).json
        #expect(members["GroupMemberships"]?.array?.first?["MemberId"] == ["UserId": "u-ana"])
        #expect(try await sandbox.store("DescribeUser", ["UserId": "u-bo"]).json["UserName"] == "bo@example.com")
        sandbox.world.update { $0.behaviour.hasRevisions = false }
        let old = try await sandbox.store("ListGroups").json["Groups"]?.array ?? []
        #expect(old[0]["Revision"] == nil)
        #expect(old[0]["GroupArn"] == nil)
    }

    @Test("look-ups find by the stored spelling")
    func lookups() async throws {
        let sandbox = try await Sandbox.start(world: world())
        func find(_ operation: String, _ path: String, _ value: JSONValue) async throws -> Answer {
            try await sandbox.store(
                operation,
                ["AlternateIdentifier": ["UniqueAttribute": ["AttributePath": .string(path), "AttributeValue": value]]]
            )
        }
        #expect(try await find("GetUserId", "userName", "ana@example.com").json["UserId"] == "u-ana")
        #expect(try await find("GetUserId", "emails.value", "bo@example.com").json["UserId"] == "u-bo")
        #expect(try await find("GetGroupId", "displayName", "Data Team").json["GroupId"] == "gr-data")
        let unknown = try await find("GetGroupId", "displayName", "data team")
        #expect(unknown.code == "ResourceNotFoundException")
        #expect(unknown.json["ResourceType"] == "GROUP")
        #expect(try await find("GetUserId", "nonsense", "x").code == "ValidationException")
        let external = try await sandbox.store(
            "GetUserId",
            [
                "AlternateIdentifier": [
                    "ExternalId": [
                        "Issuer": "https://scim.ap-northeast-1.amazonaws.com/sandbox/scim/v2/", "Id": "g-ana",
                    ]
                ]
            ]
        )
        #expect(external.json["UserId"] == "u-ana")
    }

    @Test("groups are made, changed and deleted, with the service's refusals")
    func groups() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let made = try await sandbox.store("CreateGroup", ["DisplayName": "new", "Description": "text"])
        let id = made.json["GroupId"] ?? .null
        #expect(made.status == 200)
        let duplicate = try await sandbox.store("CreateGroup", ["DisplayName": "NEW"])
        #expect(duplicate.code == "ConflictException")
        #expect(duplicate.json["Reason"] == "UNIQUENESS_CONSTRAINT_VIOLATION")
        for input: JSONValue in [
            [:], ["DisplayName": ""], ["DisplayName": "x", "Description": ""], ["DisplayName": "Administrator"],
            ["DisplayName": "a\u{202E}b"], ["DisplayName": .string(String(repeating: "x", count: 1025))],
        ] {
            #expect(try await sandbox.store("CreateGroup", input).code == "ValidationException", "\(input)")
        }
        #expect(
            try await sandbox.store("CreateGroup", ["DisplayName": "x", "Typo": 1]).code == "SerializationException"
        )
        #expect(try await sandbox.store("CreateGroup", ["DisplayName": 1]).code == "SerializationException")
        let renamed = try await sandbox.store(
            "UpdateGroup",
            [
                "GroupId": id, "Revision": "1",
                "Operations": [
                    ["AttributePath": "displayName", "AttributeValue": "newer"], ["AttributePath": "description"],
                ],
            ]
        )
        #expect(renamed.json["Revision"] == "2")
        let group = try #require(sandbox.world.snapshot().identityCenter.group(named: "newer"))
        #expect(group.description == nil)
        let stale = try await sandbox.store("DeleteGroup", ["GroupId": id, "Revision": "1"])
        #expect(stale.json["Reason"] == "CONCURRENT_MODIFICATION")
        #expect(try await sandbox.store("DeleteGroup", ["GroupId": id]).status == 200)
        #expect(try await sandbox.store("DeleteGroup", ["GroupId": id]).code == "ResourceNotFoundException")
        #expect(sandbox.world.writes.map(\.operation) == ["CreateGroup", "UpdateGroup", "DeleteGroup"])
    }

    @Test("a description may be set, and not emptied by an empty text")
    func descriptions() async throws {
        let sandbox = try await Sandbox.start(world: world())
        func update(_ value: JSONValue) async throws -> Answer {
            try await sandbox.store(
                "UpdateGroup",
                ["GroupId": "gr-data", "Operations": [["AttributePath": "description", "AttributeValue": value]]]
            )
        }
        #expect(try await update("hello").status == 200)
        #expect(try await update("").code == "ValidationException")
        #expect(sandbox.world.snapshot().identityCenter.group("gr-data")?.description == "hello")
    }

    @Test("memberships are made once, looked up and taken away")
    func memberships() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let bo: JSONValue = ["GroupId": "gr-admins", "MemberId": ["UserId": "u-bo"]]
        let made = try await sandbox.store("CreateGroupMembership", bo)
        #expect(made.status == 200)
        #expect(
            try await sandbox.store("CreateGroupMembership", bo).json["Reason"] == "UNIQUENESS_CONSTRAINT_VIOLATION"
        )
        #expect(try await sandbox.store("GetGroupMembershipId", bo).json["MembershipId"] == made.json["MembershipId"])
        let results =
            try await sandbox.store(
                "IsMemberInGroups",
                ["MemberId": ["UserId": "u-bo"], "GroupIds": ["gr-admins", "gr-data"]]
            ).json["Results"]?.array ?? []
        #expect(results.map { $0["MembershipExists"] } == [true, false])
        let ofBo = try await sandbox.store("ListGroupMembershipsForMember", ["MemberId": ["UserId": "u-bo"]]).json
        #expect(ofBo["GroupMemberships"]?.array?.map { $0["GroupId"]?.text } == ["gr-admins"])
        let id: JSONValue = ["MembershipId": made.json["MembershipId"] ?? .null]
        #expect(try await sandbox.store("DeleteGroupMembership", id).status == 200)
        #expect(try await sandbox.store("DeleteGroupMembership", id).code == "ResourceNotFoundException")
        let ghost: JSONValue = ["GroupId": "gr-admins", "MemberId": ["UserId": "u-none"]]
        #expect(try await sandbox.store("CreateGroupMembership", ghost).json["ResourceType"] == "USER")
    }

    @Test("users are made, changed and deleted; their memberships go, their assignments stay")
    func users() async throws {
        var world = world()
        let set = world.addPermissionSet("Admin")
        world.assign(.user("u-ana"), account: "100000000001", permissionSet: "Admin")
        let sandbox = try await Sandbox.start(world: world)
        let input: JSONValue = [
            "UserName": "cy@example.com", "DisplayName": "cy", "Name": ["GivenName": "cy", "FamilyName": "e"],
            "Emails": [["Value": "cy@example.com", "Type": "work", "Primary": true]], "UserType": "idbridge:platform",
        ]
        let made = try await sandbox.store("CreateUser", input)
        #expect(made.status == 200)
        #expect(try await sandbox.store("CreateUser", input).code == "ConflictException")
        var incomplete = input
        incomplete["Name"] = ["GivenName": "cy"]
        #expect(try await sandbox.store("CreateUser", incomplete).code == "ValidationException")
        let id = made.json["UserId"] ?? .null
        func update(_ path: String, _ value: JSONValue) async throws -> Answer {
            try await sandbox.store(
                "UpdateUser",
                ["UserId": id, "Operations": [["AttributePath": .string(path), "AttributeValue": value]]]
            )
        }
        #expect(try await update("userName", "cyan@example.com").status == 200)
        #expect(try await update("name.familyName", "Example").status == 200)
        #expect(try await update("emails", [["Value": "cyan@example.com", "Primary": true]]).status == 200)
        #expect(try await update("userStatus", "DISABLED").code == "ValidationException")
        #expect(try await update("userName", "ana@example.com").code == "ConflictException")
        #expect(sandbox.world.snapshot().identityCenter.user(named: "cyan@example.com")?.revision == 4)
        #expect(try await sandbox.store("DeleteUser", ["UserId": "u-ana"]).status == 200)
        let center = sandbox.world.snapshot().identityCenter
        #expect(center.group("gr-admins")?.memberIDs == [])
        #expect(center.assignments.map(\.permissionSet) == [set.arn])
    }

    @Test("pages honour MaxResults, may be empty, and their tokens belong to what was asked")
    func pages() async throws {
        var world = World()
        for number in 0..<250 { world.addUser("u\(number)@example.com") }
        let sandbox = try await Sandbox.start(world: world)
        let id: JSONValue = .string(world.identityCenter.identityStoreID)
        let plain = try await sandbox.all(.identityStore, "ListUsers", ["IdentityStoreId": id], key: "Users")
        #expect(plain.sizes == [100, 100, 50])
        let small = try await sandbox.all(
            .identityStore,
            "ListUsers",
            ["IdentityStoreId": id, "MaxResults": 90],
            key: "Users"
        )
        #expect(small.sizes == [90, 90, 70])
        sandbox.world.update { $0.behaviour.hasEmptyPages = true }
        let empty = try await sandbox.all(.identityStore, "ListUsers", ["IdentityStoreId": id], key: "Users")
        #expect(empty.sizes == [0, 100, 100, 50])
        #expect(Set(empty.elements).count == 250)
        let first = try await sandbox.store("ListUsers", ["MaxResults": 90]).json["NextToken"] ?? .null
        #expect(
            try await sandbox.store("ListUsers", ["MaxResults": 80, "NextToken": first]).code == "ValidationException"
        )
        #expect(try await sandbox.store("ListUsers", ["MaxResults": 101]).code == "ValidationException")
        #expect(try await sandbox.store("ListUsers", ["NextToken": "x"]).code == "ValidationException")
        #expect(
            try await sandbox.store("ListUsers", ["IdentityStoreId": "d-0000000000"]).json["ResourceType"]
                == "IDENTITY_STORE"
        )
        let filter: JSONValue = ["Filters": [["AttributePath": "UserName", "AttributeValue": "u1@example.com"]]]
        #expect(try await sandbox.store("ListUsers", filter).code == "ValidationException")
        sandbox.world.update {
            $0.behaviour.refusesFilters = false
            $0.behaviour.hasEmptyPages = false
        }
        #expect(try await sandbox.store("ListUsers", filter).json["Users"]?.array?.count == 1)
    }
}
