public import Model

/// `users`: how people are linked, and whether users are made.
public struct UserConfiguration: Hashable, Sendable {
    /// The passes of linking, in order.
    public var match: [LinkKey]
    /// Whether the bridge makes users.
    public var provision: Bool

    /// The defaults of the contract, but for what is given.
    public init(match: [LinkKey] = [.externalId, .userName, .email, .alias], provision: Bool = false) {
        self.match = match
        self.provision = provision
    }
}

/// `departures`: how many people may be taken out in what time.
public struct DepartureConfiguration: Hashable, Sendable {
    /// At most so many found or asked for …
    public var people: Int
    /// … in so many seconds.
    public var perSeconds: Int64
    /// Whether each open departure is also kept in Identity Center.
    public var marker: Bool

    /// The defaults of the contract, but for what is given.
    public init(people: Int = 5, perSeconds: Int64 = 86_400, marker: Bool = true) {
        self.people = people
        self.perSeconds = perSeconds
        self.marker = marker
    }
}

/// `serve`: the webhook server.
public struct ServeConfiguration: Hashable, Sendable {
    /// The host or address to listen on; an IPv6 address without brackets.
    public var host: String
    /// The port; 0 takes a free one.
    public var port: Int
    /// Any of these signs a request.
    public var keys: [SecretReference]

    /// A server by its address and keys.
    public init(host: String = "127.0.0.1", port: Int = 8_484, keys: [SecretReference]) {
        self.host = host
        self.port = port
        self.keys = keys
    }
}

/// `notify`: where notices go.
public struct NotifyConfiguration: Hashable, Sendable {
    /// A Slack webhook's URL.
    public var slack: SecretReference?
    /// Another webhook's URL.
    public var webhook: SecretReference?
    /// A URL that is asked after each good run.
    public var heartbeat: SecretReference?

    /// Notices go nowhere but where is given.
    public init(slack: SecretReference? = nil, webhook: SecretReference? = nil, heartbeat: SecretReference? = nil) {
        self.slack = slack
        self.webhook = webhook
        self.heartbeat = heartbeat
    }
}

/// `guardrails`: what no permission set may allow.
public struct GuardrailConfiguration: Hashable, Sendable {
    /// What a plan does where a permission set that it newly gives breaks a guardrail.
    public enum Enforcement: String, Hashable, Sendable, CaseIterable {
        /// A warning.
        case warn
        /// The assignments are left out.
        case hold
        /// The guardrail is left out.
        case off
    }
    /// A guardrail of the company's own.
    public struct Custom: Hashable, Sendable {
        /// Its name, `[a-z0-9-]`.
        public var name: String
        /// The actions that no set may allow, perhaps with wildcards.
        public var actions: [String]
        /// The resources, perhaps with wildcards.
        public var resources: [String]
        /// Names of permission sets that may.
        public var allow: [String]
        /// What a plan does.
        public var enforce: Enforcement

        /// A guardrail of the company's own.
        public init(
            name: String,
            actions: [String],
            resources: [String] = ["*"],
            allow: [String] = [],
            enforce: Enforcement = .warn
        ) {
            self.name = name
            self.actions = actions
            self.resources = resources
            self.allow = allow
            self.enforce = enforce
        }
    }
    /// Names of permission sets that may make IAM users.
    public var iamUsersAllow: [String]
    /// What a plan does about `iamUsers`.
    public var iamUsersEnforce: Enforcement
    /// Guardrails of the company's own.
    public var custom: [Custom]

    /// The defaults of the contract, but for what is given.
    public init(iamUsersAllow: [String] = [], iamUsersEnforce: Enforcement = .warn, custom: [Custom] = []) {
        self.iamUsersAllow = iamUsersAllow
        self.iamUsersEnforce = iamUsersEnforce
        self.custom = custom
    }
}

/// `awsConfig`: the AWS CLI configuration for everybody.
public struct AWSConfigConfiguration: Hashable, Sendable {
    /// One selector of accounts, as in mapping files.
    public enum Selector: Hashable, Sendable {
        /// An account id.
        case id(AccountID)
        /// A glob over account names.
        case name(String)
        /// An OU and everything below it, as names from the root's child; empty: the root.
        case organizationalUnit([String])
        /// Tags that must all match.
        case tags([String: String])
        /// A set of the mapping.
        case set(String)
        /// Every account.
        case all
    }
    /// A region for some accounts.
    public struct Region: Hashable, Sendable {
        /// The accounts that any of these selects.
        public var accounts: [Selector]
        /// Their region.
        public var region: String

        /// A region for some accounts.
        public init(accounts: [Selector], region: String) {
            self.accounts = accounts
            self.region = region
        }
    }
    /// One more key of each profile.
    public struct Setting: Hashable, Sendable {
        /// The key.
        public var key: String
        /// The value as it is written.
        public var value: String

        /// One more key of each profile.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }
    /// The name of the `sso-session`.
    public var session: String
    /// The start URL; nil: made from the identity store id.
    public var startURL: String?
    /// The region of profiles; nil: the target's.
    public var region: String?
    /// Regions for some accounts; the first that fits counts.
    public var regions: [Region]
    /// The name of a profile, with `{permissionSet}` and `{account}` or `{accountId}`.
    public var profileName: String
    /// Further keys of each profile, in the order of the file.
    public var settings: [Setting]

    /// The defaults of the contract, but for what is given.
    public init(
        session: String,
        startURL: String? = nil,
        region: String? = nil,
        regions: [Region] = [],
        profileName: String = "{account}-{permissionSet}",
        settings: [Setting] = []
    ) {
        self.session = session
        self.startURL = startURL
        self.region = region
        self.regions = regions
        self.profileName = profileName
        self.settings = settings
    }
}
