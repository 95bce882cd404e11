/// A change to the target, with everything that the call needs.
public enum Write: Hashable, Sendable {
    /// Makes a user.
    case createUser(NewUser)
    /// Changes fields of a user; nil leaves a field as it is.
    case updateUser(
        UserID,
        userName: String?,
        displayName: String?,
        givenName: String?,
        familyName: String?,
        email: String?
    )
    /// Disables a user by SCIM.
    case disableUser(UserID)
    /// Enables a user by SCIM.
    case enableUser(UserID)
    /// Deletes a user.
    case deleteUser(UserID)
    /// Makes a group.
    case createGroup(displayName: String, description: String)
    /// Renames a group or changes its description; `.some(nil)` removes the description.
    case updateGroup(GroupID, displayName: String?, description: String??, revision: String?)
    /// Deletes a group.
    case deleteGroup(GroupID, revision: String?)
    /// Adds a user to a group.
    case addMember(GroupID, UserID)
    /// Takes a user out of a group; the membership's id is looked up where it is not known.
    case removeMember(GroupID, UserID, membership: MembershipID?)
    /// Assigns a permission set on an account.
    case createAssignment(AccountAssignment)
    /// Takes an assignment back.
    case deleteAssignment(AccountAssignment)
    /// Takes an application assignment of a principal back.
    case deleteApplicationAssignment(applicationARN: String, Principal)
}

/// The fields of a user that is to be made.
public struct NewUser: Hashable, Sendable {
    /// The user name, and the primary e-mail.
    public var address: String
    /// The name shown.
    public var displayName: String
    /// The given name.
    public var givenName: String
    /// The family name.
    public var familyName: String
    /// `idbridge:OWNER`.
    public var userType: String
    /// The fields of a user.
    public init(address: String, displayName: String, givenName: String, familyName: String, userType: String) {
        self.address = address
        self.displayName = displayName
        self.givenName = givenName
        self.familyName = familyName
        self.userType = userType
    }
}

/// What came of a write that succeeded, or whose effect stood already.
public struct Receipt: Hashable, Sendable {
    /// The request id, where the service gave one.
    public var requestID: String?
    /// The id of the object that was made: a group's, user's or membership's.
    public var createdID: String?
    /// True when the effect stood already and a check proved it.
    public var stoodAlready: Bool
    /// What came of a write.
    public init(requestID: String? = nil, createdID: String? = nil, stoodAlready: Bool = false) {
        self.requestID = requestID
        self.createdID = createdID
        self.stoodAlready = stoodAlready
    }
}

/// Everything that one user holds, wherever it hangs.
public struct Holdings: Hashable, Sendable {
    /// An application that a principal is assigned to.
    public struct ApplicationAssignment: Hashable, Sendable {
        /// The application's ARN.
        public var applicationARN: String
        /// The principal.
        public var principal: Principal
        /// An application that a principal is assigned to.
        public init(applicationARN: String, principal: Principal) {
            self.applicationARN = applicationARN
            self.principal = principal
        }
    }

    /// Group memberships, of owned groups or not.
    public var memberships: [GroupMembership]
    /// Direct account assignments of the user.
    public var assignments: [AccountAssignment]
    /// Direct application assignments of the user.
    public var applicationAssignments: [ApplicationAssignment]
    /// What could not be listed, and why; empty when everything was.
    public var problems: [UpstreamError]

    /// Everything that one user holds.
    public init(
        memberships: [GroupMembership] = [],
        assignments: [AccountAssignment] = [],
        applicationAssignments: [ApplicationAssignment] = [],
        problems: [UpstreamError] = []
    ) {
        self.memberships = memberships
        self.assignments = assignments
        self.applicationAssignments = applicationAssignments
        self.problems = problems
    }

    /// Whether the user holds nothing and all of it could be listed.
    public var isProvenEmpty: Bool {
        memberships.isEmpty && assignments.isEmpty && applicationAssignments.isEmpty && problems.isEmpty
    }
}

/// The Identity Center instance: reads in pieces, so that a run reads only what it needs, and writes one at a time.
///
/// Pacing, concurrency limits of the service, retries and the polling of asynchronous operations are the target's own
/// business: callers may start as many calls at once as they like.
public protocol Target: Sendable {
    /// The instance, its identity store and region; the organization's management account where it can be read.
    func identity() async throws(UpstreamError) -> TargetIdentity
    /// The account that the calls are made from, which tells whether it is a delegated administrator's; nil where the
    /// target cannot tell. Costs a call of its own, so it is asked for only where the management account is concerned.
    func callerAccount() async throws(UpstreamError) -> AccountID?
    /// All users of the identity store.
    func users() async throws(UpstreamError) -> [TargetUser]
    /// All groups of the identity store.
    func groups() async throws(UpstreamError) -> [TargetGroup]
    /// The memberships of groups, each read whole; a group that is gone has none.
    func memberships(of groups: [GroupID]) async throws(UpstreamError) -> [GroupID: [GroupMembership]]
    /// The organization's accounts and OUs; tags only where asked for.
    func organization(withTags: Bool) async throws(UpstreamError) -> Organization
    /// All permission sets with their names.
    func permissionSets() async throws(UpstreamError) -> [PermissionSet]
    /// The assignments of groups on all accounts, by the cheapest way that the case allows.
    ///
    /// - Parameters:
    ///   - groups: the principals.
    ///   - accounts: all accounts, for the walk over accounts where principals cannot be asked.
    ///   - permissionSets: all permission sets, likewise.
    ///   - including: pairs that the caller cares about even where the listing of provisioned sets lacks them.
    func assignments(
        of groups: [GroupID],
        accounts: [AccountID],
        permissionSets: [PermissionSetARN],
        including: Set<AccessPair>
    ) async throws(UpstreamError) -> [AccountAssignment]
    /// Every assignment of the instance, of users and groups.
    func everyAssignment(accounts: [AccountID], permissionSets: [PermissionSetARN]) async throws(UpstreamError)
        -> [AccountAssignment]
    /// All holders of pairs, users and groups.
    func assignments(on pairs: [AccessPair]) async throws(UpstreamError) -> [AccountAssignment]
    /// Whether groups have application assignments.
    func hasApplicationAssignments(_ groups: [GroupID]) async throws(UpstreamError) -> [GroupID: Bool]
    /// One user by id; nil where there is none.
    func user(_ id: UserID) async throws(UpstreamError) -> TargetUser?
    /// One user by user name or primary e-mail, in that order; nil where there is none.
    func user(named name: String) async throws(UpstreamError) -> TargetUser?
    /// The memberships of a user, of whatever group; none where the user is gone.
    func memberships(of user: UserID) async throws(UpstreamError) -> [GroupMembership]
    /// The direct account assignments of a user.
    ///
    /// `accounts` and `permissionSets` serve the walk where direct assignments cannot be listed by principal; they are
    /// asked for only then.
    func directAssignments(
        of user: UserID,
        walk: @Sendable () async throws(UpstreamError) -> (accounts: [AccountID], permissionSets: [PermissionSetARN])
    ) async throws(UpstreamError) -> [AccountAssignment]
    /// The direct application assignments of a user.
    func applicationAssignments(of user: UserID) async throws(UpstreamError) -> [Holdings.ApplicationAssignment]
    /// The ARNs of the applications of the instance that need no assignment: everybody may use them.
    func openApplications() async throws(UpstreamError) -> [String]
    /// One group by display name; nil where there is none.
    func group(named name: String) async throws(UpstreamError) -> TargetGroup?
    /// Performs a write to its end (an assignment operation until it succeeded or failed).
    ///
    /// Safe to repeat: what stands already is checked and reported as such.
    func perform(_ write: Write) async throws(UpstreamError) -> Receipt
    /// How many calls of each service were made so far: `identitystore`, `sso-admin`, `organizations` ….
    func callCounts() -> [String: Int]
}

extension Target {
    /// Nil: the target cannot tell.
    public func callerAccount() async throws(UpstreamError) -> AccountID? { nil }
}
