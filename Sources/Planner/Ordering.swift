internal import Model

/// Orders actions and ties each to those that must have succeeded before (`PLANNING.md` 28, 29).
struct Ordering {
    let context: PlanningContext
    let works: [GroupWork]
    private var actions: [[Action]]

    init(context: PlanningContext, works: [GroupWork], actions: [[Action]]) {
        self.context = context
        self.works = works
        self.actions = actions.map { list in
            list.map { action in
                var action = action
                action.id = PlanFingerprint.id(of: action)
                return action
            }
        }
    }

    /// All actions in the order of the plan.
    mutating func order() -> [Action] {
        let wanted = wantedUsers()
        tieToGroups()
        tieMakeBeforeBreak(wanted)
        let keyed = actions.joined().map { (rank: rank($0, wanted), action: $0) }
        var seen: Set<String> = []
        return keyed.sorted(by: precedes).filter { seen.insert($0.action.id).inserted }.map { rank, action in
            var action = action
            action.comesFirst = rank == 0
            return action
        }
    }

    private mutating func tieToGroups() {
        for place in actions.indices {
            let made = actions[place].first { $0.kind == .createGroup }?.id
            var taken: [String] = []
            for index in actions[place].indices {
                switch actions[place][index].kind {
                case .addMember, .createAssignment: if let made { actions[place][index].after = [made] }
                case .removeMember, .deleteAssignment: taken.append(actions[place][index].id)
                default: break
                }
            }
            for index in actions[place].indices where actions[place][index].kind == .deleteGroup {
                actions[place][index].after = taken.sorted()
            }
        }
    }

    private struct Key: Hashable {
        var work: Int
        var user: Int?
        var pair: AccessPair?
    }

    /// Nobody who holds a pair before and after is without it in between.
    private mutating func tieMakeBeforeBreak(_ wanted: Set<Int>) {
        let reach = Reach(context, works: works, actions: actions)
        var adding: [Key: String] = [:]
        var taking: [Key: Int] = [:]
        for place in actions.indices {
            for (index, action) in actions[place].enumerated() {
                let key = Key(work: place, user: action.userID.flatMap { context.targets.byID[$0] }, pair: action.pair)
                switch action.kind {
                case .addMember, .createAssignment: adding[key] = action.id
                case .removeMember, .deleteAssignment: taking[key] = index
                default: break
                }
            }
        }
        guard !taking.isEmpty, !adding.isEmpty else { return }
        var after: [Key: Set<String>] = [:]
        for user in reach.affected {
            let places = reach.groupsOfUser[user] ?? []
            for pair in takenPairs(of: user, places, reach) {
                guard let givers = givers(of: pair, to: user, places, reach, adding) else { continue }
                for place in places {
                    let group = reach.groups[place]
                    guard group.before.contains(user), group.pairsBefore.contains(pair) else { continue }
                    if !group.after.contains(user), !goesFirst(user, wanted) {
                        after[Key(work: group.work, user: user, pair: nil), default: []].formUnion(givers)
                    }
                    if !group.pairsAfter.contains(pair) {
                        after[Key(work: group.work, user: nil, pair: pair), default: []].formUnion(givers)
                    }
                }
            }
        }
        for (key, ids) in after {
            guard let index = taking[key] else { continue }
            let all = Set(actions[key.work][index].after).union(ids)
            actions[key.work][index].after = all.sorted()
        }
    }

    /// The pairs that a user holds before and after, and that some group stops giving them.
    private func takenPairs(of user: Int, _ places: [Int], _ reach: Reach) -> Set<AccessPair> {
        var after: Set<AccessPair> = []
        var taken: Set<AccessPair> = []
        for place in places {
            let group = reach.groups[place]
            if group.after.contains(user) { after.formUnion(group.pairsAfter) }
            guard group.before.contains(user) else { continue }
            if group.after.contains(user) {
                if group.pairsBefore != group.pairsAfter {
                    taken.formUnion(group.pairsBefore.subtracting(group.pairsAfter))
                }
            } else {
                taken.formUnion(group.pairsBefore)
            }
        }
        return taken.intersection(after)
    }

    /// The actions by which a user comes to hold a pair anew; nil where some group gives it all along.
    private func givers(
        of pair: AccessPair,
        to user: Int,
        _ places: [Int],
        _ reach: Reach,
        _ adding: [Key: String]
    ) -> [String]? {
        var best: (ids: [String], name: String)?
        for place in places {
            let group = reach.groups[place]
            guard group.after.contains(user), group.pairsAfter.contains(pair) else { continue }
            if group.before.contains(user), group.pairsBefore.contains(pair) { return nil }
            let ids = [
                adding[Key(work: group.work, user: user, pair: nil)],
                adding[Key(work: group.work, user: nil, pair: pair)],
            ].compactMap { $0 }
            let name = works[group.work].name
            if best.map({ ids.count != $0.ids.count ? ids.count < $0.ids.count : name < $0.name }) ?? true {
                best = (ids, name)
            }
        }
        return best?.ids
    }

    private func wantedUsers() -> Set<Int> {
        var wanted: Set<Int> = []
        for work in works where work.role == .managed {
            for person in work.members.desired {
                let who = context.people.persons[person]
                if let target = who.target, who.departure == nil { wanted.insert(target) }
            }
        }
        return wanted
    }

    private func rank(_ action: Action, _ wanted: Set<Int>) -> Int {
        switch action.kind {
        case .removeMember:
            guard let target = action.userID.flatMap({ context.targets.byID[$0] }) else { return 4 }
            return action.passesBrakes || goesFirst(target, wanted) ? 0 : 4
        case .createUser, .updateUser, .enableUser: return 1
        case .createGroup, .updateGroup: return 2
        case .addMember, .createAssignment: return 3
        case .deleteAssignment: return 4
        case .deleteGroup: return 5
        case .disableUser, .deleteUser: return 6
        }
    }

    /// The departed, and leavers whom the plan wants nowhere, are taken out first and wait for nothing.
    private func goesFirst(_ target: Int, _ wanted: Set<Int>) -> Bool {
        if context.people.persons[context.people.personOfTarget[target]].departure != nil { return true }
        let all = Set(context.sources.indices)
        return context.people.hasLeft(target, inSources: all, allRead: true) && !wanted.contains(target)
    }

    private func precedes(_ left: (rank: Int, action: Action), _ right: (rank: Int, action: Action)) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        let (one, two) = (left.action, right.action)
        if one.kind != two.kind { return one.kind < two.kind }
        if one.group != two.group { return (one.group ?? "") < (two.group ?? "") }
        if one.user != two.user { return (one.user ?? "") < (two.user ?? "") }
        if one.account != two.account { return (one.account?.value ?? "") < (two.account?.value ?? "") }
        if one.permissionSet != two.permissionSet { return (one.permissionSet ?? "") < (two.permissionSet ?? "") }
        return (one.membership?.value ?? "") < (two.membership?.value ?? "")
    }
}
