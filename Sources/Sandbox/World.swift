/// Everything that the simulated clouds hold, as one value: tests build it, look at it, and compare it.
public struct World: Hashable, Sendable {
    /// The Google Workspace account.
    public var google = Google()
    /// The Microsoft Entra tenant.
    public var entra = Entra()
    /// The IAM Identity Center instance with its identity store.
    public var identityCenter = IdentityCenter()
    /// The organization with its accounts.
    public var organization = Organization()
    /// Who may call AWS, and as whom.
    public var access = Access()
    /// How the services behave where the real ones differ between places and years.
    public var behaviour = Behaviour()

    /// An empty company: no people, no groups, one management account.
    public init() {}

    /// How the services behave where the real ones differ.
    public struct Behaviour: Hashable, Sendable {
        /// A cap on every page of Google's lists, so that small companies have several pages.
        public var googlePageLimit: Int?
        /// A cap on every page of AWS's lists.
        public var awsPageLimit: Int?
        /// Every list of AWS begins with a page that is empty and has a token, which is legal.
        public var hasEmptyPages = false
        /// `Account.Paths` is there (since 2026); older endpoints lack it.
        public var hasAccountPaths = true
        /// `Account.Status` is there beside or instead of `State`, as before September 2026.
        public var accountState: AccountState = .state
        /// `Revision`, `GroupArn`, `UserArn`, `MembershipArn` and `UserStatus` are there (since 2026).
        public var hasRevisions = true
        /// `Filters` on ListUsers and ListGroups are refused, as in newer Regions.
        public var refusesFilters = true
        /// The documented rates are enforced: 20 calls a second of Identity Store and of sso-admin, the Organizations table.
        public var throttles = false
        /// An assignment operation is done once it was asked for so many times …
        public var operationPolls = 1
        /// … or so many seconds after it was accepted, whichever comes first.
        public var operationSeconds = 0.25
        /// At most so many assignment operations may be outstanding.
        public var outstandingOperations = 15
        /// The token endpoint of Google writes `expires_in` as a text.
        public var expiresInIsText = false
        /// How long a Google access token lasts, in seconds.
        public var googleTokenSeconds = 3599

        /// As the services are today.
        public init() {}

        /// Which fields tell an account's state.
        public enum AccountState: Hashable, Sendable {
            /// `State` alone, as today.
            case state
            /// Both.
            case both
            /// `Status` alone.
            case status
            /// Neither.
            case none
        }
    }

    /// Who may call AWS, and as whom.
    public struct Access: Hashable, Sendable {
        /// The access keys that exist; temporary ones that the simulated STS gave out are not listed here.
        public var keys = [Key()]
        /// The roles that may be assumed.
        public var roles: [Role] = []
        /// The account from which the callers act; nil is the management account.
        ///
        /// A delegated administrator may not touch the management account, may not list assignments by principal, and may
        /// not use permission sets that are provisioned to the management account.
        public var delegatedAdministrator: String?
        /// Actions such as `sso:ListInstances` that every caller is refused.
        public var denied: Set<String> = []
        /// Tokens that AssumeRoleWithWebIdentity takes.
        public var webIdentityTokens: Set<String> = []
        /// The bearer token of the SCIM endpoint.
        public var scimToken = "sandbox-scim-token"
        /// The Authorization text that the container credentials endpoint wants.
        public var containerToken = "sandbox-container-token"

        /// One access key of an administrator.
        public init() {}
    }

    /// A long-lived access key.
    public struct Key: Hashable, Sendable {
        /// The access key id.
        public var id: String
        /// The secret access key.
        public var secret: String
        /// The session token, where the key is a temporary one.
        public var token: String?
        /// When it ends, in seconds since 1970.
        public var expiration: Double?
        /// The principal's ARN; its account is where the caller acts from.
        public var principal: String

        /// A key; the default is the sandbox's own, valid for ever.
        public init(
            id: String = "AKIASANDBOX000000001",
            secret: String = "sandbox/secret+key/for+loopback/calls+only",
            token: String? = nil,
            expiration: Double? = nil,
            principal: String = "arn:aws:iam::100000000001:user/idbridge"
        ) {
            self.id = id
            self.secret = secret
            self.token = token
            self.expiration = expiration
            self.principal = principal
        }
    }

    /// A role that may be assumed.
    public struct Role: Hashable, Sendable {
        /// `arn:aws:iam::ACCOUNT:role/NAME`.
        public var arn: String
        /// The external id that its trust policy wants.
        public var externalID: String?
        /// Whether web identities may assume it too.
        public var trustsWebIdentity: Bool
        /// The longest session, in seconds.
        public var maximumSeconds: Int
        /// A role.
        public init(
            _ arn: String,
            externalID: String? = nil,
            trustsWebIdentity: Bool = true,
            maximumSeconds: Int = 43_200
        ) {
            self.arn = arn
            self.externalID = externalID
            self.trustsWebIdentity = trustsWebIdentity
            self.maximumSeconds = maximumSeconds
        }
    }
}
