extension World {
    /// An IAM Identity Center instance with its identity store.
    public struct IdentityCenter: Hashable, Sendable {
        /// The home Region.
        public var region = "ap-northeast-1"
        /// The instance.
        public var instanceARN = "arn:aws:sso:::instance/ssoins-5a4d8c0b12345678"
        /// The identity store.
        public var identityStoreID = "d-9567012345"
        /// The users of the store.
        public var users: [User] = []
        /// The groups of the store, with their memberships.
        public var groups: [Group] = []
        /// The permission sets.
        public var permissionSets: [PermissionSet] = []
        /// The account assignments.
        public var assignments: [Assignment] = []
        /// Pairs of account and set that count as provisioned besides those that have assignments.
        public var lingering: Set<Provisioning> = []
        /// Pairs whose account still has an older version of the set.
        public var outdated: Set<Provisioning> = []
        /// The applications.
        public var applications: [Application] = []
        /// Documents of managed policies, by ARN, for the IAM API.
        public var managedPolicies: [String: String] = [:]

        /// An instance with nothing in it.
        public init() {}
    }

    /// A user of the identity store.
    public struct User: Hashable, Sendable {
        /// The id.
        public var id: String
        /// The user name.
        public var userName: String
        /// The name shown.
        public var displayName: String
        /// The given name.
        public var givenName: String
        /// The family name.
        public var familyName: String
        /// The e-mail addresses.
        public var emails: [Email]
        /// The external ids, which SCIM sets.
        public var externalIDs: [ExternalID]
        /// `ENABLED` or `DISABLED`.
        public var status: String
        /// The user type.
        public var userType: String?
        /// Counts the changes.
        public var revision = 1
        /// When it was made, in seconds since 1970.
        public var createdAt = 1_760_000_000.0
        /// When it was last changed.
        public var updatedAt = 1_760_000_000.0
        /// Further members as the API has them (`Title`, `Locale` …).
        public var others: [String: JSONValue] = [:]

        /// A user; the e-mail defaults to the user name, `emails` replaces it.
        public init(
            id: String,
            userName: String,
            displayName: String? = nil,
            givenName: String? = nil,
            familyName: String? = nil,
            emails: [Email]? = nil,
            externalIDs: [ExternalID] = [],
            status: String = "ENABLED",
            userType: String? = nil
        ) {
            let local = String(userName.prefix { $0 != "@" })
            self.id = id
            self.userName = userName
            self.displayName = displayName ?? local
            self.givenName = givenName ?? local
            self.familyName = familyName ?? "Example"
            self.emails = emails ?? (userName.contains("@") ? [Email(userName)] : [])
            self.externalIDs = externalIDs
            self.status = status
            self.userType = userType
        }
    }

    /// An e-mail address of a user.
    public struct Email: Hashable, Sendable {
        /// The address.
        public var value: String
        /// Whether it is marked as the primary one.
        public var isPrimary: Bool
        /// An address.
        public init(_ value: String, isPrimary: Bool = true) {
            self.value = value
            self.isPrimary = isPrimary
        }
    }

    /// An external id with its issuer.
    public struct ExternalID: Hashable, Sendable {
        /// Who gave it.
        public var issuer: String
        /// The id.
        public var id: String
        /// An external id; the issuer defaults to the SCIM endpoint's.
        public init(_ id: String, issuer: String = "https://scim.ap-northeast-1.amazonaws.com/sandbox/scim/v2/") {
            self.id = id
            self.issuer = issuer
        }
    }

    /// A group of the identity store.
    public struct Group: Hashable, Sendable {
        /// The id.
        public var id: String
        /// The display name, unique without regard to case.
        public var displayName: String
        /// The description.
        public var description: String?
        /// The external ids, which SCIM sets.
        public var externalIDs: [ExternalID]
        /// The memberships.
        public var memberships: [Membership]
        /// Counts the changes.
        public var revision = 1
        /// When it was made, in seconds since 1970.
        public var createdAt = 1_760_000_000.0
        /// When it was last changed.
        public var updatedAt = 1_760_000_000.0

        /// A group; membership ids are derived where members are given by user id.
        public init(
            id: String,
            displayName: String,
            description: String? = nil,
            externalIDs: [ExternalID] = [],
            members: [String] = []
        ) {
            self.id = id
            self.displayName = displayName
            self.description = description
            self.externalIDs = externalIDs
            memberships = members.map { Membership(id: Identifier.uuid("membership", id, $0), userID: $0) }
        }

        /// The ids of the members.
        public var memberIDs: [String] { memberships.map(\.userID) }
    }

    /// A membership.
    public struct Membership: Hashable, Sendable {
        /// The membership's id.
        public var id: String
        /// The user.
        public var userID: String
        /// A membership.
        public init(id: String, userID: String) {
            self.id = id
            self.userID = userID
        }
    }

    /// A permission set.
    public struct PermissionSet: Hashable, Sendable {
        /// The ARN.
        public var arn: String
        /// The name.
        public var name: String
        /// The description.
        public var description: String?
        /// The session duration (ISO 8601).
        public var sessionDuration: String
        /// The relay state.
        public var relayState: String?
        /// The inline policy.
        public var inlinePolicy: String?
        /// The managed policies' ARNs.
        public var managedPolicies: [String]
        /// The customer managed policies' names and paths.
        public var customerManagedPolicies: [CustomerManagedPolicy]
        /// The permissions boundary.
        public var boundary: Boundary?
        /// The tags.
        public var tags: [String: String] = [:]
        /// When it was made, in seconds since 1970.
        public var createdAt = 1_760_000_000.0

        /// A permission set.
        public init(
            arn: String,
            name: String,
            description: String? = nil,
            sessionDuration: String = "PT1H",
            inlinePolicy: String? = nil,
            managedPolicies: [String] = [],
            customerManagedPolicies: [CustomerManagedPolicy] = [],
            boundary: Boundary? = nil
        ) {
            self.arn = arn
            self.name = name
            self.description = description
            self.sessionDuration = sessionDuration
            self.inlinePolicy = inlinePolicy
            self.managedPolicies = managedPolicies
            self.customerManagedPolicies = customerManagedPolicies
            self.boundary = boundary
        }
    }

    /// A customer managed policy, which lives in the member accounts.
    public struct CustomerManagedPolicy: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The path.
        public var path: String
        /// A reference.
        public init(_ name: String, path: String = "/") {
            self.name = name
            self.path = path
        }
    }

    /// A permissions boundary.
    public enum Boundary: Hashable, Sendable {
        /// A managed policy's ARN.
        case managed(String)
        /// A customer managed policy.
        case customerManaged(CustomerManagedPolicy)
    }

    /// A user or a group.
    public enum Principal: Hashable, Sendable {
        /// A user's id.
        case user(String)
        /// A group's id.
        case group(String)

        /// The id alone.
        public var id: String {
            switch self {
            case .user(let id), .group(let id): id
            }
        }

        /// `USER` or `GROUP`.
        public var kind: String {
            switch self {
            case .user: "USER"
            case .group: "GROUP"
            }
        }
    }

    /// An account assignment.
    public struct Assignment: Hashable, Sendable {
        /// The principal, which may be gone.
        public var principal: Principal
        /// The account's id.
        public var account: String
        /// The permission set's ARN.
        public var permissionSet: String
        /// An assignment.
        public init(principal: Principal, account: String, permissionSet: String) {
            self.principal = principal
            self.account = account
            self.permissionSet = permissionSet
        }

        var provisioning: Provisioning { Provisioning(account: account, permissionSet: permissionSet) }
    }

    /// A permission set in an account.
    public struct Provisioning: Hashable, Sendable {
        /// The account's id.
        public var account: String
        /// The permission set's ARN.
        public var permissionSet: String
        /// A permission set in an account.
        public init(account: String, permissionSet: String) {
            self.account = account
            self.permissionSet = permissionSet
        }
    }

    /// An application of the instance.
    public struct Application: Hashable, Sendable {
        /// The ARN.
        public var arn: String
        /// The name.
        public var name: String
        /// Whether only the assigned may use it.
        public var requiresAssignment: Bool
        /// The principals assigned.
        public var assignments: [Principal]
        /// An application.
        public init(arn: String, name: String, requiresAssignment: Bool = true, assignments: [Principal] = []) {
            self.arn = arn
            self.name = name
            self.requiresAssignment = requiresAssignment
            self.assignments = assignments
        }
    }
}

extension World.IdentityCenter {
    /// The group with this id.
    public func group(_ id: String) -> World.Group? { groups.first { $0.id == id } }

    /// The group with this display name, without regard to case.
    public func group(named name: String) -> World.Group? {
        groups.first { $0.displayName.lowercased() == name.lowercased() }
    }

    /// The user with this id.
    public func user(_ id: String) -> World.User? { users.first { $0.id == id } }

    /// The user with this user name, without regard to case.
    public func user(named name: String) -> World.User? {
        users.first { $0.userName.lowercased() == name.lowercased() }
    }

    /// The permission set with this name.
    public func permissionSet(named name: String) -> World.PermissionSet? { permissionSets.first { $0.name == name } }

    /// The pairs of account and set that are provisioned.
    public var provisioned: Set<World.Provisioning> { lingering.union(assignments.map(\.provisioning)) }

    /// The instance's id without the ARN, `ssoins-…`.
    var instanceID: String { String(instanceARN.split(separator: "/").last ?? "") }
}
