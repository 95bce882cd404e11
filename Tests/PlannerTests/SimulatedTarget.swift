import Model
import Planner

/// Performs actions on an observed state, one at a time, as the target would.
struct SimulatedTarget {
    private(set) var state: ObservedState
    private var made = 0

    init(_ state: ObservedState) { self.state = state }

    mutating func perform(_ action: Action) {
        let id = action.groupID ?? state.groups.first { $0.displayName == action.group }?.id
        switch action.kind {
        case .createGroup:
            made += 1
            let id = GroupID("made\(made)")
            state.groups.append(TargetGroup(id: id, displayName: action.group ?? "", description: action.description))
            state.memberships[id] = []
            state.hasApplicationAssignments[id] = false
        case .updateGroup:
            guard let index = state.groups.firstIndex(where: { $0.id == id }) else { return }
            if let name = action.changes["displayName"]?.to { state.groups[index].displayName = name }
            if let text = action.changes["description"] { state.groups[index].description = text.to }
        case .deleteGroup:
            guard let id else { return }
            state.groups.removeAll { $0.id == id }
            state.memberships[id] = nil
        case .addMember:
            guard let id, let user = action.userID else { return }
            state.memberships[id, default: []].append(
                GroupMembership(id: MembershipID("\(id)/\(user)"), group: id, user: user)
            )
        case .removeMember:
            guard let id, let user = action.userID else { return }
            state.memberships[id]?.removeAll { $0.user == user }
        case .createAssignment: if let assignment = assignment(action, id) { state.assignments.append(assignment) }
        case .deleteAssignment:
            guard let assignment = assignment(action, id) else { return }
            state.assignments.removeAll { $0 == assignment }
        default: break
        }
    }

    private func assignment(_ action: Action, _ id: GroupID?) -> AccountAssignment? {
        guard let id, let account = action.account, let arn = action.permissionSetARN else { return nil }
        return AccountAssignment(principal: .group(id), account: account, permissionSet: arn)
    }

    /// Who reaches what by groups with the bridge's mark, or that the plan takes over.
    func reach(_ groups: Set<GroupID>) -> [UserID: Set<AccessPair>] {
        var result: [UserID: Set<AccessPair>] = [:]
        for group in state.groups where groups.contains(group.id) || group.id.value.hasPrefix("made") {
            let pairs = Set(
                state.assignments.filter { $0.principal == .group(group.id) }.map {
                    AccessPair(account: $0.account, permissionSet: $0.permissionSet)
                }
            )
            for membership in state.memberships[group.id] ?? [] {
                result[membership.user, default: []].formUnion(pairs)
            }
        }
        return result
    }
}
