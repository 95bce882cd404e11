internal import Model

/// The users that a source group comes to, in one nesting, with the path to each.
struct FlattenedGroup {
    /// One group on the way, and the one through which it was reached.
    struct Step {
        var name: String
        var parent: Int
    }
    /// The users, each once, with the step through which the shortest path leads; -1: direct.
    var users: [(user: Int, step: Int)] = []
    /// The user's place in `users`.
    var position: [Int: Int] = [:]
    var steps: [Step] = []
    var hasCustomer = false
    /// External people, as the lists give them.
    var externals: [SourceMember] = []
    /// Nested groups that could not be listed, with the reason.
    var unreadable: [(name: String, problem: String)] = []
    /// Why the group's own list is not known.
    var problem: String?
    var isVanished = false
    /// Lists that must be read before this can be known.
    var missing: Set<SourceGroupID> = []

    /// Whether the lists name no person in any state.
    var isEmpty: Bool { users.isEmpty && externals.isEmpty && !hasCustomer }

    /// The names of the nested groups through which a step leads, outermost first.
    func path(_ step: Int) -> [String] {
        var names: [String] = []
        var at = step
        while at >= 0 {
            names.append(steps[at].name)
            at = steps[at].parent
        }
        return names.reversed()
    }
}

/// Walks nested groups, breadth first, so that the path shown is the shortest, then the first by name.
struct GroupWalk {
    let source: SourceIndex

    private struct Pending {
        var id: SourceGroupID
        var name: String
        var parent: Int
        var isNested: Bool
    }

    func flatten(_ group: SourceGroup, nesting isFlattened: Bool) -> FlattenedGroup {
        var result = FlattenedGroup()
        var visited: Set<String> = [group.id.value.comparedID]
        var level = [Pending(id: group.id, name: group.shownName, parent: -1, isNested: false)]
        while !level.isEmpty {
            var next: [Pending] = []
            for pending in level {
                let step = enter(pending, &result)
                guard let members = list(pending, &result) else { continue }
                let nested = take(members, step: step, &result)
                guard isFlattened else { continue }
                for child in nested.sorted(by: { $0.name < $1.name })
                where visited.insert(child.id.value.comparedID).inserted {
                    next.append(Pending(id: child.id, name: child.name, parent: step, isNested: true))
                }
            }
            level = next
        }
        return result
    }

    private func enter(_ pending: Pending, _ result: inout FlattenedGroup) -> Int {
        guard pending.isNested else { return -1 }
        result.steps.append(FlattenedGroup.Step(name: pending.name, parent: pending.parent))
        return result.steps.count - 1
    }

    private func list(_ pending: Pending, _ result: inout FlattenedGroup) -> [SourceMember]? {
        switch source.members(of: pending.id) {
        case .read(let members)?: return members
        case nil: result.missing.insert(pending.id)
        case .unreadable(let problem)?:
            if pending.isNested { result.unreadable.append((pending.name, problem)) } else { result.problem = problem }
        case .vanished?:
            if pending.isNested {
                result.unreadable.append((pending.name, "the group is not there"))
            } else {
                result.isVanished = true
            }
        }
        return nil
    }

    private func take(
        _ members: [SourceMember],
        step: Int,
        _ result: inout FlattenedGroup
    ) -> [(id: SourceGroupID, name: String)] {
        var nested: [(id: SourceGroupID, name: String)] = []
        for member in members {
            switch member.kind {
            case .customer: result.hasCustomer = true
            case .group:
                if let child = resolve(group: member, &result) { nested.append(child) }
            case .user:
                guard let user = source.resolve(member) else {
                    result.externals.append(member)
                    continue
                }
                if result.position[user] == nil {
                    result.position[user] = result.users.count
                    result.users.append((user, step))
                }
            }
        }
        return nested
    }

    /// A nested group in the directory; one from outside the customer's domains counts nowhere (`MAPPING.md` 25).
    private func resolve(
        group member: SourceMember,
        _ result: inout FlattenedGroup
    ) -> (id: SourceGroupID, name: String)? {
        let byID = member.id.flatMap { source.groupByID[$0.comparedID] }
        let byAddress = member.address.flatMap {
            source.groupsByName[$0.folded]?.first ?? source.groupByAlias[$0.folded]
        }
        if let index = byID ?? (source.directory.kind == .google ? byAddress : nil) {
            let group = source.directory.groups[index]
            return (group.id, group.shownName)
        }
        if let address = member.address, let domain = SourceIndex.domain(of: address), !source.domains.contains(domain)
        {
            return nil
        }
        guard let id = member.id else {
            result.unreadable.append((member.address ?? "a nested group", "the list gives no id for it"))
            return nil
        }
        return (SourceGroupID(id), member.address ?? id)
    }
}
