/// What a run did, in the ledger.
public struct RunRecord: Hashable, Sendable {
    /// The run's id in the ledger.
    public var id: Int64
    /// `sync`, `apply`, `offboard`, `departures` ….
    public var command: String
    /// When it began.
    public var startedAt: Timestamp
    /// When it ended; nil while it runs, or where it was killed.
    public var endedAt: Timestamp?
    /// The exit code.
    public var exitCode: Int?
    /// The plan's fingerprint.
    public var fingerprint: String?
    /// One line about what came of it.
    public var outcome: String?
    /// The bridge's owner mark.
    public var owner: String?
    /// The system's user and host that ran it: `root@bridge-1`.
    public var by: String?
    /// What a run did.
    public init(
        id: Int64 = 0,
        command: String,
        startedAt: Timestamp,
        endedAt: Timestamp? = nil,
        exitCode: Int? = nil,
        fingerprint: String? = nil,
        outcome: String? = nil,
        owner: String? = nil,
        by: String? = nil
    ) {
        self.id = id
        self.command = command
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.exitCode = exitCode
        self.fingerprint = fingerprint
        self.outcome = outcome
        self.owner = owner
        self.by = by
    }
}

/// One action of a run, in the ledger.
public struct ActionRecord: Hashable, Sendable {
    /// How an action stands.
    public enum Status: String, Hashable, Sendable {
        /// Begun; a run that was killed leaves it so.
        case begun
        /// Done.
        case done
        /// Failed.
        case failed
        /// Not begun since something that it rests on failed.
        case skipped
        /// Held back by a second look that disagreed.
        case kept
    }

    /// The run.
    public var run: Int64
    /// The action's id in the plan.
    public var actionID: String
    /// What it does.
    public var kind: String
    /// The group's name, where one is concerned.
    public var group: String?
    /// The group's id, where it is known.
    public var groupID: String?
    /// The user's name, where one is concerned.
    public var user: String?
    /// The user's id, where it is known.
    public var userID: String?
    /// The account, where one is concerned.
    public var account: String?
    /// The permission set, where one is concerned.
    public var permissionSet: String?
    /// How it stands.
    public var status: Status
    /// When.
    public var at: Timestamp
    /// The request id of the call.
    public var requestID: String?
    /// What went wrong, or why it was kept.
    public var message: String?
    /// The reasons (`because`, `ended`) in one line.
    public var reason: String?
    /// Whether a person allowed it over a brake: then it does not count in the next 24 hours.
    public var isAllowed: Bool
    /// Whether it counts for brakes (departures and expired windows do not).
    public var countsForBrakes: Bool

    /// One action of a run.
    public init(
        run: Int64,
        actionID: String,
        kind: String,
        group: String? = nil,
        groupID: String? = nil,
        user: String? = nil,
        userID: String? = nil,
        account: String? = nil,
        permissionSet: String? = nil,
        status: Status,
        at: Timestamp,
        requestID: String? = nil,
        message: String? = nil,
        reason: String? = nil,
        isAllowed: Bool = false,
        countsForBrakes: Bool = true
    ) {
        self.run = run
        self.actionID = actionID
        self.kind = kind
        self.group = group
        self.groupID = groupID
        self.user = user
        self.userID = userID
        self.account = account
        self.permissionSet = permissionSet
        self.status = status
        self.at = at
        self.requestID = requestID
        self.message = message
        self.reason = reason
        self.isAllowed = isAllowed
        self.countsForBrakes = countsForBrakes
    }
}

/// What runs of the last 24 hours took that nobody allowed.
public struct RecentTakings: Hashable, Sendable {
    /// Memberships.
    public var removals: Int
    /// Account assignments.
    public var assignments: Int
    /// Groups.
    public var groups: Int
    /// What was begun and whose end nobody noted, since the run was killed: the kind by the action's id. Such an action
    /// counts as done, but where the fresh plan has it again: then its effect does not stand.
    public var begun: [String: ActionKind]
    /// What runs took.
    public init(removals: Int = 0, assignments: Int = 0, groups: Int = 0, begun: [String: ActionKind] = [:]) {
        self.removals = removals
        self.assignments = assignments
        self.groups = groups
        self.begun = begun
    }

    /// How many actions of a kind were begun without a known end, and are not among those that are planned now.
    public func unsettled(_ kind: ActionKind, planned: Set<String>) -> Int {
        begun.count { $0.value == kind && !planned.contains($0.key) }
    }
}

/// A departure that was asked for and is not carried out yet.
public struct DepartureRequest: Hashable, Sendable {
    /// The request's id.
    public var id: String
    /// The USER texts as they were given.
    public var users: [String]
    /// Why.
    public var reason: String?
    /// `offboard`, `serve`.
    public var origin: String
    /// The flags as given: `delete-user`, `even-protected`.
    public var flags: [String]
    /// When it was noted.
    public var at: Timestamp
    /// A departure that was asked for.
    public init(id: String, users: [String], reason: String?, origin: String, flags: [String], at: Timestamp) {
        self.id = id
        self.users = users
        self.reason = reason
        self.origin = origin
        self.flags = flags
        self.at = at
    }
}

/// Why the ledger could not be read or written.
public struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened, to which file, and what to do next.
    public var description: String
    /// Why the ledger failed.
    public init(_ description: String) { self.description = description }
}

/// Where departures that were asked for wait until they are carried out.
public protocol DepartureQueue: Sendable {
    /// Notes what was asked for; a request of the same id is kept as it is, and false is returned.
    func enqueue(_ request: DepartureRequest) async throws(LedgerError) -> Bool
    /// The requests that are not carried out yet, oldest first.
    func openRequests() async throws(LedgerError) -> [DepartureRequest]
    /// Marks a request as carried out.
    func close(request id: String, at: Timestamp) async throws(LedgerError)
}

/// The store of runs, actions, departures and caches; losing it never causes a wrong change.
public protocol Ledger: DepartureQueue {
    /// Begins a run and returns its id.
    func begin(_ run: RunRecord) async throws(LedgerError) -> Int64
    /// Notes how actions stand; a second note of the same action in the same run replaces the first.
    func note(_ actions: [ActionRecord]) async throws(LedgerError)
    /// Ends a run.
    func end(run: Int64, at: Timestamp, exitCode: Int, outcome: String) async throws(LedgerError)
    /// The latest runs, newest first.
    func runs(limit: Int) async throws(LedgerError) -> [RunRecord]
    /// The actions of a run, or all that concern a user or group name, newest first.
    func actions(run: Int64?, about name: String?, limit: Int) async throws(LedgerError) -> [ActionRecord]
    /// What runs since a moment took that nobody allowed.
    func takings(since: Timestamp) async throws(LedgerError) -> RecentTakings

    /// Notes how notices stand; a second note of the same id and channel replaces the first.
    func note(_ notices: [NoticeRecord]) async throws(LedgerError)
    /// The notices that are not delivered yet and not given up, oldest first.
    func undeliveredNotices() async throws(LedgerError) -> [NoticeRecord]

    /// The groups known as owned, by id.
    func ownedGroups() async throws(LedgerError) -> Set<GroupID>
    /// Replaces the set of groups known as owned.
    func setOwnedGroups(_ groups: Set<GroupID>) async throws(LedgerError)
    /// Provisioned groups to which access was given: group id to group name.
    func provisionedGroups() async throws(LedgerError) -> [GroupID: String]
    /// Replaces the list of provisioned groups to which access was given.
    func setProvisionedGroups(_ groups: [GroupID: String]) async throws(LedgerError)

    /// All departures that are not taken back, settled ones included.
    func departures() async throws(LedgerError) -> [Departure]
    /// Records a departure, or replaces the one of the same id.
    func record(_ departure: Departure) async throws(LedgerError)
    /// Takes a departure back; the record stays for `history`.
    func reinstate(departure id: String, at: Timestamp, reason: String) async throws(LedgerError)
    /// How many people were taken out since a moment by `departures`, `serve` and lists.
    func departuresCounted(since: Timestamp) async throws(LedgerError) -> Int
    /// Notes that a departure counts for `departures.people`.
    func countDeparture(_ id: String, at: Timestamp) async throws(LedgerError)

    /// A cached value (delta links, AWS's policy documents, what was seen last); nil where there is none.
    func cached(_ key: String) async throws(LedgerError) -> [UInt8]?
    /// Stores or, with nil, removes a cached value.
    func cache(_ value: [UInt8]?, for key: String) async throws(LedgerError)
}
