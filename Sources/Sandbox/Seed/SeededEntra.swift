/// The Microsoft Entra tenant of the seeded company, which is on its way from one directory to the other: some people are
/// in both, some in one alone.
enum SeededEntra {
    /// People who are in Google Workspace too, by the same address.
    static let both = ["ana", "bo", "carol", "eli", "uma", "vic", "wim", "yara", "zoe", "hana", "quin"]
    /// People who are in Entra alone.
    static let alone = ["noor", "ren", "tomas"]

    static func add(to world: inout World) {
        for local in both + alone {
            let address = "\(local)@example.com"
            // Suspended in Google, and blocked here as well.
            world.addEntraUser(
                address,
                mail: address,
                proxyAddresses: ["SMTP:\(address)", "smtp:\(local)@example.onmicrosoft.com"],
                isEnabled: local != "quin"
            )
        }
        addDifficult(to: &world)
        addGroups(to: &world)
    }

    private static func addDifficult(to world: inout World) {
        // Blocked in Entra, though Google shows the same person active.
        world.changeEntraUser("hana@example.com") { $0.isEnabled = false }
        world.addEntraUser(
            "consultant_partner.example#EXT#@example.onmicrosoft.com",
            mail: "consultant@partner.example",
            userType: "Guest"
        )
        world.addEntraUser("olga.before@example.com")
        world.changeEntraUser("olga.before@example.com") { user in
            (user.displayName, user.givenName, user.surname) = ("Ольга Пример", "Ольга", "Пример")
            user.deletedAt = "2026-11-19T09:00:00Z"
        }
        world.changeEntraUser("ren@example.com") { $0.displayName = "蓮 例" }
    }

    private static func people(_ locals: [String]) -> [World.EntraMember] {
        locals.map { .user(Identifier.uuid("entra-user", "\($0)@example.com")) }
    }

    private static func addGroups(to world: inout World) {
        let leads = world.addEntraGroup("Platform Leads", members: people(["vic", "noor"]))
        world.addEntraGroup(
            "Platform Engineers",
            members: people(["yara", "zoe", "wim", "ren", "quin"]) + [.group(leads.id)]
        )
        world.addEntraGroup("All Staff", kind: .dynamic, members: people(both + alone))
        world.addEntraGroup("Data", kind: .microsoft365, members: people(["uma", "tomas"]))
        world.addEntraGroup("Internal Audit", members: people(["carol", "tomas"]))
        world.addEntraGroup("AWS green sandbox", members: people(["wim", "yara", "ren"]))
        // Two of one name: a mapping that says only the name is told both ids.
        world.addEntraGroup(
            "Auditors",
            id: Identifier.uuid("entra-group", "Auditors", "one"),
            members: people(["carol"])
        )
        world.addEntraGroup("Auditors", id: Identifier.uuid("entra-group", "Auditors", "two"), kind: .mailEnabled)
        world.addEntraGroup("Board", isHidden: true, members: people(["carol"]))
    }
}
