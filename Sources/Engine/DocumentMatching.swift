public import Model
internal import Planner

/// The actions that a plan document names; nothing else of it is believed.
public struct DocumentActions: Sendable {
    /// The actions: kind, ids and names of objects, and changes.
    public var actions: [Action]
    /// The actions of a document.
    public init(_ actions: [Action]) { self.actions = actions }
}

/// Finds each action of a document in a fresh plan, or that its effect stands, or that it is stale.
public struct DocumentMatching: Sendable {
    /// The actions of the fresh plan that the document names, in the order of the fresh plan.
    public private(set) var selected: [Action] = []
    /// How many actions have their effect already.
    public private(set) var standing = 0
    /// One sentence for each action that the fresh plan has not, or has otherwise.
    public private(set) var stale: [String] = []

    /// Matches a document against a fresh plan.
    public init(_ document: DocumentActions, _ planned: PlannedRun) {
        let fresh = Dictionary(planned.plan.actions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let effects = StandingEffects(planned.input.observed, settings: planned.input.settings)
        var chosen: Set<String> = []
        for action in document.actions {
            let id = PlanFingerprint.id(of: action)
            if let candidate = fresh[id], DocumentMatching.isSame(action, candidate) {
                chosen.insert(id)
            } else if effects.stands(action) {
                standing += 1
            } else if let candidate = fresh[id] {
                stale.append(
                    "\(DocumentMatching.name(of: action)) is now another one: \(DocumentMatching.difference(action, candidate))"
                )
            } else {
                stale.append("\(DocumentMatching.name(of: action)) is no longer part of the plan")
            }
        }
        select(chosen, planned.plan.actions)
    }

    /// What rests on an action that is not carried out is not carried out either.
    private mutating func select(_ chosen: Set<String>, _ fresh: [Action]) {
        var chosen = chosen
        var changed = true
        let all = Set(fresh.map(\.id))
        while changed {
            changed = false
            for action in fresh where chosen.contains(action.id) {
                guard let missing = action.after.first(where: { all.contains($0) && !chosen.contains($0) }) else {
                    continue
                }
                chosen.remove(action.id)
                changed = true
                stale.append(
                    "\(DocumentMatching.name(of: action)) now rests on an action that the document has not (\(missing))"
                )
            }
        }
        selected = fresh.filter { chosen.contains($0.id) }
    }

    private static func isSame(_ document: Action, _ fresh: Action) -> Bool {
        func fits<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool { left == nil || left == right }
        return document.kind == fresh.kind && fits(document.groupID, fresh.groupID)
            && fits(document.userID, fresh.userID)
            && document.account == fresh.account && fits(document.permissionSetARN, fresh.permissionSetARN)
            && document.changes == fresh.changes
            && (document.kind != .createGroup || document.description == fresh.description)
    }

    private static func difference(_ document: Action, _ fresh: Action) -> String {
        if document.changes != fresh.changes { return "it would change other values" }
        if document.description != fresh.description { return "it would write another description" }
        return "its objects have other ids"
    }

    static func name(of action: Action) -> String {
        let objects = [action.group, action.user, action.account?.value, action.permissionSet].compactMap { $0 }
        return "\(action.kind.rawValue) \(objects.joined(separator: ", "))"
    }
}

/// Whether the effect of an action stands in what was observed.
struct StandingEffects {
    private let observed: ObservedState
    private let settings: PlanSettings
    private let groupByID: [GroupID: TargetGroup]
    private let groupByName: [String: TargetGroup]
    private let userByName: [String: UserID]

    init(_ observed: ObservedState, settings: PlanSettings) {
        self.observed = observed
        self.settings = settings
        groupByID = Dictionary(observed.groups.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        groupByName = Dictionary(observed.groups.map { ($0.displayName.folded, $0) }, uniquingKeysWith: { $1 })
        userByName = Dictionary(observed.users.map { ($0.userName.folded, $0.id) }, uniquingKeysWith: { $1 })
    }

    func stands(_ action: Action) -> Bool {
        switch action.kind {
        case .createGroup:
            return action.group.flatMap { groupByName[$0.folded] }.map { $0.description == action.description } ?? false
        case .updateGroup: return group(of: action).map { isUpdated($0, action) } ?? false
        case .deleteGroup: return action.groupID.map { groupByID[$0] == nil } ?? false
        case .addMember: return hasMember(action) == true
        case .removeMember:
            if let id = action.groupID, groupByID[id] == nil { return true }
            return hasMember(action) == false
        case .createAssignment: return hasAssignment(action) == true
        case .deleteAssignment:
            if let id = action.groupID, groupByID[id] == nil { return true }
            return hasAssignment(action) == false
        case .createUser: return action.user.map { userByName[$0.folded] != nil } ?? false
        case .deleteUser: return action.userID.map { id in !observed.users.contains { $0.id == id } } ?? false
        case .updateUser, .disableUser, .enableUser: return false
        }
    }

    private func group(of action: Action) -> TargetGroup? {
        action.groupID.flatMap { groupByID[$0] } ?? action.group.flatMap { groupByName[$0.folded] }
    }

    private func isUpdated(_ group: TargetGroup, _ action: Action) -> Bool {
        if let name = action.changes["displayName"], group.displayName != name.to { return false }
        if let text = action.changes["description"], group.description != text.to { return false }
        return true
    }

    private func hasMember(_ action: Action) -> Bool? {
        guard let group = group(of: action), let members = observed.memberships[group.id] else { return nil }
        guard let user = action.userID ?? action.user.flatMap({ userByName[$0.folded] }) else { return nil }
        return members.contains { $0.user == user }
    }

    private func hasAssignment(_ action: Action) -> Bool? {
        guard let group = group(of: action), let account = action.account, let arn = action.permissionSetARN,
            observed.isEveryAssignmentRead || observed.groupsWithAssignmentsRead.contains(group.id)
        else { return nil }
        return observed.assignments.contains(
            AccountAssignment(principal: .group(group.id), account: account, permissionSet: arn)
        )
    }
}
