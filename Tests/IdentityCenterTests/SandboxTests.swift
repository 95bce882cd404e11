import AWSAuth
import HTTP
import Model
import Sandbox
import Testing

@testable import IdentityCenter

@Suite("Over real sockets")
struct SandboxTests {
    @Test("everything is read as the clouds hold it, over many pages", arguments: [false, true])
    func readsAll(isOld: Bool) async throws {
        var world = Company.seeded(pageLimit: 4)
        world.behaviour.hasEmptyPages = isOld
        world.behaviour.hasAccountPaths = !isOld
        world.behaviour.hasRevisions = !isOld
        world.behaviour.accountState = isOld ? .status : .state
        let clouds = try await Clouds(world)
        let target = try clouds.target()
        let center = world.identityCenter

        let identity = try await target.identity()
        #expect(identity.instanceARN == center.instanceARN)
        #expect(identity.managementAccount?.value == world.organization.managementAccount)

        let users = try await target.users()
        #expect(Set(users.map(\.id.value)) == Set(center.users.map(\.id)))
        for user in center.users {
            let read = try #require(users.first { $0.id.value == user.id })
            #expect(read.userName == user.userName)
            #expect(read.isEnabled == (isOld || user.status == "ENABLED"))
            #expect(read.externalIDs.map(\.id) == user.externalIDs.map(\.id))
            #expect(read.emails.map(\.value) == user.emails.map(\.value))
        }

        let groups = try await target.groups()
        #expect(Set(groups.map(\.displayName)) == Set(center.groups.map(\.displayName)))
        #expect(groups.allSatisfy { ($0.revision == nil) == isOld })
        let members = try await target.memberships(of: groups.map(\.id))
        for group in center.groups {
            #expect(Set(members[GroupID(group.id)]?.map(\.user.value) ?? []) == Set(group.memberIDs))
        }

        let organization = try await target.organization(withTags: true)
        for account in world.organization.accounts {
            let read = try #require(organization.accounts.first { $0.id.value == account.id })
            #expect(read.organizationalUnit == account.unit)
            #expect(read.isActive == (account.state == "ACTIVE"))
            if read.isActive { #expect(read.tags == account.tags) }
        }
        #expect(organization.organizationalUnits == Set(world.organization.allUnits).union([[]]))

        let sets = try await target.permissionSets()
        #expect(Set(sets.map(\.name)) == Set(center.permissionSets.map(\.name)))
        let all = try await target.everyAssignment(
            accounts: organization.accounts.map(\.id),
            permissionSets: sets.map(\.arn)
        )
        #expect(Set(all.map(shown)) == Set(center.assignments.map(shown)))
        let ofGroups = try await target.assignments(
            of: groups.map(\.id),
            accounts: organization.accounts.map(\.id),
            permissionSets: sets.map(\.arn),
            including: []
        )
        let standing = Set(center.groups.map(\.id))
        #expect(
            Set(ofGroups.map(shown)) == Set(center.assignments.filter { standing.contains($0.principal.id) }.map(shown))
        )
        #expect(clouds.codes().isEmpty)
        #expect(clouds.world.writes.isEmpty)
    }

    private func shown(_ assignment: AccountAssignment) -> String {
        "\(assignment.principal.id) \(assignment.account) \(assignment.permissionSet)"
    }
    private func shown(_ assignment: World.Assignment) -> String {
        "\(assignment.principal.id) \(assignment.account) \(assignment.permissionSet)"
    }

    @Test("a run of a thousand calls stays under the documented rates without being throttled once")
    func pacing() async throws {
        var world = Company.generated(users: 300, groups: 60, accounts: 40, permissionSets: 30)
        world.behaviour.throttles = true
        world.behaviour.awsPageLimit = 2
        let clouds = try await Clouds(world)
        let target = try clouds.target()
        let begun = clouds.time.monotonic()
        async let users = target.users()
        async let groups = target.groups()
        async let organization = target.organization(withTags: true)
        async let sets = target.permissionSets()
        let read = try await (users, groups, organization, sets)
        _ = try await target.memberships(of: read.1.map(\.id))
        let seconds = clouds.time.monotonic() - begun
        let calls = clouds.world.count("identitystore")
        #expect(calls > 1000)
        #expect(clouds.codes().isEmpty, "throttled")
        // Just under the limit: not much slower than nine tenths of 20 calls a second either.
        #expect((Double(calls - 20) / 20...Double(calls) / 15).contains(seconds), "\(calls) calls in \(seconds) s")
    }

    @Test("throttled by others, the rate falls, and everything is read in the end")
    func throttledByOthers() async throws {
        var world = Company.generated(users: 60, groups: 6, accounts: 3, permissionSets: 2)
        world.behaviour.awsPageLimit = 3
        let clouds = try await Clouds(world)
        clouds.world.inject(
            Fault(.service("identitystore"), .eachNth(3), .throttled(retryAfter: 1)),
            Fault(.service("organizations"), .eachNth(4), .throttled())
        )
        let target = try clouds.target()
        #expect(try await target.users().count == 60)
        #expect(try await target.organization(withTags: true).accounts.count == 4)
        #expect(clouds.codes("identitystore") == ["ThrottlingException"])
        #expect(clouds.codes("organizations") == ["TooManyRequestsException"])
    }

    /// What one call can suffer without harm to what is read.
    static let passing: [Fault.Effect] = [
        .closed(performed: false), .reset(performed: true), .truncated(after: 20), .malformedJSON,
        .throttled(retryAfter: 2),
    ]

    /// What makes a list contradict itself.
    static let damaging: [Fault.Effect] = [.wrongTypes, .repeatedPageToken, .duplicatePage]

    private func readAll(_ target: IdentityCenter) async throws(UpstreamError) -> [String] {
        let users = try await target.users().map(\.userName)
        let groups = try await target.groups()
        let members = try await target.memberships(of: groups.map(\.id)).values.flatMap { $0 }.map(\.user.value)
        let organization = try await target.organization(withTags: true)
        let sets = try await target.permissionSets()
        let all = try await target.everyAssignment(accounts: organization.accounts.map(\.id), permissionSets: [])
        let places = organization.accounts.map {
            "\($0.name) \($0.organizationalUnit) \($0.tags.sorted { $0.key < $1.key })"
        }
        return (users + groups.map(\.displayName) + members + places + sets.map(\.name) + all.map(shown)).sorted()
    }

    private var small: World {
        var world = Company.generated(users: 3, groups: 2, accounts: 3, permissionSets: 2)
        world.behaviour.awsPageLimit = 2
        return world
    }

    @Test("a passing fault at any one call changes nothing in what is read")
    func passingFaults() async throws {
        let clean = try await Clouds(small)
        let expected = try await readAll(clean.target())
        let calls = clean.world.log.count
        for effect in SandboxTests.passing {
            let clouds = try await Clouds(small)
            for number in 1...calls {
                clouds.world.clearFaults()
                clouds.world.inject(Fault(Fault.Match(), .nth(number), effect))
                #expect(try await readAll(clouds.target()) == expected, "\(effect) at call \(number)")
            }
        }
    }

    @Test("a list that contradicts itself is an error, whichever page it is")
    func damagingFaults() async throws {
        let operations = [
            ("identitystore", "ListUsers"), ("identitystore", "ListGroups"), ("identitystore", "ListGroupMemberships"),
            ("organizations", "ListAccounts"), ("sso-admin", "ListPermissionSets"),
        ]
        let clouds = try await Clouds(small)
        for (service, operation) in operations {
            for effect in SandboxTests.damaging {
                clouds.world.clearFaults()
                clouds.world.inject(Fault(.operation(service, operation), .nth(1), effect))
                let target = try clouds.target()
                let error = await failure { () async throws(UpstreamError) in try await readAll(target) }
                #expect(error?.kind == .malformed, "\(effect) at \(operation)")
                #expect(error?.operation == operation)
                #expect(error?.requestID != nil)
            }
        }
    }

    @Test("a list of accounts that ends early is found out by the tree")
    func endsEarly() async throws {
        var world = small
        world.behaviour.hasAccountPaths = false
        let clouds = try await Clouds(world)
        clouds.world.inject(Fault(.operation("organizations", "ListAccounts"), .every, .endsEarly))
        let target = try clouds.target()
        let error = await failure { () async throws(UpstreamError) in try await target.organization(withTags: false) }
        #expect(error?.kind == .malformed)
    }

    @Test("a delegated administrator reads by the walk, and is told what it cannot change")
    func delegated() async throws {
        var world = Company.seeded()
        world.access.delegatedAdministrator =
            world.organization.accounts.first { $0.id != world.organization.managementAccount && $0.state == "ACTIVE" }?
            .id
        world.organization.delegatedAdministrators = world.access.delegatedAdministrator.map { [$0] } ?? []
        let clouds = try await Clouds(world)
        let target = try clouds.target()
        let identity = try await target.identity()
        let groups = try await target.groups()
        let accounts = world.organization.accounts.map { AccountID($0.id) }
        let read = try await target.assignments(
            of: groups.map(\.id),
            accounts: accounts,
            permissionSets: world.identityCenter.permissionSets.map { PermissionSetARN($0.arn) },
            including: []
        )
        let standing = Set(world.identityCenter.groups.map(\.id))
        let expected = world.identityCenter.assignments.filter { standing.contains($0.principal.id) }
        #expect(Set(read.map(shown)) == Set(expected.map(shown)))
        #expect(clouds.world.count("sso-admin", "ListAccountAssignmentsForPrincipal") <= 1)
        let write = Write.createAssignment(
            AccountAssignment(
                principal: .group(try #require(groups.first).id),
                account: try #require(identity.managementAccount),
                permissionSet: PermissionSetARN(try #require(world.identityCenter.permissionSets.first).arn)
            )
        )
        let error = await failure { () async throws(UpstreamError) in try await target.perform(write) }
        #expect(error?.kind == .refused)
        #expect(error?.advice?.contains("delegated administrator") == true)
    }

    @Test("a role is assumed, and its credentials are asked for anew when they are refused as expired")
    func role() async throws {
        let world = Company.seeded()
        let clouds = try await Clouds(world)
        let role = try #require(world.access.roles.first).arn
        let target = try clouds.target(role: role)
        #expect(try await target.identity().callerAccount?.value == world.organization.managementAccount)
        #expect(clouds.world.count("sts", "AssumeRole") == 1)
        clouds.world.inject(
            Fault(.service("identitystore"), .nth(2), .refused(code: "ExpiredTokenException", status: 400))
        )
        #expect(try await target.users().count == world.identityCenter.users.count)
        #expect(clouds.world.count("sts", "AssumeRole") == 2)
        #expect(target.callCounts()["sts"] == 2)
    }

    @Test("the account of the calls is asked for once, and only when somebody wants to know")
    func callerAccount() async throws {
        let clouds = try await Clouds(Company.seeded())
        let target = try clouds.target()
        _ = try await target.identity()
        #expect(clouds.world.count("sts") == 0)
        let account = clouds.world.snapshot().organization.managementAccount
        #expect(try await target.callerAccount()?.value == account)
        #expect(try await target.callerAccount()?.value == account)
        #expect(clouds.world.count("sts", "GetCallerIdentity") == 1)
        clouds.world.inject(Fault(.service("sts"), .every, .refused(code: "ExpiredToken", status: 403)))
        let other = try clouds.target()
        let error = await failure { () async throws(UpstreamError) in try await other.callerAccount() }
        #expect(error?.kind == .refused)
        #expect(error?.service == "sts")
    }

    @Test("a clock that is an hour off is set right by what the services say")
    func skew() async throws {
        for ahead in [3600.0, -3600] {
            let clouds = try await Clouds(Company.seeded(), clockAhead: ahead)
            let target = try clouds.target()
            #expect(try await target.groups().count == clouds.world.snapshot().identityCenter.groups.count)
            _ = try await target.users()
            let refused = clouds.world.log.filter { $0.code != nil }
            #expect(refused.count == 1, "the first call teaches all others")
        }
    }

    @Test("wrong keys are refused, and say what to do")
    func wrongKeys() async throws {
        let clouds = try await Clouds(Company.seeded())
        let wrong = [
            AWSCredentials(accessKeyID: "AKIAUNKNOWN", secretAccessKey: "x"),
            AWSCredentials(accessKeyID: World.Key().id, secretAccessKey: "wrong"),
        ]
        for credentials in wrong {
            let target = try clouds.target(credentials: StaticCredentials(credentials))
            let error = await failure { () async throws(UpstreamError) in try await target.identity() }
            #expect(error?.kind == .refused)
            #expect(error?.advice != nil)
        }
    }
}
