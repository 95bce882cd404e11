/// The organization as the API writes it.
struct OrganizationTree {
    private let organizationWorld: World.Organization
    private let behaviour: World.Behaviour
    private let pathsByID: [String: [String]]

    init(_ world: World) {
        organizationWorld = world.organization
        behaviour = world.behaviour
        let paths = [[]] + world.organization.allUnits
        pathsByID = Dictionary(paths.map { (world.organization.unitID($0), $0) }) { first, _ in first }
    }

    private var managementAccount: String { organizationWorld.managementAccount }

    /// The path of an OU or of the root; nil where there is none of that id.
    func path(ofUnit id: String) -> [String]? { pathsByID[id] }

    func accounts(in path: [String]) -> [World.Account] { organizationWorld.accounts.filter { $0.unit == path } }

    func units(in path: [String]) -> [[String]] {
        organizationWorld.allUnits.filter { $0.count == path.count + 1 && $0.starts(with: path) }
    }

    var organization: JSONValue {
        let id = organizationWorld.id
        return [
            "Id": .string(id),
            "Arn": .string("arn:aws:organizations::\(managementAccount):organization/\(id)"),
            "FeatureSet": "ALL",
            "MasterAccountArn": .string(
                "arn:aws:organizations::\(managementAccount):account/\(id)/\(managementAccount)"
            ),
            "MasterAccountId": .string(managementAccount),
            "MasterAccountEmail": "aws+\(managementAccount)@example.com",
            "AvailablePolicyTypes": [["Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"]],
        ]
    }

    var root: JSONValue {
        [
            "Id": .string(organizationWorld.rootID),
            "Arn": .string(
                "arn:aws:organizations::\(managementAccount):root/\(organizationWorld.id)/\(organizationWorld.rootID)"
            ),
            "Name": "Root",
            "PolicyTypes": [],
        ]
    }

    func unit(_ path: [String]) -> JSONValue {
        let id = organizationWorld.unitID(path)
        return .members([
            "Id": .string(id),
            "Arn": .string("arn:aws:organizations::\(managementAccount):ou/\(organizationWorld.id)/\(id)"),
            "Name": .string(path.last ?? ""),
            "Path": behaviour.hasAccountPaths ? .string(chain(path)) : nil,
        ])
    }

    func account(_ account: World.Account) -> JSONValue {
        let showsState = behaviour.accountState == .state || behaviour.accountState == .both
        let showsStatus = behaviour.accountState == .status || behaviour.accountState == .both
        let status = ["CLOSED": "SUSPENDED", "PENDING_ACTIVATION": "ACTIVE"][account.state] ?? account.state
        return .members([
            "Id": .string(account.id),
            "Arn": .string(
                "arn:aws:organizations::\(managementAccount):account/\(organizationWorld.id)/\(account.id)"
            ),
            "Email": .string("aws+\(account.id)@example.com"),
            "Name": .string(account.name),
            "State": showsState ? .string(account.state) : nil,
            "Status": showsStatus ? .string(status) : nil,
            "Paths": behaviour.hasAccountPaths ? [.string(chain(account.unit) + account.id + "/")] : nil,
            "JoinedMethod": account.id == managementAccount ? "INVITED" : "CREATED",
            "JoinedTimestamp": 1_760_000_000,
        ])
    }

    /// `o-…/r-…/ou-…/`, with a slash at the end.
    private func chain(_ path: [String]) -> String {
        let units = path.indices.map { organizationWorld.unitID(Array(path.prefix($0 + 1))) }
        return ([organizationWorld.id, organizationWorld.rootID] + units).joined(separator: "/") + "/"
    }
}

extension JSONValue: ExpressibleByStringInterpolation {}
