/// The Organizations API, read-only.
///
/// Source: botocore's model of `organizations` 2016-11-28, and the quotas page of the user guide.
struct OrganizationsService: AWSJSONService {
    let name = "organizations"
    let target = "AWSOrganizationsV20161128."
    let signingName = "organizations"
    let throttlingCode = "TooManyRequestsException"
    let failureCode = "ServiceException"

    func regions(_ world: World) -> Set<String>? { ["us-east-1"] }

    func rate(of operation: String) -> (bucket: String, rate: Double, burst: Double) {
        switch operation {
        case "ListAccounts": ("organizations \(operation)", 8, 12)
        case "ListChildren": ("organizations \(operation)", 6, 10)
        case "ListParents", "ListAccountsForParent", "ListOrganizationalUnitsForParent": ("organizations tree", 5, 8)
        case "ListTagsForResource": ("organizations \(operation)", 10, 15)
        case "DescribeAccount": ("organizations \(operation)", 20, 30)
        case "DescribeOrganizationalUnit": ("organizations \(operation)", 2, 2)
        case "ListDelegatedAdministrators": ("organizations \(operation)", 5, 8)
        default: ("organizations \(operation)", 1, 2)
        }
    }

    let operations: [String: OperationShape] = [
        "DescribeOrganization": .read(),
        "ListAccounts": .read("MaxResults", "NextToken"),
        "ListAccountsForParent": .read("ParentId", "MaxResults", "NextToken"),
        "ListRoots": .read("MaxResults", "NextToken"),
        "ListOrganizationalUnitsForParent": .read("ParentId", "MaxResults", "NextToken"),
        "ListChildren": .read("ParentId", "ChildType", "MaxResults", "NextToken"),
        "ListParents": .read("ChildId", "MaxResults", "NextToken"),
        "DescribeAccount": .read("AccountId"),
        "DescribeOrganizationalUnit": .read("OrganizationalUnitId"),
        "ListTagsForResource": .read("ResourceId", "NextToken"),
        "ListDelegatedAdministrators": .read("ServicePrincipal", "MaxResults", "NextToken"),
    ]

    /// Every account of the organization may describe it; all else is for the management account and the delegated.
    func admits(_ caller: Caller, _ call: Call, _ state: SandboxState) -> Bool {
        if call.operation == "DescribeOrganization" {
            return state.world.organization.account(caller.account) != nil || state.isDelegated(caller)
        }
        return state.isManagement(caller) || state.isDelegated(caller)
    }

    func badPageSize(_ wanted: Int, _ most: Int) -> Refusal {
        Refusal(
            "InvalidInputException",
            "You specified an invalid value for MaxResults.",
            members: ["Reason": wanted < 1 ? "MIN_VALUE_EXCEEDED" : "MAX_VALUE_EXCEEDED"]
        )
    }

    var badToken: Refusal {
        Refusal(
            "InvalidInputException",
            "You specified an invalid value for NextToken.",
            members: ["Reason": "INVALID_NEXT_TOKEN"]
        )
    }

    /// This service calls input that breaks a constraint by another name than the others.
    func respond(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        do {
            return try answer(call, input, state)
        } catch {
            guard error.code == "ValidationException" else { throw error }
            throw Refusal("InvalidInputException", error.message, members: ["Reason": "INVALID_PATTERN"])
        }
    }

    private func answer(_ call: Call, _ input: Input, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let tree = OrganizationTree(state.world)
        switch call.operation {
        case "DescribeOrganization": return ["Organization": tree.organization]
        case "ListRoots":
            return try page([tree.root], as: "Roots", most: 20, call, input, state, identify: { "\($0)" }) { $0 }
        case "ListAccounts":
            let accounts = state.world.organization.accounts
            return try page(accounts, as: "Accounts", most: 20, call, input, state, identify: \.id, write: tree.account)
        case "ListAccountsForParent":
            let accounts = tree.accounts(in: try parent("ParentId", input, tree))
            return try page(accounts, as: "Accounts", most: 20, call, input, state, identify: \.id, write: tree.account)
        case "ListOrganizationalUnitsForParent":
            let units = tree.units(in: try parent("ParentId", input, tree))
            let key = "OrganizationalUnits"
            return try page(units, as: key, most: 20, call, input, state, identify: { "\($0)" }, write: tree.unit)
        case "ListChildren": return try listChildren(call, input, state, tree)
        case "ListParents": return try listParents(call, input, state, tree)
        case "DescribeAccount": return ["Account": tree.account(try account(input, state))]
        case "DescribeOrganizationalUnit":
            let id = try input.text("OrganizationalUnitId", 16...68)
            guard let path = tree.path(ofUnit: id), !path.isEmpty else {
                throw Refusal(
                    "OrganizationalUnitNotFoundException",
                    "You specified an organizational unit that doesn't exist."
                )
            }
            return ["OrganizationalUnit": tree.unit(path)]
        case "ListTagsForResource": return try listTags(call, input, state, tree)
        default: return try listDelegated(call, input, state, tree)
        }
    }

    private func parent(_ name: String, _ input: Input, _ tree: OrganizationTree) throws(Refusal) -> [String] {
        guard let path = tree.path(ofUnit: try input.text(name, 1...100)) else {
            throw Refusal("ParentNotFoundException", "You specified parent that doesn't exist.")
        }
        return path
    }

    private func account(_ input: Input, _ state: SandboxState) throws(Refusal) -> World.Account {
        let id = try input.text("AccountId", 12...12, where: Characters.areAccountID)
        guard let account = state.world.organization.account(id) else {
            throw Refusal("AccountNotFoundException", "You specified an account that doesn't exist.")
        }
        return account
    }

    private func listChildren(
        _ call: Call,
        _ input: Input,
        _ state: SandboxState,
        _ tree: OrganizationTree
    ) throws(Refusal) -> JSONValue {
        let path = try parent("ParentId", input, tree)
        let kind = try input.word("ChildType", ["ACCOUNT", "ORGANIZATIONAL_UNIT"])
        let ids =
            kind == "ACCOUNT"
            ? tree.accounts(in: path).map(\.id) : tree.units(in: path).map(state.world.organization.unitID)
        return try page(ids, as: "Children", most: 20, call, input, state, identify: { $0 }) {
            ["Id": .string($0), "Type": .string(kind)]
        }
    }

    private func listParents(
        _ call: Call,
        _ input: Input,
        _ state: SandboxState,
        _ tree: OrganizationTree
    ) throws(Refusal) -> JSONValue {
        let id = try input.text("ChildId", 1...100)
        let account = state.world.organization.account(id)
        guard let path = account?.unit ?? tree.path(ofUnit: id).map({ Array($0.dropLast()) }) else {
            throw Refusal("ChildNotFoundException", "We can't find an account or an organizational unit of that id.")
        }
        let parent: JSONValue = [
            "Id": .string(state.world.organization.unitID(path)),
            "Type": path.isEmpty ? "ROOT" : "ORGANIZATIONAL_UNIT",
        ]
        return try page([parent], as: "Parents", most: 20, call, input, state, identify: { "\($0)" }) { $0 }
    }

    private func listTags(
        _ call: Call,
        _ input: Input,
        _ state: SandboxState,
        _ tree: OrganizationTree
    ) throws(Refusal) -> JSONValue {
        let id = try input.text("ResourceId", 1...130)
        let account = state.world.organization.account(id)
        guard account != nil || tree.path(ofUnit: id) != nil else {
            throw Refusal("TargetNotFoundException", "We can't find a root, OU, account, or policy of that id.")
        }
        let tags = (account?.tags ?? [:]).sorted { $0.key < $1.key }
        return try page(tags, as: "Tags", most: 20, call, input, state, identify: \.key) {
            ["Key": .string($0.key), "Value": .string($0.value)]
        }
    }

    private func listDelegated(
        _ call: Call,
        _ input: Input,
        _ state: SandboxState,
        _ tree: OrganizationTree
    ) throws(Refusal) -> JSONValue {
        let world = state.world
        let ids = world.organization.delegatedAdministrators + [world.access.delegatedAdministrator].compactMap { $0 }
        let accounts = world.organization.accounts.filter { ids.contains($0.id) }
        return try page(accounts, as: "DelegatedAdministrators", most: 20, call, input, state, identify: \.id) {
            account in
            var json = tree.account(account)
            json["Paths"] = nil
            json["DelegationEnabledDate"] = 1_760_000_000
            return json
        }
    }
}
