public import Model

/// What a run has to tell.
public struct RunNews: Hashable, Sendable {
    /// The command: `sync`, `apply`, `departures` ….
    public var command: String
    /// The run in the ledger.
    public var run: Int64?
    /// The bridge's owner mark.
    public var owner: String
    /// The kinds of conditions that this run came far enough to judge: what it judged and did not find has ended.
    public var judged: Set<Condition.Kind>
    /// `--only`: the groups that were judged; nil where all were.
    public var only: Set<String>?
    /// What is wrong.
    public var conditions: [Condition]
    /// The people whose departure this run recorded, carried out or took back; give them before their requests are
    /// closed, so that a run which is killed in between is not the last to tell.
    public var departures: [DepartureNews]
    /// What was changed.
    public var changes: ChangeNews?

    /// What a run has to tell.
    public init(
        command: String,
        run: Int64? = nil,
        owner: String,
        judged: Set<Condition.Kind> = Set(Condition.Kind.allCases),
        only: Set<String>? = nil,
        conditions: [Condition] = [],
        departures: [DepartureNews] = [],
        changes: ChangeNews? = nil
    ) {
        self.command = command
        self.run = run
        self.owner = owner
        self.judged = judged
        self.only = only
        self.conditions = conditions
        self.departures = departures
        self.changes = changes
    }
}

/// A person who left, or came back.
public struct DepartureNews: Hashable, Sendable {
    /// The user name, else the USER text or identifier that was given.
    public var user: String
    /// When the departure was recorded.
    public var since: Timestamp
    /// How it came to be.
    public var origin: Departure.Origin
    /// Why, in the words of the person who asked.
    public var reason: String?
    /// How many memberships and assignments were withdrawn.
    public var withdrawn: Int
    /// What was withdrawn, each in a few words; as many as the caller knows.
    public var accesses: [String]
    /// How much still stands.
    public var standing: Int
    /// Whether the departure was taken back.
    public var isReinstated: Bool

    /// A person who left, or came back.
    public init(
        user: String,
        since: Timestamp,
        origin: Departure.Origin,
        reason: String? = nil,
        withdrawn: Int = 0,
        accesses: [String] = [],
        standing: Int = 0,
        isReinstated: Bool = false
    ) {
        self.user = user
        self.since = since
        self.origin = origin
        self.reason = reason
        self.withdrawn = withdrawn
        self.accesses = accesses
        self.standing = standing
        self.isReinstated = isReinstated
    }
}

/// What a run changed.
public struct ChangeNews: Hashable, Sendable {
    /// How many actions of each kind were done.
    public var counts: [ActionKind: Int]
    /// Who gained one of the permission sets that the `gains` brake lists.
    public var heaviest: [EffectiveAccess]

    /// What a run changed.
    public init(counts: [ActionKind: Int], heaviest: [EffectiveAccess] = []) {
        self.counts = counts
        self.heaviest = heaviest
    }

    /// What a run changed: its done actions by kind, and of the access gained that to the listed sets.
    public init(done: some Sequence<ActionKind>, gained: [EffectiveAccess], listed: [String]) {
        counts = done.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        let listed = Set(listed)
        heaviest = gained.filter { listed.contains($0.permissionSet) }.sorted()
    }
}
