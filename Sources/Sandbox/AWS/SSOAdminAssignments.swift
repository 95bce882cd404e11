extension SSOAdminService {
    func respondOnAssignments(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        switch call.operation {
        case "ListAccountAssignments": return try listAssignments(call, input, state)
        case "ListAccountAssignmentsForPrincipal": return try listForPrincipal(call, input, state)
        case "CreateAccountAssignment", "DeleteAccountAssignment": return try change(call, input, &state)
        case "DescribeAccountAssignmentCreationStatus":
            return try describe("AccountAssignmentCreationRequestId", isCreation: true, input, &state)
        case "DescribeAccountAssignmentDeletionStatus":
            return try describe("AccountAssignmentDeletionRequestId", isCreation: false, input, &state)
        case "ListAccountAssignmentCreationStatus":
            let operations = state.operations.filter { $0.isCreation == true }
            return try listStatus(operations, as: "AccountAssignmentsCreationStatus", call, input, state)
        case "ListAccountAssignmentDeletionStatus":
            let operations = state.operations.filter { $0.isCreation == false }
            return try listStatus(operations, as: "AccountAssignmentsDeletionStatus", call, input, state)
        default: throw Refusal("UnknownOperationException", "", status: 404)
        }
    }

    private func listAssignments(_ call: Call, _ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let account = try account("AccountId", input, state)
        let set = try permissionSet(input, state)
        let found = state.world.identityCenter.assignments.filter {
            $0.account == account.id && $0.permissionSet == set.arn
        }
        return try pageOf(found, call, input, state)
    }

    /// For a user, assignments of the groups that the user is in come along, with the group as their principal.
    private func listForPrincipal(_ call: Call, _ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        if let caller = state.caller, !state.isManagement(caller) {
            throw .accessDenied("User: \(caller.principal) is not authorized to perform: sso:\(call.operation)")
        }
        let principal = try principal(input)
        var principals: Set<World.Principal> = [principal]
        if case .user(let id) = principal {
            for group in state.world.identityCenter.groups where group.memberIDs.contains(id) {
                principals.insert(.group(group.id))
            }
        }
        let account = try input.optionalObject("Filter")?.optionalText("AccountId", 12...12)
        let found = state.world.identityCenter.assignments.filter {
            principals.contains($0.principal) && (account ?? $0.account) == $0.account
        }
        return try pageOf(found, call, input, state)
    }

    private func pageOf(
        _ assignments: [World.Assignment],
        _ call: Call,
        _ input: Input,
        _ state: SandboxState
    ) throws(Refusal) -> JSONValue {
        try page(
            assignments,
            as: "AccountAssignments",
            call,
            input,
            state,
            identify: { "\($0.account) \($0.permissionSet) \($0.principal)" },
            write: { assignment in
                [
                    "AccountId": .string(assignment.account),
                    "PermissionSetArn": .string(assignment.permissionSet),
                    "PrincipalType": .string(assignment.principal.kind),
                    "PrincipalId": .string(assignment.principal.id),
                ]
            }
        )
    }

    private func change(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let isCreation = call.operation == "CreateAccountAssignment"
        _ = try input.word("TargetType", ["AWS_ACCOUNT"])
        let account = try account("TargetId", input, state)
        let set = try permissionSet(input, state)
        let principal = try principal(input)
        try checkDelegation(account: account.id, permissionSet: set.arn, call, state)
        let assignment = World.Assignment(principal: principal, account: account.id, permissionSet: set.arn)
        let running = state.operations.filter(\.isOutstandingAssignment)
        guard running.count < state.world.behaviour.outstandingOperations else {
            throw Refusal(throttlingCode, "There are too many requests processing. Please try again later.")
        }
        guard !running.contains(where: { $0.provisionings == [assignment.provisioning] }) else {
            throw Refusal("ConflictException", "There is a conflicting operation in process. Please try again later.")
        }
        let doom = doom(of: assignment, isCreation: isCreation, account, state.world)
        let operation = state.start(isCreation ? .create(assignment) : .delete(assignment), doom: doom)
        return [operation.key: status(operation)]
    }

    /// Why an operation that is accepted cannot succeed.
    private func doom(
        of assignment: World.Assignment,
        isCreation: Bool,
        _ account: World.Account,
        _ world: World
    ) -> String? {
        guard account.state == "ACTIVE" else { return "The account \(account.id) is not active." }
        let center = world.identityCenter
        if !isCreation {
            return center.assignments.contains(assignment)
                ? nil : "Received a 404 status error: Account assignment does not exist."
        }
        let exists =
            switch assignment.principal {
            case .user(let id): center.user(id) != nil
            case .group(let id): center.group(id) != nil
            }
        return exists ? nil : "Received a 404 status error: Principal \(assignment.principal.id) not found."
    }

    private func describe(
        _ name: String,
        isCreation: Bool,
        _ input: Input,
        _ state: inout SandboxState
    ) throws(Refusal) -> JSONValue {
        let id = try input.text(name, 36...36)
        guard state.operations.contains(where: { $0.id == id && $0.isCreation == isCreation }),
            let operation = state.look(at: id)
        else { throw .gone("Could not find request \(id)") }
        return [operation.key: status(operation)]
    }

    private func status(_ operation: Operation) -> JSONValue {
        var members = operation.summary
        guard let assignment = operation.assignment else { return .object(members) }
        members["FailureReason"] = operation.failureReason.map { .string($0) }
        members["TargetId"] = .string(assignment.account)
        members["TargetType"] = "AWS_ACCOUNT"
        members["PermissionSetArn"] = .string(assignment.permissionSet)
        members["PrincipalType"] = .string(assignment.principal.kind)
        members["PrincipalId"] = .string(assignment.principal.id)
        return .object(members)
    }

    /// A list of operations without their targets and principals, as the service gives it.
    func listStatus(
        _ operations: [Operation],
        as key: String,
        _ call: Call,
        _ input: Input,
        _ state: SandboxState
    ) throws(Refusal) -> JSONValue {
        let wanted = try input.optionalObject("Filter")?
            .optionalWord("Status", ["IN_PROGRESS", "SUCCEEDED", "FAILED"])
        let found = operations.filter { (wanted ?? $0.status.rawValue) == $0.status.rawValue }
        return try page(found, as: key, call, input, state, identify: \.id) { .object($0.summary) }
    }
}

extension Operation {
    /// True for a creation, false for a deletion, nil for a provisioning.
    var isCreation: Bool? {
        switch work {
        case .create: true
        case .delete: false
        case .provision: nil
        }
    }

    var assignment: World.Assignment? {
        switch work {
        case .create(let assignment), .delete(let assignment): assignment
        case .provision: nil
        }
    }

    /// The member under which the API shows the operation.
    var key: String {
        switch work {
        case .create: "AccountAssignmentCreationStatus"
        case .delete: "AccountAssignmentDeletionStatus"
        case .provision: "PermissionSetProvisioningStatus"
        }
    }

    var summary: [String: JSONValue] {
        [
            "Status": .string(status.rawValue),
            "RequestId": .string(id),
            "CreatedDate": .number(createdAt),
        ]
    }
}
