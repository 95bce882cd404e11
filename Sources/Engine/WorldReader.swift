public import Mapping
public import Model
public import Planner

/// What a plan is to be made for, beside the environment.
public struct PlanRequest: Sendable {
    /// The mapping.
    public var mapping: AccessMapping
    /// The time that the plan is made for.
    public var now: Timestamp
    /// The groups that alone are planned for.
    public var only: [String]?
    /// The fingerprint that a person allowed.
    public var allowed: String?
    /// Whether assignments that the bridge does not manage are counted.
    public var countsUnmanaged: Bool
    /// A plan request.
    public init(
        mapping: AccessMapping,
        now: Timestamp,
        only: [String]? = nil,
        allowed: String? = nil,
        countsUnmanaged: Bool = false
    ) {
        self.mapping = mapping
        self.now = now
        self.only = only
        self.allowed = allowed
        self.countsUnmanaged = countsUnmanaged
    }
}

/// A plan with everything that it was made from.
public struct PlannedRun: Sendable {
    /// The plan and what goes with it.
    public var result: PlanResult
    /// What it was made from: `explain` and `apply PLAN` look into it.
    public var input: PlanInput
    /// The sources that could not be read at all, with the cause.
    public var failedSources: [String: UpstreamError]
    /// The departures in force or settled, as the ledger had them.
    public var departures: [Departure]

    /// The plan.
    public var plan: Plan { result.plan }
}

/// Reads sources and target, only what the mapping needs, and plans.
public struct WorldReader: Sendable {
    private let environment: RunEnvironment
    private static let mostRounds = 64

    /// A reader over an environment.
    public init(_ environment: RunEnvironment) { self.environment = environment }

    /// Reads both sides and plans; a run that is told to stop breaks its readings off.
    public func plan(_ request: PlanRequest) async throws(EngineError) -> PlannedRun {
        let stop = environment.stop
        let outcome = await withTaskGroup(of: Result<PlannedRun, EngineError>?.self) { group in
            group.addTask { await Result { () async throws(EngineError) in try await read(request) } }
            group.addTask {
                while stop.raisedBy == nil {
                    do { try await Task.sleep(for: .milliseconds(50)) } catch { return nil }
                }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let outcome else { throw .stopped(exitCode: stop.exitCode ?? 130) }
        return try outcome.get()
    }

    private func read(_ request: PlanRequest) async throws(EngineError) -> PlannedRun {
        async let listings = listSources()
        async let observing = observe(withTags: request.mapping.usesTags)
        let sources = await listings
        let observed = try await observing.get(orThrow: EngineError.target)
        await KnownUserCount(environment.ledger).keep(observed.users.count)
        let failed = sources.failed
        if failed.count == environment.sources.count, !failed.isEmpty || environment.sources.isEmpty {
            throw .noSource(environment.sources.compactMap { source in failed[source.name].map { (source.name, $0) } })
        }
        let (departures, knowledge) = try await readLedger(now: request.now)
        var input = PlanInput(
            mapping: request.mapping,
            sources: sources.readings,
            observed: observed,
            departures: departures,
            settings: environment.settings,
            now: request.now,
            ledger: knowledge,
            only: request.only,
            allowed: request.allowed,
            countsUnmanaged: request.countsUnmanaged,
            guardrails: environment.guardrails == nil ? nil : [:]
        )
        let result = try await complete(&input)
        environment.listener.heard(.planned(actions: result.plan.actions.count))
        return PlannedRun(result: result, input: input, failedSources: failed, departures: departures)
    }

    private func complete(_ input: inout PlanInput) async throws(EngineError) -> PlanResult {
        var last: FurtherReads?
        for _ in 0..<WorldReader.mostRounds {
            switch Planner.plan(input) {
            case .planned(let result): return result
            case .read(let reads):
                guard reads != last else { throw .endlessReading("\(reads)") }
                last = reads
                try await read(reads, into: &input)
            }
        }
        throw .endlessReading("more than \(WorldReader.mostRounds) rounds")
    }

    // MARK: First readings

    private func listSources() async -> (readings: [SourceReading], failed: [String: UpstreamError]) {
        let results = await withTaskGroup(of: (Int, Result<Directory, UpstreamError>).self) { group in
            for (place, source) in environment.sources.enumerated() {
                environment.listener.heard(.reading("\(source.name): users and groups"))
                group.addTask { (place, await Result { () async throws(UpstreamError) in try await source.listing() }) }
            }
            var results: [Int: Result<Directory, UpstreamError>] = [:]
            for await (place, result) in group { results[place] = result }
            return results
        }
        var readings: [SourceReading] = []
        var failed: [String: UpstreamError] = [:]
        for (place, source) in environment.sources.enumerated() {
            switch results[place] {
            case .success(let directory)? where directory.usersProblem != nil && directory.groupsProblem != nil:
                let error = UpstreamError(
                    .malformed,
                    service: source.kind.rawValue,
                    operation: "users and groups",
                    message:
                        "neither list could be read: \(directory.usersProblem ?? ""); \(directory.groupsProblem ?? "")"
                )
                failed[source.name] = error
                environment.listener.heard(.sourceFailed(source.name, error))
                readings.append(.failed(name: source.name, kind: source.kind, problem: "\(error)"))
            case .success(let directory)?: readings.append(.read(directory))
            case .failure(let error)?:
                failed[source.name] = error
                environment.listener.heard(.sourceFailed(source.name, error))
                readings.append(.failed(name: source.name, kind: source.kind, problem: "\(error)"))
            case nil: break
            }
        }
        return (readings, failed)
    }

    private func observe(withTags: Bool) async -> Result<ObservedState, UpstreamError> {
        let target = environment.target
        environment.listener.heard(.reading("Identity Center: users, groups, accounts, permission sets"))
        return await Result { () async throws(UpstreamError) in
            let identity = try await target.identity()
            async let users = Result { () async throws(UpstreamError) in try await target.users() }
            async let groups = Result { () async throws(UpstreamError) in try await target.groups() }
            async let organization = Result { () async throws(UpstreamError) in
                try await target.organization(withTags: withTags)
            }
            async let sets = Result { () async throws(UpstreamError) in try await target.permissionSets() }
            let (usersRead, groupsRead, organizationRead, setsRead) = await (users, groups, organization, sets)
            return ObservedState(
                identity: identity,
                users: try usersRead.get(),
                groups: try groupsRead.get(),
                organization: try organizationRead.get(),
                permissionSets: try setsRead.get()
            )
        }
    }

    private func readLedger(now: Timestamp) async throws(EngineError) -> ([Departure], LedgerKnowledge) {
        do throws(LedgerError) {
            let departures = try await environment.ledger.departures()
            let knowledge = LedgerKnowledge(
                ownedGroups: try await environment.ledger.ownedGroups(),
                takings: try await environment.ledger.takings(since: now.adding(seconds: -86400)),
                provisionedGroups: try await environment.ledger.provisionedGroups()
            )
            return (departures, knowledge)
        } catch {
            throw .ledger(error)
        }
    }

    // MARK: Further readings

    private func read(_ reads: FurtherReads, into input: inout PlanInput) async throws(EngineError) {
        let current = input
        async let lists = memberLists(reads.memberLists)
        async let deleted = deletedUsers(reads.deletedUsers)
        async let target = readTarget(reads, current)
        async let judged = judge(reads.guardrailSets)
        apply(await lists, await deleted, to: &input)
        for (arn, findings) in await judged { input.guardrails?[arn] = findings }
        try await target.get(orThrow: EngineError.target).apply(to: &input.observed)
    }

    private func judge(_ sets: Set<PermissionSetARN>) async -> [PermissionSetARN: [GuardrailFinding]] {
        guard !sets.isEmpty, let guardrails = environment.guardrails else { return [:] }
        let found = await guardrails(sets)
        return Dictionary(sets.map { ($0, found[$0] ?? []) }, uniquingKeysWith: { $1 })
    }

    private func memberLists(
        _ wanted: [String: Set<SourceGroupID>]
    ) async -> [String: [SourceGroupID: MemberReading]] {
        await withTaskGroup(of: (String, [SourceGroupID: MemberReading]).self) { group in
            for source in environment.sources {
                guard let ids = wanted[source.name], !ids.isEmpty else { continue }
                environment.listener.heard(.reading("\(source.name): members of \(ids.count) groups"))
                group.addTask {
                    var lists = await source.members(of: ids.sorted())
                    for id in ids where lists[id] == nil { lists[id] = .unreadable("the source gave no answer for it") }
                    return (source.name, lists)
                }
            }
            var result: [String: [SourceGroupID: MemberReading]] = [:]
            for await (name, lists) in group { result[name] = lists }
            return result
        }
    }

    private func deletedUsers(_ wanted: Set<String>) async -> [String: [SourceUser]] {
        var result: [String: [SourceUser]] = [:]
        for source in environment.sources where wanted.contains(source.name) {
            do throws(UpstreamError) {
                result[source.name] = try await source.deletedUsers()
            } catch {
                // Nobody is known as deleted then, so nobody goes by it.
                environment.listener.heard(.sourceFailed("\(source.name), deleted users", error))
                result[source.name] = []
            }
        }
        return result
    }

    private func apply(
        _ lists: [String: [SourceGroupID: MemberReading]],
        _ deleted: [String: [SourceUser]],
        to input: inout PlanInput
    ) {
        for (place, source) in input.sources.enumerated() {
            guard case .read(var directory) = source else { continue }
            directory.members.merge(lists[directory.name] ?? [:]) { $1 }
            if let users = deleted[directory.name] { directory.deletedUsers = users }
            input.sources[place] = .read(directory)
        }
    }

    private func readTarget(
        _ reads: FurtherReads,
        _ input: PlanInput
    ) async -> Result<TargetAdditions, UpstreamError> {
        await Result { () async throws(UpstreamError) in
            try await TargetAdditions.read(reads, of: environment.target, knowing: input.observed, environment.listener)
        }
    }
}

extension AccessMapping {
    /// Whether any selector looks at tags, so that they are worth a call for each account.
    var usesTags: Bool {
        let entries = groups.flatMap(\.access) + patterns.flatMap(\.access)
        var selectors = accountSets.values.flatMap(\.selectors)
        selectors += entries.flatMap { $0.accounts + $0.except }
        selectors += patterns.flatMap { $0.only?.accounts ?? [] }
        return selectors.contains { if case .tags = $0.kind { true } else { false } }
    }
}

extension Result {
    /// Catches a typed error of an asynchronous call.
    init(_ body: () async throws(Failure) -> Success) async {
        do throws(Failure) { self = .success(try await body()) } catch { self = .failure(error) }
    }

    /// The success, or the failure turned into another error.
    func get<Other: Error>(orThrow wrap: (Failure) -> Other) throws(Other) -> Success {
        switch self {
        case .success(let value): return value
        case .failure(let error): throw wrap(error)
        }
    }
}
