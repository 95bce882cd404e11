/// The Identity Center instance that is the target.
public struct TargetIdentity: Hashable, Sendable {
    /// The `InstanceArn`.
    public var instanceARN: String
    /// The `IdentityStoreId`, `d-…`.
    public var identityStoreID: String
    /// The instance's home region.
    public var region: String
    /// The organization's management account; nil where it could not be read.
    public var managementAccount: AccountID?
    /// The account that the calls are made from; nil where it was not asked for.
    public var callerAccount: AccountID?

    /// An instance.
    public init(
        instanceARN: String,
        identityStoreID: String,
        region: String,
        managementAccount: AccountID? = nil,
        callerAccount: AccountID? = nil
    ) {
        self.instanceARN = instanceARN
        self.identityStoreID = identityStoreID
        self.region = region
        self.managementAccount = managementAccount
        self.callerAccount = callerAccount
    }

    /// The partition of the instance's ARN: `aws`, `aws-cn`, `aws-us-gov` ….
    public var partition: String {
        let parts = instanceARN.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 1 ? String(parts[1]) : "aws"
    }
}

/// A user of the identity store.
public struct TargetUser: Hashable, Sendable {
    /// One e-mail address of a user.
    public struct Email: Hashable, Sendable {
        /// The address.
        public var value: String
        /// Whether the entry is marked as primary.
        public var isPrimary: Bool
        /// An address of a user.
        public init(value: String, isPrimary: Bool = false) {
            self.value = value
            self.isPrimary = isPrimary
        }
    }

    /// An id that an outside system recorded here.
    public struct ExternalID: Hashable, Sendable {
        /// Who recorded the id.
        public var issuer: String
        /// The id.
        public var id: String
        /// An id with its issuer.
        public init(issuer: String, id: String) {
            self.issuer = issuer
            self.id = id
        }
    }

    /// The `UserId`.
    public var id: UserID
    /// The `UserName`.
    public var userName: String
    /// The e-mail addresses in the store's order.
    public var emails: [Email]
    /// The `ExternalIds`.
    public var externalIDs: [ExternalID]
    /// False when `UserStatus` is DISABLED.
    public var isEnabled: Bool
    /// The `UserType`; `idbridge:OWNER` marks users that a bridge created.
    public var userType: String?
    /// The `DisplayName`.
    public var displayName: String?
    /// `Name.GivenName`.
    public var givenName: String?
    /// `Name.FamilyName`.
    public var familyName: String?

    /// A user of the identity store.
    public init(
        id: UserID,
        userName: String,
        emails: [Email] = [],
        externalIDs: [ExternalID] = [],
        isEnabled: Bool = true,
        userType: String? = nil,
        displayName: String? = nil,
        givenName: String? = nil,
        familyName: String? = nil
    ) {
        self.id = id
        self.userName = userName
        self.emails = emails
        self.externalIDs = externalIDs
        self.isEnabled = isEnabled
        self.userType = userType
        self.displayName = displayName
        self.givenName = givenName
        self.familyName = familyName
    }

    /// The e-mail marked as primary, else the first.
    public var primaryEmail: String? { (emails.first { $0.isPrimary } ?? emails.first)?.value }
}

/// A group of the identity store.
public struct TargetGroup: Hashable, Sendable {
    /// The `GroupId`.
    public var id: GroupID
    /// The `DisplayName`.
    public var displayName: String
    /// The `Description`; nil where there is none.
    public var description: String?
    /// The `ExternalIds`: not empty where SCIM made the group.
    public var externalIDs: [TargetUser.ExternalID]
    /// The `Revision`, where the store has one.
    public var revision: String?

    /// A group of the identity store.
    public init(
        id: GroupID,
        displayName: String,
        description: String? = nil,
        externalIDs: [TargetUser.ExternalID] = [],
        revision: String? = nil
    ) {
        self.id = id
        self.displayName = displayName
        self.description = description
        self.externalIDs = externalIDs
        self.revision = revision
    }
}

/// A group membership of the identity store.
public struct GroupMembership: Hashable, Sendable {
    /// The `MembershipId`.
    public var id: MembershipID
    /// The group.
    public var group: GroupID
    /// The user.
    public var user: UserID
    /// A group membership.
    public init(id: MembershipID, group: GroupID, user: UserID) {
        self.id = id
        self.group = group
        self.user = user
    }
}

/// An account of the organization.
public struct Account: Hashable, Sendable {
    /// The account id.
    public var id: AccountID
    /// The account's name; not unique.
    public var name: String
    /// Whether the account's state is ACTIVE: only then can assignments be made or taken.
    public var isActive: Bool
    /// The names of the OUs that it lies in, from the root's child downwards; empty directly under the root.
    public var organizationalUnit: [String]
    /// The tags; empty where they were not read.
    public var tags: [String: String]

    /// An account of the organization.
    public init(
        id: AccountID,
        name: String,
        isActive: Bool = true,
        organizationalUnit: [String] = [],
        tags: [String: String] = [:]
    ) {
        self.id = id
        self.name = name
        self.isActive = isActive
        self.organizationalUnit = organizationalUnit
        self.tags = tags
    }
}

/// A permission set.
public struct PermissionSet: Hashable, Sendable {
    /// The `PermissionSetArn`.
    public var arn: PermissionSetARN
    /// The name, unique within the instance.
    public var name: String
    /// The session duration in seconds, where it was read.
    public var sessionSeconds: Int?
    /// A permission set.
    public init(arn: PermissionSetARN, name: String, sessionSeconds: Int? = nil) {
        self.arn = arn
        self.name = name
        self.sessionSeconds = sessionSeconds
    }
}

/// Who holds an assignment.
public enum Principal: Hashable, Sendable, Comparable {
    /// A group of the identity store.
    case group(GroupID)
    /// A user of the identity store.
    case user(UserID)
}

/// An account and a permission set: what an assignment lets its principal reach.
public struct AccessPair: Hashable, Sendable, Comparable {
    /// The account.
    public var account: AccountID
    /// The permission set.
    public var permissionSet: PermissionSetARN
    /// An account and a permission set.
    public init(account: AccountID, permissionSet: PermissionSetARN) {
        self.account = account
        self.permissionSet = permissionSet
    }
    /// Orders by account, then permission set.
    public static func < (left: Self, right: Self) -> Bool {
        (left.account, left.permissionSet) < (right.account, right.permissionSet)
    }
}

/// An account assignment.
public struct AccountAssignment: Hashable, Sendable, Comparable {
    /// Who holds it.
    public var principal: Principal
    /// The account.
    public var account: AccountID
    /// The permission set.
    public var permissionSet: PermissionSetARN
    /// An account assignment.
    public init(principal: Principal, account: AccountID, permissionSet: PermissionSetARN) {
        self.principal = principal
        self.account = account
        self.permissionSet = permissionSet
    }
    /// The account and permission set.
    public var pair: AccessPair { AccessPair(account: account, permissionSet: permissionSet) }
    /// Orders by principal, account, permission set.
    public static func < (left: Self, right: Self) -> Bool {
        if left.principal != right.principal { return left.principal < right.principal }
        return left.pair < right.pair
    }
}

/// The organization's accounts and organizational units.
public struct Organization: Hashable, Sendable {
    /// All accounts in any state.
    public var accounts: [Account]
    /// The paths of all OUs, as names from the root's child downwards; the root itself is the empty path.
    public var organizationalUnits: Set<[String]>
    /// The management account.
    public var managementAccount: AccountID?
    /// The organization's accounts and organizational units.
    public init(accounts: [Account], organizationalUnits: Set<[String]>, managementAccount: AccountID?) {
        self.accounts = accounts
        self.organizationalUnits = organizationalUnits
        self.managementAccount = managementAccount
    }
}

/// What was read of the target.
public struct ObservedState: Hashable, Sendable {
    /// The instance.
    public var identity: TargetIdentity
    /// All users of the store.
    public var users: [TargetUser]
    /// All groups of the store.
    public var groups: [TargetGroup]
    /// The memberships of those groups whose members were read, whole.
    public var memberships: [GroupID: [GroupMembership]]
    /// The accounts and organizational units.
    public var organization: Organization
    /// All permission sets.
    public var permissionSets: [PermissionSet]
    /// The assignments that were read.
    public var assignments: [AccountAssignment]
    /// The groups whose assignments are whole in `assignments`.
    public var groupsWithAssignmentsRead: Set<GroupID>
    /// The pairs whose holders, users and groups alike, are whole in `assignments`.
    public var pairsRead: Set<AccessPair>
    /// Whether `assignments` holds every assignment of the instance.
    public var isEveryAssignmentRead: Bool
    /// Whether a group has application assignments, for the groups that were looked at.
    public var hasApplicationAssignments: [GroupID: Bool]
    /// Users that a membership names and that neither the list nor a look-up by id has.
    public var unreadableUsers: Set<UserID>
    /// Groups whose application assignments could not be looked at; they count as having some.
    public var unreadableApplications: Set<GroupID> = []
    /// Whether the account that calls was asked for, with or without an answer.
    public var isCallerAccountRead = false

    /// What was read of the target.
    public init(
        identity: TargetIdentity,
        users: [TargetUser] = [],
        groups: [TargetGroup] = [],
        memberships: [GroupID: [GroupMembership]] = [:],
        organization: Organization = Organization(accounts: [], organizationalUnits: [], managementAccount: nil),
        permissionSets: [PermissionSet] = [],
        assignments: [AccountAssignment] = [],
        groupsWithAssignmentsRead: Set<GroupID> = [],
        pairsRead: Set<AccessPair> = [],
        isEveryAssignmentRead: Bool = false,
        hasApplicationAssignments: [GroupID: Bool] = [:],
        unreadableUsers: Set<UserID> = []
    ) {
        self.identity = identity
        self.users = users
        self.groups = groups
        self.memberships = memberships
        self.organization = organization
        self.permissionSets = permissionSets
        self.assignments = assignments
        self.groupsWithAssignmentsRead = groupsWithAssignmentsRead
        self.pairsRead = pairsRead
        self.isEveryAssignmentRead = isEveryAssignmentRead
        self.hasApplicationAssignments = hasApplicationAssignments
        self.unreadableUsers = unreadableUsers
    }
}
