internal import HTTP
internal import Model

extension EntraID {
    /// Looks at what a round told of lists that are too large to be read again for each change.
    ///
    /// A replay may tell of a member who left long ago. So each who came or left by the round is asked about, twenty in a
    /// batch; where the answer is another, or cannot decide, the list is read again after all.
    func checkLargeLists(
        _ part: inout CopyPart<GroupRecord>,
        since old: CopyPart<GroupRecord>,
        _ told: GroupRound,
        now: Int64,
        _ api: GraphAPI
    ) async {
        var claims: [String: [MemberClaim]] = [:]
        for group in told.changes.keys {
            switch part.claims(of: group, since: old) {
            case .none: continue
            case .these(let members): for member in members { claims[member.user, default: []].append(member) }
            case .undecidable: part.doubt(membersOf: group, at: now)
            }
        }
        let asked = claims.sorted { $0.key < $1.key }
            .flatMap { user, claims in claims.slices(of: EntraID.checkedGroups).map { (user, $0) } }
        guard !asked.isEmpty else { return }
        let answers = await memberGroups(asked.map { ($0, $1.map(\.group)) }, api)
        for ((_, claims), answer) in zip(asked, answers) {
            for claim in claims where !claim.agrees(with: answer) { part.doubt(membersOf: claim.group, at: now) }
        }
    }

    /// Asks which of some groups each user is in, directly or through others; at most twenty groups a question.
    func memberGroups(
        _ asked: [(user: String, groups: [String])],
        _ api: GraphAPI
    ) async -> [Result<GroupIDs, CallFailure>] {
        let calls = asked.map { user, groups in
            BatchCall(
                name: CallName(operation: "users.checkMemberGroups", object: user),
                method: "POST",
                url: api.relative(api.url(["users", user, "checkMemberGroups"])),
                groupIDs: Array(Set(groups)).sorted()
            )
        }
        return await api.batch(calls, width: settings.concurrency)
    }

    /// The groups that a user is in, of those asked for.
    struct GroupIDs: Decodable, Sendable {
        var value: [String]

        func contains(_ group: String) -> Bool { value.contains { $0.lowercased() == group.lowercased() } }
    }

    /// The most group ids of one `checkMemberGroups`. Source: Microsoft Graph, "Check member groups".
    static var checkedGroups: Int { 20 }
}

/// Who came to a list, or left it, as a round told it.
struct MemberClaim: Hashable, Sendable {
    var group: String
    var user: String
    /// Whether the user is a member now.
    var isMember: Bool

    /// Whether Graph says the same; somebody who is gone counts nowhere, whatever was told.
    func agrees(with answer: Result<EntraID.GroupIDs, CallFailure>) -> Bool {
        switch answer {
        case .success(let groups): groups.contains(group) == isMember
        case .failure(let failure): failure.isNotFound
        }
    }
}

extension CopyPart<GroupRecord> {
    /// What is to be looked at of a list that changed.
    enum Claims {
        case none
        case these([MemberClaim])
        /// Nested groups came or left, somebody came who may be in by a nested group alone, or so many did that the list
        /// itself takes fewer calls.
        case undecidable
    }

    /// Who came to a list or left it, where the copy follows what it was told.
    func claims(of group: String, since old: Self) -> Claims {
        guard doubtful[group] == nil, let members = records[group]?.members, let before = old.records[group]?.members
        else { return .none }
        var claims: [MemberClaim] = []
        let isNesting = members.values.contains(.group)
        for (id, kind) in members where before[id] == nil {
            if kind == .group || isNesting && kind != .other { return .undecidable }
            if kind != .other { claims.append(MemberClaim(group: group, user: id, isMember: true)) }
        }
        for (id, kind) in before where members[id] == nil {
            if kind == .group { return .undecidable }
            if kind != .other { claims.append(MemberClaim(group: group, user: id, isMember: false)) }
        }
        if claims.isEmpty { return .none }
        return claims.count / GraphAPI.batchSize > members.count / 999 ? .undecidable : .these(claims)
    }

    /// Has a list read again, now and until what was told must be everywhere.
    mutating func doubt(membersOf group: String, at now: Int64) {
        guard records[group] != nil else { return }
        doubtful[group] = now
        records[group]?.members = nil
    }
}
