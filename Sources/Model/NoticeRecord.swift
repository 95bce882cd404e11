/// A notice to people on its way to one channel, in the ledger.
public struct NoticeRecord: Hashable, Sendable {
    /// How a notice stands.
    public enum State: String, Hashable, Sendable {
        /// Not tried yet; a run that was killed leaves it so.
        case waiting
        /// Tried without success; the next run tries again.
        case failed
        /// Delivered.
        case delivered
        /// Given up: too old, or too many wait.
        case dropped
    }

    /// The notice's id; the same for all channels.
    public var id: String
    /// Where it goes: `slack`, `webhook`.
    public var channel: String
    /// The command that told it.
    public var command: String
    /// The run that told it, where it has an id in the ledger.
    public var run: Int64?
    /// When it was told.
    public var at: Timestamp
    /// One line that says what it is.
    public var title: String
    /// The users, groups and other objects that it is about.
    public var subjects: [String]
    /// The notice, whole, as ``Notices`` writes it; holds no secret.
    public var content: [UInt8]
    /// How it stands.
    public var state: State
    /// How many runs tried to deliver it.
    public var attempts: Int
    /// When it was tried last.
    public var triedAt: Timestamp?
    /// What went wrong last.
    public var error: String?

    /// A notice on its way to one channel.
    public init(
        id: String,
        channel: String,
        command: String,
        run: Int64? = nil,
        at: Timestamp,
        title: String,
        subjects: [String] = [],
        content: [UInt8] = [],
        state: State = .waiting,
        attempts: Int = 0,
        triedAt: Timestamp? = nil,
        error: String? = nil
    ) {
        self.id = id
        self.channel = channel
        self.command = command
        self.run = run
        self.at = at
        self.title = title
        self.subjects = subjects
        self.content = content
        self.state = state
        self.attempts = attempts
        self.triedAt = triedAt
        self.error = error
    }
}
