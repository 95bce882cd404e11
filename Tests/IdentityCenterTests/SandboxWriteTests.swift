import Model
import Sandbox
import Testing

@testable import IdentityCenter

@Suite("Writes over real sockets")
struct SandboxWriteTests {
    private var company: World {
        Company.generated(users: 12, groups: 4, accounts: 30, permissionSets: 4)
    }

    private func group(_ world: World, _ number: Int) -> World.Group { world.identityCenter.groups[number] }

    /// One write of each kind, and what is to hold after it.
    private var cases: [(write: Write, holds: @Sendable (World) -> Bool)] {
        let world = company
        let group = world.identityCenter.groups[0]
        let last = world.identityCenter.groups[3]
        let id = GroupID(group.id)
        let member = group.memberships[0]
        let outsider = world.identityCenter.users.first { !group.memberIDs.contains($0.id) }?.id ?? ""
        let standing = world.identityCenter.assignments[0]
        let missing = World.Assignment(
            principal: .group(group.id),
            account: world.organization.accounts[20].id,
            permissionSet: world.identityCenter.permissionSets[3].arn
        )
        let user = world.identityCenter.users[11].id
        return [
            (
                .createGroup(displayName: "Neu", description: "x [idbridge:t]"),
                { $0.identityCenter.groups.count { $0.displayName == "Neu" } == 1 }
            ),
            (
                .updateGroup(id, displayName: "Umbenannt", description: "y", revision: "1"),
                {
                    $0.identityCenter.group(group.id)?.displayName == "Umbenannt"
                        && $0.identityCenter.group(group.id)?.description == "y"
                }
            ),
            (.deleteGroup(GroupID(last.id), revision: "1"), { $0.identityCenter.group(last.id) == nil }),
            (
                .addMember(id, UserID(outsider)),
                { $0.identityCenter.group(group.id)?.memberIDs.count { $0 == outsider } == 1 }
            ),
            (
                .removeMember(id, UserID(member.userID), membership: MembershipID(member.id)),
                { $0.identityCenter.group(group.id)?.memberIDs.contains(member.userID) == false }
            ),
            (
                .removeMember(id, UserID(member.userID), membership: nil),
                { $0.identityCenter.group(group.id)?.memberIDs.contains(member.userID) == false }
            ),
            (.createAssignment(assignment(missing)), { $0.identityCenter.assignments.contains(missing) }),
            (.deleteAssignment(assignment(standing)), { !$0.identityCenter.assignments.contains(standing) }),
            (
                .createUser(
                    NewUser(address: "n@example.com", displayName: "N", givenName: "N", familyName: "N", userType: "t")
                ),
                { $0.identityCenter.users.count { $0.userName == "n@example.com" } == 1 }
            ),
            (
                .updateUser(
                    UserID(user),
                    userName: "r@example.com",
                    displayName: "R",
                    givenName: nil,
                    familyName: nil,
                    email: "r@example.com"
                ),
                {
                    $0.identityCenter.user(user)?.userName == "r@example.com"
                        && $0.identityCenter.user(user)?.emails.first?.value == "r@example.com"
                }
            ),
            (.deleteUser(UserID(user)), { $0.identityCenter.user(user) == nil }),
            (.disableUser(UserID(user)), { $0.identityCenter.user(user)?.status == "DISABLED" }),
            (.enableUser(UserID(user)), { $0.identityCenter.user(user)?.status == "ENABLED" }),
        ]
    }

    private func assignment(_ assignment: World.Assignment) -> AccountAssignment {
        AccountAssignment(
            principal: Principal(assignment.principal.kind == "USER" ? .user : .group, assignment.principal.id),
            account: AccountID(assignment.account),
            permissionSet: PermissionSetARN(assignment.permissionSet)
        )
    }

    @Test("every write ends in the same world whatever one call suffers, its lost answers included")
    func faults() async throws {
        let effects: [Fault.Effect] = [
            .closed(performed: false), .reset(performed: true), .truncated(after: 10), .throttled(retryAfter: 1),
        ]
        let clouds = try await Clouds(company)
        for (write, holds) in cases {
            clouds.world.clearFaults()
            clouds.world.update { $0 = company }
            _ = try await clouds.target(withSCIM: true).perform(write)
            #expect(holds(clouds.world.snapshot()), "\(write)")
            for effect in effects {
                for number in 1...4 {
                    clouds.world.clearFaults()
                    clouds.world.update { $0 = company }
                    clouds.world.inject(Fault(Fault.Match(), .nth(number), effect))
                    _ = try await clouds.target(withSCIM: true).perform(write)
                    #expect(holds(clouds.world.snapshot()), "\(write) with \(effect) at call \(number)")
                }
            }
        }
    }

    @Test("every write may be done twice")
    func twice() async throws {
        let clouds = try await Clouds(company)
        for (write, holds) in cases {
            clouds.world.update { $0 = company }
            let target = try clouds.target(withSCIM: true)
            _ = try await target.perform(write)
            _ = try await target.perform(write)
            #expect(holds(clouds.world.snapshot()), "\(write)")
        }
    }

    @Test("a hundred assignments at once break no limit, and are asked for in batches")
    func assignments() async throws {
        var world = company
        world.behaviour.operationPolls = 1000
        world.behaviour.operationSeconds = 4
        world.behaviour.throttles = true
        let clouds = try await Clouds(world)
        let target = try clouds.target()
        let before = Set(world.identityCenter.assignments)
        let wishes = world.organization.accounts.dropFirst().flatMap { account in
            world.identityCenter.permissionSets.map {
                World.Assignment(principal: .group(group(world, 1).id), account: account.id, permissionSet: $0.arn)
            }
        }.filter { !before.contains($0) }
        #expect(wishes.count > 100)
        let receipts = try await allInParallel(wishes, width: wishes.count) { (wish) async throws(UpstreamError) in
            try await target.perform(.createAssignment(assignment(wish)))
        }
        #expect(receipts.allSatisfy { $0.requestID != nil })
        #expect(Set(clouds.world.snapshot().identityCenter.assignments) == before.union(wishes))
        // The sandbox answers ThrottlingException beyond 15 outstanding and beyond 20 calls a second, and
        // ConflictException to a second operation on an account's role.
        #expect(clouds.codes() == [])
        #expect(clouds.world.count("sso-admin", "CreateAccountAssignment") == wishes.count)
        let questions = clouds.world.log.count { $0.operation.contains("Status") }
        #expect(questions < wishes.count * 2, "\(questions) questions about \(wishes.count) operations of 4 s each")
    }

    @Test("slow and failed operations: the one is waited for, the other tells its reason")
    func slowAndFailed() async throws {
        let clouds = try await Clouds(company)
        let target = try clouds.target()
        let create = "CreateAccountAssignment"
        let writes = cases.map(\.write)
        clouds.world.inject(Fault(.operation("sso-admin", create), .nth(1), .slowOperation(polls: 20)))
        _ = try await target.perform(writes[6])
        clouds.world.clearFaults()
        clouds.world.update { $0 = company }
        clouds.world.inject(
            Fault(.operation("sso-admin", create), .every, .failedOperation(reason: "the policy is missing"))
        )
        let error = await failure { () async throws(UpstreamError) in try await target.perform(writes[6]) }
        #expect(error?.message == "the policy is missing")
        #expect(error?.requestID?.count == 36)
    }

    @Test("a write that is refused tells who refused what")
    func refused() async throws {
        var world = company
        world.access.denied = ["identitystore:CreateGroup", "sso:CreateAccountAssignment"]
        let clouds = try await Clouds(world)
        let target = try clouds.target()
        for (number, operation) in [(0, "CreateGroup"), (6, "CreateAccountAssignment")] {
            let write = cases[number].write
            let error = await failure { () async throws(UpstreamError) in try await target.perform(write) }
            #expect(error?.kind == .refused)
            #expect(error?.operation == operation)
            #expect(error?.requestID != nil)
            #expect(clouds.world.writes.isEmpty)
        }
    }
}
