internal import Mapping
internal import Model

/// Actions that are left out of the plan for a reason that no person lifts, with the warning about each.
struct LeavingOut {
    let context: PlanningContext
    let works: [GroupWork]
    var actions: [[Action]]
    var warnings: [PlanWarning] = []

    // MARK: Protected users (PLANNING.md 22)

    mutating func leaveOutProtected() {
        for place in works.indices where works[place].role != .unmapped || works[place].guardian != nil {
            actions[place].removeAll { action in
                guard action.kind == .removeMember, !action.passesBrakes,
                    let target = action.userID.flatMap({ context.targets.byID[$0] }),
                    context.protectedTargets.contains(target)
                else { return false }
                warnings.append(
                    PlanWarning(
                        code: "kept-protected",
                        message: "\(action.user ?? "") is protected and stays in \(action.group ?? ""), "
                            + "though the mapping no longer gives it (\(action.ended.joined(separator: ", ")))"
                    )
                )
                return true
            }
        }
    }

    // MARK: Replacements that are held (PLANNING.md 28)

    /// Nobody who has not left loses a pair that the desired state gives them only through a held group.
    mutating func leaveOutReplaced(heldWorks: Set<Int>) {
        var held: [AccessPair: [Int]] = [:]
        for place in heldWorks where works[place].role != .unmapped {
            for pair in works[place].access.desired.keys { held[pair, default: []].append(place) }
        }
        guard !held.isEmpty else { return }
        let reach = Reach(context, works: works, actions: actions)
        var kept: [Int: Set<AccessPair>] = [:]
        for user in reach.affected where !isLeaver(user) {
            let (before, after) = reach.reach(of: user)
            for pair in before.subtracting(after) {
                // All are asked, so that what is read rests on no order.
                let givers = held[pair, default: []].filter { mayGive($0, to: user) }
                if !givers.isEmpty { kept[user, default: []].insert(pair) }
            }
        }
        guard context.reads.isEmpty else { return }
        keep(kept, code: "replacement-held", sparesWindows: true) { user, pair in
            "\(user) keeps \(pair): in the desired state only a group that is held gives it"
        }
    }

    /// Whether a held group has somebody in the desired state, as far as it could be read.
    private func mayGive(_ place: Int, to user: Int) -> Bool {
        let work = works[place]
        guard work.role == .provisioned else {
            return work.members.possible.contains(context.people.personOfTarget[user])
        }
        guard let subject = work.subject else { return false }
        if context.input.observed.memberships[subject.id] == nil { context.reads.memberships.insert(subject.id) }
        return context.members(of: subject.id).targets.contains(user)
    }

    // MARK: The last holder (PLANNING.md 22)

    /// Where the whole plan would leave nobody with a listed set in an account, nobody there loses it.
    mutating func leaveOutLastAdmin() {
        let listed = Set(context.input.settings.brakes.lastAdmin)
        guard !listed.isEmpty else { return }
        let sets = Set(context.setNames.filter { listed.contains($0.value) }.keys)
        let taken = takenPairs(of: sets)
        guard !taken.isEmpty else { return }
        requireReads(of: taken)
        guard context.reads.isEmpty else { return }
        let reach = Reach(context, works: works, actions: actions)
        let holders = HolderCount(context: context, works: works, reach: reach)
        var kept: [Int: Set<AccessPair>] = [:]
        for pair in taken.sorted() {
            let before = holders.holders(of: pair, after: false).filter { !isLeaver($0) }
            guard !before.isEmpty, holders.holders(of: pair, after: true).allSatisfy(isLeaver) else { continue }
            for user in before { kept[user, default: []].insert(pair) }
        }
        keep(kept, code: "kept-last-admin", sparesWindows: false) { user, pair in
            "\(user) keeps \(pair): nobody else would be left who holds it there"
        }
    }

    private func takenPairs(of sets: Set<PermissionSetARN>) -> Set<AccessPair> {
        var taken: Set<AccessPair> = []
        for place in works.indices {
            let pairs = works[place].subject.flatMap { context.assignmentsByGroup[$0.id] } ?? []
            for action in actions[place] {
                switch action.kind {
                case .deleteAssignment: if let pair = action.pair { taken.insert(pair) }
                case .removeMember: taken.formUnion(pairs)
                default: break
                }
            }
        }
        return taken.filter { sets.contains($0.permissionSet) && context.isActive($0.account) }
    }

    private func requireReads(of pairs: Set<AccessPair>) {
        let observed = context.input.observed
        if !observed.isEveryAssignmentRead { context.reads.pairs.formUnion(pairs.subtracting(observed.pairsRead)) }
        for assignment in observed.assignments where pairs.contains(assignment.pair) {
            guard case .group(let group) = assignment.principal, context.groupByID[group] != nil else { continue }
            if observed.memberships[group] == nil { context.reads.memberships.insert(group) }
        }
    }

    // MARK: What they share

    private mutating func keep(
        _ kept: [Int: Set<AccessPair>],
        code: String,
        sparesWindows: Bool,
        sentence: (_ user: String, _ pair: String) -> String
    ) {
        guard !kept.isEmpty else { return }
        var left: [Int: Set<AccessPair>] = [:]
        for place in works.indices {
            guard let subject = works[place].subject else { continue }
            var pairs = Set(context.assignmentsByGroup[subject.id] ?? [])
            // What a window withdraws is gone whoever stays a member.
            if sparesWindows { pairs.subtract(actions[place].filter(\.passesBrakes).compactMap(\.pair)) }
            let members = context.members(of: subject.id).targets
            let protected = members.filter { kept[$0] != nil }
            guard !protected.isEmpty else { continue }
            let before = actions[place].count
            actions[place].removeAll { action in
                switch action.kind {
                case .removeMember:
                    guard let user = action.userID.flatMap({ context.targets.byID[$0] }), let mine = kept[user],
                        !pairs.isDisjoint(with: mine), !action.passesBrakes
                    else { return false }
                    left[user, default: []].formUnion(mine.intersection(pairs))
                case .deleteAssignment:
                    guard let pair = action.pair, !(sparesWindows && action.passesBrakes),
                        protected.contains(where: { kept[$0]?.contains(pair) ?? false })
                    else { return false }
                    for user in protected where kept[user]?.contains(pair) ?? false {
                        left[user, default: []].insert(pair)
                    }
                default: return false
                }
                return true
            }
            if actions[place].count < before { actions[place].removeAll { $0.kind == .deleteGroup } }
        }
        var said: Set<String> = []
        for (user, pairs) in left {
            for pair in pairs {
                let account = context.accountName(pair.account) ?? ""
                said.insert(
                    sentence(
                        context.targets.users[user].userName,
                        "\(context.setName(pair.permissionSet)) in \(account) (\(pair.account))"
                    )
                )
            }
        }
        warnings += said.sorted().map { PlanWarning(code: code, message: $0) }
    }

    /// Departed, or active in no source and suspended, archived or deleted in one.
    func isLeaver(_ user: Int) -> Bool {
        if context.people.persons[context.people.personOfTarget[user]].departure != nil { return true }
        return context.people.hasLeft(user, inSources: Set(context.sources.indices), allRead: true)
    }
}

/// Who holds a pair before and after the plan, by any group, owned or not, or directly.
struct HolderCount {
    let context: PlanningContext
    let works: [GroupWork]
    let reach: Reach
    private let principals: [AccessPair: [Principal]]
    private let placeOfGroup: [GroupID: Int]

    init(context: PlanningContext, works: [GroupWork], reach: Reach) {
        self.context = context
        self.works = works
        self.reach = reach
        principals = Dictionary(grouping: Set(context.input.observed.assignments), by: \.pair)
            .mapValues { $0.map(\.principal) }
        var places: [GroupID: Int] = [:]
        for (place, group) in reach.groups.enumerated() {
            if let subject = works[group.work].subject { places[subject.id] = place }
        }
        placeOfGroup = places
    }

    /// The users, not DISABLED, who hold a pair.
    func holders(of pair: AccessPair, after: Bool) -> Set<Int> {
        var users: Set<Int> = []
        for principal in principals[pair] ?? [] {
            switch principal {
            case .user(let id): if let user = context.targets.byID[id] { users.insert(user) }
            case .group(let id) where placeOfGroup[id] == nil:
                users.formUnion(context.members(of: id).targets)
            case .group: break
            }
        }
        for group in reach.groups where (after ? group.pairsAfter : group.pairsBefore).contains(pair) {
            users.formUnion(after ? group.after : group.before)
        }
        return users.filter { context.targets.users[$0].isEnabled }
    }
}
