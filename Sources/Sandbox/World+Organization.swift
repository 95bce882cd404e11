extension World {
    /// An AWS organization.
    public struct Organization: Hashable, Sendable {
        /// The organization's id.
        public var id = "o-sandbox0001"
        /// The root's id.
        public var rootID = "r-sbx1"
        /// The management account's id.
        public var managementAccount = "100000000001"
        /// All accounts, in any state; the management account is among them.
        public var accounts = [Account(id: "100000000001", name: "management")]
        /// The paths of OUs, as names from the root's child downwards; those on the way to another one count as well.
        public var units: Set<[String]> = []
        /// Delegated administrators of `sso.amazonaws.com`.
        public var delegatedAdministrators: [String] = []

        /// An organization of its management account alone.
        public init() {}
    }

    /// An account of the organization.
    public struct Account: Hashable, Sendable {
        /// The 12 digits.
        public var id: String
        /// The name.
        public var name: String
        /// The names of the OUs that it lies in, from the root's child downwards.
        public var unit: [String]
        /// The tags.
        public var tags: [String: String]
        /// `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, `CLOSED`, `PENDING_ACTIVATION`.
        public var state: String
        /// An account.
        public init(
            id: String,
            name: String,
            unit: [String] = [],
            tags: [String: String] = [:],
            state: String = "ACTIVE"
        ) {
            self.id = id
            self.name = name
            self.unit = unit
            self.tags = tags
            self.state = state
        }
    }
}

extension World.Organization {
    /// The account with this id.
    public func account(_ id: String) -> World.Account? { accounts.first { $0.id == id } }

    /// Every OU's path, sorted: those named, those that hold accounts, and those on the way.
    public var allUnits: [[String]] {
        var paths: Set<[String]> = []
        for path in units.union(accounts.map(\.unit)) {
            for count in 0..<path.count { paths.insert(Array(path.prefix(count + 1))) }
        }
        return paths.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The id of an OU, derived from its path; the root's for the empty path.
    public func unitID(_ path: [String]) -> String {
        guard !path.isEmpty else { return rootID }
        let digest = Identifier.digest("ou", path.joined(separator: "\u{0}"))
        return "ou-\(rootID.dropFirst(2))-\(digest.prefix(8))"
    }
}
