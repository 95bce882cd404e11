internal import Configuration
internal import Engine
internal import FoundationEssentials
internal import Mapping
internal import Model
internal import Notices
internal import Planner
internal import Report
internal import SQLiteLedger

/// `idbridge apply`: applies a reviewed plan, or plans and asks.
struct ApplyCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        if context.arguments[.dryRun] { return try await PlanCommand(context).run() }
        let path = context.arguments.operands.first
        if let path, !FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(64, "idbridge: there is no plan document \(Printable.text(path))")
        }
        if path == nil, !context.arguments[.yes], !context.terminal.canAsk {
            throw CommandFailure(64, "idbridge: \(QuestionError())")
        }
        let configuration = try context.configuration()
        let session = try Session(context, configuration)
        try RunTime(context, session).check()
        _ = try NoticeSettings(session)
        let mapping = try context.mapping(of: configuration)
        if let path {
            let document = try read(path)
            try check(document, configuration)
            return try await apply(document.actions, mapping, session, document)
        }
        return try await planAndAsk(mapping, session)
    }

    // MARK: A document

    private func read(_ path: String) throws(CommandFailure) -> PlanDocument {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(65, "idbridge: the plan document \(Printable.text(path)) cannot be read")
        }
        let document: PlanDocument
        do { document = try PlanDocument.decode(bytes: Array(data)) } catch {
            throw CommandFailure(65, "idbridge: \(Printable.text(path)) is no plan document: \(error)")
        }
        guard PlanFingerprint.of(document.actions) == document.fingerprint else {
            throw CommandFailure(
                65,
                "idbridge: \(Printable.text(path)) was altered after it was made: its actions no longer match its fingerprint"
            )
        }
        return document
    }

    private func check(_ document: PlanDocument, _ configuration: Configuration) throws(CommandFailure) {
        guard document.owner == configuration.owner else {
            throw CommandFailure(
                65,
                "idbridge: the plan document was made for the owner \(Printable.name(document.owner)), not \(configuration.owner)"
            )
        }
    }

    /// A document for another target is invalid; that is known once the target was asked who it is.
    private func checkTarget(_ document: PlanDocument, _ session: Session) async throws(CommandFailure) {
        let identity: TargetIdentity
        do { identity = try await session.clouds.target.identity() } catch {
            throw CommandFailure(EngineError.target(error))
        }
        guard document.instanceARN == identity.instanceARN, document.identityStoreID == identity.identityStoreID else {
            throw CommandFailure(
                65,
                "idbridge: the plan document was made for \(Printable.text(document.instanceARN)), and the target is \(identity.instanceARN)"
            )
        }
    }

    private func apply(
        _ actions: [Action],
        _ mapping: AccessMapping,
        _ session: Session,
        _ document: PlanDocument?
    ) async throws(CommandFailure) -> Int32 {
        let lock = try await session.lock(command: "apply")
        defer { lock.release() }
        let ledger = try session.ledger()
        if let document { try await checkTarget(document, session) }
        let recorded = RecordedRun(session, command: "apply", ledger: ledger, lock: lock)
        return try await recorded.perform { (environment, run) throws(EngineError) in
            try await PlanRun(environment, options: session.options).apply(
                DocumentActions(actions),
                session.request(mapping),
                run: run
            )
        }
    }

    // MARK: Plan and ask

    private func planAndAsk(_ mapping: AccessMapping, _ session: Session) async throws(CommandFailure) -> Int32 {
        let planned = try await PlanCommand.plan(session, mapping, ledger: try session.ledgerCopy())
        let plan = planned.plan
        let report = PlanReport(plan, listedPermissionSets: session.listedPermissionSets)
        let isText = context.arguments[.format] != .json
        if isText { context.terminal.result(report.text(context.style)) }
        let isStopped = !plan.trippedBrakes.isEmpty && !planned.result.isAllowed
        if isStopped {
            context.terminal.message(
                BrakeRefusal.text(plan, command: BrakeCommand.words(context), style: context.errorStyle)
            )
        }
        if !context.arguments[.yes], !plan.actions.isEmpty {
            let question = isStopped ? "Withdraw recorded departures and expired windows alone?" : "Apply this plan?"
            do throws(QuestionError) {
                let isWanted = try context.terminal.ask(question) { context.stop.raisedBy != nil }
                guard isWanted, context.stop.raisedBy == nil else {
                    context.terminal.message("Nothing was changed.")
                    return context.stop.exitCode ?? 1
                }
            } catch {
                throw CommandFailure(64, "idbridge: \(error)")
            }
        }
        return try await apply(plan.actions, mapping, session, nil)
    }
}
