extension World {
    /// A Microsoft Entra tenant.
    public struct Entra: Hashable, Sendable {
        /// The tenant's id.
        public var tenantID = "7e4a0000-0000-4000-8000-00000000e17a"
        /// A verified domain, by which the tenant may be named too.
        public var domain = "example.onmicrosoft.com"
        /// The users, deleted ones included.
        public var users: [EntraUser] = []
        /// The groups, deleted ones included.
        public var groups: [EntraGroup] = []
        /// The applications that may ask for tokens.
        public var applications = [EntraApplication()]
        /// The client id of the application behind the machine's own identity; nil where it has none.
        public var managedIdentity: String? = EntraApplication().clientID
        /// How Graph behaves where the real one differs between places and days.
        public var behaviour = GraphBehaviour()

        /// A tenant without people and groups.
        public init() {}
    }

    /// How Graph behaves where the real one differs.
    public struct GraphBehaviour: Hashable, Sendable {
        /// A cap on every page of lists, so that small tenants have several pages.
        public var pageLimit: Int?
        /// How many objects one page of a delta holds.
        public var deltaPageSize = 200
        /// How many members one entry of a delta tells; a group with more comes several times.
        public var deltaMembersPerEntry = 100
        /// How long a delta link holds, in seconds.
        public var deltaSeconds = 7.0 * 86_400
        /// What a delta link that has expired, or is unknown, is answered with: 410, or 400 as for identity resources.
        public var expiredDeltaStatus = 410
        /// Every round of a delta tells again some of what the rounds before it told, as it was then.
        public var hasReplays = false
        /// The entries of a round come in no order.
        public var isShuffled = false
        /// The delta of groups tells of members who were deleted; the real one does not until they are gone for good.
        public var tellsDeletedMembers = false
        /// With ``tellsDeletedMembers``: that members are back who were restored is not told.
        public var forgetsRestoredMembers = false
        /// Groups whose members are refused (403); with any, there is no delta of groups either.
        public var unreadableGroups: Set<String> = []
        /// Each part of a batch whose number, counted over all batches, this divides is throttled with `Retry-After`;
        /// 0 for none.
        public var throttlesEachNthPart = 0
        /// How long an access token lasts, in seconds.
        public var tokenSeconds = 3599

        /// As Graph is on most days.
        public init() {}
    }

    /// An application that may ask for tokens of the tenant.
    public struct EntraApplication: Hashable, Sendable {
        /// The client id.
        public var clientID: String
        /// The secrets that hold.
        public var secrets: Set<String>
        /// Secrets that have expired.
        public var expiredSecrets: Set<String> = []
        /// The registered certificates, in PEM; the sandbox's own, which is made at its start, is another.
        public var certificates: [String] = []
        /// Whether the sandbox's own certificate is registered.
        public var hasSandboxCertificate = true
        /// The tokens of other identity providers that stand for the application.
        public var federated: [FederatedCredential] = [FederatedCredential()]
        /// The application permissions that were consented to.
        public var roles: Set<String> = ["User.Read.All", "GroupMember.Read.All"]

        /// An application; the default is the sandbox's own.
        public init(
            clientID: String = "c11e0000-0000-4000-8000-00000000e17a",
            secrets: Set<String> = ["sandbox~Secret.of_the-application"]
        ) {
            self.clientID = clientID
            self.secrets = secrets
        }
    }

    /// A federated credential: whose tokens stand for an application. Their signatures are not looked at.
    public struct FederatedCredential: Hashable, Sendable {
        /// The `iss` claim.
        public var issuer = "https://tokens.sandbox.example"
        /// The `sub` claim.
        public var subject = "system:serviceaccount:idbridge:idbridge"
        /// The `aud` claim.
        public var audience = "api://AzureADTokenExchange"

        /// The sandbox's own.
        public init() {}
    }

    /// A user of Entra.
    public struct EntraUser: Hashable, Sendable {
        /// The immutable id.
        public var id: String
        /// The user principal name.
        public var userPrincipalName: String
        /// The mail address.
        public var mail: String?
        /// `SMTP:` the primary address, `smtp:` aliases, other kinds.
        public var proxyAddresses: [String]
        /// The name shown.
        public var displayName: String
        /// The given name.
        public var givenName: String?
        /// The family name.
        public var surname: String?
        /// Whether sign-in is allowed.
        public var isEnabled: Bool
        /// `Member` or `Guest`; nil for accounts older than the property.
        public var userType: String?
        /// When it was deleted (RFC 3339); nil for living users.
        public var deletedAt: String?
        /// When it was created (RFC 3339).
        public var createdAt = "2025-01-01T00:00:00Z"
        /// When the employee leaves (RFC 3339); shown only to those who may read lifecycle information.
        public var leaveDate: String?

        /// A user; the names default to the local part of the name.
        public init(
            id: String,
            userPrincipalName: String,
            mail: String? = nil,
            proxyAddresses: [String] = [],
            displayName: String? = nil,
            givenName: String? = nil,
            surname: String? = nil,
            isEnabled: Bool = true,
            userType: String? = "Member",
            deletedAt: String? = nil
        ) {
            self.id = id
            self.userPrincipalName = userPrincipalName
            self.mail = mail
            self.proxyAddresses = proxyAddresses
            self.displayName = displayName ?? String(userPrincipalName.prefix { $0 != "@" })
            self.givenName = givenName
            self.surname = surname
            self.isEnabled = isEnabled
            self.userType = userType
            self.deletedAt = deletedAt
        }
    }

    /// A group of Entra.
    public struct EntraGroup: Hashable, Sendable {
        /// The kinds that mapping files make no difference between.
        public enum Kind: Hashable, Sendable {
            /// A security group.
            case security
            /// A Microsoft 365 group.
            case microsoft365
            /// A security group with a rule.
            case dynamic
            /// A security group with a mail address.
            case mailEnabled
            /// A distribution list.
            case distribution
        }
        /// The immutable id.
        public var id: String
        /// The display name, which several groups may have.
        public var displayName: String
        /// What kind it is.
        public var kind: Kind
        /// Whether its members are shown only to those who may see hidden ones.
        public var isHidden: Bool
        /// Its direct members, those of them that are deleted included.
        public var members: [EntraMember]
        /// When it was deleted (RFC 3339); nil for living groups.
        public var deletedAt: String?
        /// When it was created (RFC 3339).
        public var createdAt = "2025-01-01T00:00:00Z"

        /// A group.
        public init(
            id: String,
            displayName: String,
            kind: Kind = .security,
            isHidden: Bool = false,
            members: [EntraMember] = [],
            deletedAt: String? = nil
        ) {
            self.id = id
            self.displayName = displayName
            self.kind = kind
            self.isHidden = isHidden
            self.members = members
            self.deletedAt = deletedAt
        }
    }

    /// A direct member of an Entra group.
    public struct EntraMember: Hashable, Sendable {
        /// The kinds of objects.
        public enum Kind: String, Hashable, Sendable {
            /// A person.
            case user
            /// A nested group.
            case group
            /// A machine.
            case device
            /// An application.
            case servicePrincipal
            /// A contact.
            case orgContact
        }
        /// The object's id.
        public var id: String
        /// What it is.
        public var kind: Kind

        /// A member; the default is a person.
        public init(_ id: String, _ kind: Kind = .user) {
            self.id = id
            self.kind = kind
        }

        /// A person.
        public static func user(_ id: String) -> EntraMember { EntraMember(id) }
        /// A nested group.
        public static func group(_ id: String) -> EntraMember { EntraMember(id, .group) }
    }

    // MARK: - Building

    /// Adds a user to Entra; the id is derived from the name where none is given.
    @discardableResult
    public mutating func addEntraUser(
        _ userPrincipalName: String,
        id: String? = nil,
        mail: String? = nil,
        proxyAddresses: [String] = [],
        isEnabled: Bool = true,
        userType: String? = "Member"
    ) -> EntraUser {
        let user = EntraUser(
            id: id ?? Identifier.uuid("entra-user", userPrincipalName),
            userPrincipalName: userPrincipalName,
            mail: mail,
            proxyAddresses: proxyAddresses,
            isEnabled: isEnabled,
            userType: userType
        )
        entra.users.append(user)
        return user
    }

    /// Adds a group to Entra; the id is derived from the name where none is given.
    @discardableResult
    public mutating func addEntraGroup(
        _ displayName: String,
        id: String? = nil,
        kind: EntraGroup.Kind = .security,
        isHidden: Bool = false,
        members: [EntraMember] = []
    ) -> EntraGroup {
        let group = EntraGroup(
            id: id ?? Identifier.uuid("entra-group", displayName),
            displayName: displayName,
            kind: kind,
            isHidden: isHidden,
            members: members
        )
        entra.groups.append(group)
        return group
    }

    /// Changes an Entra user, found by id or name; false where there is none.
    @discardableResult
    public mutating func changeEntraUser(_ key: String, _ change: (inout EntraUser) -> Void) -> Bool {
        let wanted = key.lowercased()
        let index = entra.users.firstIndex { $0.id == key || $0.userPrincipalName.lowercased() == wanted }
        guard let index else { return false }
        change(&entra.users[index])
        return true
    }

    /// Changes an Entra group, found by id or display name; false where there is none.
    @discardableResult
    public mutating func changeEntraGroup(_ key: String, _ change: (inout EntraGroup) -> Void) -> Bool {
        guard let index = entra.groups.firstIndex(where: { $0.id == key || $0.displayName == key }) else {
            return false
        }
        change(&entra.groups[index])
        return true
    }
}
