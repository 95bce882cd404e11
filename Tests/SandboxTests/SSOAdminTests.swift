import AWSAuth
import Sandbox
import Synchronization
import Testing

@Suite struct SSOAdminTests {
    private func world() -> World {
        var world = World()
        world.addUser("ana@example.com", id: "u-ana")
        world.addGroup("admins", id: "gr-admins", members: ["u-ana"])
        world.addGroup("data", id: "gr-data")
        world.addPermissionSet("Admin")
        world.addPermissionSet("View")
        world.addAccount("200000000002", name: "prod", unit: "/Workloads/Production")
        world.addAccount("300000000003", name: "closed", state: "SUSPENDED")
        world.assign(.group("gr-admins"), account: "200000000002", permissionSet: "Admin")
        world.assign(.user("u-ana"), account: "200000000002", permissionSet: "View")
        return world
    }

    private func arn(_ name: String, _ sandbox: Sandbox) -> JSONValue {
        .string(sandbox.world.snapshot().identityCenter.permissionSet(named: name)?.arn ?? "")
    }

    private func target(
        _ group: String,
        _ account: String,
        _ set: String,
        _ sandbox: Sandbox,
        kind: JSONValue = "GROUP"
    ) -> JSONValue {
        [
            "TargetType": "AWS_ACCOUNT", "TargetId": .string(account), "PermissionSetArn": arn(set, sandbox),
            "PrincipalType": kind, "PrincipalId": .string(group),
        ]
    }

    @Test("the instance is listed in its home Region alone")
    func instances() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let here = try await sandbox.aws(.ssoAdmin, "ListInstances")
        #expect(here.json["Instances"]?.array?.first?["OwnerAccountId"] == "100000000001")
        let elsewhere = try await sandbox.send(sandbox.request(.ssoAdmin, "ListInstances", region: "eu-west-1"))
        #expect(elsewhere.json["Instances"] == [])
    }

    @Test("an assignment is accepted, is in progress, and stands once it succeeded")
    func create() async throws {
        var world = world()
        world.behaviour.operationSeconds = .infinity
        let sandbox = try await Sandbox.start(world: world)
        let input = target("gr-data", "200000000002", "View", sandbox)
        let accepted = try await sandbox.sso("CreateAccountAssignment", input).json["AccountAssignmentCreationStatus"]
        #expect(accepted?["Status"] == "IN_PROGRESS")
        #expect(sandbox.world.snapshot().identityCenter.assignments.count == 2)
        let look: JSONValue = ["AccountAssignmentCreationRequestId": accepted?["RequestId"] ?? .null]
        var seen: [JSONValue?] = []
        for _ in 0..<2 {
            let status = try await sandbox.sso("DescribeAccountAssignmentCreationStatus", look).json
            seen.append(status["AccountAssignmentCreationStatus"]?["Status"])
        }
        #expect(seen == ["IN_PROGRESS", "SUCCEEDED"])
        #expect(sandbox.world.snapshot().identityCenter.assignments.count == 3)
        let again = try await sandbox.sso("CreateAccountAssignment", input)
        #expect(again.status == 200)
        let listed = try await sandbox.sso("ListAccountAssignmentCreationStatus", ["Filter": ["Status": "SUCCEEDED"]])
        #expect(listed.json["AccountAssignmentsCreationStatus"]?.array?.count == 1)
        let unknown = try await sandbox.sso(
            "DescribeAccountAssignmentDeletionStatus",
            ["AccountAssignmentDeletionRequestId": accepted?["RequestId"] ?? .null]
        )
        #expect(unknown.code == "ResourceNotFoundException")
    }

    @Test("an operation ends by the clock too")
    func clock() async throws {
        let clock = Mutex(1_795_464_900.0)
        let sandbox = try await Sandbox.start(
            world: world(),
            configuration: .init(clock: { clock.withLock { $0 } })
        )
        let input = target("gr-data", "200000000002", "View", sandbox)
        var full = input
        full["InstanceArn"] = .string(sandbox.world.snapshot().identityCenter.instanceARN)
        let request = sandbox.request(.ssoAdmin, "CreateAccountAssignment", full, at: 1_795_464_900)
        #expect(try await sandbox.send(request).status == 200)
        #expect(sandbox.world.snapshot().identityCenter.assignments.count == 2)
        clock.withLock { $0 += 1 }
        #expect(sandbox.world.snapshot().identityCenter.assignments.count == 3)
    }

    @Test("operations that cannot succeed are accepted and fail")
    func doomed() async throws {
        var world = world()
        world.behaviour.operationPolls = 0
        world.assign(.group("gr-data"), account: "300000000003", permissionSet: "View")
        let sandbox = try await Sandbox.start(world: world)
        for (operation, group, account) in [
            ("Creation", "gr-none", "200000000002"), ("Creation", "gr-data", "300000000003"),
            ("Deletion", "gr-data", "300000000003"), ("Deletion", "gr-data", "200000000002"),
        ] {
            let verb = operation == "Creation" ? "Create" : "Delete"
            let accepted = try await sandbox.sso("\(verb)AccountAssignment", target(group, account, "View", sandbox))
            #expect(accepted.status == 200)
            let id = accepted.json["AccountAssignment\(operation)Status"]?["RequestId"] ?? .null
            let end = try await sandbox.sso(
                "DescribeAccountAssignment\(operation)Status",
                .object(["AccountAssignment\(operation)RequestId": id])
            ).json["AccountAssignment\(operation)Status"]
            #expect(end?["Status"] == "FAILED")
            #expect(end?["FailureReason"]?.text != nil)
        }
        #expect(sandbox.world.snapshot().identityCenter.assignments.count == 3)
    }

    @Test("wrong input is refused at once")
    func refusals() async throws {
        let sandbox = try await Sandbox.start(world: world())
        var input = target("gr-data", "200000000002", "View", sandbox)
        input["PermissionSetArn"] = "arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000"
        #expect(try await sandbox.sso("CreateAccountAssignment", input).code == "ResourceNotFoundException")
        input = target("gr-data", "999999999999", "View", sandbox)
        #expect(try await sandbox.sso("CreateAccountAssignment", input).code == "ResourceNotFoundException")
        input = target("gr-data", "12", "View", sandbox)
        #expect(try await sandbox.sso("CreateAccountAssignment", input).code == "ValidationException")
        input = target("gr-data", "200000000002", "View", sandbox, kind: "ROLE")
        let answer = try await sandbox.sso("CreateAccountAssignment", input)
        #expect(answer.code == "ValidationException")
        #expect(answer.json["__type"] == "com.amazonaws.swbexternalservice#ValidationException")
        #expect(answer.header("x-amzn-RequestId") != nil)
        let other = try await sandbox.sso(
            "ListPermissionSets",
            ["InstanceArn": "arn:aws:sso:::instance/ssoins-0000000000000000"]
        )
        #expect(other.code == "ResourceNotFoundException")
    }

    @Test("at most so many operations are outstanding, and two never touch one account and set")
    func outstanding() async throws {
        var world = world()
        world.behaviour.operationSeconds = .infinity
        for number in 0..<16 { world.addPermissionSet("Set\(number)") }
        let sandbox = try await Sandbox.start(world: world)
        for number in 0..<15 {
            let input = target("gr-data", "200000000002", "Set\(number)", sandbox)
            #expect(try await sandbox.sso("CreateAccountAssignment", input).status == 200)
        }
        let sixteenth = try await sandbox.sso(
            "CreateAccountAssignment",
            target("gr-data", "200000000002", "Set15", sandbox)
        )
        #expect(sixteenth.code == "ThrottlingException")
        sandbox.world.update { $0.behaviour.outstandingOperations = 100 }
        let conflict = try await sandbox.sso(
            "DeleteAccountAssignment",
            target("gr-admins", "200000000002", "Set3", sandbox)
        )
        #expect(conflict.code == "ConflictException")
    }

    @Test("lists by account and set, by principal, and of what is provisioned agree")
    func lists() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let admin = arn("Admin", sandbox)
        let pair =
            try await sandbox.sso(
                "ListAccountAssignments",
                ["AccountId": "200000000002", "PermissionSetArn": admin]
            ).json["AccountAssignments"]?.array ?? []
        #expect(pair.map { $0["PrincipalId"] } == ["gr-admins"])
        let ofAna =
            try await sandbox.sso(
                "ListAccountAssignmentsForPrincipal",
                ["PrincipalId": "u-ana", "PrincipalType": "USER"]
            ).json["AccountAssignments"]?.array ?? []
        #expect(Set(ofAna.map { $0["PrincipalId"] }) == ["gr-admins", "u-ana"])
        let provisioned =
            try await sandbox.sso(
                "ListPermissionSetsProvisionedToAccount",
                ["AccountId": "200000000002"]
            ).json["PermissionSets"]?.array ?? []
        #expect(Set(provisioned) == [admin, arn("View", sandbox)])
        let accounts = try await sandbox.sso("ListAccountsForProvisionedPermissionSet", ["PermissionSetArn": admin])
        #expect(accounts.json["AccountIds"] == ["200000000002"])
    }

    @Test("deleting a group leaves its assignments behind")
    func orphans() async throws {
        let sandbox = try await Sandbox.start(world: world())
        #expect(try await sandbox.store("DeleteGroup", ["GroupId": "gr-admins"]).status == 200)
        let pair = try await sandbox.sso(
            "ListAccountAssignments",
            ["AccountId": "200000000002", "PermissionSetArn": arn("Admin", sandbox)]
        )
        #expect(pair.json["AccountAssignments"]?.array?.first?["PrincipalId"] == "gr-admins")
    }

    @Test("a delegated administrator may not touch the management account, nor list by principal")
    func delegated() async throws {
        var world = world()
        world.addAccount("400000000004", name: "security")
        world.access.delegatedAdministrator = "400000000004"
        world.assign(.group("gr-admins"), account: "100000000001", permissionSet: "Admin")
        let sandbox = try await Sandbox.start(world: world)
        func create(_ account: String, _ set: String) async throws -> String? {
            try await sandbox.sso("CreateAccountAssignment", target("gr-data", account, set, sandbox)).code
        }
        #expect(try await create("100000000001", "View") == "AccessDeniedException")
        #expect(try await create("200000000002", "Admin") == "AccessDeniedException")
        #expect(try await create("200000000002", "View") == nil)
        let principal: JSONValue = ["PrincipalId": "gr-data", "PrincipalType": "GROUP"]
        let byPrincipal = try await sandbox.sso("ListAccountAssignmentsForPrincipal", principal)
        #expect(byPrincipal.code == "AccessDeniedException")
        #expect(try await sandbox.aws(.organizations, "ListAccounts").status == 200)
        #expect(
            try await sandbox.query("sts", "Action=GetCallerIdentity&Version=2011-06-15").xml("Account")
                == "400000000004"
        )
    }

    @Test("a role in an ordinary member account may not call, and a denied action neither")
    func strangers() async throws {
        var world = world()
        world.access.roles = [World.Role("arn:aws:iam::200000000002:role/x")]
        world.access.denied = ["sso:ListPermissionSets"]
        let sandbox = try await Sandbox.start(world: world)
        let form = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::200000000002:role/x&RoleSessionName=test"
        let answer = try await sandbox.query("sts", form)
        let session = AWSCredentials(
            accessKeyID: answer.xml("AccessKeyId") ?? "",
            secretAccessKey: answer.xml("SecretAccessKey") ?? "",
            sessionToken: answer.xml("SessionToken")
        )
        #expect(try await sandbox.sso("DescribeInstance", credentials: session).code == "AccessDeniedException")
        let denied = try await sandbox.sso("ListPermissionSets")
        #expect(denied.code == "AccessDeniedException")
        #expect(denied.json["Message"]?.text?.contains("sso:ListPermissionSets") == true)
    }

    @Test("a changed permission set is outdated until it is provisioned")
    func provisioning() async throws {
        var world = world()
        world.behaviour.operationPolls = 0
        let sandbox = try await Sandbox.start(world: world)
        let set: JSONValue = ["PermissionSetArn": arn("Admin", sandbox)]
        var policy = set
        policy["InlinePolicy"] = "{\"Version\": \"2012-10-17\"}"
        #expect(try await sandbox.sso("PutInlinePolicyToPermissionSet", policy).status == 200)
        #expect(
            try await sandbox.sso("GetInlinePolicyForPermissionSet", set).json["InlinePolicy"] == policy["InlinePolicy"]
        )
        var outdated = set
        outdated["ProvisioningStatus"] = "LATEST_PERMISSION_SET_NOT_PROVISIONED"
        let before = try await sandbox.sso("ListAccountsForProvisionedPermissionSet", outdated)
        #expect(before.json["AccountIds"] == ["200000000002"])
        var all = set
        all["TargetType"] = "ALL_PROVISIONED_ACCOUNTS"
        let accepted = try await sandbox.sso("ProvisionPermissionSet", all).json["PermissionSetProvisioningStatus"]
        let end = try await sandbox.sso(
            "DescribePermissionSetProvisioningStatus",
            ["ProvisionPermissionSetRequestId": accepted?["RequestId"] ?? .null]
        )
        #expect(end.json["PermissionSetProvisioningStatus"]?["Status"] == "SUCCEEDED")
        let after = try await sandbox.sso("ListAccountsForProvisionedPermissionSet", outdated)
        #expect(after.json["AccountIds"] == [])
        #expect(try await sandbox.sso("DeletePermissionSet", set).code == "ConflictException")
        #expect(
            try await sandbox.sso("GetPermissionsBoundaryForPermissionSet", set).code == "ResourceNotFoundException"
        )
    }

    @Test("applications are listed and their assignments change at once")
    func applications() async throws {
        var world = world()
        let application = "arn:aws:sso::100000000001:application/ssoins-5a4d8c0b12345678/apl-0123456789abcdef"
        world.identityCenter.applications = [
            World.Application(arn: application, name: "wiki", assignments: [.group("gr-admins")])
        ]
        let sandbox = try await Sandbox.start(world: world)
        let ofGroup: JSONValue = ["PrincipalId": "gr-admins", "PrincipalType": "GROUP"]
        let rows = try await sandbox.sso("ListApplicationAssignmentsForPrincipal", ofGroup)
        #expect(rows.json["ApplicationAssignments"]?.array?.first?["ApplicationArn"] == .string(application))
        var input = ofGroup
        input["ApplicationArn"] = .string(application)
        for _ in 0..<2 {
            #expect(try await sandbox.aws(.ssoAdmin, "DeleteApplicationAssignment", input).status == 200)
        }
        #expect(sandbox.world.snapshot().identityCenter.applications[0].assignments == [])
        let described = try await sandbox.aws(.ssoAdmin, "DescribeApplicationAssignment", input)
        #expect(described.code == "ResourceNotFoundException")
    }

    @Test("the documented rate is enforced where the world says so")
    func throttling() async throws {
        var world = world()
        world.behaviour.throttles = true
        let sandbox = try await Sandbox.start(world: world, configuration: .init(clock: { 1_795_464_900 }))
        var codes: [String?] = []
        for _ in 0..<21 {
            codes.append(try await sandbox.send(sandbox.request(.ssoAdmin, "ListInstances", at: 1_795_464_900)).code)
        }
        #expect(codes.prefix(20).allSatisfy { $0 == nil })
        #expect(codes[20] == "ThrottlingException")
    }
}
