public import Model

/// What a plan comes to, in numbers.
public struct PlanSummary: Hashable, Sendable {
    /// How many actions of each kind; kinds without any are left out.
    public var actions: [ActionKind: Int]
    /// How many groups are held, for whatever number of reasons.
    public var heldGroups: Int
    /// How many people wait for a user in Identity Center.
    public var waiting: Int
    /// The assignments that the bridge does not manage; nil where they were not all read.
    public var unmanagedAssignments: Int?

    /// Counts a plan.
    public init(_ plan: Plan) {
        actions = [:]
        for action in plan.actions { actions[action.kind, default: 0] += 1 }
        heldGroups = Set(plan.held.map(\.group)).count
        waiting = plan.waiting.count
        unmanagedAssignments = plan.unmanagedAssignments
    }

    /// How many actions of a kind.
    public func count(of kind: ActionKind) -> Int { actions[kind] ?? 0 }
}
