public import Model

/// Where notices go.
public enum NoticeChannel: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// A Slack incoming webhook.
    case slack
    /// Any URL that takes JSON.
    case webhook
    /// The URL that is asked after each good run.
    case heartbeat
    /// What was told, kept in the ledger.
    case ledger

    /// Orders by the text.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One message for people: something that began, changed, lasts, ended or happened in a run.
public struct Notice: Hashable, Sendable, Codable {
    /// What it is about.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// A brake tripped.
        case brake
        /// A run or an action failed.
        case failure
        /// A group is held.
        case hold
        /// Somebody left, or came back.
        case departure
        /// A run changed something.
        case changes
    }

    /// Where in its course.
    public enum Phase: String, Hashable, Sendable, Codable {
        /// It began.
        case began
        /// It is another than before.
        case changed
        /// A day has gone by, and it lasts.
        case lasting
        /// It ended.
        case ended
        /// It happened once.
        case happened
    }

    /// One object of the notice. The texts are as directories gave them; renderers make them safe to show.
    public struct Entry: Hashable, Sendable, Codable {
        /// The group, brake, user or operation.
        public var subject: String
        /// The code of the contract, where there is one: `source-vanished`, `removals` ….
        public var code: String?
        /// What is to be said of it, in a sentence.
        public var text: String
        /// Since when, where it lasts.
        public var since: Timestamp?
        /// The account, where access is concerned.
        public var account: String?
        /// The permission set's name, where access is concerned.
        public var permissionSet: String?

        /// One object of a notice.
        public init(
            subject: String,
            code: String? = nil,
            text: String,
            since: Timestamp? = nil,
            account: String? = nil,
            permissionSet: String? = nil
        ) {
            self.subject = subject
            self.code = code
            self.text = text
            self.since = since
            self.account = account
            self.permissionSet = permissionSet
        }
    }

    /// The notice's id: a notice that is sent again keeps it.
    public var id: String
    /// What it is about.
    public var kind: Kind
    /// Where in its course.
    public var phase: Phase
    /// When the run told it.
    public var at: Timestamp
    /// The bridge's owner mark.
    public var owner: String
    /// The command that told it.
    public var command: String
    /// The run in the ledger.
    public var run: Int64?
    /// One line that says what it is.
    public var title: String
    /// The objects concerned.
    public var entries: [Entry]
    /// Changes by the kind of action.
    public var counts: [String: Int]
    /// The channels that have not got it yet.
    public var channels: Set<NoticeChannel>

    /// One message for people.
    public init(
        id: String,
        kind: Kind,
        phase: Phase,
        at: Timestamp,
        owner: String,
        command: String,
        run: Int64? = nil,
        title: String,
        entries: [Entry] = [],
        counts: [String: Int] = [:],
        channels: Set<NoticeChannel> = [.slack, .webhook]
    ) {
        self.id = id
        self.kind = kind
        self.phase = phase
        self.at = at
        self.owner = owner
        self.command = command
        self.run = run
        self.title = title
        self.entries = entries
        self.counts = counts
        self.channels = channels
    }
}
