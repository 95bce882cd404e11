internal import Model

/// What each group lets its members reach, before and after a list of actions.
struct Reach {
    /// One group's members and pairs, before and after.
    struct Group {
        var work: Int
        var before: Set<Int>
        var after: Set<Int>
        var pairsBefore: Set<AccessPair>
        var pairsAfter: Set<AccessPair>
    }

    let context: PlanningContext
    private(set) var groups: [Group] = []
    /// The users whose memberships change, or who are in a group whose assignments change.
    private(set) var affected: Set<Int> = []
    /// The groups of each affected user, by place in `groups`.
    private(set) var groupsOfUser: [Int: [Int]] = [:]

    init(_ context: PlanningContext, works: [GroupWork], actions: [[Action]]) {
        self.context = context
        for (place, work) in works.enumerated() {
            // A group to be taken over that is held stays what it is: not owned, before and after.
            let isOwned = work.isOwnedByThisPlan || (work.subject == nil && !work.isHeld)
            guard isOwned || work.role == .provisioned else { continue }
            add(place, work, actions[place])
        }
        for (place, group) in groups.enumerated() {
            for user in group.before where affected.contains(user) { groupsOfUser[user, default: []].append(place) }
            for user in group.after where affected.contains(user) && !group.before.contains(user) {
                groupsOfUser[user, default: []].append(place)
            }
        }
    }

    private mutating func add(_ place: Int, _ work: GroupWork, _ actions: [Action]) {
        let before = work.subject.map { context.members(of: $0.id).targets } ?? []
        let pairs = Set(work.subject.flatMap { context.assignmentsByGroup[$0.id] } ?? [])
        var group = Group(
            work: place,
            before: before,
            after: before,
            pairsBefore: pairs,
            pairsAfter: pairs
        )
        let hasMemberChanges = actions.contains { $0.kind == .addMember || $0.kind == .removeMember }
        for action in actions {
            let target = action.userID.flatMap { context.targets.byID[$0] }
            switch action.kind {
            case .addMember: if let target { group.after.insert(target) }
            case .removeMember: if let target { group.after.remove(target) }
            case .createAssignment: if let pair = action.pair { group.pairsAfter.insert(pair) }
            case .deleteAssignment: if let pair = action.pair { group.pairsAfter.remove(pair) }
            default: break
            }
        }
        if group.pairsBefore != group.pairsAfter {
            affected.formUnion(group.before)
            affected.formUnion(group.after)
        }
        if hasMemberChanges { affected.formUnion(group.before.symmetricDifference(group.after)) }
        groups.append(group)
    }

    /// What an affected user reaches before and after.
    func reach(of user: Int) -> (before: Set<AccessPair>, after: Set<AccessPair>) {
        var before: Set<AccessPair> = []
        var after: Set<AccessPair> = []
        for place in groupsOfUser[user] ?? [] {
            let group = groups[place]
            if group.before.contains(user) { before.formUnion(group.pairsBefore) }
            if group.after.contains(user) { after.formUnion(group.pairsAfter) }
        }
        return (before, after)
    }

    /// Who gains and who loses what.
    func difference() -> (gained: [EffectiveAccess], lost: [EffectiveAccess]) {
        var gained: [EffectiveAccess] = []
        var lost: [EffectiveAccess] = []
        for user in affected {
            let (before, after) = reach(of: user)
            for pair in after.subtracting(before) { gained.append(shown(user, pair)) }
            for pair in before.subtracting(after) { lost.append(shown(user, pair)) }
        }
        return (gained.sorted(), lost.sorted())
    }

    private func shown(_ user: Int, _ pair: AccessPair) -> EffectiveAccess {
        EffectiveAccess(
            user: context.targets.users[user].userName,
            account: pair.account,
            permissionSet: context.setName(pair.permissionSet)
        )
    }
}

extension Action {
    /// The account and permission set of an assignment.
    var pair: AccessPair? {
        guard let account, let permissionSetARN else { return nil }
        return AccessPair(account: account, permissionSet: permissionSetARN)
    }
}
