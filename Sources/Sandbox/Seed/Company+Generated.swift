extension Company {
    /// A company of any size, the same for the same seed: for measurements and for property tests.
    ///
    /// People are `u0@example.com` …, Google groups `g0@example.com` …, accounts `account-0` … under `/Workloads/unit-N`,
    /// permission sets `Set0` …. Every Google group has an Identity Center group of the same name that a bridge of the
    /// owner made, with most of its members and one assignment. Everybody is in Identity Center with the external id.
    ///
    /// - Parameters:
    ///   - users: how many people; every 50th is suspended, every 70th archived.
    ///   - groups: how many groups.
    ///   - accounts: how many accounts besides the management account.
    ///   - permissionSets: how many permission sets.
    ///   - drift: how many of a hundred memberships are missing in Identity Center.
    ///   - largestGroup: how many members a group has at most.
    ///   - owner: the mark of the groups.
    ///   - seed: decides who is in which group.
    public static func generated(
        users: Int,
        groups: Int,
        accounts: Int,
        permissionSets: Int,
        drift: Int = 5,
        largestGroup: Int = 200,
        owner: String = "platform",
        seed: UInt64 = 1
    ) -> World {
        var world = World()
        var random = SplitMix(state: seed)
        for number in 0..<users {
            let user = world.addGoogleUser(
                "u\(number)@example.com",
                isSuspended: number % 50 == 49,
                isArchived: number % 70 == 69
            )
            world.addUser(user.primaryEmail, externalID: user.id)
        }
        for number in 0..<permissionSets { world.addPermissionSet("Set\(number)") }
        for number in 0..<accounts {
            world.addAccount(
                String(200_000_000_000 + number),
                name: "account-\(number)",
                unit: "/Workloads/unit-\(number / 10)",
                tags: ["number": String(number)]
            )
        }
        for number in 0..<groups {
            addGroup(number, drift: drift, largest: largestGroup, owner: owner, to: &world, &random)
        }
        return world
    }

    private static func addGroup(
        _ number: Int,
        drift: Int,
        largest: Int,
        owner: String,
        to world: inout World,
        _ random: inout SplitMix
    ) {
        let count = world.google.users.count
        let wanted = min(count, largest, 1 + random.below(max(1, min(count, largest))))
        var members: Set<Int> = []
        while members.count < wanted { members.insert(random.below(count)) }
        let chosen = members.sorted()
        world.addGoogleGroup("g\(number)@example.com", members: chosen.map { .user(world.google.users[$0].id) })
        let present = chosen.filter { _ in random.below(100) >= drift }
        let group = world.addGroup(
            "g\(number)",
            description: "[idbridge:\(owner)]",
            members: present.map { world.identityCenter.users[$0].id }
        )
        let accounts = world.organization.accounts.dropFirst()
        let sets = world.identityCenter.permissionSets
        guard !accounts.isEmpty, !sets.isEmpty else { return }
        let account = accounts[accounts.startIndex + random.below(accounts.count)]
        world.assign(.group(group.id), account: account.id, permissionSet: sets[random.below(sets.count)].arn)
    }
}

/// A small generator of repeatable numbers.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
private struct SplitMix {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(1, bound)))
    }
}
