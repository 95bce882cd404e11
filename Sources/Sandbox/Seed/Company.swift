/// Companies to try things on.
public enum Company {
    /// The small company of `idbridge demo` and `idbridge sandbox`, with the difficult cases in it: suspended, archived
    /// and deleted people, guests, external members, renamed people, similar and non-Latin names, nested groups and a
    /// cycle, a group of another customer, groups that no administrator made, and groups of several pages.
    ///
    /// The state of Identity Center is such that the example mapping in `Mappings/` gives every kind of action.
    ///
    /// - Parameters:
    ///   - owner: the mark of the groups that a bridge made before.
    ///   - pageLimit: a cap on the pages of all lists; nil: the services' own sizes.
    public static func seeded(owner: String = "platform", pageLimit: Int? = 10) -> World {
        var world = World()
        world.behaviour.googlePageLimit = pageLimit
        world.entra.behaviour.pageLimit = pageLimit
        world.behaviour.awsPageLimit = pageLimit
        world.access.roles = [World.Role("arn:aws:iam::\(world.organization.managementAccount):role/idbridge")]
        SeededPeople.add(to: &world)
        SeededGroups.add(to: &world)
        SeededEntra.add(to: &world)
        SeededAccounts.add(to: &world)
        SeededTarget(owner: owner).add(to: &world)
        return world
    }
}

extension World {
    /// The id of the living Google user `LOCAL@example.com`; the text itself where there is none.
    func googleID(_ local: String) -> String { google.user("\(local)@example.com")?.id ?? local }

    /// The id of the Identity Center user `LOCAL@example.com`; the text itself where there is none.
    func userID(_ local: String) -> String { identityCenter.user(named: "\(local)@example.com")?.id ?? local }
}
