import Model
import Testing

@testable import IdentityCenter

/// Every fault at every call of every write.
@Suite("Faults of writes")
struct WriteFaultTests {
    /// A write on the company's first group and user, and how the world is to look after it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var write: @Sendable (FakeWorld) -> Write
        var holds: @Sendable (FakeWorld) -> Bool
        var testDescription: String { name }
    }

    private static func group(_ world: FakeWorld, _ name: String) -> GroupID {
        GroupID(world.groups.first { $0.value["DisplayName"] == .text(name) }?.key ?? "none")
    }
    private static func user(_ world: FakeWorld, _ name: String) -> UserID {
        UserID(world.users.first { $0.value["UserName"] == .text(name) }?.key ?? "none")
    }
    private static func standing(_ world: FakeWorld, _ type: String = "GROUP") -> AccountAssignment {
        let found = world.assignments.filter { $0.type == type }.min()
        return AccountAssignment(
            principal: Principal(type == "USER" ? .user : .group, found?.principal ?? ""),
            account: AccountID(found?.account ?? ""),
            permissionSet: PermissionSetARN(found?.set ?? "")
        )
    }
    private static func missing(_ world: FakeWorld) -> AccountAssignment {
        AccountAssignment(
            principal: .group(group(world, "group1")),
            account: "111111111111",
            permissionSet: PermissionSetARN(world.sets.keys.max() ?? "")
        )
    }

    static let cases: [Case] = [
        Case(
            name: "createGroup",
            write: { _ in .createGroup(displayName: "new", description: "mark") },
            holds: { world in
                world.groups.values.filter { $0["DisplayName"] == "new" && $0["Description"] == "mark" }.count == 1
            }
        ),
        Case(
            name: "updateGroup",
            write: { .updateGroup(group($0, "group1"), displayName: "renamed", description: "text", revision: "1") },
            holds: { world in
                world.groups.values.contains { $0["DisplayName"] == "renamed" && $0["Description"] == "text" }
            }
        ),
        Case(
            name: "deleteGroup",
            write: { .deleteGroup(group($0, "group1"), revision: "1") },
            holds: { world in !world.groups.values.contains { $0["DisplayName"] == "group1" } }
        ),
        Case(
            name: "addMember",
            write: { .addMember(group($0, "group1"), user($0, "user7@example.com")) },
            holds: { world in
                let wanted = FakeWorld.Membership(
                    group: group(world, "group1").value,
                    user: user(world, "user7@example.com").value
                )
                return world.memberships.values.filter { $0 == wanted }.count == 1
            }
        ),
        Case(
            name: "removeMember",
            write: { world in
                let member = world.memberships.first { $0.value.group == group(world, "group1").value }
                return .removeMember(
                    group(world, "group1"),
                    UserID(member?.value.user ?? ""),
                    membership: member.map { MembershipID($0.key) }
                )
            },
            holds: { world in !world.memberships.values.contains { $0.group == group(world, "group1").value } }
        ),
        Case(
            name: "removeMember without an id",
            write: { .removeMember(group($0, "group1"), user($0, "user1@example.com"), membership: nil) },
            holds: { world in !world.memberships.values.contains { $0.group == group(world, "group1").value } }
        ),
        Case(
            name: "createUser",
            write: { _ in
                .createUser(
                    NewUser(address: "n@example.com", displayName: "N", givenName: "N", familyName: "N", userType: "t")
                )
            },
            holds: { world in world.users.values.filter { $0["UserName"] == "n@example.com" }.count == 1 }
        ),
        Case(
            name: "updateUser",
            write: { world in
                .updateUser(
                    user(world, "user1@example.com"),
                    userName: "r@example.com",
                    displayName: "R",
                    givenName: "R",
                    familyName: "R",
                    email: "r@example.com"
                )
            },
            holds: { world in
                world.users.values.contains { $0["UserName"] == "r@example.com" && $0["DisplayName"] == "R" }
            }
        ),
        Case(
            name: "deleteUser",
            write: { .deleteUser(user($0, "user1@example.com")) },
            holds: { world in !world.users.values.contains { $0["UserName"] == "user1@example.com" } }
        ),
        Case(
            name: "createAssignment",
            write: { .createAssignment(missing($0)) },
            holds: { world in
                let wanted = missing(world)
                return world.assignments.contains {
                    $0.account == wanted.account.value && $0.principal == wanted.principal.id
                }
            }
        ),
        Case(
            name: "deleteAssignment of a group",
            write: { .deleteAssignment(standing($0)) },
            holds: { world in world.assignments.count == FakeWorld.company().assignments.count - 1 }
        ),
        Case(
            name: "deleteAssignment of a user",
            write: { .deleteAssignment(standing($0, "USER")) },
            holds: { world in !world.assignments.contains { $0.type == "USER" } }
        ),
        Case(
            name: "deleteApplicationAssignment",
            write: {
                .deleteApplicationAssignment(
                    applicationARN: "arn:aws:sso::1:application/y",
                    .user(user($0, "user1@example.com"))
                )
            },
            holds: { world in world.applicationAssignments.count == 1 }
        ),
    ]

    static let passing =
        FaultTests.passing + [
            .error("ConflictException", reason: "CONCURRENT_MODIFICATION"), .error("ConflictException"),
        ]

    @Test("a passing fault at any call ends in the same world", arguments: cases, [0, 3])
    func passingFaults(item: Case, polls: Int) async throws {
        let clean = FakeAWS()
        clean.change { $0.pollsPerOperation = polls }
        _ = try await performed(item, clean)
        #expect(item.holds(clean.world))
        for number in 0..<clean.log.count {
            for fault in WriteFaultTests.passing where WriteFaultTests.counts(fault, clean.log[number].operation) {
                let aws = FakeAWS()
                aws.change {
                    $0.pollsPerOperation = polls
                    $0.faultsByNumber = [number: fault]
                }
                _ = try await performed(item, aws)
                #expect(item.holds(aws.world), "\(fault) at call \(number), \(clean.log[number].operation)")
                #expect(aws.violations.filter { !$0.hasPrefix("two operations") }.isEmpty)
            }
        }
    }

    /// Conflicts are what writes and look-ups of writes say.
    private static func counts(_ fault: FakeAWS.Fault, _ operation: String) -> Bool {
        guard case .error("ConflictException", _, _) = fault else { return true }
        return ["Create", "Update", "Delete"].contains { operation.hasPrefix($0) }
    }

    private func performed(_ item: Case, _ aws: FakeAWS) async throws -> Receipt {
        let target = try target(aws)
        _ = try await target.groups()
        return try await target.perform(item.write(aws.world))
    }

    @Test("a lasting fault is an error with its request id", arguments: cases)
    func lastingFaults(item: Case) async throws {
        let clean = FakeAWS()
        _ = try await performed(item, clean)
        let operation = try #require(
            clean.log.map(\.operation).last {
                $0.hasPrefix("Create") || $0.hasPrefix("Update") || $0.hasPrefix("Delete")
            }
        )
        let lasting: [(FakeAWS.Fault, UpstreamError.Kind)] = [
            (.lostBefore, .unreachable), (.error("ThrottlingException"), .throttled),
            (.error("AccessDeniedException"), .refused), (.error("ValidationException"), .rejected),
            (.error("ServiceQuotaExceededException"), .quotaExceeded),
            (.error("ConflictException", reason: "CONCURRENT_MODIFICATION"), .conflict),
        ]
        for (fault, kind) in lasting {
            let aws = FakeAWS()
            aws.change { $0.faultsByOperation[operation] = [-1: fault] }
            let before = aws.world
            let error = await failure { () async throws(UpstreamError) in
                do { _ = try await performed(item, aws) } catch let error as UpstreamError { throw error } catch {
                    Issue.record("\(error)")
                }
            }
            #expect(error?.kind == kind, "\(fault)")
            #expect(error?.operation == operation)
            #expect(error?.object != nil)
            if case .error = fault { #expect(error?.requestID?.hasPrefix("request-") == true) }
            #expect(aws.world == before)
        }
    }
}
