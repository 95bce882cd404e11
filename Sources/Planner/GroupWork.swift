internal import Mapping
internal import Model

/// One group on which the plan may act, with everything that decides how.
struct GroupWork {
    /// How the group stands to the mapping.
    enum Role {
        /// The mapping keeps its members and access.
        case managed
        /// Somebody else keeps its members; listed access is reconciled.
        case provisioned
        /// Owned, and named by nothing, or retired: it goes.
        case unmapped
    }

    var role: Role
    /// The display name after the plan.
    var name: String
    /// The name under which holds show it.
    var shownName: String
    var definition: GroupDefinition?
    /// The group as it is; nil: it is to be made.
    var subject: TargetGroup?
    var isOurs = false
    /// Whether it carries the mark of another owner, or of a departure.
    var isForeign = false
    /// Whether this plan takes over a group without a mark.
    var isTakenOver = false
    var holds: [Hold] = []
    /// Holds that concern only the assignments that they name; the rest of the group goes on.
    var partialHolds: [Hold] = []
    var warnings: [PlanWarning] = []
    var members = EvaluatedMembers()
    var access = ResolvedAccess()
    /// For an old group beside its new one: the place of the new one, while whose hold it stays.
    var guardian: Int?
    /// Whether `--only` leaves it out.
    var isUnselected = false

    var isHeld: Bool { !holds.isEmpty }
    /// Whether the bridge may change the group now, or takes it over.
    var isManageable: Bool { isOurs || isTakenOver }
    /// Whether it is owned now, or taken over by this plan.
    var isOwnedByThisPlan: Bool { isOurs || (isTakenOver && !isHeld && !isUnselected) }
}

/// Finds for each definition the group that it means, and the owned groups that nothing names.
struct WorkList {
    let context: PlanningContext
    private(set) var works: [GroupWork] = []
    private(set) var warnings: [PlanWarning] = []
    private var claimed: Set<GroupID> = []
    private var patternNames: Set<String> = []

    init(_ context: PlanningContext) {
        self.context = context
        let expansion = PatternExpansion(
            mapping: context.input.mapping,
            sources: context.sources,
            selection: context.selection,
            permissionSets: context.input.observed.permissionSets
        )
        warnings = expansion.warnings
        patternNames = Set(expansion.definitions.map { $0.mapping.name.folded })
        let named = context.input.mapping.groups.map { GroupDefinition(mapping: $0) }
        for definition in named + expansion.definitions where !definition.mapping.retired { add(definition) }
        addFormer(named)
        addUnmapped()
    }

    private mutating func add(_ definition: GroupDefinition) {
        let mapping = definition.mapping
        var work = GroupWork(
            role: mapping.membership == .provisioned ? .provisioned : .managed,
            name: mapping.name,
            shownName: mapping.name,
            definition: definition
        )
        work.holds = definition.holds
        let existing = context.groupByName[mapping.name.folded].map { context.groups[$0] }
        let former = mapping.formerly.flatMap { context.groupByName[$0.value.folded] }.map { context.groups[$0] }
        if let existing {
            work.subject = existing
            // Nobody renames a provisioned group, so it goes by the name that it has.
            if work.role == .provisioned { work.name = existing.displayName }
        } else if let old = mapping.formerly, patternNames.contains(old.value.folded) {
            hold(
                &work,
                "formerly-in-use",
                "a pattern makes \(old.value), so it cannot become \(mapping.name)",
                old.place
            )
        } else if let former {
            work.subject = former
        }
        judgeOwnership(&work)
        if let subject = work.subject { claimed.insert(subject.id) }
        works.append(work)
    }

    private func judgeOwnership(_ work: inout GroupWork) {
        guard let mapping = work.definition?.mapping else { return }
        guard let subject = work.subject else {
            if work.role == .provisioned {
                hold(
                    &work,
                    "group-missing",
                    "Identity Center has no group \(work.name); who provisions it?",
                    mapping.place
                )
            }
            return
        }
        switch context.ownership[subject.id] ?? .nobody {
        case .ours: work.isOurs = true
        case .another(let owner):
            work.isForeign = true
            let text = "\(subject.displayName) carries the mark of another owner (\(owner)); it is never taken over"
            hold(&work, "owned-by-another", text, mapping.place)
        case .nobody:
            guard work.role == .managed else { return }
            if mapping.adopt {
                work.isTakenOver = true
            } else {
                let text = "\(subject.displayName) exists and is not owned by this bridge; `adopt: true` takes it over"
                hold(&work, "not-owned", text, mapping.place)
            }
        }
    }

    /// An old name beside a new one that exists: the old group goes, but not while the new one is held.
    private mutating func addFormer(_ named: [GroupDefinition]) {
        for place in works.indices {
            guard let formerly = works[place].definition?.mapping.formerly, let subject = works[place].subject,
                let index = context.groupByName[formerly.value.folded]
            else { continue }
            let old = context.groups[index]
            guard old.id != subject.id, !claimed.contains(old.id), context.ownership[old.id] == .ours else { continue }
            claimed.insert(old.id)
            var work = unmapped(old)
            work.guardian = place
            work.warnings.append(
                PlanWarning(
                    code: "formerly-done",
                    message:
                        "\(works[place].name) and \(old.displayName) both exist; \(old.displayName) is deleted as unmapped",
                    file: formerly.place.file,
                    line: formerly.place.line
                )
            )
            judgePattern(&work)
            works.append(work)
        }
    }

    private mutating func addUnmapped() {
        let retired = Dictionary(
            context.input.mapping.groups.filter(\.retired).map { ($0.name.folded, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for group in context.groups where !claimed.contains(group.id) && context.ownership[group.id] == .ours {
            var work = unmapped(group)
            if let definition = retired[group.displayName.folded] {
                work.shownName = definition.name
            } else {
                judgePattern(&work)
            }
            works.append(work)
        }
    }

    private func unmapped(_ group: TargetGroup) -> GroupWork {
        var work = GroupWork(role: .unmapped, name: group.displayName, shownName: group.displayName)
        work.subject = group
        work.isOurs = true
        return work
    }

    /// An owned group whose name fits a pattern, and that no source group stands behind, is held (`MAPPING.md` 40).
    private func judgePattern(_ work: inout GroupWork) {
        for pattern in context.input.mapping.patterns {
            let matching = TemplateMatching(template: pattern.group, ignoresCase: true) { _, _ in nil }
            guard matching.fits(work.name) else { continue }
            let problem =
                context.failedSources[pattern.source]
                ?? context.sourcePlaces[pattern.source].flatMap { context.sources[$0].directory.groupsProblem }
            if let problem {
                hold(
                    &work,
                    "source-unreadable",
                    "\(pattern.source) could not be read whole: \(problem)",
                    pattern.place,
                    pattern.source
                )
            } else {
                let text =
                    "\(work.name) fits a pattern and no group of \(pattern.source) stands behind it; "
                    + "`retired: true` under `groups` lets it go"
                hold(&work, "pattern-source-gone", text, pattern.place, pattern.source)
            }
            return
        }
    }

    private func hold(
        _ work: inout GroupWork,
        _ code: String,
        _ reason: String,
        _ place: Place,
        _ source: String? = nil
    ) {
        work.holds.append(
            Hold(
                group: work.shownName,
                code: code,
                source: source,
                reason: reason,
                file: place.file,
                line: place.line
            )
        )
    }
}
