extension SSOAdminService {
    func respondOnProvisioning(
        _ call: Call,
        _ input: Input,
        _ state: inout SandboxState
    ) throws(Refusal) -> JSONValue {
        switch call.operation {
        case "ListPermissionSetsProvisionedToAccount":
            let account = try account("AccountId", input, state)
            let pairs = try pairs(input, state).filter { $0.account == account.id }
            return try page(pairs.map(\.permissionSet).sorted(), as: "PermissionSets", call, input, state) {
                $0
            } write: {
                .string($0)
            }
        case "ListAccountsForProvisionedPermissionSet":
            let set = try permissionSet(input, state)
            let pairs = try pairs(input, state).filter { $0.permissionSet == set.arn }
            return try page(pairs.map(\.account).sorted(), as: "AccountIds", call, input, state) {
                $0
            } write: {
                .string($0)
            }
        case "ProvisionPermissionSet": return try provision(call, input, &state)
        case "DescribePermissionSetProvisioningStatus":
            let id = try input.text("ProvisionPermissionSetRequestId", 36...36)
            guard state.operations.contains(where: { $0.id == id && $0.isCreation == nil }),
                let operation = state.look(at: id)
            else { throw .gone("Could not find request \(id)") }
            return [operation.key: status(operation)]
        case "ListPermissionSetProvisioningStatus":
            let operations = state.operations.filter { $0.isCreation == nil }
            return try listStatus(operations, as: "PermissionSetsProvisioningStatus", call, input, state)
        default: throw Refusal("UnknownOperationException", "", status: 404)
        }
    }

    private func pairs(_ input: Input, _ state: SandboxState) throws(Refusal) -> Set<World.Provisioning> {
        let center = state.world.identityCenter
        let words = ["LATEST_PERMISSION_SET_PROVISIONED", "LATEST_PERMISSION_SET_NOT_PROVISIONED"]
        switch try input.optionalWord("ProvisioningStatus", words) {
        case nil: return center.provisioned
        case words[0]: return center.provisioned.subtracting(center.outdated)
        default: return center.provisioned.intersection(center.outdated)
        }
    }

    private func provision(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let set = try permissionSet(input, state)
        try checkDelegation(account: nil, permissionSet: set.arn, call, state)
        var accounts = state.world.identityCenter.provisioned.filter { $0.permissionSet == set.arn }.map(\.account)
            .sorted()
        if try input.word("TargetType", ["AWS_ACCOUNT", "ALL_PROVISIONED_ACCOUNTS"]) == "AWS_ACCOUNT" {
            accounts = [try account("TargetId", input, state).id]
        }
        let isBusy = state.operations.contains { operation in
            guard case .provision(set.arn, _) = operation.work else { return false }
            return operation.status == .inProgress
        }
        guard !isBusy else {
            throw Refusal("ConflictException", "The permission set is being provisioned. Please try again later.")
        }
        let operation = state.start(.provision(permissionSet: set.arn, accounts: accounts))
        return [operation.key: status(operation)]
    }

    private func status(_ operation: Operation) -> JSONValue {
        var members = operation.summary
        members["FailureReason"] = operation.failureReason.map { .string($0) }
        if case .provision(let set, let accounts) = operation.work {
            members["PermissionSetArn"] = .string(set)
            members["AccountId"] = accounts.count == 1 ? .string(accounts[0]) : nil
        }
        return .object(members)
    }
}
