/// A directory that is read; the connectors conform to it, and to them only the shell.
///
/// A read is whole or it says why it is not: repeated page tokens, missing or duplicate pages, wrong types and lists
/// that end early are problems, never shorter results.
public protocol Source: Sendable {
    /// The source's name in the configuration.
    var name: String { get }
    /// The kind of directory.
    var kind: SourceKind { get }

    /// Reads all users and all groups, without members and without deleted users.
    ///
    /// Throws where the source cannot be read at all (no token, no connection, everything refused). Where only one of
    /// the lists fails, the directory carries what came and `usersProblem` or `groupsProblem`.
    func listing() async throws(UpstreamError) -> Directory

    /// Reads the direct members of groups, in parallel; every asked group has an entry in the result.
    func members(of groups: [SourceGroupID]) async -> [SourceGroupID: MemberReading]

    /// Reads the list of deleted users (Google `showDeleted`, Graph `deletedItems`).
    func deletedUsers() async throws(UpstreamError) -> [SourceUser]

    /// Reads facts a second time by point reads before a membership is withdrawn on their strength.
    ///
    /// Every asked fact has an entry in the result.
    func confirm(_ facts: [SourceFact]) async -> [SourceFact: Confirmation]

    /// Reads the state of every user by the cheapest way that the directory has (Google: the smallest mask; Entra: delta).
    ///
    /// Deleted users are not among them. Throws where the list is not whole.
    func userStates() async throws(UpstreamError) -> [SourceUserState]

    /// Reads one user by immutable id, primary address or alias; nil where the source says there is none.
    func user(_ key: String) async throws(UpstreamError) -> SourceUser?

    /// Forgets what earlier runs have kept of this source, so that the next run reads it whole.
    ///
    /// Asked for where what was kept may lack something: else a list that once came short would be believed for ever.
    func forget() async
}

extension Source {
    /// A source that keeps nothing has nothing to forget.
    public func forget() async {}
}

/// A user's state, as the frequent look for leavers reads it.
public struct SourceUserState: Hashable, Sendable {
    /// The immutable id.
    public var id: SourceUserID
    /// The primary address.
    public var primaryAddress: String
    /// What the source says of the account.
    public var state: UserState
    /// A user's state.
    public init(id: SourceUserID, primaryAddress: String, state: UserState) {
        self.id = id
        self.primaryAddress = primaryAddress
        self.state = state
    }
}

/// One fact about a source that a withdrawal rests on.
public enum SourceFact: Hashable, Sendable {
    /// The user is not active: suspended, archived or deleted (a deleted user is one that a point read no longer finds).
    case notActive(SourceUserID)
    /// The user is not a member of the group; `direct`: not a direct one, else neither through nested groups.
    ///
    /// `hasCustomerMember`: the group, or one nested in it, lists "all users", so `hasMember` would say yes to
    /// everybody and the lists themselves are to be read again.
    case notMember(SourceUserID, of: SourceGroupID, direct: Bool, hasCustomerMember: Bool)
    /// The user is a member of the group, directly or through nested groups.
    case member(SourceUserID, of: SourceGroupID)
    /// No user of the source that is alive (in any state but deleted) has one of these ids or this user name.
    case nobodyAlive(externalIDs: [String], userName: String)
}

/// What a second look at a fact said.
public enum Confirmation: Hashable, Sendable {
    /// It is so.
    case confirmed
    /// It is not so; the text says what was found.
    case refuted(String)
    /// There was no answer; the text says why and keeps the request id.
    case unanswered(String)
}
