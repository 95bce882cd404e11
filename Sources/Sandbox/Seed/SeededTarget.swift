/// What stands in Identity Center of the seeded company before the first run.
struct SeededTarget {
    /// The mark of the groups that a bridge made before.
    var owner: String

    private var mark: String { "[idbridge:\(owner)]" }

    func add(to world: inout World) {
        addOwned(to: &world)
        addOthers(to: &world)
        addLeftovers(to: &world)
    }

    private func group(
        _ name: String,
        _ description: String?,
        _ members: [String],
        externalID: String? = nil,
        to world: inout World
    ) -> World.Principal {
        let ids = members.map { local in
            local == "lena"
                ? world.identityCenter.user(named: "lena.before@example.com")?.id ?? local : world.userID(local)
        }
        let group = world.addGroup(name, description: description, members: ids)
        world.changeGroup(group.id) { $0.externalIDs = externalID.map { [World.ExternalID($0)] } ?? [] }
        return .group(group.id)
    }

    private func assign(_ principal: World.Principal, _ set: String, _ accounts: [Int], to world: inout World) {
        for number in accounts {
            world.assign(principal, account: String(100_000_000_000 + number), permissionSet: set)
        }
    }

    /// Groups of this bridge: to be renamed, to lose members and access, to be deleted.
    private func addOwned(to world: inout World) {
        let team = group("platform-team", "Keeps the lights on \(mark)", ["ana", "bo", "quin", "wim"], to: &world)
        assign(team, "ViewOnlyAccess", [2, 3, 5, 10], to: &world)
        assign(team, "PowerUserAccess", [6], to: &world)
        let pager = group("on-call", "Whoever has the pager \(mark)", ["eli", "kai"], to: &world)
        assign(pager, "ViewOnlyAccess", [2, 6], to: &world)
        assign(pager, "PowerUserAccess", [2], to: &world)
        let payments = group("aws-payments-ViewOnlyAccess", "ViewOnlyAccess in payments \(mark)", [], to: &world)
        for local in ["gil", "jo", "rui", "lena"] { addMember(local, to: payments.id, of: &world) }
        assign(payments, "ViewOnlyAccess", [2], to: &world)
        let old = group("old-contractors", "Former project \(mark)", ["mallory"], to: &world)
        assign(old, "ViewOnlyAccess", [6], to: &world)
        let billing = group("billing", mark, ["hana"], to: &world)
        assign(billing, "Billing", [1], to: &world)
    }

    private func addMember(_ local: String, to group: String, of world: inout World) {
        let user =
            local == "lena" ? world.identityCenter.user(named: "lena.before@example.com")?.id : world.userID(local)
        if let user { world.addMember(user, to: group) }
    }

    /// Groups that somebody else made: by hand, by SCIM, by Control Tower, by another bridge.
    private func addOthers(to world: inout World) {
        let auditors = group("auditors", "Made by hand", ["ida", "zoe"], to: &world)
        assign(auditors, "SecurityAudit", [2, 3], to: &world)
        let data = group(
            "entra-data",
            nil,
            ["tara", "uma"],
            externalID: "6f9d3c1e-0000-4000-8000-000000000001",
            to: &world
        )
        assign(data, "DataReader", [2], to: &world)
        let reporting = group(
            "entra-reporting",
            nil,
            ["tara"],
            externalID: "6f9d3c1e-0000-4000-8000-000000000002",
            to: &world
        )
        assign(reporting, "DataReader", [5], to: &world)
        let tower = group("AWSControlTowerAdmins", "Admin rights to AWS Control Tower", ["carol"], to: &world)
        assign(tower, "AdministratorAccess", [1], to: &world)
        _ = group("data-lake", "Kept by somebody else [idbridge:data]", ["sol"], to: &world)
    }

    /// An assignment of a user, as tools for temporary access make them, and one whose group is gone.
    private func addLeftovers(to world: inout World) {
        assign(.user(world.userID("rui")), "PowerUserAccess", [3], to: &world)
        assign(.group(Identifier.uuid("group", "gone")), "ViewOnlyAccess", [8], to: &world)
        let wiki = World.Application(
            arn: "arn:aws:sso::100000000001:application/\(world.identityCenter.instanceID)/apl-0123456789abcdef",
            name: "wiki",
            assignments: [.user(world.userID("wim"))]
        )
        world.identityCenter.applications = [wiki]
    }
}
