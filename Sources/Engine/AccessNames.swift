internal import Model
internal import Planner
internal import Report

/// The names of groups and permission sets, for people who read reports; ids stand in where they could not be read.
struct AccessNames: Sendable {
    var groups: [GroupID: TargetGroup] = [:]
    var sets: [PermissionSetARN: PermissionSet] = [:]
    var owner = ""

    /// Reads the names; they decide nothing, so a failure is not told.
    static func read(_ environment: RunEnvironment) async -> AccessNames {
        let target = environment.target
        async let groups = Result { () async throws(UpstreamError) in try await target.groups() }
        async let sets = Result { () async throws(UpstreamError) in try await target.permissionSets() }
        var names = AccessNames(owner: environment.settings.owner)
        for group in (try? await groups.get()) ?? [] { names.groups[group.id] = group }
        for set in (try? await sets.get()) ?? [] { names.sets[set.arn] = set }
        return names
    }

    /// Whether a group carries this bridge's mark; false for one that is not known.
    func isOwned(_ group: GroupID?) -> Bool {
        group.flatMap { groups[$0] }.map { Ownership($0, owner: owner) == .ours } ?? false
    }

    /// The access that a call takes away, in the words of the report.
    func access(_ write: Write) -> OffboardReport.Access {
        var access = OffboardReport.Access(kind: write.kindName)
        switch write {
        case .createGroup(let name, _): access.group = name
        case .deleteAssignment(let assignment), .createAssignment(let assignment):
            access.account = assignment.account.value
            access.permissionSet = name(of: assignment.permissionSet)
        case .deleteApplicationAssignment(let application, _): access.application = application
        default: access.group = write.groupID.map { groups[$0]?.displayName ?? $0.value }
        }
        return access
    }

    /// The name of a permission set, or its ARN.
    func name(of set: PermissionSetARN) -> String { sets[set]?.name ?? set.value }
}
