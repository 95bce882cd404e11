/// The Google groups of the seeded company.
enum SeededGroups {
    static func add(to world: inout World) {
        addTeams(to: &world)
        addConventions(to: &world)
        addLarge(to: &world)
        // Another customer's group, which a team has as a member.
        world.google.groups.append(
            World.GoogleGroup(
                id: Identifier.googleGroup("friends@elsewhere.example"),
                email: "friends@elsewhere.example",
                owner: .otherCustomer(status: 403)
            )
        )
    }

    private static func people(_ locals: [String], _ world: World) -> [World.GoogleMember] {
        locals.map { .user(world.googleID($0)) }
    }

    private static func nested(_ local: String) -> World.GoogleMember {
        .group(Identifier.googleGroup("\(local)@example.com"))
    }

    private static func add(
        _ local: String,
        _ members: [World.GoogleMember],
        isAdminCreated: Bool = true,
        to world: inout World
    ) {
        world.addGoogleGroup("\(local)@example.com", members: members, isAdminCreated: isAdminCreated)
    }

    private static func addTeams(to world: inout World) {
        add("platform", [nested("platform-core"), nested("platform-sre")] + people(["lea"], world), to: &world)
        add("platform-core", people(["ana", "bo", "cy", "dee", "yuki", "quin"], world), to: &world)
        // These two hold each other.
        let friends = World.GoogleMember.group(
            Identifier.googleGroup("friends@elsewhere.example"),
            email: "friends@elsewhere.example"
        )
        add("platform-sre", people(["eli", "fay", "jose"], world) + [nested("platform-tools")], to: &world)
        add("platform-tools", people(["xan"], world) + [nested("platform-sre"), friends], to: &world)
        add("finance", people(["hana", "ida", "olga", "bea"], world), to: &world)
        add("on-call", [], to: &world)
        let outside = World.GoogleMember.external(
            "temp@agency.example",
            id: Identifier.googleUser("temp@agency.example")
        )
        add("contractors", people(["mallory", "xan"], world) + [outside], to: &world)
        world.changeGoogleGroup("contractors@example.com") { $0.aliases = ["externals@example.com"] }
    }

    /// Groups whose addresses follow the conventions of the example's patterns, and some that nearly do.
    private static func addConventions(to world: inout World) {
        add("aws-payments-viewonlyaccess", people(["gil", "jo", "kai", "sami", "lena"], world), to: &world)
        add("aws-sandbox-blue-poweruseraccess", people(["mio", "nia", "ana.b", "cleo"], world), to: &world)
        // Outside of what the pattern lets stand.
        add("aws-payments-administratoraccess", people(["pam"], world), to: &world)
        // No account of that name.
        add("aws-nowhere-viewonlyaccess", people(["pam"], world), to: &world)
        // Made by somebody who is no administrator.
        add("aws-web-poweruseraccess", people(["vic"], world), isAdminCreated: false, to: &world)
        add("aws-guests-100000000007", people(["vic", "uma", "anab"], world), isAdminCreated: false, to: &world)
    }

    private static func addLarge(to world: inout World) {
        let own = world.google.users.filter { $0.deletionTime == nil && !$0.isGuest }
        let all = own.map { World.GoogleMember.user($0.id) }
        let enrolled = own.filter { !$0.primaryEmail.hasPrefix("sol@") }.map { World.GoogleMember.user($0.id) }
        add("everyone", all, to: &world)
        world.changeGoogleGroup("everyone@example.com") { $0.name = "Everyone 全員 الجميع" }
        add("mfa-enrolled", enrolled, to: &world)
        add("all-hands", [.customer(world.google.customerID)], to: &world)
    }
}
