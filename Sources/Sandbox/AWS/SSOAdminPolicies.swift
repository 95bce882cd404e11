extension SSOAdminService {
    func respondOnPolicies(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        switch call.operation {
        case "ListManagedPoliciesInPermissionSet":
            let arns = try permissionSet(input, state).managedPolicies
            return try page(arns, as: "AttachedManagedPolicies", call, input, state, identify: { $0 }) { arn in
                ["Arn": .string(arn), "Name": .string(String(arn.split(separator: "/").last ?? ""))]
            }
        case "ListCustomerManagedPolicyReferencesInPermissionSet":
            let policies = try permissionSet(input, state).customerManagedPolicies
            let key = "CustomerManagedPolicyReferences"
            return try page(policies, as: key, call, input, state, identify: { $0.path + $0.name }, write: json)
        case "GetInlinePolicyForPermissionSet":
            return ["InlinePolicy": .string(try permissionSet(input, state).inlinePolicy ?? "")]
        case "GetPermissionsBoundaryForPermissionSet":
            guard let boundary = try permissionSet(input, state).boundary else {
                throw .gone("The permission set has no permissions boundary.")
            }
            return ["PermissionsBoundary": json(boundary)]
        default:
            try changeSet(call, input, &state) { set throws(Refusal) in try change(&set, call.operation, input) }
            return [:]
        }
    }

    private func change(_ set: inout World.PermissionSet, _ operation: String, _ input: Input) throws(Refusal) {
        switch operation {
        case "PutInlinePolicyToPermissionSet": set.inlinePolicy = try inlinePolicy(input)
        case "DeleteInlinePolicyFromPermissionSet": set.inlinePolicy = nil
        case "AttachManagedPolicyToPermissionSet":
            let arn = try input.text("ManagedPolicyArn", 20...2048)
            guard !set.managedPolicies.contains(arn) else {
                throw Refusal("ConflictException", "Policy \(arn) is already attached.")
            }
            set.managedPolicies.append(arn)
        case "DetachManagedPolicyFromPermissionSet":
            let arn = try input.text("ManagedPolicyArn", 20...2048)
            guard set.managedPolicies.contains(arn) else { throw .gone("Policy \(arn) is not attached.") }
            set.managedPolicies.removeAll { $0 == arn }
        case "AttachCustomerManagedPolicyReferenceToPermissionSet":
            let policy = try reference(input.object("CustomerManagedPolicyReference"))
            guard !set.customerManagedPolicies.contains(policy) else {
                throw Refusal("ConflictException", "Policy \(policy.name) is already attached.")
            }
            set.customerManagedPolicies.append(policy)
        case "DetachCustomerManagedPolicyReferenceFromPermissionSet":
            let policy = try reference(input.object("CustomerManagedPolicyReference"))
            guard set.customerManagedPolicies.contains(policy) else { throw .gone("\(policy.name) is not attached.") }
            set.customerManagedPolicies.removeAll { $0 == policy }
        case "PutPermissionsBoundaryToPermissionSet": set.boundary = try boundary(input)
        case "DeletePermissionsBoundaryFromPermissionSet": set.boundary = nil
        default: throw Refusal("UnknownOperationException", "", status: 404)
        }
    }

    private func inlinePolicy(_ input: Input) throws(Refusal) -> String {
        let text = try input.text("InlinePolicy", 1...32_768)
        guard text.unicodeScalars.count(where: { !$0.properties.isWhitespace }) <= 10_240 else {
            throw Refusal("ServiceQuotaExceededException", "The inline policy has more than 10,240 characters.")
        }
        guard case .object = JSONValue(parsing: Array(text.utf8)) else {
            throw .validation("The policy document is not valid JSON.")
        }
        return text
    }

    private func reference(_ input: Input) throws(Refusal) -> World.CustomerManagedPolicy {
        World.CustomerManagedPolicy(
            try input.text("Name", 1...128, where: Characters.areNames),
            path: try input.optionalText("Path", 1...512) ?? "/"
        )
    }

    private func boundary(_ input: Input) throws(Refusal) -> World.Boundary {
        let union = try input.object("PermissionsBoundary")
        if let arn = try union.optionalText("ManagedPolicyArn", 20...2048) { return .managed(arn) }
        return .customerManaged(try reference(union.object("CustomerManagedPolicyReference")))
    }

    private func json(_ policy: World.CustomerManagedPolicy) -> JSONValue {
        ["Name": .string(policy.name), "Path": .string(policy.path)]
    }

    private func json(_ boundary: World.Boundary) -> JSONValue {
        switch boundary {
        case .managed(let arn): ["ManagedPolicyArn": .string(arn)]
        case .customerManaged(let policy): ["CustomerManagedPolicyReference": json(policy)]
        }
    }
}
