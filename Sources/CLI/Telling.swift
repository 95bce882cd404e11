internal import Configuration
internal import Engine
internal import HTTP
internal import Model
internal import Notices
internal import Report

/// Tells the world of a run: Slack, webhook and heartbeat. A notice that fails changes nothing else.
struct Telling {
    private let session: Session
    private let ledger: any Ledger
    private let run: Int64
    private let command: String

    init(_ session: Session, ledger: any Ledger, run: Int64, command: String) {
        self.session = session
        self.ledger = ledger
        self.run = run
        self.command = command
    }

    /// A run that could not begin.
    func failed(_ error: EngineError) async {
        if case .stopped = error { return }
        var news = RunNews(command: command, run: run, owner: session.configuration.owner, judged: [.failure])
        news.conditions = conditions(of: error)
        await tell(news, isGood: false)
    }

    private func conditions(of error: EngineError) -> [Condition] {
        switch error {
        case .target(let cause): [.failure(of: "Identity Center", cause)]
        case .noSource(let failures): failures.map { .failure(of: $0.source, $0.error) }
        case .stopped: []
        case .ledger, .endlessReading: [Condition(.failure, subject: command, text: error.message)]
        }
    }

    /// A run that came to its end.
    func ended(_ report: RunReport) async {
        let plan = report.planned.plan
        var news = RunNews(
            command: command,
            run: run,
            owner: session.configuration.owner,
            only: session.context.arguments[.only].isEmpty ? nil : Set(session.context.arguments[.only].map(\.folded))
        )
        news.conditions = plan.held.map { .hold($0) }
        news.conditions += report.tripped.map { reading in
            .brake(reading, lift: BrakeRefusal.lifting(report.rest, command: BrakeCommand.words(session.context)))
        }
        news.conditions += report.planned.failedSources.sorted { $0.key < $1.key }.map {
            .failure(of: $0.key, $0.value)
        }
        news.conditions += report.failures.map { .failedAction($0.record(run: run, isAllowed: false)) }
        if let upkeep = report.upkeep {
            let outcomes = upkeep.requests.map(\.outcome) + [upkeep.people]
            for brake in Set(outcomes.compactMap(\.brake)) {
                news.conditions.append(.brake(brake.reading, lift: brake.liftingCommand(session.context)))
            }
            news.departures = outcomes.flatMap(DepartureNews.all)
            news.departures += upkeep.ended.map(DepartureNews.init(ended:))
        }
        let done = report.outcomes.filter(\.isDone).map(\.action.kind)
        if !done.isEmpty {
            news.changes = ChangeNews(
                done: done,
                gained: plan.gained,
                listed: session.configuration.brakes.gainsPermissionSets
            )
        }
        await tell(news, isGood: report.exitCode == 0 && command == "sync")
    }

    /// Sends what is new.
    func tell(_ news: RunNews, isGood: Bool) async {
        // A departure is also a line of the log, whether a channel is set or not.
        for notice in Notice.departures(news, at: session.context.now) {
            Log(session.context).write(.notice, notice.logLine, [])
        }
        let settings: NoticeSettings
        do { settings = try NoticeSettings(session) } catch {
            session.context.terminal.message("idbridge: notices: \(Printable.text(error.message))")
            return
        }
        let notifier = Notifier(settings: settings, transport: session.clouds.transport)
        var failures = await notifier.tell(news, at: session.context.now, ledger: ledger)
        if isGood, let failure = await notifier.heartbeat() { failures.append(failure) }
        for failure in failures {
            session.context.terminal.message("warning: a notice failed: \(Printable.text("\(failure)"))")
        }
    }
}

extension NoticeSettings {
    /// Whom a run tells, its secrets resolved.
    ///
    /// - Throws: 78 for a reference that is unset, or that is no https URL. `sync` and `apply` look before they begin; an offboarding, which waits
    ///   for nothing, only says so.
    init(_ session: Session) throws(CommandFailure) {
        func value(_ reference: SecretReference?) throws(CommandFailure) -> String? {
            guard let reference else { return nil }
            let url: String
            do { url = try reference.resolve(environment: session.context.environment) } catch {
                throw CommandFailure(error)
            }
            // As the transport judges it: these have queries and whatever else their services put into a URL.
            guard !plainHTTPIsAllowed(url: url, isMetadata: false) else { return url }
            let refusal = "the URL must be https; plain http is for loopback hosts"
            throw CommandFailure(ConfigurationError(keyPath: reference.keyPath, message: refusal))
        }
        let notify = session.configuration.notify
        self.init(
            slack: try value(notify.slack),
            webhook: try value(notify.webhook),
            heartbeat: try value(notify.heartbeat)
        )
    }
}
