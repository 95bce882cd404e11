/// The sso-admin API: the instance, permission sets, assignments, applications.
///
/// Source: botocore's model of `sso-admin` 2020-07-20, the Identity Center quotas, and what is known of the service's
/// behaviour (asynchronous operations, delegated administrators).
struct SSOAdminService: AWSJSONService {
    let name = "sso-admin"
    let target = "SWBExternalService."
    let signingName = "sso"
    let errorNamespace: String? = "com.amazonaws.swbexternalservice"
    let throttlingCode = "ThrottlingException"
    let failureCode = "InternalServerException"

    func regions(_ world: World) -> Set<String>? { nil }

    func rate(of operation: String) -> (bucket: String, rate: Double, burst: Double) { ("sso-admin", 20, 20) }

    let operations: [String: OperationShape] = Self.reads.merging(Self.writes) { read, _ in read }

    func admits(_ caller: Caller, _ call: Call, _ state: SandboxState) -> Bool {
        state.isManagement(caller) || state.isDelegated(caller)
    }

    func respond(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        let isHome = state.caller?.region == state.world.identityCenter.region
        if call.operation == "ListInstances" { return try listInstances(call, input, state, isHome: isHome) }
        guard isHome else { throw .gone("The instance does not exist in this Region.") }
        if input.has("InstanceArn") || operations[call.operation]?.members.first == "InstanceArn" {
            let arn = try input.text("InstanceArn", 10...1224)
            guard arn == state.world.identityCenter.instanceARN else {
                throw .gone("Identity Center instance \(arn) not found.")
            }
        }
        switch call.operation {
        case "DescribeInstance":
            return .members(instance(state).merging(["PermissionSetsEnabled": true]) { own, _ in own })
        case let name where name.contains("Application"): return try respondOnApplications(call, input, &state)
        case let name where name.contains("AccountAssignment"): return try respondOnAssignments(call, input, &state)
        case let name where name.contains("Provision"): return try respondOnProvisioning(call, input, &state)
        case let name where name.contains("Polic") || name.contains("Boundary"):
            return try respondOnPolicies(call, input, &state)
        default: return try respondOnPermissionSets(call, input, &state)
        }
    }

    private func listInstances(
        _ call: Call,
        _ input: Input,
        _ state: SandboxState,
        isHome: Bool
    ) throws(Refusal) -> JSONValue {
        let scope = try input.optionalWord("RegionScope", ["CURRENT_REGION", "ALL_REGIONS"])
        let instances = isHome || scope == "ALL_REGIONS" ? [state.world.identityCenter.instanceARN] : []
        return try page(instances, as: "Instances", call, input, state, identify: { $0 }) { _ in
            .members(instance(state))
        }
    }

    private func instance(_ state: SandboxState) -> [String: JSONValue?] {
        let center = state.world.identityCenter
        let owner = state.world.organization.managementAccount
        return [
            "InstanceArn": .string(center.instanceARN),
            "IdentityStoreId": .string(center.identityStoreID),
            "IdentityStoreArn": .string("arn:aws:identitystore::\(owner):identitystore/\(center.identityStoreID)"),
            "OwnerAccountId": .string(owner),
            "Name": "sandbox",
            "CreatedDate": 1_760_000_000,
            "Status": "ACTIVE",
            "PrimaryRegion": .string(center.region),
        ]
    }

    /// The permission set of a request.
    func permissionSet(_ input: Input, _ state: SandboxState) throws(Refusal) -> World.PermissionSet {
        let arn = try input.text("PermissionSetArn", 10...1224)
        guard let set = state.world.identityCenter.permissionSets.first(where: { $0.arn == arn }) else {
            throw .gone("Could not find PermissionSet with ARN \(arn)")
        }
        return set
    }

    /// The account of a request, which must be of the organization.
    func account(_ name: String, _ input: Input, _ state: SandboxState) throws(Refusal) -> World.Account {
        let id = try input.text(name, 12...12, where: Characters.areAccountID)
        guard let account = state.world.organization.account(id) else { throw .gone("Account \(id) not found.") }
        return account
    }

    /// The principal of a request, which need not exist.
    func principal(_ input: Input) throws(Refusal) -> World.Principal {
        let id = try input.text("PrincipalId", 1...47)
        return try input.word("PrincipalType", ["USER", "GROUP"]) == "USER" ? .user(id) : .group(id)
    }

    /// What a delegated administrator may not change: the management account, and every set that is provisioned there.
    func checkDelegation(
        account: String?,
        permissionSet: String?,
        _ call: Call,
        _ state: SandboxState
    ) throws(Refusal) {
        guard let caller = state.caller, !state.isManagement(caller) else { return }
        let management = state.world.organization.managementAccount
        let isLocked = state.world.identityCenter.provisioned.contains { pair in
            pair.account == management && pair.permissionSet == permissionSet
        }
        guard account != management, !isLocked else {
            throw .accessDenied("User: \(caller.principal) is not authorized to perform: sso:\(call.operation)")
        }
    }
}

extension SandboxState {
    /// Whether a caller acts from the management account.
    func isManagement(_ caller: Caller) -> Bool { caller.account == world.organization.managementAccount }

    /// Whether a caller acts from the account of a delegated administrator.
    func isDelegated(_ caller: Caller) -> Bool {
        caller.account == world.access.delegatedAdministrator
            || world.organization.delegatedAdministrators.contains(caller.account)
    }
}

extension Refusal {
    static func gone(_ message: String) -> Refusal { Refusal("ResourceNotFoundException", message) }
}
