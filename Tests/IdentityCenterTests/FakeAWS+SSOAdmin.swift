import HTTP

@testable import IdentityCenter

extension FakeAWS.State {
    mutating func ssoAdmin(_ operation: String, _ input: Document) -> HTTPResponse? {
        if operation == "ListInstances" { return page(operation, "Instances", world.instances, input) }
        if operation == "DeleteApplicationAssignment" { return deleteApplicationAssignment(input) }
        guard
            [
                "ListPermissionSets", "DescribePermissionSet", "ListPermissionSetsProvisionedToAccount",
                "ListAccountAssignments", "ListAccountAssignmentsForPrincipal", "CreateAccountAssignment",
                "DeleteAccountAssignment", "DescribeAccountAssignmentCreationStatus",
                "DescribeAccountAssignmentDeletionStatus", "ListAccountAssignmentCreationStatus",
                "ListAccountAssignmentDeletionStatus", "ListApplicationAssignmentsForPrincipal",
            ].contains(operation)
        else { return nil }
        guard input["InstanceArn"]?.text == FakeWorld.instance else { return error("ResourceNotFoundException") }
        return permissionSets(operation, input) ?? assignments(operation, input) ?? status(operation, input)
    }

    private mutating func permissionSets(_ operation: String, _ input: Document) -> HTTPResponse? {
        switch operation {
        case "ListPermissionSets":
            return page(operation, "PermissionSets", world.sets.keys.sorted().map { .text($0) }, input)
        case "DescribePermissionSet":
            guard let set = world.sets[input["PermissionSetArn"]?.text ?? ""] else {
                return error("ResourceNotFoundException")
            }
            return ok(["PermissionSet": set])
        case "ListPermissionSetsProvisionedToAccount":
            let sets = Set(world.assignments.filter { $0.account == input["AccountId"]?.text }.map(\.set))
            return page(operation, "PermissionSets", sets.sorted().map { .text($0) }, input)
        default: return nil
        }
    }

    private mutating func assignments(_ operation: String, _ input: Document) -> HTTPResponse? {
        switch operation {
        case "ListAccountAssignments":
            let found = world.assignments.filter {
                $0.account == input["AccountId"]?.text && $0.set == input["PermissionSetArn"]?.text
            }
            return page(operation, "AccountAssignments", found.sorted().map(row), input)
        case "ListAccountAssignmentsForPrincipal":
            let principal = input["PrincipalId"]?.text ?? ""
            // A user's listing has what the user's groups give, too.
            let groups = Set(world.memberships.values.filter { $0.user == principal }.map(\.group))
            let found = world.assignments.filter { $0.principal == principal || groups.contains($0.principal) }
            return page(operation, "AccountAssignments", found.sorted().map(row), input)
        case "ListApplicationAssignmentsForPrincipal":
            let found = world.applicationAssignments.filter { $0.principal == input["PrincipalId"]?.text }
            let rows: [Document] = found.sorted().map {
                [
                    "ApplicationArn": .text($0.account), "PrincipalId": .text($0.principal),
                    "PrincipalType": .text($0.type),
                ]
            }
            return page(operation, "ApplicationAssignments", rows, input)
        case "CreateAccountAssignment", "DeleteAccountAssignment": return begin(operation, input)
        default: return nil
        }
    }

    private func row(_ assignment: FakeWorld.Assignment) -> Document {
        [
            "AccountId": .text(assignment.account), "PermissionSetArn": .text(assignment.set),
            "PrincipalType": .text(assignment.type), "PrincipalId": .text(assignment.principal),
        ]
    }

    private mutating func begin(_ operation: String, _ input: Document) -> HTTPResponse {
        guard let account = input["TargetId"]?.text, world.accounts[account] != nil,
            let set = input["PermissionSetArn"]?.text, world.sets[set] != nil,
            let type = input["PrincipalType"]?.text, let principal = input["PrincipalId"]?.text,
            input["TargetType"] == "AWS_ACCOUNT"
        else { return error("ResourceNotFoundException") }
        let assignment = FakeWorld.Assignment(type: type, principal: principal, account: account, set: set)
        let isCreation = operation == "CreateAccountAssignment"
        if !isCreation, !world.assignments.contains(assignment) { return error("ResourceNotFoundException") }
        let running = world.operations.filter { $0.value.pollsLeft > 0 }
        if running.values.contains(where: { $0.assignment.account == account }) {
            violations.append("two operations at once in account \(account)")
            // Time goes on for those that nobody asks for, because the answer to their beginning was lost.
            for id in running.keys { pass(id) }
            return error("ConflictException")
        }
        if running.count >= 15 {
            violations.append("more than 15 operations at once")
            return error("ThrottlingException")
        }
        peakOutstanding = max(peakOutstanding, running.count + 1)
        let id = "op-\(world.number())"
        let started = FakeWorld.Operation(
            isCreation: isCreation,
            assignment: assignment,
            pollsLeft: pollsPerOperation,
            failure: failOperations
        )
        world.operations[id] = started
        if pollsPerOperation == 0 { end(id) }
        return ok([member(isCreation): standing(id, withReason: true)])
    }

    private func member(_ isCreation: Bool) -> String {
        isCreation ? "AccountAssignmentCreationStatus" : "AccountAssignmentDeletionStatus"
    }

    private mutating func end(_ id: String) {
        guard let operation = world.operations[id], operation.failure == nil else { return }
        if operation.isCreation {
            world.assignments.insert(operation.assignment)
        } else {
            world.assignments.remove(operation.assignment)
        }
    }

    /// The time goes on for an operation by every question about it.
    private mutating func pass(_ id: String) {
        guard let left = world.operations[id]?.pollsLeft, left > 0 else { return }
        world.operations[id]?.pollsLeft = left - 1
        if left == 1 { end(id) }
    }

    private func standing(_ id: String, withReason: Bool) -> Document {
        guard let operation = world.operations[id] else { return [:] }
        let isRunning = operation.pollsLeft > 0
        var members: [String: Document] = [
            "RequestId": .text(id),
            "Status": isRunning ? "IN_PROGRESS" : operation.failure == nil ? "SUCCEEDED" : "FAILED",
        ]
        if withReason, !isRunning, let failure = operation.failure { members["FailureReason"] = .text(failure) }
        return .object(members)
    }

    private func listed(_ id: String) -> Document {
        isStatusListingStale
            ? ["RequestId": .text(id), "Status": "IN_PROGRESS"] : standing(id, withReason: false)
    }

    private mutating func status(_ operation: String, _ input: Document) -> HTTPResponse? {
        let isCreation = operation.contains("Creation")
        var ids = world.operations.filter { $0.value.isCreation == isCreation }.keys.sorted()
        if operation.hasPrefix("List") {
            guard hasStatusListing else { return HTTPResponse(status: 500, body: Array("<html>no</html>".utf8)) }
            if input["NextToken"] == nil, !isStatusListingStale { for id in ids { pass(id) } }
            if input["Filter"]?["Status"] == "IN_PROGRESS" {
                ids.removeAll { world.operations[$0]?.pollsLeft == 0 }
            } else if input["Filter"] != nil {
                return error("ValidationException")
            }
            let member = isCreation ? "AccountAssignmentsCreationStatus" : "AccountAssignmentsDeletionStatus"
            return page(operation, member, ids.map(listed), input)
        }
        let key = isCreation ? "AccountAssignmentCreationRequestId" : "AccountAssignmentDeletionRequestId"
        guard let id = input[key]?.text, ids.contains(id) else { return error("ResourceNotFoundException") }
        pass(id)
        return ok([self.member(isCreation): standing(id, withReason: true)])
    }

    private mutating func deleteApplicationAssignment(_ input: Document) -> HTTPResponse {
        let found = world.applicationAssignments.first {
            $0.account == input["ApplicationArn"]?.text && $0.principal == input["PrincipalId"]?.text
                && $0.type == input["PrincipalType"]?.text
        }
        guard let found else { return error("ResourceNotFoundException") }
        world.applicationAssignments.remove(found)
        return ok([:])
    }
}
