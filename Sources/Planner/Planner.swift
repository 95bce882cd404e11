internal import Mapping
internal import Model

/// Makes plans: pure, so that the same input gives the same plan, byte for byte.
public enum Planner {
    /// Plans, or says what must be read before.
    ///
    /// Call again with what was read until there is a plan. Whatever was asked for must stand in the next input, as read
    /// or as unreadable, so that no question is asked twice.
    public static func plan(_ input: PlanInput) -> PlanningStep {
        let context = PlanningContext(input)
        var stage = PlanningStage(context)
        stage.evaluate()
        guard context.reads.isEmpty else { return .read(context.reads) }
        stage.findHolds()
        guard context.reads.isEmpty else { return .read(context.reads) }
        let result = stage.settle()
        return context.reads.isEmpty ? .planned(result) : .read(context.reads)
    }
}

/// The stages of one planning.
struct PlanningStage {
    let context: PlanningContext
    private var works: [GroupWork]
    private var warnings: [PlanWarning]
    private var unknownOnly: [String] = []

    init(_ context: PlanningContext) {
        self.context = context
        let list = WorkList(context)
        works = list.works
        warnings = list.warnings
        select()
    }

    /// `--only` names groups by their mapped or present name.
    private mutating func select() {
        guard let only = context.input.only else { return }
        let wanted = Set(only.map(\.folded))
        var fitting: Set<String> = []
        for place in works.indices {
            let names = Set(
                [works[place].name, works[place].shownName, works[place].subject?.displayName].compactMap { $0?.folded }
            )
            works[place].isUnselected = names.isDisjoint(with: wanted)
            fitting.formUnion(names.intersection(wanted))
        }
        unknownOnly = only.filter { !fitting.contains($0.folded) }
    }

    // MARK: Evaluation

    mutating func evaluate() {
        for place in works.indices {
            guard let definition = works[place].definition else { continue }
            works[place].access = context.access.resolve(definition.mapping.access, filling: definition.values)
            if works[place].role == .managed {
                works[place].members = MemberEvaluation(context: context, definition: definition).evaluate()
            }
        }
        requireTargetReads()
    }

    private func requireTargetReads() {
        let observed = context.input.observed
        for work in works {
            guard let subject = work.subject else { continue }
            let isReconciled = work.isManageable || (work.role == .provisioned && !work.isHeld)
            if work.isManageable, work.role != .provisioned, observed.memberships[subject.id] == nil {
                context.reads.memberships.insert(subject.id)
            }
            if isReconciled, !observed.isEveryAssignmentRead, !observed.groupsWithAssignmentsRead.contains(subject.id) {
                context.reads.assignments.insert(subject.id)
                context.reads.desiredPairs.formUnion(work.access.desired.keys)
                context.reads.desiredPairs.formUnion(work.access.closed.keys)
            }
            if work.role == .unmapped, work.holds.isEmpty, subject.externalIDs.isEmpty,
                observed.hasApplicationAssignments[subject.id] == nil
            {
                context.reads.applicationAssignments.insert(subject.id)
            }
            for user in context.members(of: subject.id).unknown where !observed.unreadableUsers.contains(user) {
                context.reads.users.insert(user)
            }
        }
        if context.input.countsUnmanaged, !observed.isEveryAssignmentRead { context.reads.everyAssignment = true }
    }

    mutating func findHolds() {
        let finding = HoldFinding(context: context)
        for place in works.indices { finding.complete(&works[place]) }
        for work in works where work.isHeld && work.isOurs && work.role != .provisioned { requireDeletedUsers(work) }
    }

    /// The list of deleted users is read only where a member of a held group is in no list of users.
    private func requireDeletedUsers(_ work: GroupWork) {
        guard let subject = work.subject, !work.members.namedSources.isEmpty, work.members.areNamedSourcesRead else {
            return
        }
        let hasUnknown = context.members(of: subject.id).targets.contains { target in
            let person = context.people.persons[context.people.personOfTarget[target]]
            return person.departure == nil && context.people.witnesses(of: target).isEmpty
        }
        guard hasUnknown else { return }
        for place in work.members.namedSources where context.sources[place].directory.deletedUsers == nil {
            context.reads.deletedUsers.insert(context.sources[place].name)
        }
    }

    // MARK: Settling

    /// What is left after everything that is left out, with what the brakes say of it.
    mutating func settle() -> PlanResult {
        let braked = outcome(perGroup: context.input.settings.brakes.perGroup)
        let unbraked = braked.perGroup.isTripped ? outcome(perGroup: nil) : braked
        let removing = unbraked.ordered.filter { $0.kind.takes }
        let removals = PlanFingerprint.of(removing)
        let fingerprint = PlanFingerprint.of(braked.ordered)
        // The plan's own fingerprint covers nothing of what `perGroup` holds back, so it does not lift that.
        let allowsRemovals = context.input.allowed == removals && !stopsGains(unbraked)
        return result(
            allowsRemovals ? unbraked : braked,
            perGroup: braked.perGroup,
            removals: removing,
            isAllowed: allowsRemovals || context.input.allowed == fingerprint
        )
    }

    /// Whoever allowed the removals alone has said nothing of what is given.
    private func stopsGains(_ outcome: Outcome) -> Bool {
        brakes(outcome).readings().contains { $0.brake == "gains" && $0.isTripped }
    }

    private func brakes(_ outcome: Outcome) -> Brakes {
        Brakes(context: context, works: outcome.works, actions: outcome.ordered, gained: outcome.gained)
    }

    private struct Outcome {
        var works: [GroupWork]
        var ordered: [Action] = []
        var warnings: [PlanWarning] = []
        var perGroup: BrakeReading
        var gained: [EffectiveAccess] = []
        var lost: [EffectiveAccess] = []
    }

    private func outcome(perGroup limit: ShareLimit?) -> Outcome {
        let brake = PerGroupBrake(context: context, limit: limit)
        var works = works
        var braked: Set<Int> = []
        var worst: BrakeReading?
        var leaving: LeavingOut
        repeat {
            leaving = LeavingOut(context: context, works: works, actions: actions(works, braked))
            leaving.leaveOutProtected()
            let tripped = works.indices.filter { place in
                guard !braked.contains(place), let reading = brake.reading(of: works[place], leaving.actions[place])
                else {
                    return false
                }
                if excess(of: reading) > worst.map(excess(of:)) ?? Int.min { worst = reading }
                if reading.isTripped { hold(&works[place], reading) }
                return reading.isTripped
            }
            braked.formUnion(tripped)
            if tripped.isEmpty { break }
        } while true
        var restrictions = Restrictions(context: context, works: works, actions: leaving.actions)
        restrictions.restrict()
        works = restrictions.works
        leaving = LeavingOut(
            context: context,
            works: works,
            actions: restrictions.actions,
            warnings: leaving.warnings + restrictions.warnings
        )
        leaving.leaveOutReplaced(heldWorks: heldWorks(works, braked))
        leaving.leaveOutLastAdmin()
        requireProvisionedMembers(works, leaving.actions)
        let reading = worst ?? BrakeReading(brake: "perGroup", limit: limit?.limit(base: 0), value: 0, isTripped: false)
        var outcome = Outcome(works: works, warnings: leaving.warnings, perGroup: reading)
        guard context.reads.isEmpty else { return outcome }
        (outcome.gained, outcome.lost) = Reach(context, works: works, actions: leaving.actions).difference()
        var ordering = Ordering(context: context, works: works, actions: leaving.actions)
        outcome.ordered = ordering.order()
        return outcome
    }

    private func excess(of reading: BrakeReading) -> Int { reading.value - (reading.limit ?? reading.value) }

    private func hold(_ work: inout GroupWork, _ reading: BrakeReading) {
        let reason =
            "\(reading.value) memberships of this group would end, more than the \(reading.limit ?? 0) that `perGroup` allows; "
            + "`--allow-removals` with the removals' fingerprint lifts it"
        work.holds.append(
            Hold(
                group: work.shownName,
                code: "brake-per-group",
                reason: reason,
                file: work.definition?.mapping.place.file,
                line: work.definition?.mapping.place.line
            )
        )
    }

    private func actions(_ works: [GroupWork], _ braked: Set<Int>) -> [[Action]] {
        works.indices.map { place in
            let maker = GroupActions(context: context, work: works[place])
            if braked.contains(place) { return maker.make(.brakeHeld) }
            if let guardian = works[place].guardian, works[guardian].isHeld {
                return maker.make(.guarded(by: works[guardian].members))
            }
            return maker.make(works[place].isHeld ? .held : .full)
        }
    }

    private func heldWorks(_ works: [GroupWork], _ braked: Set<Int>) -> Set<Int> {
        Set(works.indices.filter { works[$0].isHeld || works[$0].isUnselected || braked.contains($0) })
    }

    /// The members of a provisioned group are read when an assignment of it changes (`PLANNING.md` 27).
    private func requireProvisionedMembers(_ works: [GroupWork], _ actions: [[Action]]) {
        for place in works.indices where works[place].role == .provisioned {
            let changes = actions[place].contains { $0.kind == .createAssignment || $0.kind == .deleteAssignment }
            guard changes, let subject = works[place].subject else { continue }
            if context.input.observed.memberships[subject.id] == nil { context.reads.memberships.insert(subject.id) }
        }
    }

    private func result(
        _ outcome: Outcome,
        perGroup: BrakeReading,
        removals: [Action],
        isAllowed: Bool
    ) -> PlanResult {
        let input = context.input
        var plan = Plan(
            fingerprint: PlanFingerprint.of(outcome.ordered),
            removalsFingerprint: PlanFingerprint.of(removals),
            asOf: input.now,
            owner: input.settings.owner,
            target: input.observed.identity
        )
        let summary = PlanSummary(context: context, works: outcome.works)
        plan.sources = summary.sources()
        plan.actions = outcome.ordered
        plan.gained = outcome.gained
        plan.lost = outcome.lost
        var readings = brakes(outcome).readings()
        readings.insert(perGroup, at: 1)
        plan.brakes = readings
        plan.held = summary.held()
        plan.waiting = summary.waiting()
        plan.departed = summary.departed()
        plan.warnings = summary.warnings(warnings + outcome.warnings)
        plan.unmanagedAssignments = summary.unmanagedAssignments()
        plan.cost = PlanSummary.cost(of: outcome.ordered)
        plan.hasConflicts = !context.people.conflictMessages.isEmpty
        return PlanResult(
            plan: plan,
            isAllowed: isAllowed,
            removals: removals,
            unknownOnly: unknownOnly,
            ownedGroups: summary.ownedGroups(),
            provisionedGroups: summary.provisionedGroups(),
            endedDepartures: context.endedDepartures,
            identifiers: summary.identifiers(of: outcome.ordered)
        )
    }
}
