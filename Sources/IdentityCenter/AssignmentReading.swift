/// How the assignments of groups are read.
enum AssignmentReading: Hashable, Sendable {
    /// `ListAccountAssignmentsForPrincipal` for each group; the management account alone may call it.
    case byPrincipal
    /// `ListPermissionSetsProvisionedToAccount` for each account, then `ListAccountAssignments` for each pair.
    case byWalk

    /// How much is to be read.
    struct Counts: Hashable, Sendable {
        /// The groups whose assignments are wanted.
        var groups: Int
        /// The accounts of the organization.
        var accounts: Int
        /// The permission sets of the instance.
        var permissionSets: Int
        /// The pairs that are read in a walk whatever is provisioned.
        var including: Int
    }

    /// The reading that costs the fewer calls.
    ///
    /// The calls by principal are known, one a group (a page holds 100 assignments). Of the walk the first part is
    /// known, one an account; how many pairs follow shows only then, so the usual is reckoned with: four sets an
    /// account, or all where there are fewer, and no less than the pairs that are read anyhow.
    static func cheapest(_ counts: Counts) -> AssignmentReading {
        counts.groups <= callsOfWalk(counts) ? .byPrincipal : .byWalk
    }

    /// What the walk is reckoned to cost.
    static func callsOfWalk(_ counts: Counts) -> Int {
        counts.accounts + max(counts.including, counts.accounts * min(counts.permissionSets, usualSetsPerAccount))
    }

    private static let usualSetsPerAccount = 4
}
