internal import Configuration
internal import Engine
internal import Model
internal import Report
internal import SQLiteLedger

/// `idbridge offboard USER…`: removes every access of people now, and keeps it removed.
struct OffboardCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        let users = try UserOperands(context).read()
        let configuration = try context.configuration()
        let session = try Session(context, configuration)
        return context.arguments[.dryRun]
            ? try await preview(users, session) : try await takeOut(users, session)
    }

    private func preview(_ users: [String], _ session: Session) async throws(CommandFailure) -> Int32 {
        let ledger = try session.ledgerCopy()
        let journal = DepartureJournal(ledger, command: "offboard")
        let work = DepartureWork(session.environment(ledger: ledger), options(users), journal)
        let outcome = await work.preview(users)
        try refuseAmbiguous(outcome)
        show(outcome, isDryRun: true)
        return outcome.exitCode(isLedgerWhole: await journal.isWhole)
    }

    private func takeOut(_ users: [String], _ session: Session) async throws(CommandFailure) -> Int32 {
        let departures = try DeparturesSession(session, command: "offboard", mayLackLedger: true)
        let journal = departures.journal()
        let environment = departures.environment
        var options = options(users)
        let request = DepartureRequest(
            id: DeparturesSession.requestID(),
            users: users,
            reason: options.reason,
            origin: "offboard",
            flags: options.flags,
            at: context.now
        )
        do { _ = try await departures.ledger.enqueue(request) } catch { await journal.fail(error) }
        let requests = DepartureRequests(environment, journal, allowed: options.allowed)
        options.refusesAmbiguous = true
        let outcome = await DepartureWork(environment, options, journal).takeOut(users)
        context.terminal.endProgress()
        do { try refuseAmbiguous(outcome) } catch {
            await requests.close(request.id)
            throw error
        }
        show(outcome, isDryRun: false)
        if let brake = outcome.brake {
            context.terminal.message(
                OffboardText.brake(
                    brake,
                    perSeconds: environment.departures.perSeconds,
                    lift: departures.liftingCommand(brake)
                )
            )
        }
        await departures.tell([outcome], journal)
        if !outcome.staysQueued { await requests.close(request.id) }
        let others = await finishOthers(requests, except: request.id, departures, journal)
        let isWhole = await journal.isWhole
        let code = context.stop.exitCode ?? outcome.exitCode(isLedgerWhole: isWhole)
        await departures.end(journal, exitCode: code, outcome: OffboardText.summary([outcome] + others))
        return code
    }

    /// Requests of runs that were killed; they change nothing about how this one ends.
    private func finishOthers(
        _ requests: DepartureRequests,
        except own: String,
        _ departures: DeparturesSession,
        _ journal: DepartureJournal
    ) async -> [DepartureOutcome] {
        let others = await requests.carryOut(except: own)
        guard !others.isEmpty else { return [] }
        await departures.tell(others.map(\.outcome), journal)
        await requests.close(others)
        departures.tellProblems(others.map(\.outcome))
        for other in others {
            let names = other.request.users.map(Printable.name).joined(separator: ", ")
            context.terminal.message("A request of \(other.request.at) (\(names)) \(OffboardText.ending(other)).")
        }
        return others.map(\.outcome)
    }

    private func options(_ users: [String]) -> OffboardOptions {
        var options = OffboardOptions()
        options.reason = context.arguments[.reason]
        options.deletesUser = context.arguments[.deleteUser]
        options.evenProtected = context.arguments[.evenProtected]
        options.waits = !context.arguments[.noWait]
        options.counts = users.count > 1
        options.allowed = context.arguments[.allowRemovals]?.text
        return options
    }

    private func refuseAmbiguous(_ outcome: DepartureOutcome) throws(CommandFailure) {
        guard !outcome.ambiguous.isEmpty else { return }
        let lines = outcome.ambiguous.map { "idbridge: \(OffboardText.ambiguity($0))" }
        throw CommandFailure(
            64,
            (lines + ["Nothing was recorded or withdrawn. Name each by an id that is theirs alone."])
                .joined(separator: "\n")
        )
    }

    private func show(_ outcome: DepartureOutcome, isDryRun: Bool) {
        var report = outcome.report(isDryRun: isDryRun)
        if context.arguments[.denyPolicy] {
            for index in report.people.indices {
                report.people[index].denyPolicy = report.people[index].userID.map(DenyPolicy.json)
            }
        }
        if context.arguments[.format] == .json {
            context.terminal.result(report.document)
        } else {
            context.terminal.result(report.text(context.style))
            for person in report.people {
                if let policy = person.denyPolicy { context.terminal.result("\n" + policy.document) }
            }
        }
        for note in outcome.notes { context.terminal.message("idbridge: \(Printable.text(note))") }
        for person in outcome.people where person.ending == .nobody {
            context.terminal.message(
                "idbridge: nobody is called \(Printable.name(person.asked)); "
                    + (isDryRun ? "nothing was recorded" : "the departure is recorded all the same")
            )
        }
        if let problem = outcome.targetProblem {
            context.terminal.message("idbridge: Identity Center could not be asked: \(Printable.text("\(problem)"))")
        }
    }
}

/// The USERs of a call: the operands, and the lines of standard input where one of them is `-`.
struct UserOperands {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func read() throws(CommandFailure) -> [String] {
        var users: [String] = []
        for operand in context.arguments.operands {
            users += operand == "-" ? lines() : [trimmed(operand)]
        }
        var seen: Set<String> = []
        let named = users.filter { !$0.isEmpty && seen.insert($0.folded).inserted }
        guard !named.isEmpty else { throw CommandFailure(64, "idbridge: no USER was named") }
        return named
    }

    private func lines() -> [String] {
        var lines: [String] = []
        while let line = readLine(strippingNewline: true) { lines.append(trimmed(line)) }
        return lines
    }

    private func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
