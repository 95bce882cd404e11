internal import Model
internal import Planner

/// What was read of the target in a further round.
struct TargetAdditions: Sendable {
    var memberships: [GroupID: [GroupMembership]] = [:]
    var assignments: [AccountAssignment] = []
    var groupsWithAssignments: Set<GroupID> = []
    var pairs: Set<AccessPair> = []
    var hasEveryAssignment = false
    var users: [TargetUser] = []
    var unreadableUsers: Set<UserID> = []
    var applications: [GroupID: Bool] = [:]
    var unreadableApplications: Set<GroupID> = []
    var callerAccount: AccountID?
    var isCallerAccountRead = false

    static func read(
        _ reads: FurtherReads,
        of target: any Target,
        knowing observed: ObservedState,
        _ listener: any RunListener
    ) async throws(UpstreamError) -> TargetAdditions {
        var result = TargetAdditions()
        async let memberships = Result { () async throws(UpstreamError) in
            reads.memberships.isEmpty ? [:] : try await target.memberships(of: reads.memberships.sorted())
        }
        async let assignments = Result { () async throws(UpstreamError) in
            try await readAssignments(reads, target, observed)
        }
        async let users = readUsers(reads.users, target)
        async let applications = readApplications(reads.applicationAssignments, target, listener)
        if reads.callerAccount {
            // Without an answer the service itself refuses what may not be changed.
            result.callerAccount = try? await target.callerAccount()
            result.isCallerAccountRead = true
        }
        result.memberships = try await memberships.get()
        for group in reads.memberships where result.memberships[group] == nil { result.memberships[group] = [] }
        let read = try await assignments.get()
        result.assignments = read
        result.hasEveryAssignment = reads.everyAssignment
        result.groupsWithAssignments = reads.assignments
        result.pairs = reads.pairs
        (result.users, result.unreadableUsers) = await users
        (result.applications, result.unreadableApplications) = await applications
        return result
    }

    private static func readAssignments(
        _ reads: FurtherReads,
        _ target: any Target,
        _ observed: ObservedState
    ) async throws(UpstreamError) -> [AccountAssignment] {
        let accounts = observed.organization.accounts.map(\.id).sorted()
        let sets = observed.permissionSets.map(\.arn).sorted()
        if reads.everyAssignment {
            return try await target.everyAssignment(accounts: accounts, permissionSets: sets)
        }
        var result: [AccountAssignment] = []
        if !reads.assignments.isEmpty {
            result += try await target.assignments(
                of: reads.assignments.sorted(),
                accounts: accounts,
                permissionSets: sets,
                including: reads.desiredPairs
            )
        }
        if !reads.pairs.isEmpty { result += try await target.assignments(on: reads.pairs.sorted()) }
        return result
    }

    private static func readUsers(_ wanted: Set<UserID>, _ target: any Target) async -> ([TargetUser], Set<UserID>) {
        await withTaskGroup(of: (UserID, TargetUser?).self) { group in
            for id in wanted {
                group.addTask {
                    // Made last: the optimizer of Swift 6.3.1 lets go of what stands in a pair around a call that fails.
                    let user = try? await target.user(id)
                    return (id, user)
                }
            }
            var users: [TargetUser] = []
            var missing: Set<UserID> = []
            for await (id, user) in group {
                if let user { users.append(user) } else { missing.insert(id) }
            }
            return (users, missing)
        }
    }

    /// Where the look-up fails the group counts as assigned to applications: it is then held, not deleted.
    private static func readApplications(
        _ wanted: Set<GroupID>,
        _ target: any Target,
        _ listener: any RunListener
    ) async -> ([GroupID: Bool], unreadable: Set<GroupID>) {
        guard !wanted.isEmpty else { return ([:], []) }
        let all = Dictionary(wanted.map { ($0, true) }, uniquingKeysWith: { $1 })
        do throws(UpstreamError) {
            return (all.merging(try await target.hasApplicationAssignments(wanted.sorted())) { $1 }, [])
        } catch {
            listener.heard(.notice("application assignments could not be looked at: \(error)"))
            return (all, wanted)
        }
    }

    func apply(to observed: inout ObservedState) {
        if isCallerAccountRead {
            observed.isCallerAccountRead = true
            observed.identity.callerAccount = callerAccount ?? observed.identity.callerAccount
        }
        observed.memberships.merge(memberships) { $1 }
        observed.assignments += assignments
        observed.groupsWithAssignmentsRead.formUnion(groupsWithAssignments)
        observed.pairsRead.formUnion(pairs)
        if hasEveryAssignment { observed.isEveryAssignmentRead = true }
        observed.users += users
        observed.unreadableUsers.formUnion(unreadableUsers)
        observed.hasApplicationAssignments.merge(applications) { $1 }
        observed.unreadableApplications.formUnion(unreadableApplications)
    }
}
