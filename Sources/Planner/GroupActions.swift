internal import Mapping
internal import Model

/// Makes the actions of one group, from what is to what shall be.
struct GroupActions {
    /// How much of a group may change.
    enum Freedom {
        /// Everything.
        case full
        /// Leavers go, and expired windows are withdrawn.
        case held
        /// Recorded departures go, and expired windows are withdrawn (`PLANNING.md` 19).
        case brakeHeld
        /// An old group beside its held new one: its leavers go.
        case guarded(by: EvaluatedMembers)
    }

    let context: PlanningContext
    private let work: GroupWork

    init(context: PlanningContext, work: GroupWork) {
        self.context = context
        self.work = work
    }

    /// A group that is not renamed goes by the name that it has.
    private var unrenamed: GroupActions {
        var same = work
        same.name = work.subject?.displayName ?? work.name
        return GroupActions(context: context, work: same)
    }

    func make(_ freedom: Freedom) -> [Action] {
        guard !work.isUnselected else { return [] }
        switch freedom {
        case .full: return full()
        case .held:
            if work.role == .provisioned { return work.isForeign ? [] : unrenamed.closedWindows() }
            guard work.isOurs else { return [] }
            return unrenamed.leavers(named: work.members) + unrenamed.closedWindows()
        case .brakeHeld:
            guard work.isOurs else { return [] }
            return unrenamed.departedMembers() + unrenamed.closedWindows()
        case .guarded(let members): return leavers(named: members)
        }
    }

    private func full() -> [Action] {
        switch work.role {
        case .managed: group() + memberChanges() + assignmentChanges(isExact: true)
        case .provisioned: markRemoval() + assignmentChanges(isExact: work.definition?.mapping.adopt ?? false)
        case .unmapped: deletion()
        }
    }

    // MARK: The group itself

    private func group() -> [Action] {
        guard let subject = work.subject else {
            var action = self.action(.createGroup)
            let text = work.definition?.mapping.description?.value ?? ""
            action.description = Ownership.description(text, mark: context.input.settings.mark)
            if let place = work.definition?.mapping.place {
                action.because = [Because(file: place.file, line: place.line)]
            }
            return [action]
        }
        var changes: [String: FieldChange] = [:]
        if subject.displayName != work.name {
            changes["displayName"] = FieldChange(from: subject.displayName, to: work.name)
        }
        if let wanted = wantedDescription(of: subject) {
            changes["description"] = FieldChange(from: subject.description, to: wanted)
        }
        return changes.isEmpty ? [] : [update(changes)]
    }

    /// The description to write, or nil where the one found will do.
    func wantedDescription(of subject: TargetGroup) -> String? {
        let found = Ownership.text(of: subject.description)
        let text = work.definition?.mapping.description?.value ?? found
        if work.isOurs, text == found { return nil }
        return Ownership.description(text, mark: context.input.settings.mark)
    }

    private func markRemoval() -> [Action] {
        guard work.isOurs, let subject = work.subject else { return [] }
        let text = Ownership.text(of: subject.description)
        return [update(["description": FieldChange(from: subject.description, to: text.isEmpty ? nil : text)])]
    }

    private func update(_ changes: [String: FieldChange]) -> Action {
        var action = self.action(.updateGroup)
        action.changes = changes
        action.revision = work.subject?.revision
        if let place = work.definition?.mapping.place { action.because = [Because(file: place.file, line: place.line)] }
        return action
    }

    private func deletion() -> [Action] {
        guard let subject = work.subject else { return [] }
        var actions: [Action] = []
        for (membership, target) in context.members(of: subject.id).entries {
            var ending = Ending()
            if isDeparted(target) {
                ending.add("departed")
            } else {
                let all = Set(context.sources.indices)
                if context.people.hasLeft(target, inSources: all, allRead: areAllSourcesRead) {
                    for state in context.people.negativeStates(target, inSources: all) { ending.add(state.rawValue) }
                }
                ending.add("mapping")
            }
            actions.append(removal(membership, target, ending))
        }
        for pair in context.assignmentsByGroup[subject.id] ?? [] where context.isActive(pair.account) {
            actions.append(assignment(.deleteAssignment, pair, ended: ["mapping"], because: []))
        }
        var action = self.action(.deleteGroup)
        action.revision = subject.revision
        return actions + [action]
    }

    // MARK: Members

    private func memberChanges() -> [Action] {
        let present = work.subject.map { context.members(of: $0.id) }
        var actions: [Action] = []
        for person in work.members.desired {
            let who = context.people.persons[person]
            guard let target = who.target, who.departure == nil, !who.isConflicted,
                !(present?.targets.contains(target) ?? false)
            else {
                continue
            }
            actions.append(addition(of: person, target))
        }
        let reasons = RemovalReasons(context: context, members: work.members)
        for (membership, target) in present?.entries ?? [] {
            guard let ending = ending(of: target, reasons) else { continue }
            actions.append(removal(membership, target, ending))
        }
        return actions
    }

    /// Why a present member goes; nil: stays.
    func ending(of target: Int, _ reasons: RemovalReasons) -> Ending? {
        if isDeparted(target) { return departed }
        let person = context.people.personOfTarget[target]
        if context.people.persons[person].isConflicted {
            guard context.people.isSettledByLeaving(target) else { return nil }
        } else if work.members.desired.contains(person) {
            return nil
        }
        return reasons.reasons(for: target)
    }

    private var departed: Ending {
        var ending = Ending()
        ending.add("departed")
        return ending
    }

    private func leavers(named members: EvaluatedMembers) -> [Action] {
        let reasons = RemovalReasons(context: context, members: members)
        return presentMembers.compactMap { membership, target in
            if isDeparted(target) { return removal(membership, target, departed) }
            // Of somebody in conflict all claimants must have left, in whatever source.
            let isConflicted = context.people.persons[context.people.personOfTarget[target]].isConflicted
            if isConflicted, !context.people.isSettledByLeaving(target) { return nil }
            let hasLeft = context.people.hasLeft(
                target,
                inSources: members.namedSources,
                allRead: members.areNamedSourcesRead
            )
            return hasLeft
                ? removal(membership, target, reasons.leaving(target, inSources: members.namedSources)) : nil
        }
    }

    private func departedMembers() -> [Action] {
        presentMembers.filter { isDeparted($0.1) }.map { removal($0.0, $0.1, departed) }
    }

    private var presentMembers: [(GroupMembership, Int)] {
        guard let subject = work.subject else { return [] }
        return context.members(of: subject.id).entries.map { ($0.membership, $0.target) }
    }

    private func isDeparted(_ target: Int) -> Bool {
        context.people.persons[context.people.personOfTarget[target]].departure != nil
    }

    private var areAllSourcesRead: Bool {
        context.failedSources.isEmpty && context.sources.allSatisfy(\.isWhole)
    }

    private func addition(of person: Int, _ target: Int) -> Action {
        var action = self.action(.addMember)
        action.user = context.targets.users[target].userName
        action.userID = context.targets.users[target].id
        action.because = work.members.members.compactMap { because($0, person) }
        return action
    }

    private func because(_ entry: EvaluatedEntry, _ person: Int) -> Because? {
        guard entry.persons.contains(person) else { return nil }
        var because = Because(via: entry.entry.via, file: entry.entry.place.file, line: entry.entry.place.line)
        guard case .group(let source, let group, let isFlattened) = entry.subject else { return because }
        let flattened = context.flattened(source: source, group: group, isFlattened: isFlattened)
        let paths = context.people.persons[person].users.filter { $0.source == source }.compactMap { ref in
            flattened.position[ref.user].map { flattened.path(flattened.users[$0].step) }
        }
        because.through =
            paths.min { $0.count != $1.count ? $0.count < $1.count : $0.lexicographicallyPrecedes($1) } ?? []
        return because
    }

    private func removal(_ membership: GroupMembership, _ target: Int, _ ending: Ending) -> Action {
        var action = self.action(.removeMember)
        action.user = context.targets.users[target].userName
        action.userID = context.targets.users[target].id
        action.membership = membership.id
        action.ended = ending.ended
        action.because = ending.because
        action.evidence = ending.evidence
        action.passesBrakes = ending.ended == ["departed"]
        return action
    }

    // MARK: Assignments

    private func assignmentChanges(isExact: Bool) -> [Action] {
        let present = work.subject.flatMap { context.assignmentsByGroup[$0.id] } ?? []
        let presentSet = Set(present)
        var actions: [Action] = []
        for (pair, because) in work.access.desired where !presentSet.contains(pair) {
            actions.append(assignment(.createAssignment, pair, ended: [], because: because))
        }
        for pair in present where work.access.desired[pair] == nil && context.isActive(pair.account) {
            if let closed = work.access.closed[pair] {
                actions.append(assignment(.deleteAssignment, pair, ended: closed.ended, because: closed.because))
            } else if isExact {
                actions.append(assignment(.deleteAssignment, pair, ended: ["mapping"], because: []))
            }
        }
        return actions
    }

    /// What entries list only outside their windows goes from a held group too, where all its selectors resolve.
    private func closedWindows() -> [Action] {
        guard work.access.areSelectorsResolved, let subject = work.subject else { return [] }
        return (context.assignmentsByGroup[subject.id] ?? []).compactMap { pair in
            guard context.isActive(pair.account), let closed = work.access.closed[pair] else { return nil }
            return assignment(.deleteAssignment, pair, ended: closed.ended, because: closed.because)
        }
    }

    private func assignment(_ kind: ActionKind, _ pair: AccessPair, ended: [String], because: [Because]) -> Action {
        var action = self.action(kind)
        action.account = pair.account
        action.accountName = context.accountName(pair.account)
        action.permissionSet = context.setName(pair.permissionSet)
        action.permissionSetARN = pair.permissionSet
        action.ended = ended
        action.because = because
        action.passesBrakes = !ended.isEmpty && !ended.contains("mapping")
        return action
    }

    private func action(_ kind: ActionKind) -> Action {
        var action = Action(kind: kind)
        action.group = work.name
        action.groupID = work.subject?.id
        return action
    }
}
