public import Mapping
public import Model
internal import Planner

/// What an AWS CLI configuration is made from.
public struct AccessRequest: Sendable {
    /// The mapping.
    public var mapping: AccessMapping
    /// The time: access whose window is over does not count.
    public var now: Timestamp
    /// Whether every assignment of the target counts instead of what the mapping grants.
    public var isEveryAssignment: Bool
    /// The users (with an `@`) and groups whose access alone counts; empty: everybody's.
    public var names: [String]
    /// Whether tags of accounts are needed though the mapping has none.
    public var needsTags: Bool

    /// What an AWS CLI configuration is made from.
    public init(
        mapping: AccessMapping,
        now: Timestamp,
        isEveryAssignment: Bool = false,
        names: [String] = [],
        needsTags: Bool = false
    ) {
        self.mapping = mapping
        self.now = now
        self.isEveryAssignment = isEveryAssignment
        self.names = names
        self.needsTags = needsTags
    }
}

/// The access that an AWS CLI configuration is to offer.
public struct ReachableAccess: Sendable {
    /// The instance, organization, groups and permission sets as they were read.
    public var observed: ObservedState
    /// The pairs, on ACTIVE accounts and of known permission sets only.
    public var pairs: Set<AccessPair>
    /// What was left out since the target does not know it, or since it could not be read: exit 4.
    public var leftOut: [PlanWarning] = []
    /// What a person would wonder about.
    public var warnings: [PlanWarning] = []
    /// Names that nobody bears.
    public var unknownNames: [String] = []
    /// Names that fit two people, with both.
    public var ambiguousNames: [String: [FoundPerson]] = [:]
}

/// Finds out what is granted, or what some people and groups reach (`ACCESS.md` 7).
public struct AccessReader: Sendable {
    let environment: RunEnvironment

    /// A reader over an environment.
    public init(_ environment: RunEnvironment) { self.environment = environment }

    /// Reads the target, and the sources only where people are asked for.
    public func read(_ request: AccessRequest) async throws(EngineError) -> ReachableAccess {
        let observed = try await observe(withTags: request.needsTags || request.mapping.usesTags).get(
            orThrow: EngineError.target
        )
        let listing = AccessListing(
            mapping: request.mapping,
            observed: observed,
            owner: environment.settings.owner,
            now: request.now
        )
        var assignments: [AccountAssignment] = []
        var result = ReachableAccess(observed: observed, pairs: listing.pairs)
        if request.isEveryAssignment {
            assignments = try await everyAssignment(observed)
            result.pairs = Set(assignments.map(\.pair))
        } else {
            result.leftOut = listing.leftOut
            result.warnings = listing.warnings
        }
        if !request.names.isEmpty {
            var reach = NamedReach(environment, request, observed, listing, assignments)
            try await reach.walk()
            reach.apply(to: &result)
        }
        keepKnown(&result)
        return result
    }

    private func observe(withTags: Bool) async -> Result<ObservedState, UpstreamError> {
        let target = environment.target
        environment.listener.heard(.reading("Identity Center: groups, accounts, permission sets"))
        return await Result { () async throws(UpstreamError) in
            let identity = try await target.identity()
            async let groups = Result { () async throws(UpstreamError) in try await target.groups() }
            async let organization = Result { () async throws(UpstreamError) in
                try await target.organization(withTags: withTags)
            }
            async let sets = Result { () async throws(UpstreamError) in try await target.permissionSets() }
            let (groupsRead, organizationRead, setsRead) = await (groups, organization, sets)
            return ObservedState(
                identity: identity,
                groups: try groupsRead.get(),
                organization: try organizationRead.get(),
                permissionSets: try setsRead.get()
            )
        }
    }

    private func everyAssignment(_ observed: ObservedState) async throws(EngineError) -> [AccountAssignment] {
        environment.listener.heard(.reading("Identity Center: every assignment"))
        do throws(UpstreamError) {
            return try await environment.target.everyAssignment(
                accounts: observed.organization.accounts.map(\.id),
                permissionSets: observed.permissionSets.map(\.arn)
            )
        } catch {
            throw .target(error)
        }
    }

    /// Accounts that are not ACTIVE are left out in silence, permission sets that the list lacks with a warning.
    private func keepKnown(_ result: inout ReachableAccess) {
        let active = Set(result.observed.organization.accounts.filter(\.isActive).map(\.id))
        let sets = Set(result.observed.permissionSets.map(\.arn))
        for arn in Set(result.pairs.map(\.permissionSet)).subtracting(sets).sorted() {
            result.leftOut.append(
                PlanWarning(
                    code: "unknown-permission-set",
                    message: "assignments name the permission set \(arn), which Identity Center does not list"
                )
            )
        }
        result.pairs = result.pairs.filter { active.contains($0.account) && sets.contains($0.permissionSet) }
    }
}
