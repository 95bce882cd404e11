internal import Mapping
internal import Model

/// The parts of a plan beside its actions.
struct PlanSummary {
    let context: PlanningContext
    let works: [GroupWork]

    func sources() -> [SourceSummary] {
        context.input.sources.map { source in
            switch source {
            case .failed(let name, let kind, let problem):
                var summary = SourceSummary(
                    name: name,
                    kind: kind,
                    users: 0,
                    groups: 0,
                    isComplete: false,
                    problem: problem
                )
                summary.isUnread = true
                return summary
            case .read(let directory):
                let unread = directory.members.compactMap { id, reading -> String? in
                    if case .unreadable(let problem) = reading { "\(id): \(problem)" } else { nil }
                }
                let problem = directory.usersProblem ?? directory.groupsProblem ?? unread.min()
                return SourceSummary(
                    name: directory.name,
                    kind: directory.kind,
                    users: directory.users.count,
                    groups: directory.members.count,
                    isComplete: problem == nil,
                    problem: problem
                )
            }
        }
    }

    func held() -> [Hold] {
        works.filter { !$0.isUnselected }.flatMap { isGuarded($0) ? brakes(of: $0) : $0.holds + $0.partialHolds }
            .sorted { ($0.group, $0.code, $0.line ?? 0) < ($1.group, $1.code, $1.line ?? 0) }
    }

    /// An old group is neither held nor deleted while its new one is held.
    private func isGuarded(_ work: GroupWork) -> Bool { work.guardian.map { works[$0].isHeld } ?? false }

    /// Of an old group beside its held new one only what keeps its leavers in it is told.
    private func brakes(of work: GroupWork) -> [Hold] { work.holds.filter { $0.code == "brake-per-group" } }

    func waiting() -> [WaitingPerson] {
        var groups: [Int: [String]] = [:]
        for work in works where work.role == .managed && !work.isHeld && !work.isUnselected {
            for person in work.members.desired {
                let who = context.people.persons[person]
                guard who.target == nil, who.departure == nil, !who.isConflicted else { continue }
                groups[person, default: []].append(work.name)
            }
        }
        return groups.map { WaitingPerson(user: context.people.address(of: $0.key), groups: $0.value.sorted()) }
            .sorted { $0.user != $1.user ? $0.user < $1.user : $0.groups.lexicographicallyPrecedes($1.groups) }
    }

    func departed() -> [DepartedPerson] {
        var groups: [Int: [String]] = [:]
        let departed = context.people.persons.indices.filter { context.people.persons[$0].departure != nil }
        guard !departed.isEmpty else { return [] }
        let set = Set(departed)
        for work in works where work.role == .managed {
            for person in work.members.desired.intersection(set) { groups[person, default: []].append(work.name) }
        }
        return departed.compactMap { person -> DepartedPerson? in
            let who = context.people.persons[person]
            guard let departure = who.departure,
                let listed = who.users.first(where: { context.people.user($0).state != .deleted })
            else { return nil }
            return DepartedPerson(
                user: context.people.user(listed).primaryAddress,
                since: departure.since,
                groups: (groups[person] ?? []).sorted()
            )
        }.sorted { $0.user < $1.user }
    }

    func identifiers(of actions: [Action]) -> [UserID: Departure.Identifiers] {
        var result: [UserID: Departure.Identifiers] = [:]
        for action in actions where action.kind == .addMember {
            guard let id = action.userID, let target = context.targets.byID[id] else { continue }
            result[id] = context.people.identifiers(of: target)
        }
        return result
    }

    func unmanagedAssignments() -> Int? {
        guard context.input.observed.isEveryAssignmentRead else { return nil }
        var workOfGroup: [GroupID: GroupWork] = [:]
        for work in works { if let subject = work.subject { workOfGroup[subject.id] = work } }
        return Set(context.input.observed.assignments).count { assignment in
            guard case .group(let group) = assignment.principal, let work = workOfGroup[group] else { return true }
            guard work.role == .provisioned else { return !work.isOwnedByThisPlan }
            if work.isHeld { return true }
            if work.definition?.mapping.adopt ?? false { return false }
            return work.access.desired[assignment.pair] == nil && work.access.closed[assignment.pair] == nil
        }
    }

    func ownedGroups() -> Set<GroupID> {
        Set(works.filter { $0.isManageable && $0.role != .provisioned }.compactMap { $0.subject?.id })
    }

    func provisionedGroups() -> [GroupID: String] {
        var result: [GroupID: String] = [:]
        for work in works where work.role == .provisioned && !work.access.desired.isEmpty {
            if let subject = work.subject { result[subject.id] = work.name }
        }
        return result
    }

    // MARK: Warnings

    func warnings(_ gathered: [PlanWarning]) -> [PlanWarning] {
        var all = gathered
        for work in works where !work.isUnselected && !isGuardedOrHeldOld(work) {
            all += work.warnings + work.members.warnings + work.access.problems.warnings
        }
        all += inactiveAssignments() + ledgerWarnings() + orphans() + endingCredentials()
        all += context.people.conflictMessages.map { PlanWarning(code: "link-conflict", message: $0) }
        all += context.unknownProtected.map {
            PlanWarning(
                code: "protected-unknown",
                message: "`protected` names \($0), and Identity Center has no such user"
            )
        }
        for pattern in context.input.mapping.patterns where pattern.only == nil {
            all.append(
                PlanWarning(
                    code: "pattern-unbounded",
                    message: "the pattern has no `only`: whoever can create groups at the source decides what it gives",
                    file: pattern.place.file,
                    line: pattern.place.line
                )
            )
        }
        var seen: Set<PlanWarning> = []
        return all.filter { seen.insert($0).inserted }.sorted {
            ($0.code, $0.file ?? "", $0.line ?? 0, $0.message) < ($1.code, $1.file ?? "", $1.line ?? 0, $1.message)
        }
    }

    private func isGuardedOrHeldOld(_ work: GroupWork) -> Bool {
        work.guardian != nil && (isGuarded(work) || work.isHeld)
    }

    /// Credentials that end within a month: a person has to make new ones before.
    private func endingCredentials() -> [PlanWarning] {
        context.sources.compactMap { source in
            guard let end = source.directory.credentialExpiresAt, end < context.input.now.adding(seconds: 30 * 86_400)
            else { return nil }
            return PlanWarning(
                code: "credential-expires",
                message: "the credential of \(source.name) ends at \(end); "
                    + "groups with an entry of it are held from then on"
            )
        }
    }

    private func inactiveAssignments() -> [PlanWarning] {
        works.compactMap { work -> PlanWarning? in
            guard work.isManageable, work.role != .provisioned, let subject = work.subject else { return nil }
            let stuck = (context.assignmentsByGroup[subject.id] ?? []).filter { !context.isActive($0.account) }
            guard !stuck.isEmpty else { return nil }
            let some = stuck.prefix(3).map { "\(context.setName($0.permissionSet)) in \($0.account)" }.joined(
                separator: ", "
            )
            return PlanWarning(
                code: "assignment-on-inactive-account",
                message:
                    "\(stuck.count) assignment\(stuck.count == 1 ? "" : "s") of \(subject.displayName) on accounts that are "
                    + "not active, or no longer in the organization, cannot be changed: \(some)\(stuck.count > 3 ? ", …" : "")",
                file: work.definition?.mapping.place.file,
                line: work.definition?.mapping.place.line
            )
        }
    }

    private func ledgerWarnings() -> [PlanWarning] {
        let ledger = context.input.ledger
        let reconciled = Set(works.filter { $0.isManageable || $0.role == .provisioned }.compactMap { $0.subject?.id })
        var result: [PlanWarning] = []
        for group in context.groups where ledger.ownedGroups.contains(group.id) && !reconciled.contains(group.id) {
            result.append(
                PlanWarning(
                    code: "mark-lost",
                    message:
                        "\(group.displayName) (\(group.id)) was owned and no longer carries the mark; it is left alone"
                )
            )
        }
        for (id, name) in ledger.provisionedGroups where context.groupByID[id] != nil && !reconciled.contains(id) {
            result.append(
                PlanWarning(
                    code: "provisioned-leftover",
                    message: "the mapping no longer names \(name); access given to it is not withdrawn: "
                        + "list it with `access: []` and `adopt: true` to take the access back"
                )
            )
        }
        return result
    }

    private func orphans() -> [PlanWarning] {
        guard context.input.observed.isEveryAssignmentRead else { return [] }
        let gone = Set(context.input.observed.assignments).filter { assignment in
            switch assignment.principal {
            case .group(let id): context.groupByID[id] == nil
            case .user(let id): context.targets.byID[id] == nil
            }
        }
        guard !gone.isEmpty else { return [] }
        return [
            PlanWarning(
                code: "orphaned-assignment",
                message:
                    "\(gone.count) assignment\(gone.count == 1 ? "" : "s") belong\(gone.count == 1 ? "s" : "") to a principal that no longer exists"
            )
        ]
    }

    /// Calls by service, and the time that they take at 20 calls a second each.
    static func cost(of actions: [Action]) -> Cost {
        var calls: [String: Int] = [:]
        for action in actions {
            switch action.kind {
            case .createAssignment, .deleteAssignment: calls["sso-admin", default: 0] += 1
            case .disableUser, .enableUser: calls["scim", default: 0] += 1
            default: calls["identitystore", default: 0] += 1
            }
        }
        let longest = calls.values.max() ?? 0
        return Cost(calls: calls, seconds: (longest + 19) / 20)
    }
}
