internal import Model

extension BrakeReading {
    /// What is counted, after a number: `memberships would be withdrawn`.
    var measure: String {
        let one = value == 1
        return switch brake {
        case "removals": one ? "membership would be withdrawn" : "memberships would be withdrawn"
        case "perGroup":
            (one ? "membership" : "memberships") + " would be withdrawn within one group"
                + (group.map { " (\(Printable.name($0)))" } ?? "")
        case "assignments": one ? "assignment would be deleted" : "assignments would be deleted"
        case "groups": one ? "group would be deleted" : "groups would be deleted"
        case "users": one ? "user would be disabled or deleted" : "users would be disabled or deleted"
        case "gains":
            one ? "person would gain a listed permission set" : "people would gain a listed permission set"
        default: Printable.text(brake)
        }
    }

    /// `34 memberships would be withdrawn, the limit is 10`.
    var text: String { "\(value) \(measure), " + (limit.map { "the limit is \($0)" } ?? "there is no limit") }

    /// Whether runs of the last 24 hours count here (`PLANNING.md` 18).
    var countsEarlierRuns: Bool { ["removals", "assignments", "groups"].contains(brake) }
}
