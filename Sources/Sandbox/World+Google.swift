extension World {
    /// A Google Workspace account.
    public struct Google: Hashable, Sendable {
        /// The customer id, which `my_customer` stands for.
        public var customerID = "C01sandbox"
        /// The users, deleted ones included.
        public var users: [GoogleUser] = []
        /// The groups; those of other customers, which no list shows, included.
        public var groups: [GoogleGroup] = []
        /// The service account with domain-wide delegation.
        public var serviceAccount = ServiceAccount()

        /// An empty account.
        public init() {}
    }

    /// The service account that reads the directory.
    public struct ServiceAccount: Hashable, Sendable {
        /// The e-mail address.
        public var email = "idbridge@sandbox.iam.gserviceaccount.com"
        /// The numeric client id that an administrator authorizes.
        public var clientID = "100000000000000000001"
        /// The id of its key.
        public var keyID = "0123456789abcdef0123456789abcdef01234567"
        /// The project.
        public var projectID = "sandbox"
        /// The scopes that domain-wide delegation grants.
        public var authorizedScopes: Set<String> = [
            "https://www.googleapis.com/auth/admin.directory.user.readonly",
            "https://www.googleapis.com/auth/admin.directory.group.readonly",
            "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
        ]
        /// Whether it was deleted or disabled.
        public var isDeleted = false
        /// The address to impersonate; it bears the privilege to read besides whoever is an administrator.
        public var delegate = "directory-reader@example.com"

        /// The sandbox's service account.
        public init() {}
    }

    /// A user of Google Workspace.
    public struct GoogleUser: Hashable, Sendable {
        /// The immutable id.
        public var id: String
        /// The primary address.
        public var primaryEmail: String
        /// Further addresses.
        public var aliases: [String]
        /// Further addresses that cannot be edited.
        public var nonEditableAliases: [String]
        /// The given name.
        public var givenName: String
        /// The family name.
        public var familyName: String
        /// Whether sign-in is suspended.
        public var isSuspended: Bool
        /// Why, where suspended.
        public var suspensionReason: String
        /// Whether the account is archived.
        public var isArchived: Bool
        /// Whether the account is a guest's.
        public var isGuest: Bool
        /// Whether the user is a super administrator.
        public var isAdmin: Bool
        /// Whether the user has some administrator role.
        public var isDelegatedAdmin: Bool
        /// The organizational unit.
        public var orgUnitPath: String
        /// When it was deleted (RFC 3339); nil for living users.
        public var deletionTime: String?

        /// A user; the names default to the local part of the address.
        public init(
            id: String,
            primaryEmail: String,
            aliases: [String] = [],
            nonEditableAliases: [String] = [],
            givenName: String? = nil,
            familyName: String? = nil,
            isSuspended: Bool = false,
            suspensionReason: String = "ADMIN",
            isArchived: Bool = false,
            isGuest: Bool = false,
            isAdmin: Bool = false,
            isDelegatedAdmin: Bool = false,
            orgUnitPath: String = "/",
            deletionTime: String? = nil
        ) {
            self.id = id
            self.primaryEmail = primaryEmail
            self.aliases = aliases
            self.nonEditableAliases = nonEditableAliases
            self.givenName = givenName ?? String(primaryEmail.prefix { $0 != "@" })
            self.familyName = familyName ?? "Example"
            self.isSuspended = isSuspended
            self.suspensionReason = suspensionReason
            self.isArchived = isArchived
            self.isGuest = isGuest
            self.isAdmin = isAdmin
            self.isDelegatedAdmin = isDelegatedAdmin
            self.orgUnitPath = orgUnitPath
            self.deletionTime = deletionTime
        }

        /// Every address, the primary one first.
        public var addresses: [String] { [primaryEmail] + aliases + nonEditableAliases }
    }

    /// A group of Google Workspace.
    public struct GoogleGroup: Hashable, Sendable {
        /// How a group answers that this customer's administrator asks for.
        public enum Owner: Hashable, Sendable {
            /// It is this customer's.
            case ownCustomer
            /// It is another customer's: in no list, and refused with this status (403 or 404).
            case otherCustomer(status: Int)
        }
        /// The immutable id.
        public var id: String
        /// The primary address.
        public var email: String
        /// The display name.
        public var name: String
        /// The description.
        public var description: String
        /// Further addresses.
        public var aliases: [String]
        /// Further addresses that cannot be edited.
        public var nonEditableAliases: [String]
        /// Whether an administrator created it.
        public var isAdminCreated: Bool
        /// Whose it is.
        public var owner: Owner
        /// Its direct members.
        public var members: [GoogleMember]

        /// A group; the name defaults to the local part of the address.
        public init(
            id: String,
            email: String,
            name: String? = nil,
            description: String = "",
            aliases: [String] = [],
            nonEditableAliases: [String] = [],
            isAdminCreated: Bool = true,
            owner: Owner = .ownCustomer,
            members: [GoogleMember] = []
        ) {
            self.id = id
            self.email = email
            self.name = name ?? String(email.prefix { $0 != "@" })
            self.description = description
            self.aliases = aliases
            self.nonEditableAliases = nonEditableAliases
            self.isAdminCreated = isAdminCreated
            self.owner = owner
            self.members = members
        }

        /// Every address, the primary one first.
        public var addresses: [String] { [email] + aliases + nonEditableAliases }
    }

    /// A direct member of a Google group.
    public struct GoogleMember: Hashable, Sendable {
        /// The types that lists show.
        public enum Kind: String, Hashable, Sendable {
            /// A person.
            case user = "USER"
            /// A nested group.
            case group = "GROUP"
            /// All users of a customer.
            case customer = "CUSTOMER"
            /// An outside address.
            case external = "EXTERNAL"
        }
        /// The member's id.
        public var id: String
        /// What it is.
        public var kind: Kind
        /// The address that the list shows; nil: that of the user or group with this id, if there is one.
        public var email: String?
        /// `OWNER`, `MANAGER`, `MEMBER`.
        public var role: String
        /// The status that the list shows; nil: that of the user with this id, and none for anybody else.
        public var status: String?

        /// A member.
        public init(
            id: String,
            kind: Kind = .user,
            email: String? = nil,
            role: String = "MEMBER",
            status: String? = nil
        ) {
            self.id = id
            self.kind = kind
            self.email = email
            self.role = role
            self.status = status
        }

        /// A person of this directory.
        public static func user(_ id: String, role: String = "MEMBER") -> GoogleMember {
            GoogleMember(id: id, role: role)
        }

        /// A nested group.
        public static func group(_ id: String, email: String? = nil) -> GoogleMember {
            GoogleMember(id: id, kind: .group, email: email)
        }

        /// All users of the customer.
        public static func customer(_ id: String = "C01sandbox") -> GoogleMember {
            GoogleMember(id: id, kind: .customer)
        }

        /// Somebody outside, whom the list usually shows as a user.
        public static func external(_ email: String, id: String, kind: Kind = .user) -> GoogleMember {
            GoogleMember(id: id, kind: kind, email: email)
        }
    }
}

extension World.Google {
    /// Case does not count in addresses.
    static func same(_ left: String, _ right: String) -> Bool { left.lowercased() == right.lowercased() }

    /// The living user with this id, primary address or alias.
    public func user(_ key: String) -> World.GoogleUser? {
        users.first { user in
            user.deletionTime == nil && (user.id == key || user.addresses.contains { Self.same($0, key) })
        }
    }

    /// The group with this id, address or alias, of whatever customer.
    public func group(_ key: String) -> World.GoogleGroup? {
        groups.first { group in group.id == key || group.addresses.contains { Self.same($0, key) } }
    }
}
