internal import Configuration
internal import Crypto
internal import Engine
internal import Model
internal import Notices
internal import Report
internal import SQLiteLedger

/// One call of a command that takes people out or back in: the ledger, or what stands in for it, and what hears of it.
struct DeparturesSession: Sendable {
    let session: Session
    let ledger: SQLiteLedger
    let command: String
    /// Why the ledger of the configuration is not the one that is used.
    let problem: LedgerError?

    var context: CommandContext { session.context }

    /// - Parameter mayLackLedger: goes on with a ledger in memory where the configured one cannot be used (`offboard`).
    init(_ session: Session, command: String, mayLackLedger: Bool) throws(CommandFailure) {
        self.session = session
        self.command = command
        do throws(LedgerError) {
            ledger = try SQLiteLedger(path: session.ledgerPath)
            problem = nil
        } catch {
            guard mayLackLedger else { throw CommandFailure(error) }
            do { ledger = try SQLiteLedger.inMemory() } catch { throw CommandFailure(error) }
            problem = error
        }
    }

    var environment: RunEnvironment { session.environment(ledger: ledger) }

    func journal() -> DepartureJournal {
        DepartureJournal(
            ledger,
            command: command,
            problem: problem,
            owner: session.configuration.owner,
            by: SystemUser.name
        )
    }

    /// An id for a request, unpredictable and unique.
    static func requestID() -> String { randomBytes(16).hex }

    // MARK: The end

    /// Tells of what was done, then closes the requests: so a run that is killed in between is not the last to tell.
    func tell(
        _ outcomes: [DepartureOutcome],
        _ journal: DepartureJournal,
        _ more: [Condition] = [],
        ended: [Departure] = []
    ) async {
        var news = RunNews(
            command: command,
            run: nil,
            owner: session.configuration.owner,
            judged: [.failure, .brake]
        )
        news.departures = outcomes.flatMap(DepartureNews.all)
        news.departures += ended.map(DepartureNews.init(ended:))
        news.conditions = outcomes.flatMap { conditions(of: $0) } + more
        // So that whatever is told, and what stopped it, is found in the history; a look that found nothing is no run.
        if !news.departures.isEmpty || !news.conditions.isEmpty { await journal.begin(at: context.now) }
        news.run = await journal.run
        await Telling(session, ledger: ledger, run: news.run ?? 0, command: command).tell(news, isGood: false)
    }

    private func conditions(of outcome: DepartureOutcome) -> [Condition] {
        var conditions: [Condition] = outcome.ambiguous.map { finding in
            Condition(.failure, subject: finding.asked, text: OffboardText.ambiguity(finding))
        }
        if let brake = outcome.brake { conditions.append(.brake(brake.reading, lift: liftingCommand(brake))) }
        if let problem = outcome.targetProblem { conditions.append(.failure(of: "Identity Center", problem)) }
        return conditions
    }

    /// The command that takes exactly these people out.
    func liftingCommand(_ brake: DepartureBrake) -> String { brake.liftingCommand(context) }

    /// Says what a person must look into: names that fit two people, brakes, and what could not be asked.
    func tellProblems(_ outcomes: [DepartureOutcome]) {
        var said: Set<String> = []
        for outcome in outcomes {
            for finding in outcome.ambiguous {
                context.terminal.message("idbridge: \(OffboardText.ambiguity(finding))")
            }
            if let brake = outcome.brake, said.insert(brake.fingerprint).inserted {
                context.terminal.message(
                    OffboardText.brake(
                        brake,
                        perSeconds: session.configuration.departures.perSeconds,
                        lift: liftingCommand(brake)
                    )
                )
            }
            if let problem = outcome.targetProblem {
                context.terminal.message(
                    "idbridge: Identity Center could not be asked: \(Printable.text("\(problem)"))"
                )
            }
            for note in outcome.notes { context.terminal.message("idbridge: \(Printable.text(note))") }
        }
    }

    /// Ends the run in the ledger and says where the ledger failed.
    func end(_ journal: DepartureJournal, exitCode: Int32, outcome: String) async {
        if exitCode != 0 { await journal.begin(at: context.now) }
        await journal.end(at: context.now, exitCode: exitCode, outcome: outcome)
        for problem in await journal.problems {
            context.terminal.message("idbridge: the ledger could not be used: \(Printable.text(problem.description))")
        }
    }
}

extension DepartureNews {
    /// A found departure that a source has ended.
    init(ended departure: Departure) {
        self.init(
            user: departure.identifiers.primaryAddress ?? departure.id,
            since: departure.since,
            origin: departure.origin,
            reason: departure.reason,
            isReinstated: true
        )
    }

    /// What is told of the people of an outcome whose departure is recorded.
    static func all(_ outcome: DepartureOutcome) -> [DepartureNews] {
        zip(outcome.people, outcome.report().people).compactMap { person, shown in
            DepartureNews(person, accesses: shown.withdrawn.prefix(person.withdrawn.count).map(\.access.text))
        }
    }

    private init?(_ person: OffboardedPerson, accesses: [String]) {
        guard let departure = person.departure else { return nil }
        self.init(
            user: person.name,
            since: departure.since,
            origin: departure.origin,
            reason: departure.reason,
            withdrawn: person.withdrawn.count,
            accesses: accesses,
            standing: person.standing.count + person.openApplications.count
        )
    }
}

extension DepartureBrake {
    /// The command that takes exactly these people out.
    func liftingCommand(_ context: CommandContext) -> String {
        var words = ["idbridge", "departures"]
        if let path = context.arguments[.config] { words += ["--config", path] }
        return (words + ["--allow-removals", fingerprint]).joined(separator: " ")
    }

    var reading: BrakeReading {
        BrakeReading(brake: "departures.people", limit: limit, value: value, isTripped: true, concerned: people)
    }
}
