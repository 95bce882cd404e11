/// The kinds of directory that can be a source.
public enum SourceKind: String, Hashable, Sendable, CaseIterable {
    /// Google Workspace.
    case google
    /// Microsoft Entra ID.
    case entra
}

/// What a source says of a user's account.
public enum UserState: String, Hashable, Sendable {
    /// May sign in.
    case active
    /// Suspended (Google), or sign-in blocked (Entra `accountEnabled: false`).
    case suspended
    /// Archived (Google).
    case archived
    /// In the list of deleted users.
    case deleted
}

/// A user as a source lists it.
public struct SourceUser: Hashable, Sendable {
    /// The immutable id.
    public var id: SourceUserID
    /// Google `primaryEmail`, Entra `userPrincipalName`.
    public var primaryAddress: String
    /// Google `aliases`; the smtp entries of Entra `proxyAddresses` without their prefix (either case), and a guest's `mail`.
    public var aliases: [String]
    /// Entra `mail`; nil for Google.
    public var mail: String?
    /// What the source says of the account.
    public var state: UserState
    /// Google `isGuestUser`; Entra `userType` Guest or a user principal name with `#EXT#`.
    public var isGuest: Bool
    /// The name shown, where the source has one.
    public var displayName: String?
    /// The given name, where the source has one.
    public var givenName: String?
    /// The family name, where the source has one.
    public var familyName: String?
    /// Entra `employeeLeaveDateTime`, where it is set and may be seen. It is told, and nothing follows from it: who has
    /// left is said by ``state``.
    public var leavesAt: Timestamp?

    /// A user with its fields as the source lists them.
    public init(
        id: SourceUserID,
        primaryAddress: String,
        aliases: [String] = [],
        mail: String? = nil,
        state: UserState = .active,
        isGuest: Bool = false,
        displayName: String? = nil,
        givenName: String? = nil,
        familyName: String? = nil,
        leavesAt: Timestamp? = nil
    ) {
        self.id = id
        self.primaryAddress = primaryAddress
        self.aliases = aliases
        self.mail = mail
        self.state = state
        self.isGuest = isGuest
        self.displayName = displayName
        self.givenName = givenName
        self.familyName = familyName
        self.leavesAt = leavesAt
    }
}

/// A group as a source lists it, without its members.
public struct SourceGroup: Hashable, Sendable {
    /// The immutable id.
    public var id: SourceGroupID
    /// Google: the primary address. Nil for Entra.
    public var address: String?
    /// The display name. For Google it is not unique and not used to name the group.
    public var displayName: String
    /// Google: further addresses (`aliases` and `nonEditableAliases`).
    public var aliases: [String]
    /// Google `adminCreated`; true for Entra.
    public var isCreatedByAdministrator: Bool

    /// A group with its fields as the source lists them.
    public init(
        id: SourceGroupID,
        address: String? = nil,
        displayName: String = "",
        aliases: [String] = [],
        isCreatedByAdministrator: Bool = true
    ) {
        self.id = id
        self.address = address
        self.displayName = displayName
        self.aliases = aliases
        self.isCreatedByAdministrator = isCreatedByAdministrator
    }

    /// How plans name the group: the address where there is one, else the display name.
    public var shownName: String { address ?? displayName }
}

/// One direct member of a source group, as the list gives it.
public struct SourceMember: Hashable, Sendable {
    /// What kind of member the list says that it is.
    public enum Kind: Hashable, Sendable {
        /// A person, of this directory or of another; the list does not decide which.
        case user
        /// A nested group.
        case group
        /// "All users" of a Google customer.
        case customer
    }

    /// What the list says that the member is.
    public var kind: Kind
    /// The member's id, where the list has one.
    public var id: String?
    /// The member's address, where the list has one.
    public var address: String?

    /// A member as the list gives it.
    public init(kind: Kind, id: String? = nil, address: String? = nil) {
        self.kind = kind
        self.id = id
        self.address = address
    }
}

/// The direct members of a source group, or why they are not known.
public enum MemberReading: Hashable, Sendable {
    /// All direct members, read whole.
    case read([SourceMember])
    /// The list could not be read whole; the text says why and keeps the request id.
    case unreadable(String)
    /// The source answers that there is no such group.
    case vanished
}

/// What was read of one source.
public struct Directory: Hashable, Sendable {
    /// The source's name in the configuration.
    public var name: String
    /// The kind of directory.
    public var kind: SourceKind
    /// All users that the source lists, in any order; deleted ones are not among them.
    public var users: [SourceUser]
    /// Nil when `users` is whole; else why it is not.
    public var usersProblem: String?
    /// All groups that the source lists, in any order.
    public var groups: [SourceGroup]
    /// Nil when `groups` is whole; else why it is not.
    public var groupsProblem: String?
    /// The direct members of those groups that were asked for.
    public var members: [SourceGroupID: MemberReading]
    /// The users in the list of deleted users; nil when it was not read.
    public var deletedUsers: [SourceUser]?
    /// When the credential that it was read with ends, where that can be told from the credential itself.
    public var credentialExpiresAt: Timestamp?

    /// What was read of one source.
    public init(
        name: String,
        kind: SourceKind,
        users: [SourceUser] = [],
        usersProblem: String? = nil,
        groups: [SourceGroup] = [],
        groupsProblem: String? = nil,
        members: [SourceGroupID: MemberReading] = [:],
        deletedUsers: [SourceUser]? = nil,
        credentialExpiresAt: Timestamp? = nil
    ) {
        self.name = name
        self.kind = kind
        self.users = users
        self.usersProblem = usersProblem
        self.groups = groups
        self.groupsProblem = groupsProblem
        self.members = members
        self.deletedUsers = deletedUsers
        self.credentialExpiresAt = credentialExpiresAt
    }
}
