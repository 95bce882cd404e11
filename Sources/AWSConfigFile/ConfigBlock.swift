public import Model

/// An account and a permission set that get a profile.
public struct ProfileAccess: Hashable, Sendable {
    /// The account.
    public var account: AccountID
    /// Its name in the organization.
    public var accountName: String
    /// The name of the permission set.
    public var permissionSet: String
    /// The region of the profile.
    public var region: String

    /// An account and a permission set that get a profile.
    public init(account: AccountID, accountName: String, permissionSet: String, region: String) {
        self.account = account
        self.accountName = accountName
        self.permissionSet = permissionSet
        self.region = region
    }
}

/// The `sso-session` that all profiles share.
public struct ConfigSession: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// `sso_start_url`.
    public var startURL: String
    /// `sso_region`: the home region of Identity Center.
    public var region: String

    /// The session that all profiles share.
    public init(name: String, startURL: String, region: String) {
        self.name = name
        self.startURL = startURL
        self.region = region
    }
}

/// The marked block of a configuration file of the AWS CLI: one session, and a profile for each access.
///
/// It holds no credentials. Source: AWS CLI user guide, "Configuring IAM Identity Center authentication".
public struct ConfigBlock: Hashable, Sendable {
    /// A profile with its name.
    public struct Profile: Hashable, Sendable {
        /// Its name, made of `[A-Za-z0-9_.+=,@/-]`.
        public var name: String
        /// What it reaches.
        public var access: ProfileAccess
    }
    /// One more key of each profile.
    public struct Setting: Hashable, Sendable {
        /// The key.
        public var key: String
        /// The value, without control characters.
        public var value: String

        /// One more key of each profile.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The first line of a block.
    public static let firstLine = "# >>> idbridge aws-config: do not edit inside"
    /// The last line of a block.
    public static let lastLine = "# <<< idbridge aws-config"

    /// The session.
    public let session: ConfigSession
    /// The profiles by name.
    public let profiles: [Profile]
    /// Further keys of each profile, in order.
    public let settings: [Setting]

    /// Names the profiles and sorts them; the same access gives the same block, in whatever order it comes.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - access: what gets a profile, each account and permission set once.
    ///   - template: the profile's name, with `{permissionSet}` and `{account}` or `{accountId}`.
    ///   - settings: further keys of each profile.
    public init(session: ConfigSession, access: [ProfileAccess], template: String, settings: [Setting]) {
        self.session = session
        self.settings = settings
        profiles = zip(ProfileNaming(template: template).names(of: access), access)
            .map { Profile(name: $0, access: $1) }
            .sorted { $0.name < $1.name }
    }

    /// The block, from its first line to the end of its last.
    ///
    /// - Parameters:
    ///   - leavingOut: the names of profiles that stand elsewhere.
    ///   - hasSession: whether the session is written; false where it stands elsewhere.
    public func text(leavingOut: Set<String> = [], hasSession: Bool = true) -> String {
        var sections = profiles.filter { !leavingOut.contains($0.name) }.map(section)
        if hasSession { sections.insert(sessionSection, at: 0) }
        return ConfigBlock.firstLine + "\n" + sections.joined(separator: "\n") + ConfigBlock.lastLine + "\n"
    }

    private var sessionSection: String {
        """
        [sso-session \(session.name)]
        sso_start_url = \(session.startURL)
        sso_region = \(session.region)
        sso_registration_scopes = sso:account:access

        """
    }

    private func section(_ profile: Profile) -> String {
        let head = """
            [profile \(profile.name)]
            sso_session = \(session.name)
            sso_account_id = \(profile.access.account)
            sso_role_name = \(profile.access.permissionSet)
            region = \(profile.access.region)

            """
        return settings.reduce(head) { $0 + "\($1.key) = \($1.value)\n" }
    }
}
