/// A person recorded as having left.
public struct Departure: Hashable, Sendable {
    /// How the departure came to be; it decides how it ends.
    public enum Origin: Hashable, Sendable {
        /// Named by a person or the HR webhook: lasts until `reinstate`.
        case requested
        /// Found at a source: ends by itself when that source shows the person active again.
        case found(source: String)
        /// Known only by a marker group in Identity Center, of whatever bridge.
        case marker(group: GroupID)
    }

    /// The identifiers known when the departure was made; any of them matches later.
    public struct Identifiers: Hashable, Sendable {
        /// Immutable ids of the sources.
        public var sourceIDs: [String]
        /// External ids recorded at the target user.
        public var externalIDs: [String]
        /// The Identity Center user.
        public var userID: UserID?
        /// The primary address.
        public var primaryAddress: String?
        /// Digests of identifiers, where only a marker group is known.
        public var digests: Set<String>

        /// The identifiers of one person.
        public init(
            sourceIDs: [String] = [],
            externalIDs: [String] = [],
            userID: UserID? = nil,
            primaryAddress: String? = nil,
            digests: Set<String> = []
        ) {
            self.sourceIDs = sourceIDs
            self.externalIDs = externalIDs
            self.userID = userID
            self.primaryAddress = primaryAddress
            self.digests = digests
        }
    }

    /// The record's key in the ledger, or the marker group's name.
    public var id: String
    /// When it was recorded.
    public var since: Timestamp
    /// How it came to be.
    public var origin: Origin
    /// The identifiers of the person.
    public var identifiers: Identifiers
    /// Why, in the words of the person who asked.
    public var reason: String?
    /// When it was settled: no longer looked after in every run.
    public var settledAt: Timestamp?

    /// A person recorded as having left.
    public init(
        id: String,
        since: Timestamp,
        origin: Origin,
        identifiers: Identifiers,
        reason: String? = nil,
        settledAt: Timestamp? = nil
    ) {
        self.id = id
        self.since = since
        self.origin = origin
        self.identifiers = identifiers
        self.reason = reason
        self.settledAt = settledAt
    }
}
