/// A limit in proportion to what is there: `max(atLeast, percent × base ÷ 100, rounded down)`.
public struct ShareLimit: Hashable, Sendable {
    /// The share in percent.
    public var percent: Int
    /// The least limit, however small the base.
    public var atLeast: Int
    /// A limit in proportion to a base.
    public init(percent: Int, atLeast: Int) {
        self.percent = percent
        self.atLeast = atLeast
    }
    /// The limit for a base.
    public func limit(base: Int) -> Int { max(atLeast, percent * base / 100) }
}

/// The brakes of the configuration; nil is a level that is off.
public struct BrakeSettings: Hashable, Sendable {
    /// Memberships withdrawn, all groups together.
    public var removals: ShareLimit? = ShareLimit(percent: 20, atLeast: 10)
    /// Memberships withdrawn within any one group.
    public var perGroup: ShareLimit? = ShareLimit(percent: 50, atLeast: 5)
    /// Account assignments withdrawn.
    public var assignments: ShareLimit? = ShareLimit(percent: 20, atLeast: 10)
    /// Whole groups deleted.
    public var groupDeletions: Int? = 2
    /// Users disabled or deleted.
    public var userRemovals: Int? = 5
    /// The permission sets whose new holders are counted; empty: off.
    public var gainsPermissionSets: [String] = []
    /// People who gain one of these sets in one run; nil: off.
    public var gainsPeople: Int? = 5
    /// User names or ids in Identity Center that no run removes.
    public var protected: [String] = []
    /// Permission sets whose last holder in an account no run removes.
    public var lastAdmin: [String] = []

    /// The defaults.
    public init() {}
}

/// One key by which people are linked.
public enum LinkKey: String, Hashable, Sendable, CaseIterable {
    /// An external id recorded at the target user.
    case externalId
    /// The user name equals the primary address.
    case userName
    /// The primary e-mail equals the primary address.
    case email
    /// User name or primary e-mail equal an alias.
    case alias
}

/// What the configuration tells the planner.
public struct PlanSettings: Hashable, Sendable {
    /// The mark of what this bridge owns, `[a-z0-9-]{1,32}`.
    public var owner: String
    /// The passes of linking, in order.
    public var match: [LinkKey] = [.externalId, .userName, .email, .alias]
    /// Whether the bridge makes users.
    public var provision = false
    /// Whether users can be disabled (`target.scim`).
    public var canDisable = false
    /// The names of the sources that let guests in.
    public var guestSources: Set<String> = []
    /// The brakes.
    public var brakes = BrakeSettings()

    /// Settings with the defaults of the contract.
    public init(owner: String) { self.owner = owner }

    /// The mark at the end of an owned group's description.
    public var mark: String { "[idbridge:\(owner)]" }
}
