public import Model

/// What the ledger holds of past runs, or of one run, person or group, as text and as the document `idbridge.history/1`.
public struct HistoryReport: Hashable, Sendable {
    /// What is asked about.
    public enum Subject: Hashable, Sendable {
        /// The latest runs.
        case latest
        /// One run.
        case run(Int64)
        /// A person or a group, by the name or id that was given.
        case name(String)
    }

    /// One run, with how many of its actions stand how.
    public struct Run: Hashable, Sendable {
        /// The run.
        public var record: RunRecord
        /// Its actions by how they stand.
        public var counts: [ActionRecord.Status: Int]

        /// One run.
        public init(_ record: RunRecord, counts: [ActionRecord.Status: Int]) {
            self.record = record
            self.counts = counts
        }
    }

    /// A departure, in force or taken back.
    public struct Recorded: Hashable, Sendable {
        /// The departure.
        public var departure: Departure
        /// When it was taken back; nil while it is in force.
        public var reinstatedAt: Timestamp?
        /// Why it was taken back.
        public var reinstatedBecause: String?

        /// A departure.
        public init(_ departure: Departure, reinstatedAt: Timestamp? = nil, reinstatedBecause: String? = nil) {
            self.departure = departure
            self.reinstatedAt = reinstatedAt
            self.reinstatedBecause = reinstatedBecause
        }
    }

    /// What is asked about.
    public var subject: Subject
    /// The runs, newest first.
    public var runs: [Run]
    /// The actions, newest first.
    public var actions: [ActionRecord]
    /// The departures, newest first.
    public var departures: [Recorded]
    /// The requests for departures that wait, oldest first.
    public var requests: [DepartureRequest]
    /// The notices, newest first.
    public var notices: [NoticeRecord]

    /// What the ledger holds; nothing by default.
    public init(
        subject: Subject,
        runs: [Run] = [],
        actions: [ActionRecord] = [],
        departures: [Recorded] = [],
        requests: [DepartureRequest] = [],
        notices: [NoticeRecord] = []
    ) {
        self.subject = subject
        self.runs = runs
        self.actions = actions
        self.departures = departures
        self.requests = requests
        self.notices = notices
    }

    /// Whether the ledger holds nothing of it.
    public var isEmpty: Bool {
        runs.isEmpty && actions.isEmpty && departures.isEmpty && requests.isEmpty && notices.isEmpty
    }
}

// MARK: The document

extension HistoryReport {
    /// The document, with a newline at its end.
    public var document: String {
        let root: JSON = [
            "format": "idbridge.history/1", "subject": subjectMember, "runs": .array(runs.map(\.member)),
            "actions": .array(actions.map(\.member)), "departures": .array(departures.map(\.member)),
            "requests": .array(requests.map(\.member)), "notices": .array(notices.map(\.member)),
        ]
        return root.document
    }

    private var subjectMember: JSON {
        switch subject {
        case .latest: .null
        case .run(let id): ["run": .integer(Int(id))]
        case .name(let name): ["name": .string(name)]
        }
    }
}

extension HistoryReport.Run {
    fileprivate var member: JSON {
        let counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, JSON.integer($0.value)) })
        return [
            "id": .integer(Int(record.id)), "command": .string(record.command), "owner": .optional(record.owner),
            "by": .optional(record.by), "startedAt": .string(record.startedAt.description),
            "endedAt": .optional(record.endedAt?.description), "exitCode": .optional(record.exitCode),
            "fingerprint": .optional(record.fingerprint), "outcome": .optional(record.outcome),
            "actions": .object(counts),
        ]
    }
}

extension ActionRecord {
    fileprivate var member: JSON {
        [
            "run": .integer(Int(run)), "id": .string(actionID), "kind": .string(kind), "group": .optional(group),
            "groupId": .optional(groupID), "user": .optional(user), "userId": .optional(userID),
            "account": .optional(account), "permissionSet": .optional(permissionSet),
            "status": .string(status.rawValue), "at": .string(at.description), "requestId": .optional(requestID),
            "message": .optional(message), "reason": .optional(reason),
        ]
    }
}

extension HistoryReport.Recorded {
    fileprivate var member: JSON {
        let person = departure.identifiers
        return [
            "id": .string(departure.id), "user": .optional(person.primaryAddress),
            "userId": .optional(person.userID?.value), "sourceIds": .strings(person.sourceIDs),
            "since": .string(departure.since.description), "origin": .string(departure.origin.word),
            "reason": .optional(departure.reason), "settledAt": .optional(departure.settledAt?.description),
            "reinstatedAt": .optional(reinstatedAt?.description), "reinstatedBecause": .optional(reinstatedBecause),
        ]
    }
}

extension DepartureRequest {
    fileprivate var member: JSON {
        [
            "id": .string(id), "users": .strings(users), "reason": .optional(reason), "origin": .string(origin),
            "flags": .strings(flags), "at": .string(at.description),
        ]
    }
}

extension NoticeRecord {
    fileprivate var member: JSON {
        [
            "id": .string(id), "run": .optional(run.map { Int($0) }), "command": .string(command),
            "channel": .string(channel), "at": .string(at.description), "title": .string(title),
            "subjects": .strings(subjects), "state": .string(state.rawValue), "attempts": .integer(attempts),
            "triedAt": .optional(triedAt?.description), "error": .optional(error),
        ]
    }
}

extension Departure.Origin {
    /// `requested`, `found:google`, `marker`.
    fileprivate var word: String {
        switch self {
        case .requested: "requested"
        case .found(let source): "found:\(source)"
        case .marker: "marker"
        }
    }
}
