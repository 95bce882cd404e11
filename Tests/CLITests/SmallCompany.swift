import Sandbox

/// A company as small as can be in which a sync does every kind of action, with things beside them that nobody may touch.
enum SmallCompany {
    static let production = "200000000001"
    static let staging = "200000000002"

    static let mapping = """
        version: 1
        groups:
          platform:
            formerly: platform-team
            description: Runs the platform
            members: [{ google: platform@example.com }]
            access:
              - permissionSets: [Admin]
                accounts: [{ name: production }]
              - permissionSets: [ReadOnly]
                accounts: [{ name: staging }]
          newcomers:
            members: [{ google: newcomers@example.com }]
            access:
              - permissionSets: [ReadOnly]
                accounts: [{ name: production }]
          auditors:
            adopt: true
            members: [{ google: auditors@example.com }]
            access:
              - permissionSets: [ReadOnly]
                accounts: [{ all: true }]
        """

    static func world() -> World {
        var world = World()
        for name in ["ana", "bob", "cara", "dan", "eve"] {
            let user = world.addGoogleUser("\(name)@example.com", isSuspended: name == "dan")
            world.addUser(user.primaryEmail, externalID: user.id)
        }
        // Somebody whom no directory knows, with access that others gave.
        world.addUser("zoe@partner.example")
        func google(_ names: String...) -> [World.GoogleMember] {
            names.compactMap { world.google.user("\($0)@example.com").map { .user($0.id) } }
        }
        func users(_ names: String...) -> [String] {
            names.compactMap { world.identityCenter.user(named: "\($0)@example.com")?.id }
        }
        world.addGoogleGroup("platform@example.com", members: google("ana", "bob", "dan"))
        world.addGoogleGroup("newcomers@example.com", members: google("eve", "cara"))
        world.addGoogleGroup("auditors@example.com", members: google("ana", "cara"))
        world.addAccount(production, name: "production", unit: "/Workloads")
        world.addAccount(staging, name: "staging", unit: "/Workloads")
        for name in ["Admin", "ReadOnly", "Legacy"] { world.addPermissionSet(name) }
        let team = world.addGroup(
            "platform-team",
            description: "Runs the platform [idbridge:platform]",
            members: users("bob", "cara", "dan")
        )
        let old = world.addGroup("old", description: "[idbridge:platform]", members: users("ana"))
        let auditors = world.addGroup("auditors", description: "Made by hand", members: users("ana"))
        let foreign = world.addGroup(
            "foreign",
            description: "[idbridge:other]",
            members: world.identityCenter.users.map(\.id)
        )
        world.assign(.group(team.id), account: production, permissionSet: "Admin")
        world.assign(.group(team.id), account: production, permissionSet: "Legacy")
        world.assign(.group(old.id), account: staging, permissionSet: "Legacy")
        world.assign(.group(auditors.id), account: production, permissionSet: "ReadOnly")
        world.assign(.group(foreign.id), account: staging, permissionSet: "Admin")
        world.assign(.user(users("ana")[0]), account: staging, permissionSet: "Admin")
        return world
    }

    /// What is not owned, and so stands whatever happens.
    static let untouched = outcome.filter { $0.contains("foreign") || $0.hasPrefix("USER") }

    /// What stands after a sync that did all.
    static let outcome = [
        "GROUP auditors has ReadOnly in 200000000001",
        "GROUP auditors has ReadOnly in 200000000002",
        "GROUP foreign has Admin in 200000000002",
        "GROUP newcomers has ReadOnly in 200000000001",
        "GROUP platform has Admin in 200000000001",
        "GROUP platform has ReadOnly in 200000000002",
        "USER ana@example.com has Admin in 200000000002",
        "group auditors (Made by hand [idbridge:platform]): ana@example.com cara@example.com",
        "group foreign ([idbridge:other]): ana@example.com bob@example.com cara@example.com dan@example.com "
            + "eve@example.com zoe@partner.example",
        "group newcomers ([idbridge:platform]): cara@example.com eve@example.com",
        "group platform (Runs the platform [idbridge:platform]): ana@example.com bob@example.com",
    ]
}
