import Model
import Testing

@testable import IdentityCenter

@Suite("Assignment operations")
struct AssignmentWriteTests {
    /// 24 accounts, three sets, one group.
    private func world() -> FakeWorld {
        var world = FakeWorld.company()
        for number in 10..<34 { world.addAccount("9000000000\(number)", "account \(number)") }
        return world
    }

    private func wishes(_ world: FakeWorld) -> [AccountAssignment] {
        let group = GroupID(world.groups.keys.min() ?? "")
        return world.accounts.keys.filter { $0.hasPrefix("9") }.sorted().flatMap { account in
            world.sets.keys.sorted().map {
                AccountAssignment(
                    principal: .group(group),
                    account: AccountID(account),
                    permissionSet: PermissionSetARN($0)
                )
            }
        }
    }

    private func performAll(_ writes: [Write], _ target: IdentityCenter) async throws(UpstreamError) -> [Receipt] {
        try await allInParallel(writes, width: writes.count) { (write) async throws(UpstreamError) in
            try await target.perform(write)
        }
    }

    @Test("never more than 15 at once, never two at once in one account, and the questions come in batches")
    func limits() async throws {
        let aws = FakeAWS(world())
        aws.change {
            $0.pollsPerOperation = 3
            $0.pageSize = 100
        }
        let target = try target(aws)
        let wishes = wishes(aws.world)
        let receipts = try await performAll(wishes.map { .createAssignment($0) }, target)
        #expect(receipts.count == 72)
        #expect(receipts.allSatisfy { !$0.stoodAlready && $0.requestID?.hasPrefix("op-") == true })
        #expect(Set(receipts.map(\.requestID)).count == 72)
        #expect(aws.violations == [])
        #expect(aws.peakOutstanding > 5)
        #expect(aws.peakOutstanding <= 15)
        let questions = aws.log.filter { $0.operation.contains("Status") }.count
        #expect(questions < 72, "\(questions) questions for 72 operations of three polls each")
        #expect(aws.world.assignments.count == world().assignments.count + 72)
        _ = try await performAll(wishes.map { .deleteAssignment($0) }, target)
        #expect(aws.world.assignments == world().assignments)
        #expect(aws.violations == [])
    }

    @Test("makings and deletions share the 15")
    func mixed() async throws {
        var world = world()
        let wishes = wishes(world)
        for wish in wishes.prefix(36) {
            world.assignments.insert(
                FakeWorld.Assignment(
                    type: "GROUP",
                    principal: wish.principal.id,
                    account: wish.account.value,
                    set: wish.permissionSet.value
                )
            )
        }
        let aws = FakeAWS(world)
        aws.change { $0.pollsPerOperation = 2 }
        let writes: [Write] =
            wishes.prefix(36).map { .deleteAssignment($0) } + wishes.dropFirst(36).map { .createAssignment($0) }
        _ = try await performAll(writes, target(aws))
        #expect(aws.violations == [])
        #expect(aws.peakOutstanding <= 15)
    }

    @Test("a status listing that lacks an operation, or is not there, is replaced by single questions")
    func withoutListing() async throws {
        for pageSize in [3, 100] {
            let aws = FakeAWS(world())
            aws.change {
                $0.pollsPerOperation = 2
                $0.hasStatusListing = false
                $0.pageSize = pageSize
            }
            _ = try await performAll(wishes(aws.world).prefix(10).map { .createAssignment($0) }, target(aws))
            #expect(aws.calls("ListAccountAssignmentCreationStatus").count <= 2, "it is not asked again")
            #expect(aws.calls("DescribeAccountAssignmentCreationStatus").count >= 10)
        }
        let aws = FakeAWS(world())
        aws.change {
            $0.pollsPerOperation = 2
            $0.faultsByOperation["ListAccountAssignmentCreationStatus"] = [
                -1: .body(#"{"AccountAssignmentsCreationStatus": [{"RequestId": "other", "Status": "FAILED"}]}"#)
            ]
        }
        _ = try await performAll(wishes(aws.world).prefix(10).map { .createAssignment($0) }, target(aws))
        #expect(aws.world.assignments.count == world().assignments.count + 10)
    }

    @Test("a status listing that is behind is found out, and given up")
    func staleListing() async throws {
        let aws = FakeAWS(world())
        aws.change {
            $0.pollsPerOperation = 2
            $0.isStatusListingStale = true
        }
        let wishes = wishes(aws.world)
        _ = try await performAll(wishes.map { .createAssignment($0) }, target(aws))
        #expect(aws.world.assignments.count == world().assignments.count + wishes.count)
        let lists = aws.calls("ListAccountAssignmentCreationStatus").count
        #expect(lists < 40, "it is not asked again: \(lists) listings for \(wishes.count) operations")
        #expect(aws.violations == [])
    }

    @Test("where the listing begins with a thousand old operations, the running ones alone are asked for")
    func crowdedListing() async throws {
        var world = world()
        let wishes = wishes(world)
        for number in 0..<1000 {
            let old = FakeWorld.Assignment(type: "GROUP", principal: "old", account: "old", set: "old")
            // Sorted before those that come.
            world.operations["o-\(number)"] = FakeWorld.Operation(isCreation: true, assignment: old, pollsLeft: 0)
        }
        let aws = FakeAWS(world)
        aws.change {
            $0.pollsPerOperation = 3
            $0.pageSize = 100
        }
        _ = try await performAll(wishes.map { .createAssignment($0) }, target(aws))
        let lists = aws.calls("ListAccountAssignmentCreationStatus")
        #expect(lists.count { $0["Filter"] == nil } == 3, "three pages, once")
        #expect(lists.contains { $0["Filter"]?["Status"] == "IN_PROGRESS" })
        #expect(aws.world.assignments.count == world.assignments.count + wishes.count)
        #expect(aws.violations == [])
    }

    @Test("a failed operation tells the service's reason and the operation's id, and nothing else fails")
    func failed() async throws {
        let aws = FakeAWS(world())
        let wishes = wishes(aws.world)
        for polls in [0, 1, 4] {
            aws.change {
                $0.pollsPerOperation = polls
                $0.failOperations = "Received a 404 status error: customer managed policy not found"
            }
            let target = try target(aws)
            let error = await failure { () async throws(UpstreamError) in
                try await target.perform(.createAssignment(wishes[0]))
            }
            #expect(error?.kind == .rejected)
            #expect(error?.message.contains("customer managed policy") == true)
            #expect(error?.requestID?.hasPrefix("op-") == true)
            #expect(error?.object?.contains(wishes[0].account.value) == true)
            aws.change { $0.failOperations = nil }
            _ = try await target.perform(.createAssignment(wishes[1]))
        }
    }

    @Test("a failed operation whose effect stands all the same is no failure: an earlier one's answer was lost")
    func failedButStanding() async throws {
        let aws = FakeAWS(world())
        let wish = wishes(aws.world)[0]
        aws.change {
            $0.failOperations = "Another operation is in progress"
            $0.world.assignments.insert(
                FakeWorld.Assignment(
                    type: "GROUP",
                    principal: wish.principal.id,
                    account: wish.account.value,
                    set: wish.permissionSet.value
                )
            )
        }
        #expect(try await target(aws).perform(.createAssignment(wish)).stoodAlready)
    }

    @Test("in a batch, the failed ones are told with their reasons")
    func failedInBatch() async throws {
        let aws = FakeAWS(world())
        aws.change {
            $0.pollsPerOperation = 2
            $0.failOperations = "the reason"
        }
        let target = try target(aws)
        let wishes = wishes(aws.world)
        let errors = try await allInParallel(Array(wishes.prefix(20)), width: 20) {
            (wish) async throws(UpstreamError) in
            await failure { () async throws(UpstreamError) in try await target.perform(.createAssignment(wish)) }
        }
        #expect(errors.allSatisfy { $0?.message.contains("the reason") == true })
    }

    @Test("a deletion that fails counts as done only where the assignment is not there")
    func failedDeletion() async throws {
        let aws = FakeAWS(world())
        let target = try target(aws)
        let wish = wishes(aws.world)[0]
        let gone = try await target.perform(.deleteAssignment(wish))
        #expect(gone.stoodAlready)
        #expect(aws.calls("ListAccountAssignments").count == 1)
        _ = try await target.perform(.createAssignment(wish))
        aws.change { $0.failOperations = "no" }
        let error = await failure { () async throws(UpstreamError) in try await target.perform(.deleteAssignment(wish))
        }
        #expect(error?.kind == .rejected)
        #expect(error?.message == "no")
    }

    @Test("an operation that does not end is left after ten minutes, with its id")
    func endless() async throws {
        let aws = FakeAWS(world())
        aws.change { $0.pollsPerOperation = 1_000_000 }
        let target = try target(aws)
        let wish = wishes(aws.world)[0]
        let begun = aws.time.monotonic()
        let error = await failure { () async throws(UpstreamError) in try await target.perform(.createAssignment(wish))
        }
        #expect(error?.kind == .unreachable)
        #expect(error?.message.contains("still running") == true)
        #expect(error?.requestID?.hasPrefix("op-") == true)
        #expect((600...660).contains(aws.time.monotonic() - begun))
        #expect(aws.calls("DescribeAccountAssignmentCreationStatus").count < 100)
    }

    @Test("an operation that the service does not know is waited for, then its effect is looked up")
    func unknownOperation() async throws {
        let aws = FakeAWS(world())
        aws.change {
            $0.pollsPerOperation = 1
            $0.faultsByOperation["DescribeAccountAssignmentCreationStatus"] = [0: .error("ResourceNotFoundException")]
        }
        let wishes = wishes(aws.world)
        let first = try target(aws)
        #expect(try await !first.perform(.createAssignment(wishes[0])).stoodAlready)
        aws.change {
            $0.faultsByOperation["DescribeAccountAssignmentCreationStatus"] = [-1: .error("ResourceNotFoundException")]
        }
        let target = try target(aws)
        let error = await failure { () async throws(UpstreamError) in
            try await target.perform(.createAssignment(wishes[3]))
        }
        #expect(error?.kind == .notFound)
        aws.change {
            $0.world.assignments.insert(
                FakeWorld.Assignment(
                    type: "GROUP",
                    principal: wishes[6].principal.id,
                    account: wishes[6].account.value,
                    set: wishes[6].permissionSet.value
                )
            )
        }
        #expect(try await target.perform(.createAssignment(wishes[6])).stoodAlready)
    }

    @Test("a conflict is tried again with growing pauses, five times at least")
    func conflicts() async throws {
        let aws = FakeAWS(world())
        aws.change {
            for number in 0..<5 {
                $0.faultsByOperation["CreateAccountAssignment", default: [:]][number] = .error("ConflictException")
            }
        }
        let begun = aws.time.monotonic()
        _ = try await target(aws).perform(.createAssignment(wishes(aws.world)[0]))
        #expect(aws.calls("CreateAccountAssignment").count == 6)
        #expect(aws.time.monotonic() - begun > 20)
    }

    @Test("a group made moments ago that sso-admin does not know yet is tried again; a standing one is not")
    func freshPrincipal() async throws {
        let aws = FakeAWS(world())
        let target = try target(aws)
        let made = try await target.perform(.createGroup(displayName: "new", description: "x"))
        let group = GroupID(try #require(made.createdID))
        aws.change {
            $0.faultsByOperation["CreateAccountAssignment"] = [
                0: .error("ResourceNotFoundException"),
                1: .instead(
                    #"{"AccountAssignmentCreationStatus": {"RequestId": "r", "Status": "FAILED", "FailureReason": "Received a 404 status error: Group not found"}}"#
                ),
            ]
        }
        var wish = wishes(aws.world)[0]
        wish.principal = .group(group)
        _ = try await target.perform(.createAssignment(wish))
        #expect(aws.calls("CreateAccountAssignment").count == 3)
        let standing = wishes(aws.world)[3]
        aws.change { $0.faultsByOperation["CreateAccountAssignment"] = [3: .error("ResourceNotFoundException")] }
        let error = await failure { () async throws(UpstreamError) in
            try await target.perform(.createAssignment(standing))
        }
        #expect(error?.kind == .notFound)
        #expect(aws.calls("CreateAccountAssignment").count == 4)
    }

    @Test("a refusal in the management account says what a delegated administrator cannot do")
    func managementAccount() async throws {
        let aws = FakeAWS(world())
        aws.change { $0.faultsByOperation["CreateAccountAssignment"] = [-1: .error("AccessDeniedException")] }
        let target = try target(aws)
        _ = try await target.identity()
        var wish = wishes(aws.world)[0]
        let elsewhere = await failure { () async throws(UpstreamError) in
            try await target.perform(.createAssignment(wish))
        }
        #expect(elsewhere?.advice?.contains("delegated") == false)
        wish.account = AccountID(FakeWorld.management)
        let there = await failure { () async throws(UpstreamError) in try await target.perform(.createAssignment(wish))
        }
        #expect(there?.kind == .refused)
        #expect(there?.advice?.contains("delegated administrator") == true)
    }

    @Test("a cancelled write ends, and the next one goes on")
    func cancelled() async throws {
        let aws = FakeAWS(world())
        aws.change { $0.pollsPerOperation = 200 }
        let target = try target(aws)
        let wishes = wishes(aws.world)
        let task = Task {
            await failure { () async throws(UpstreamError) in try await target.perform(.createAssignment(wishes[0])) }
        }
        while aws.calls("CreateAccountAssignment").isEmpty { await Task.yield() }
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
        aws.change { $0.pollsPerOperation = 1 }
        _ = try await target.perform(.createAssignment(wishes[5]))
    }
}
