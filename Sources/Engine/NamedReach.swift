internal import Mapping
internal import Model
internal import Planner

/// What the users and groups reach that a call names (`--for`).
struct NamedReach {
    private let environment: RunEnvironment
    private let request: AccessRequest
    private let observed: ObservedState
    private let listing: AccessListing
    /// Every assignment of the instance, where these count.
    private let assignments: [AccountAssignment]
    private let groupByID: [GroupID: TargetGroup]
    private var planned: PlannedRun?

    private var pairs: Set<AccessPair> = []
    private var leftOut: [PlanWarning] = []
    private var unknown: [String] = []
    private var ambiguous: [String: [FoundPerson]] = [:]

    init(
        _ environment: RunEnvironment,
        _ request: AccessRequest,
        _ observed: ObservedState,
        _ listing: AccessListing,
        _ assignments: [AccountAssignment]
    ) {
        self.environment = environment
        self.request = request
        self.observed = observed
        self.listing = listing
        self.assignments = assignments
        groupByID = Dictionary(observed.groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func walk() async throws(EngineError) {
        for name in request.names {
            if name.utf8.contains(UInt8(ascii: "@")) {
                try await addUser(name)
            } else {
                try await addGroup(name)
            }
        }
    }

    func apply(to result: inout ReachableAccess) {
        result.pairs.formIntersection(pairs)
        result.leftOut += leftOut
        result.unknownNames = unknown
        result.ambiguousNames = ambiguous
    }

    // MARK: Groups

    private mutating func addGroup(_ name: String) async throws(EngineError) {
        let folded = name.folded
        let present = observed.groups.filter { $0.displayName.folded == folded }
        let isListed = listing.groups.contains { $0.name.folded == folded }
        guard isListed || !present.isEmpty else {
            unknown.append(name)
            return
        }
        try await add(groups: Set(present.map(\.id)), names: [folded], user: nil)
    }

    /// Adds what groups reach: with every assignment theirs; else what the mapping grants them, and of groups that the
    /// mapping does not name, and of the user, what they hold.
    private mutating func add(groups: Set<GroupID>, names: Set<String>, user: UserID?) async throws(EngineError) {
        guard !request.isEveryAssignment else {
            pairs.formUnion(
                assignments.filter { assignment in
                    switch assignment.principal {
                    case .group(let id): groups.contains(id)
                    case .user(let id): id == user
                    }
                }.map(\.pair)
            )
            return
        }
        for group in listing.groups where names.contains(group.name.folded) { pairs.formUnion(group.pairs) }
        let listed = Set(listing.groups.map(\.name.folded))
        let others = groups.filter { id in
            guard let group = groupByID[id], !listed.contains(group.displayName.folded) else { return false }
            return Ownership(group, owner: environment.settings.owner) != .ours
        }
        guard !others.isEmpty else { return }
        do throws(UpstreamError) {
            let held = try await environment.target.assignments(
                of: others.sorted(),
                accounts: observed.organization.accounts.map(\.id),
                permissionSets: observed.permissionSets.map(\.arn),
                including: listing.pairs
            )
            pairs.formUnion(held.map(\.pair))
        } catch {
            throw .target(error)
        }
    }

    // MARK: Users

    private mutating func addUser(_ name: String) async throws(EngineError) {
        let people = try await find(name)
        if people.count > 1 { ambiguous[name] = people }
        if people.isEmpty { unknown.append(name) }
        if people.count == 1 { try await add(people[0]) }
    }

    /// Those whom sources or the target know; what is only on record as departed reaches nothing.
    private mutating func find(_ name: String) async throws(EngineError) -> [FoundPerson] {
        let finding = await PersonLookup(environment).find(name)
        if let problem = finding.targetProblem { throw .target(problem) }
        let people = finding.people.filter { $0.target != nil || !$0.users.isEmpty }
        if people.isEmpty, let problem = finding.problems.first, finding.problems.count == environment.sources.count {
            throw .noSource(environment.sources.map { ($0.name, problem) })
        }
        for problem in finding.problems {
            leaveOut("source-unreadable", "a source could not be asked about \(name): \(problem)")
        }
        return people
    }

    private mutating func add(_ person: FoundPerson) async throws(EngineError) {
        var groups: Set<GroupID> = []
        if let user = person.target?.id {
            do throws(UpstreamError) {
                groups = Set(try await environment.target.memberships(of: user).map(\.group))
                pairs.formUnion(try await directAssignments(of: user).map(\.pair))
            } catch {
                throw .target(error)
            }
        }
        var names = Set(groups.compactMap { groupByID[$0].map { nameAfterwards($0.displayName) } })
        if !request.isEveryAssignment { try await change(&names, by: person) }
        try await add(groups: groups, names: names, user: person.target?.id)
    }

    private func directAssignments(of user: UserID) async throws(UpstreamError) -> [AccountAssignment] {
        let observed = observed
        return try await environment.target.directAssignments(of: user) { () async throws(UpstreamError) in
            (observed.organization.accounts.map(\.id), observed.permissionSets.map(\.arn))
        }
    }

    /// Puts the person where the mapping and the sources want them: the plan says what is still to come.
    private mutating func change(_ names: inout Set<String>, by person: FoundPerson) async throws(EngineError) {
        let planned = try await plan()
        for action in planned.plan.actions where person.target != nil && action.userID == person.target?.id {
            guard let group = action.group?.folded else { continue }
            if action.kind == .addMember { names.insert(group) }
            if action.kind == .removeMember { names.remove(group) }
        }
        let addresses = Set(person.users.values.map(\.primaryAddress.folded))
        for waiting in planned.plan.waiting where addresses.contains(waiting.user.folded) {
            names.formUnion(waiting.groups.map(\.folded))
        }
    }

    private mutating func plan() async throws(EngineError) -> PlannedRun {
        if let planned { return planned }
        let made = try await WorldReader(environment).plan(PlanRequest(mapping: request.mapping, now: request.now))
        for (source, problem) in made.failedSources.sorted(by: { $0.key < $1.key }) {
            leaveOut("source-unreadable", "\(source) could not be read: \(problem)")
        }
        planned = made
        return made
    }

    /// The folded name that a group has once it is renamed.
    private func nameAfterwards(_ name: String) -> String {
        let isListed = listing.groups.contains { $0.name.folded == name.folded }
        let renamed = request.mapping.groups.first { $0.formerly?.value.folded == name.folded }
        return isListed ? name.folded : (renamed?.name ?? name).folded
    }

    private mutating func leaveOut(_ code: String, _ message: String) {
        leftOut.append(PlanWarning(code: code, message: message))
    }
}
