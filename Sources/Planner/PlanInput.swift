public import Mapping
public import Model

/// What came of reading one source.
public enum SourceReading: Hashable, Sendable {
    /// The source was read; the directory says what of it is not whole.
    case read(Directory)
    /// The source could not be read at all; the text says why.
    case failed(name: String, kind: SourceKind, problem: String)

    /// The source's name.
    public var name: String {
        switch self {
        case .read(let directory): directory.name
        case .failed(let name, _, _): name
        }
    }
}

/// What the ledger knows that a plan needs.
public struct LedgerKnowledge: Hashable, Sendable {
    /// The groups known as owned.
    public var ownedGroups: Set<GroupID>
    /// What runs of the last 24 hours took that nobody allowed.
    public var takings: RecentTakings
    /// Provisioned groups to which access was given, by id with the name at that time.
    public var provisionedGroups: [GroupID: String]

    /// What the ledger knows; nothing by default.
    public init(
        ownedGroups: Set<GroupID> = [],
        takings: RecentTakings = RecentTakings(),
        provisionedGroups: [GroupID: String] = [:]
    ) {
        self.ownedGroups = ownedGroups
        self.takings = takings
        self.provisionedGroups = provisionedGroups
    }
}

/// What a guardrail says of a permission set that a plan newly gives.
public struct GuardrailFinding: Hashable, Sendable {
    /// What follows from a finding.
    public enum Consequence: Hashable, Sendable {
        /// A warning.
        case warn
        /// The assignments are left out and the group stands under `held`.
        case hold
    }
    /// The guardrail's name.
    public var guardrail: String
    /// What follows.
    public var consequence: Consequence
    /// What is wrong, with the statement that allows it.
    public var statement: String
    /// A finding.
    public init(guardrail: String, consequence: Consequence, statement: String) {
        self.guardrail = guardrail
        self.consequence = consequence
        self.statement = statement
    }
}

/// Everything that a plan is made from: the planner is a pure function of this value.
public struct PlanInput: Sendable {
    /// The mapping.
    public var mapping: AccessMapping
    /// The sources in the configuration's order.
    public var sources: [SourceReading]
    /// The target.
    public var observed: ObservedState
    /// The departures of the ledger; those of marker groups are found in `observed`.
    public var departures: [Departure]
    /// The configuration.
    public var settings: PlanSettings
    /// The time of the run.
    public var now: Timestamp
    /// What the ledger knows.
    public var ledger: LedgerKnowledge
    /// The groups that alone are planned for (`--only`), as given; nil: all.
    public var only: [String]?
    /// The fingerprint that a person allowed (`--allow-removals`).
    public var allowed: String?
    /// Whether every assignment is to be read, to count those that the bridge does not manage.
    public var countsUnmanaged: Bool
    /// What the guardrails say of permission sets, for the sets that were looked at; nil: no guardrail is in force.
    public var guardrails: [PermissionSetARN: [GuardrailFinding]]?

    /// Everything that a plan is made from.
    public init(
        mapping: AccessMapping,
        sources: [SourceReading],
        observed: ObservedState,
        departures: [Departure] = [],
        settings: PlanSettings,
        now: Timestamp,
        ledger: LedgerKnowledge = LedgerKnowledge(),
        only: [String]? = nil,
        allowed: String? = nil,
        countsUnmanaged: Bool = false,
        guardrails: [PermissionSetARN: [GuardrailFinding]]? = nil
    ) {
        self.mapping = mapping
        self.sources = sources
        self.observed = observed
        self.departures = departures
        self.settings = settings
        self.now = now
        self.ledger = ledger
        self.only = only
        self.allowed = allowed
        self.countsUnmanaged = countsUnmanaged
        self.guardrails = guardrails
    }
}

/// What must be read before a plan can be made.
public struct FurtherReads: Hashable, Sendable {
    /// The source groups whose members are needed, by source.
    public var memberLists: [String: Set<SourceGroupID>] = [:]
    /// The sources whose list of deleted users is needed.
    public var deletedUsers: Set<String> = []
    /// The target groups whose memberships are needed.
    public var memberships: Set<GroupID> = []
    /// The target groups whose assignments are needed.
    public var assignments: Set<GroupID> = []
    /// The pairs that the mapping desires of groups whose assignments are needed.
    public var desiredPairs: Set<AccessPair> = []
    /// The target users that the list lacked and that are to be read by id.
    public var users: Set<UserID> = []
    /// The target groups whose application assignments are to be looked at.
    public var applicationAssignments: Set<GroupID> = []
    /// The pairs whose holders are needed.
    public var pairs: Set<AccessPair> = []
    /// The permission sets whose policies the guardrails are to judge.
    public var guardrailSets: Set<PermissionSetARN> = []
    /// Whether the account that calls is needed, since the management account would be changed.
    public var callerAccount = false
    /// Whether every assignment of the instance is needed.
    public var everyAssignment = false

    /// Nothing.
    public init() {}

    /// Whether nothing is missing.
    public var isEmpty: Bool { self == FurtherReads() }
}

/// What planning comes to: a plan, or what must be read before.
public enum PlanningStep: Sendable {
    /// More must be read; plan again with it.
    case read(FurtherReads)
    /// The plan.
    case planned(PlanResult)
}

/// A plan, and what the workflow needs to know beside it.
public struct PlanResult: Sendable {
    /// The plan.
    public var plan: Plan
    /// Whether a person allowed just these removals.
    public var isAllowed: Bool
    /// The removing actions, those that `perGroup` holds back included: what the removals' fingerprint covers.
    public var removals: [Action]
    /// Names given to `--only` that fit no group.
    public var unknownOnly: [String]
    /// The groups that are owned before or after the plan, by id, for the ledger.
    public var ownedGroups: Set<GroupID>
    /// The provisioned groups with access from the mapping, for the ledger.
    public var provisionedGroups: [GroupID: String]
    /// Found departures that a source has ended by showing the person active again, by the ids of the records.
    public var endedDepartures: Set<String>
    /// Under what identifiers a departure made meanwhile would name the people whom the plan gives a membership.
    public var identifiers: [UserID: Departure.Identifiers]
}
