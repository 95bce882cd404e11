public import Model
internal import Planner

/// How a plan is carried out.
public struct ApplyOptions: Sendable {
    /// How many actions are in flight at most.
    public var maxParallel: Int
    /// Whether stale actions of a document are left out instead of stopping it.
    public var skipsStale: Bool
    /// How a plan is carried out.
    public init(maxParallel: Int = 16, skipsStale: Bool = false) {
        self.maxParallel = maxParallel
        self.skipsStale = skipsStale
    }
}

/// What came of a run.
public struct RunReport: Sendable {
    /// What was planned, and from what.
    public var planned: PlannedRun
    /// What came of each action that was to be carried out.
    public var outcomes: [ActionOutcome]
    /// The levels that stopped the run.
    public var tripped: [BrakeReading] = []
    /// Of a plan document: what moved since it was made.
    public var stale: [String] = []
    /// Of a plan document: how many actions had their effect already.
    public var standing = 0
    /// Actions of the fresh plan that wait for the next run.
    public var waitingActions = 0
    /// What the upkeep of departures came to; nil where there was none.
    public var upkeep: UpkeepReport?
    /// People whose membership was taken back since they departed while the run was at work.
    public var takenBack: [String] = []
    /// The exit code.
    public var exitCode: Int32 = 0

    /// The plan that the next run makes while nothing else moves: what a stopped run withdrew is no longer part of it, so
    /// that the fingerprints here are those that lift the brakes.
    public var rest: Plan {
        let done = Set(outcomes.filter(\.isDone).map(\.action.id))
        var rest = planned.plan
        rest.actions.removeAll { done.contains($0.id) }
        rest.fingerprint = PlanFingerprint.of(rest.actions)
        rest.removalsFingerprint = PlanFingerprint.of(planned.result.removals.filter { !done.contains($0.id) })
        return rest
    }

    /// The actions that failed.
    public var failures: [ActionOutcome] {
        outcomes.filter { if case .failed = $0.status { true } else { false } }
    }

    /// The actions whose second look disagreed.
    public var kept: [ActionOutcome] {
        outcomes.filter { if case .kept = $0.status { true } else { false } }
    }
}

/// Carries plans out: gate, apply, look into the departures once more, record.
public struct PlanRun: Sendable {
    private let environment: RunEnvironment
    private let options: ApplyOptions

    /// A run over an environment.
    public init(_ environment: RunEnvironment, options: ApplyOptions = ApplyOptions()) {
        self.environment = environment
        self.options = options
    }

    /// Plans and applies without questions: the cron job.
    public func sync(_ request: PlanRequest, run: Int64) async throws(EngineError) -> RunReport {
        let upkeep = DepartureUpkeep(environment, run: run, command: "sync")
        var kept = await upkeep.before()
        let planned = try await WorldReader(environment).plan(request)
        var report = try await carryOut(planned, planned.plan.actions, run: run)
        await upkeep.after(planned, &kept)
        report.upkeep = kept
        if report.exitCode == 0, !kept.isWhole { report.exitCode = 4 }
        return report
    }

    /// Carries out a document, after a fresh plan.
    public func apply(_ document: DocumentActions, _ request: PlanRequest, run: Int64) async throws(EngineError)
        -> RunReport
    {
        let planned = try await WorldReader(environment).plan(request)
        let matching = DocumentMatching(document, planned)
        if !matching.stale.isEmpty, !options.skipsStale {
            return RunReport(
                planned: planned,
                outcomes: [],
                stale: matching.stale,
                standing: matching.standing,
                exitCode: 5
            )
        }
        var report = try await carryOut(planned, matching.selected, run: run)
        report.stale = matching.stale
        report.standing = matching.standing
        report.waitingActions = planned.plan.actions.count - matching.selected.count
        if !matching.stale.isEmpty, report.exitCode == 0 { report.exitCode = 4 }
        return report
    }

    private func carryOut(
        _ planned: PlannedRun,
        _ actions: [Action],
        run: Int64
    ) async throws(EngineError) -> RunReport {
        let tripped = planned.result.isAllowed ? [] : planned.plan.trippedBrakes
        var report = RunReport(planned: planned, outcomes: [], tripped: tripped)
        let open = tripped.isEmpty ? actions : PlanRun.withdrawals(actions)
        let applier = Applier(
            environment,
            run: run,
            isAllowed: planned.result.isAllowed,
            maxParallel: options.maxParallel,
            identifiers: planned.result.identifiers,
            ended: planned.result.endedDepartures
        )
        report.outcomes = await applier.apply(open)
        report.takenBack = try await takeBack(after: report.outcomes, planned)
        try await remember(planned, report.outcomes)
        await forgetDoubtful(planned, report.outcomes)
        report.exitCode = PlanRun.exitCode(of: report, stop: environment.stop)
        return report
    }

    /// What a tripped brake does not stop: recorded departures and expired windows, which then wait for nothing.
    static func withdrawals(_ actions: [Action]) -> [Action] {
        actions.filter(\.passesBrakes).map { action in
            var action = action
            action.after = []
            return action
        }
    }

    /// The first that fits (`PLANNING.md` 34).
    static func exitCode(of report: RunReport, stop: StopFlag) -> Int32 {
        if let code = stop.exitCode { return code }
        if !report.tripped.isEmpty { return 3 }
        let plan = report.planned.plan
        let isPartly =
            !plan.held.isEmpty || plan.hasConflicts || !report.planned.failedSources.isEmpty
            || report.outcomes.contains { !$0.isDone }
        return isPartly ? 4 : 0
    }

    // MARK: After the last write

    /// Withdraws what this run gave to people who departed meanwhile.
    private func takeBack(after outcomes: [ActionOutcome], _ planned: PlannedRun) async throws(EngineError) -> [String]
    {
        let given = outcomes.filter { $0.isDone && $0.action.kind == .addMember }
        guard !given.isEmpty else { return [] }
        let matching = DepartureMatching(try await departuresNow(planned))
        var taken: [String] = []
        for outcome in given {
            guard let user = outcome.action.userID, let group = outcome.action.groupID else { continue }
            let person = planned.result.identifiers[user] ?? Departure.Identifiers(userID: user)
            guard matching.departure(of: person) != nil else { continue }
            do throws(UpstreamError) {
                _ = try await environment.target.perform(.removeMember(group, user, membership: nil))
                taken.append(outcome.action.user ?? user.value)
            } catch {
                environment.listener.heard(
                    .notice(
                        "\(outcome.action.user ?? user.value) has departed and is still in \(outcome.action.group ?? group.value): \(error)"
                    )
                )
            }
        }
        return taken
    }

    /// The departures in force now: those of the ledger, and the marks that any bridge has made.
    private func departuresNow(_ planned: PlannedRun) async throws(EngineError) -> [Departure] {
        let recorded: [Departure]
        do { recorded = try await environment.ledger.departures() } catch { throw .ledger(error) }
        var marked: [Departure] = []
        if let groups = try? await environment.target.groups() {
            marked = groups.compactMap { group in DepartureMarker(group).map { $0.departure(of: group) } }
        }
        return (recorded + marked).filter { !planned.result.endedDepartures.contains($0.id) }
    }

    /// Keeps for the next run what it needs to know of groups.
    private func remember(_ planned: PlannedRun, _ outcomes: [ActionOutcome]) async throws(EngineError) {
        var owned = planned.result.ownedGroups
        for outcome in outcomes where outcome.isDone {
            switch (outcome.action.kind, outcome.status) {
            case (.createGroup, .done(let receipt)): if let id = receipt.createdID { owned.insert(GroupID(id)) }
            case (.deleteGroup, _): if let id = outcome.action.groupID { owned.remove(id) }
            default: break
            }
        }
        do throws(LedgerError) {
            try await environment.ledger.setOwnedGroups(owned)
            let known = try await environment.ledger.provisionedGroups()
            try await environment.ledger.setProvisionedGroups(known.merging(planned.result.provisionedGroups) { $1 })
        } catch {
            environment.listener.heard(.notice("the ledger could not be written after the last write: \(error)"))
        }
    }

    /// Lets the next run read those sources whole whose lists a second look contradicted, or that lack what is mapped.
    private func forgetDoubtful(_ planned: PlannedRun, _ outcomes: [ActionOutcome]) async {
        let lacking: Set = ["source-vanished", "source-empty"]
        var doubtful = Set(planned.plan.held.filter { lacking.contains($0.code) }.compactMap(\.source))
        for outcome in outcomes {
            guard case .kept = outcome.status else { continue }
            doubtful.formUnion(outcome.action.evidence.map(\.source))
        }
        for source in environment.sources where doubtful.contains(source.name) { await source.forget() }
    }
}
