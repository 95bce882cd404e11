/// Why a group is held.
public struct Hold: Hashable, Sendable {
    /// The group's name as the mapping spells it, else its display name.
    public var group: String
    /// The code of the contract (`PLANNING.md` 13): `source-vanished`, `not-owned` ….
    public var code: String
    /// The source concerned, where one is.
    public var source: String?
    /// What is wrong and what to do, in a sentence.
    public var reason: String
    /// The mapping file, where the mapping is concerned.
    public var file: String?
    /// The line in it, from one.
    public var line: Int?
    /// Why a group is held.
    public init(
        group: String,
        code: String,
        source: String? = nil,
        reason: String,
        file: String? = nil,
        line: Int? = nil
    ) {
        self.group = group
        self.code = code
        self.source = source
        self.reason = reason
        self.file = file
        self.line = line
    }
}

/// Something a person would wonder about; never changes the exit code.
public struct PlanWarning: Hashable, Sendable {
    /// The code of the contract: `link-conflict`, `selector-matches-nothing` ….
    public var code: String
    /// The sentence for people.
    public var message: String
    /// The mapping file, where the mapping is concerned.
    public var file: String?
    /// The line in it, from one.
    public var line: Int?
    /// Something a person would wonder about.
    public init(code: String, message: String, file: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }
}

/// The state of one brake level in a plan.
public struct BrakeReading: Hashable, Sendable {
    /// `removals`, `perGroup`, `assignments`, `groups`, `users`, `gains`.
    public var brake: String
    /// The limit; nil where the level is off.
    public var limit: Int?
    /// The value measured.
    public var value: Int
    /// Whether the value is greater than the limit.
    public var isTripped: Bool
    /// `perGroup`: the group with the greatest excess.
    public var group: String?
    /// Who is concerned, user names or objects, for the message; not in the document.
    public var concerned: [String]
    /// The state of one brake level.
    public init(brake: String, limit: Int?, value: Int, isTripped: Bool, group: String? = nil, concerned: [String] = [])
    {
        self.brake = brake
        self.limit = limit
        self.value = value
        self.isTripped = isTripped
        self.group = group
        self.concerned = concerned
    }
}

/// A desired person without a target user.
public struct WaitingPerson: Hashable, Sendable {
    /// The person's primary address.
    public var user: String
    /// The groups that they will be in, by name.
    public var groups: [String]
    /// A desired person without a target user.
    public init(user: String, groups: [String]) {
        self.user = user
        self.groups = groups
    }
}

/// A person whom a source still lists and who gets nothing.
public struct DepartedPerson: Hashable, Sendable {
    /// The person's primary address.
    public var user: String
    /// Since when.
    public var since: Timestamp
    /// The groups that the mapping would give.
    public var groups: [String]
    /// A person whom a source still lists and who gets nothing.
    public init(user: String, since: Timestamp, groups: [String]) {
        self.user = user
        self.since = since
        self.groups = groups
    }
}

/// One user's reach into one account by one permission set.
public struct EffectiveAccess: Hashable, Sendable, Comparable {
    /// The user name (for somebody who has none yet, the primary address).
    public var user: String
    /// The account.
    public var account: AccountID
    /// The permission set's name.
    public var permissionSet: String
    /// One user's reach.
    public init(user: String, account: AccountID, permissionSet: String) {
        self.user = user
        self.account = account
        self.permissionSet = permissionSet
    }
    /// Orders by user, account, permission set.
    public static func < (left: Self, right: Self) -> Bool {
        (left.user, left.account, left.permissionSet) < (right.user, right.account, right.permissionSet)
    }
}

/// How a source came through the reading.
public struct SourceSummary: Hashable, Sendable {
    /// The source's name.
    public var name: String
    /// The kind of directory.
    public var kind: SourceKind
    /// How many users were read.
    public var users: Int
    /// How many groups were read with their members.
    public var groups: Int
    /// Whether everything asked for was read whole.
    public var isComplete: Bool
    /// Why not, where it was not.
    public var problem: String?
    /// Whether nothing of it could be read.
    public var isUnread: Bool = false
    /// How a source came through the reading.
    public init(name: String, kind: SourceKind, users: Int, groups: Int, isComplete: Bool, problem: String? = nil) {
        self.name = name
        self.kind = kind
        self.users = users
        self.groups = groups
        self.isComplete = isComplete
        self.problem = problem
    }
}

/// What an apply will take at the documented rates.
public struct Cost: Hashable, Sendable {
    /// Calls by service.
    public var calls: [String: Int]
    /// Seconds, rounded up.
    public var seconds: Int
    /// What an apply will take.
    public init(calls: [String: Int] = [:], seconds: Int = 0) {
        self.calls = calls
        self.seconds = seconds
    }
}

/// The ordered actions from observed to desired, with the reason for each.
public struct Plan: Hashable, Sendable {
    /// `sha256:…` over kind and objects of all actions.
    public var fingerprint: String
    /// `sha256:…` over the removing actions alone, those that `perGroup` holds back included.
    public var removalsFingerprint: String
    /// The time that the plan was made for.
    public var asOf: Timestamp
    /// The bridge's owner mark.
    public var owner: String
    /// The target.
    public var target: TargetIdentity
    /// The sources.
    public var sources: [SourceSummary]
    /// What the apply will take.
    public var cost: Cost
    /// One reading a level, always all levels.
    public var brakes: [BrakeReading]
    /// One entry a held group and reason.
    public var held: [Hold]
    /// Desired people without a target user.
    public var waiting: [WaitingPerson]
    /// People whom a source still lists and who get nothing.
    public var departed: [DepartedPerson]
    /// Warnings.
    public var warnings: [PlanWarning]
    /// Who can reach what after the plan that they could not before.
    public var gained: [EffectiveAccess]
    /// Who could reach what before the plan that they cannot after.
    public var lost: [EffectiveAccess]
    /// The assignments that the bridge does not manage; nil where they were not all read.
    public var unmanagedAssignments: Int?
    /// The actions, in order.
    public var actions: [Action]
    /// Whether people are in conflict (exit 4); not in the document.
    public var hasConflicts: Bool

    /// A plan.
    public init(
        fingerprint: String,
        removalsFingerprint: String,
        asOf: Timestamp,
        owner: String,
        target: TargetIdentity,
        sources: [SourceSummary] = [],
        cost: Cost = Cost(),
        brakes: [BrakeReading] = [],
        held: [Hold] = [],
        waiting: [WaitingPerson] = [],
        departed: [DepartedPerson] = [],
        warnings: [PlanWarning] = [],
        gained: [EffectiveAccess] = [],
        lost: [EffectiveAccess] = [],
        unmanagedAssignments: Int? = nil,
        actions: [Action] = [],
        hasConflicts: Bool = false
    ) {
        self.fingerprint = fingerprint
        self.removalsFingerprint = removalsFingerprint
        self.asOf = asOf
        self.owner = owner
        self.target = target
        self.sources = sources
        self.cost = cost
        self.brakes = brakes
        self.held = held
        self.waiting = waiting
        self.departed = departed
        self.warnings = warnings
        self.gained = gained
        self.lost = lost
        self.unmanagedAssignments = unmanagedAssignments
        self.actions = actions
        self.hasConflicts = hasConflicts
    }

    /// The exit code of `plan --detailed-exitcode` (`PLANNING.md` 33).
    public var detailedExitCode: Int32 {
        if !trippedBrakes.isEmpty { return 3 }
        if !held.isEmpty || hasConflicts || sources.contains(where: { $0.isUnread }) { return 4 }
        return actions.isEmpty ? 0 : 2
    }

    /// The brakes other than `perGroup` that are tripped.
    public var trippedBrakes: [BrakeReading] { brakes.filter { $0.isTripped && $0.brake != "perGroup" } }
}
