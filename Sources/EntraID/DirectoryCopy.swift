internal import Model

/// A tenant as the local copy knows it, with the links by which Graph tells what has changed since.
///
/// A copy and its links are stored as one value. However old it is, its links belong to it: either they continue it, or
/// Graph refuses them and everything is read anew.
struct DirectoryCopy: Hashable, Sendable {
    /// Changes with every change of what is selected or how it is understood, so that copies of other versions are not used.
    static let version = "idbridge entra copy 2"

    /// What the copy was read from, and by whom: a link is of no use to anybody else.
    var scope: String
    /// The users; nil where they are not known.
    var users: CopyPart<UserRecord>?
    /// The groups; nil where they are not known.
    var groups: CopyPart<GroupRecord>?

    /// So long a copy is continued before everything is read anew: what a delta once left out does not stand for ever.
    private static let continuedSeconds: Int64 = 14 * 86_400

    /// Lets go of the parts that were last read whole too long ago, or by a clock that has gone back since.
    mutating func forgetAged(at now: Int64) {
        let fresh = now - Self.continuedSeconds...now
        if let since = users?.since, !fresh.contains(since) { users = nil }
        if let since = groups?.since, !fresh.contains(since) { groups = nil }
    }

    /// The direct members of a group that count; nil where they are not known.
    ///
    /// Users and groups that are gone from the tenant are left out: a deleted user's memberships rest, and Graph does not
    /// tell of them (microsoft-graph-docs-contrib#2829).
    func members(of group: String) -> [SourceMember]? {
        guard let users, let groups, let members = groups.records[group]?.members else { return nil }
        let known = members.compactMap { id, kind -> SourceMember? in
            if kind == .user || kind == .unknown, users.records[id] != nil { return SourceMember(kind: .user, id: id) }
            if kind == .group || kind == .unknown, groups.records[id] != nil {
                return SourceMember(kind: .group, id: id)
            }
            return nil
        }
        return known.sorted { ($0.id ?? "") < ($1.id ?? "") }
    }
}

/// The users or the groups of a copy.
struct CopyPart<Record: Hashable & Sendable>: Hashable, Sendable {
    /// So long after a doubt a point read may still show an older state than the delta told.
    ///
    /// Source: Microsoft Graph's directory is eventually consistent; changes take a minute or two to reach all replicas.
    static var settlingSeconds: Int64 { 900 }
    /// So long ids of deleted objects are remembered: they can be restored for 30 days.
    static var graveSeconds: Int64 { 40 * 86_400 }

    /// The delta link that continues the records.
    var link: String
    /// When everything was last read, in seconds since 1970.
    var since: Int64
    /// The objects by id.
    var records: [String: Record] = [:]
    /// What was deleted, and when it was told, in seconds since 1970.
    var gone: [String: Int64] = [:]
    /// What is read again by id, and since when: the delta contradicted itself about it, or it must not rest on one telling.
    var doubtful: [String: Int64] = [:]

    /// Whether an object that was not among the records is an old one that was restored, and has its old memberships back.
    ///
    /// - Parameter created: when it was created, as Graph says it.
    func isBack(_ id: String, created: String?) -> Bool {
        guard records[id] == nil else { return false }
        guard gone[id] == nil, let created = created.flatMap({ Timestamp(rfc3339: $0) }) else { return true }
        return created.seconds <= since
    }

    /// Takes an object out.
    mutating func remove(_ id: String, at now: Int64) {
        if records.removeValue(forKey: id) != nil || gone[id] == nil { gone[id] = now }
    }

    /// Ends the doubts that are old enough for a read to be newer than what raised them, and forgets old graves.
    mutating func settle(at now: Int64) {
        doubtful = doubtful.filter { now - $0.value < Self.settlingSeconds }
        gone = gone.filter { now - $0.value < Self.graveSeconds }
    }
}
