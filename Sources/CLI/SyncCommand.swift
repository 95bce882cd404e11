internal import Configuration
internal import Engine
internal import Mapping
internal import Model
internal import Notices
internal import Report
internal import SQLiteLedger

/// `idbridge sync`: plan and apply without questions.
struct SyncCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        if context.arguments[.dryRun] { return try await PlanCommand(context).run() }
        let configuration = try context.configuration()
        let session = try Session(context, configuration)
        try RunTime(context, session).check()
        _ = try NoticeSettings(session)
        let mapping = try context.mapping(of: configuration)
        let lock = try await session.lock(command: "sync")
        defer { lock.release() }
        let recorded = RecordedRun(session, command: "sync", ledger: try session.ledger(), lock: lock)
        return try await recorded.perform { (environment, run) throws(EngineError) in
            try await PlanRun(environment, options: session.options).sync(session.request(mapping), run: run)
        }
    }
}

/// A run that is recorded in the ledger, shown, and told.
struct RecordedRun {
    private let session: Session
    private let command: String
    private let ledger: SQLiteLedger
    private let lock: RunLock

    init(_ session: Session, command: String, ledger: SQLiteLedger, lock: RunLock) {
        self.session = session
        self.command = command
        self.ledger = ledger
        self.lock = lock
    }

    func perform(
        _ work: (RunEnvironment, Int64) async throws(EngineError) -> RunReport
    ) async throws(CommandFailure) -> Int32 {
        let context = session.context
        let run: Int64
        do throws(LedgerError) {
            run = try await ledger.begin(
                RunRecord(
                    command: command,
                    startedAt: context.now,
                    owner: session.configuration.owner,
                    by: SystemUser.name
                )
            )
            try lock.note(run: run)
        } catch {
            throw CommandFailure(error)
        }
        let environment = session.environment(ledger: ledger)
        let telling = Telling(session, ledger: ledger, run: run, command: command)
        let report: RunReport
        do {
            report = try await work(environment, run)
        } catch {
            await end(run, error.exitCode, error.message)
            await telling.failed(error)
            RunMetrics(context).write(exitCode: error.exitCode, report: nil)
            throw CommandFailure(error)
        }
        context.terminal.endProgress()
        do throws(CommandFailure) { try OnlyNames.check(report.planned) } catch {
            await end(run, 64, error.message)
            throw error
        }
        RunText(context, session, report).show(command: command)
        await end(run, report.exitCode, RunText.summary(report))
        await telling.ended(report)
        if let upkeep = report.upkeep {
            await DepartureRequests(environment, DepartureJournal(ledger, command: command, run: run))
                .close(upkeep.requests)
        }
        RunMetrics(context).write(exitCode: report.exitCode, report: report)
        return report.exitCode
    }

    private func end(_ run: Int64, _ code: Int32, _ outcome: String) async {
        do {
            try await ledger.end(run: run, at: session.context.now, exitCode: Int(code), outcome: outcome)
        } catch {
            session.context.terminal.message(
                "idbridge: the end of the run could not be noted: \(Printable.text(error.description))"
            )
        }
    }
}
