internal import Mapping
internal import Model

/// Assignments that may not be made or changed though the rest of their group goes on (`PLANNING.md` 13).
struct Restrictions {
    let context: PlanningContext
    var works: [GroupWork]
    var actions: [[Action]]
    var warnings: [PlanWarning] = []

    init(context: PlanningContext, works: [GroupWork], actions: [[Action]]) {
        self.context = context
        self.works = works
        self.actions = actions
    }

    mutating func restrict() {
        restrictManagementAccount()
        restrictByGuardrails()
    }

    /// A delegated administrator may not change the management account's assignments.
    private mutating func restrictManagementAccount() {
        let observed = context.input.observed
        guard let management = context.selection.management,
            actions.contains(where: { $0.contains { $0.account == management } })
        else { return }
        if observed.identity.callerAccount == nil, !observed.isCallerAccountRead { context.reads.callerAccount = true }
        guard let caller = observed.identity.callerAccount, caller != management else { return }
        for place in works.indices {
            let concerned = actions[place].filter { $0.account == management }
            guard !concerned.isEmpty else { continue }
            actions[place].removeAll { $0.account == management || $0.kind == .deleteGroup }
            let sets = Set(concerned.compactMap(\.permissionSet)).sorted().joined(separator: ", ")
            works[place].partialHolds.append(
                hold(
                    works[place],
                    "management-account",
                    "assignments in the management account \(management) cannot be changed from the delegated administrator "
                        + "\(caller): \(sets)"
                )
            )
        }
    }

    private mutating func restrictByGuardrails() {
        guard let findings = context.input.guardrails else { return }
        for place in works.indices {
            for action in actions[place] where action.kind == .createAssignment {
                guard let arn = action.permissionSetARN else { continue }
                guard let mine = findings[arn] else {
                    context.reads.guardrailSets.insert(arn)
                    continue
                }
                for finding in mine { apply(finding, to: action, in: place) }
            }
        }
    }

    private mutating func apply(_ finding: GuardrailFinding, to action: Action, in place: Int) {
        let set = action.permissionSet ?? ""
        let text = "permission set \(set), guardrail \(finding.guardrail): \(finding.statement)"
        switch finding.consequence {
        case .warn:
            let warning = PlanWarning(
                code: "guardrail",
                message: text,
                file: action.because.first?.file,
                line: action.because.first?.line
            )
            if !warnings.contains(warning) { warnings.append(warning) }
        case .hold:
            actions[place].removeAll { $0.kind == .createAssignment && $0.permissionSetARN == action.permissionSetARN }
            if !works[place].partialHolds.contains(where: { $0.code == "guardrail" && $0.reason == text }) {
                works[place].partialHolds.append(hold(works[place], "guardrail", text))
            }
        }
    }

    private func hold(_ work: GroupWork, _ code: String, _ reason: String) -> Hold {
        Hold(
            group: work.shownName,
            code: code,
            reason: reason,
            file: work.definition?.mapping.place.file,
            line: work.definition?.mapping.place.line
        )
    }
}
