public import Model

/// A plan ready to be shown, as text, Markdown or HTML; as JSON it is a ``PlanDocument``.
public struct PlanReport: Sendable {
    /// The plan.
    public let plan: Plan
    /// Permission sets that the configuration's brakes name: access to them is shown first.
    public let listedPermissionSets: Set<String>

    let outline: PlanOutline
    let summary: PlanSummary
    let gained: AccessDigest
    let lost: AccessDigest

    /// A plan ready to be shown.
    public init(_ plan: Plan, listedPermissionSets: Set<String> = []) {
        self.plan = plan
        self.listedPermissionSets = listedPermissionSets
        outline = PlanOutline(plan)
        summary = PlanSummary(plan)
        var names: [AccountID: String] = [:]
        for action in plan.actions {
            if let account = action.account, let name = action.accountName { names[account] = name }
        }
        gained = AccessDigest(plan.gained, accountNames: names, listed: listedPermissionSets)
        lost = AccessDigest(plan.lost, accountNames: names, listed: listedPermissionSets)
    }

    /// Whether the plan has nothing to do and nothing to tell.
    var isCalm: Bool {
        plan.actions.isEmpty && plan.held.isEmpty && plan.waiting.isEmpty && plan.departed.isEmpty
            && plan.warnings.isEmpty && shownBrakes.isEmpty && plan.sources.allSatisfy(\.isComplete)
    }

    /// The brakes that are tripped, or within a fifth of their limit.
    var shownBrakes: [BrakeReading] {
        plan.brakes.filter { reading in
            guard let limit = reading.limit, reading.value > 0 else { return reading.isTripped }
            return reading.isTripped || reading.value * 5 >= limit * 4
        }
    }

    /// Warnings by code in the order of their first: the count, and the first few.
    var warningsByCode: [(code: String, all: [PlanWarning])] {
        var places: [String: Int] = [:]
        var result: [(code: String, all: [PlanWarning])] = []
        for warning in plan.warnings {
            if let place = places[warning.code] {
                result[place].all.append(warning)
            } else {
                places[warning.code] = result.count
                result.append((warning.code, [warning]))
            }
        }
        return result
    }

    /// `1 group to create, 2 to delete; 3 members to add`; empty without actions.
    var summaryText: String {
        func part(_ noun: String, _ verbs: [(String, ActionKind)]) -> String? {
            let counts = verbs.map { (verb: $0.0, count: summary.count(of: $0.1)) }.filter { $0.count > 0 }
            guard let first = counts.first else { return nil }
            let rest = counts.dropFirst().map { ", \($0.count) to \($0.verb)" }.joined()
            return "\(counted(first.count, noun)) to \(first.verb)\(rest)"
        }
        return [
            part("group", [("create", .createGroup), ("change", .updateGroup), ("delete", .deleteGroup)]),
            part("member", [("add", .addMember), ("remove", .removeMember)]),
            part("assignment", [("create", .createAssignment), ("delete", .deleteAssignment)]),
            part(
                "user",
                [
                    ("create", .createUser), ("change", .updateUser), ("enable", .enableUser),
                    ("disable", .disableUser), ("delete", .deleteUser),
                ]
            ),
        ].compactMap { $0 }.joined(separator: "; ")
    }

    /// `d-1234567890 in ap-northeast-1`.
    var targetText: String {
        "\(Printable.text(plan.target.identityStoreID)) in \(Printable.text(plan.target.region))"
    }

    /// `google: 120 users, 9 groups`, with the reason where a source was not read whole, or not at all.
    func sourceText(_ source: SourceSummary) -> String {
        let problem = source.isComplete ? "" : source.problem.map { " (\(Printable.text($0)))" } ?? ""
        let name = Printable.name(source.name)
        if source.isUnread { return "\(name): could not be read\(problem)" }
        let counts = "\(name): \(counted(source.users, "user")), \(counted(source.groups, "group"))"
        return source.isComplete ? counts : counts + ", not read whole" + problem
    }

    /// `19 calls (identitystore 14, sso-admin 5), about 8 s`; nil without calls.
    var costText: String? {
        let calls = plan.cost.calls.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        guard !calls.isEmpty else { return nil }
        let parts = calls.map { "\(Printable.text($0.key)) \($0.value)" }.joined(separator: ", ")
        let total = calls.reduce(0) { $0 + $1.value }
        return "\(counted(total, "call")) (\(parts)), about \(durationText(plan.cost.seconds))"
    }
}

/// `8 s`, `3 min`, `2 h 5 min`.
func durationText(_ seconds: Int) -> String {
    if seconds < 120 { return "\(seconds) s" }
    let minutes = (seconds + 59) / 60
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
}
