internal import Mapping
internal import Model

/// Measures the levels other than `perGroup` (`PLANNING.md` 16–18, 21).
struct Brakes {
    let context: PlanningContext
    let works: [GroupWork]
    let actions: [Action]
    let gained: [EffectiveAccess]

    private var settings: BrakeSettings { context.input.settings.brakes }
    private var takings: RecentTakings {
        var takings = context.input.ledger.takings
        guard !takings.begun.isEmpty else { return takings }
        let planned = Set(actions.map(\.id))
        takings.removals += takings.unsettled(.removeMember, planned: planned)
        takings.assignments += takings.unsettled(.deleteAssignment, planned: planned)
        takings.groups += takings.unsettled(.deleteGroup, planned: planned)
        return takings
    }

    func readings() -> [BrakeReading] { [removals, assignments, groups, users, gains] }

    private var removals: BrakeReading {
        let taken = actions.filter { $0.kind == .removeMember && !$0.passesBrakes }
        let base = works.reduce(0) { sum, work in
            guard work.isOwnedByThisPlan, work.role != .provisioned, let subject = work.subject else { return sum }
            return sum + context.memberships(of: subject.id).count
        }
        return reading(
            "removals",
            settings.removals?.limit(base: base + takings.removals),
            taken.count + takings.removals,
            taken.compactMap(\.user)
        )
    }

    private var assignments: BrakeReading {
        let taken = actions.filter { $0.kind == .deleteAssignment && !$0.passesBrakes }
        let base = works.reduce(0) { sum, work in
            let isCounted =
                work.role == .provisioned ? work.definition?.mapping.adopt ?? false : work.isOwnedByThisPlan
            guard isCounted, let subject = work.subject else { return sum }
            return sum + (context.assignmentsByGroup[subject.id]?.count ?? 0)
        }
        let shown = taken.map { "\($0.group ?? ""): \($0.permissionSet ?? "") in \($0.account?.value ?? "")" }
        return reading(
            "assignments",
            settings.assignments?.limit(base: base + takings.assignments),
            taken.count + takings.assignments,
            shown
        )
    }

    private var groups: BrakeReading {
        let taken = actions.filter { $0.kind == .deleteGroup }
        return reading("groups", settings.groupDeletions, taken.count + takings.groups, taken.compactMap(\.group))
    }

    private var users: BrakeReading {
        let taken = actions.filter { $0.kind == .disableUser || $0.kind == .deleteUser }
        return reading("users", settings.userRemovals, taken.count, taken.compactMap(\.user))
    }

    private var gains: BrakeReading {
        let listed = Set(settings.gainsPermissionSets)
        let people = Set(gained.filter { listed.contains($0.permissionSet) }.map(\.user)).sorted()
        return reading("gains", listed.isEmpty ? nil : settings.gainsPeople, people.count, people)
    }

    private func reading(_ brake: String, _ limit: Int?, _ value: Int, _ concerned: [String]) -> BrakeReading {
        var seen: Set<String> = []
        return BrakeReading(
            brake: brake,
            limit: limit,
            value: value,
            isTripped: limit.map { value > $0 } ?? false,
            concerned: concerned.filter { seen.insert($0).inserted }
        )
    }
}

/// The level that holds one group alone (`PLANNING.md` 19).
struct PerGroupBrake {
    let context: PlanningContext
    let limit: ShareLimit?

    /// The reading of one group whose members the plan keeps; nil where the level has nothing to say of it.
    func reading(of work: GroupWork, _ actions: [Action]) -> BrakeReading? {
        guard let limit, work.isManageable, work.role != .provisioned, let subject = work.subject,
            !actions.contains(where: { $0.kind == .deleteGroup })
        else { return nil }
        let taken = actions.filter { $0.kind == .removeMember && !$0.passesBrakes }
        let value = limit.limit(base: context.memberships(of: subject.id).count)
        return BrakeReading(
            brake: "perGroup",
            limit: value,
            value: taken.count,
            isTripped: taken.count > value,
            group: work.shownName,
            concerned: taken.compactMap(\.user)
        )
    }
}
