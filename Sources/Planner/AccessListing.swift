public import Mapping
public import Model

/// The (account, permission set) pairs that the mapping grants now or later, group by group (`ACCESS.md` 7).
///
/// The target alone is looked at, no directory: for patterns the owned groups count whose names they make. What the
/// target does not know is left out and told of.
public struct AccessListing: Hashable, Sendable {
    /// What one group of the mapping is granted.
    public struct Group: Hashable, Sendable {
        /// The display name.
        public var name: String
        /// The pairs, on ACTIVE accounts only.
        public var pairs: Set<AccessPair>
    }

    /// The groups of the mapping, then those of patterns.
    public internal(set) var groups: [Group] = []
    /// What the target does not know, and what was left out for it: each a reason for exit 4.
    public internal(set) var leftOut: [PlanWarning] = []
    /// What a person would wonder about.
    public internal(set) var warnings: [PlanWarning] = []

    /// Lists what the mapping grants.
    ///
    /// - Parameters:
    ///   - mapping: the mapping.
    ///   - observed: the target's groups, organization and permission sets.
    ///   - owner: the mark of what this bridge owns.
    ///   - now: the time: access whose window is over does not count.
    public init(mapping: AccessMapping, observed: ObservedState, owner: String, now: Timestamp) {
        var lister = AccessLister(mapping: mapping, observed: observed, now: now)
        for group in mapping.groups where !group.retired { lister.list(group) }
        let named = Set(mapping.groups.flatMap { [$0.name.folded] + ($0.formerly.map { [$0.value.folded] } ?? []) })
        let owned = observed.groups.filter {
            Ownership($0, owner: owner) == .ours && !named.contains($0.displayName.folded)
        }
        for group in owned.sorted(by: { ($0.displayName, $0.id) < ($1.displayName, $1.id) }) {
            lister.list(owned: group.displayName)
        }
        groups = lister.groups
        leftOut = AccessListing.unique(lister.leftOut)
        warnings = AccessListing.unique(lister.warnings)
    }

    /// All pairs of all groups.
    public var pairs: Set<AccessPair> { groups.reduce(into: []) { $0.formUnion($1.pairs) } }

    private static func unique(_ warnings: [PlanWarning]) -> [PlanWarning] {
        var seen: Set<PlanWarning> = []
        return warnings.filter { seen.insert($0).inserted }.sorted {
            ($0.file ?? "", $0.line ?? 0, $0.code, $0.message) < ($1.file ?? "", $1.line ?? 0, $1.code, $1.message)
        }
    }
}

/// Selects accounts by selectors outside of `access` entries: the regions of `awsConfig`.
public struct AccountSelector: Sendable {
    private let selection: AccountSelection

    /// A selector over an organization, with the account sets of the mapping.
    public init(_ organization: Organization, sets: [String: AccountSet]) {
        selection = AccountSelection(organization, sets: sets)
    }

    /// The ACTIVE accounts that any of the selectors selects, under the rules of `accounts` in mapping files.
    ///
    /// - Returns: the accounts, and what the organization does not know.
    public func accounts(_ selectors: [Selector]) -> (accounts: Set<AccountID>, unknown: [PlanWarning]) {
        var problems = SelectionProblems()
        let places = selection.select(selectors, as: .select, &problems)
        let unknown = problems.holds.map {
            PlanWarning(code: $0.code, message: $0.reason, file: $0.place.file, line: $0.place.line)
        }
        return (Set(places.map { selection.accounts[$0].id }), unknown)
    }
}
