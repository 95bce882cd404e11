internal import Configuration
internal import Engine
internal import Model
internal import Notices
internal import Report
internal import SQLiteLedger

/// `idbridge departures`: finds people who left at the sources and takes them out: the frequent cron job.
struct DeparturesCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try context.configuration()
        let departures = try DeparturesSession(
            try Session(context, configuration),
            command: "departures",
            mayLackLedger: false
        )
        let journal = departures.journal()
        let environment = departures.environment
        let allowed = context.arguments[.allowRemovals]?.text
        let upkeep = await DepartureUpkeep(environment, journal, allowed: allowed).before()
        let search: SearchReport
        do throws(EngineError) {
            search = try await DepartureSearch(environment, journal, allowed: allowed).run()
        } catch {
            await finish(upkeep, SearchReport(), departures, journal, exitCode: error.exitCode)
            throw CommandFailure(error)
        }
        let isWhole = await journal.isWhole
        let code = context.stop.exitCode ?? exitCode(upkeep, search, isLedgerWhole: isWhole)
        show(upkeep, search, departures)
        await finish(upkeep, search, departures, journal, exitCode: code)
        return code
    }

    private func exitCode(_ upkeep: UpkeepReport, _ search: SearchReport, isLedgerWhole: Bool) -> Int32 {
        let codes = outcomes(upkeep, search).map { $0.exitCode(isLedgerWhole: isLedgerWhole) }
        for code in [77, 69, 3, 4] as [Int32] where codes.contains(code) { return code }
        return search.failedSources.isEmpty && search.postponed.isEmpty && upkeep.isWhole ? 0 : 4
    }

    private func outcomes(_ upkeep: UpkeepReport, _ search: SearchReport) -> [DepartureOutcome] {
        upkeep.requests.map(\.outcome) + [upkeep.people, search.found]
    }

    private func finish(
        _ upkeep: UpkeepReport,
        _ search: SearchReport,
        _ departures: DeparturesSession,
        _ journal: DepartureJournal,
        exitCode: Int32
    ) async {
        let outcomes = outcomes(upkeep, search)
        let more = search.failedSources.map { Condition.failure(of: $0.source, $0.error) }
        await departures.tell(outcomes, journal, more, ended: search.ended)
        await DepartureRequests(departures.environment, journal).close(upkeep.requests)
        await departures.end(journal, exitCode: exitCode, outcome: OffboardText.summary(outcomes))
    }

    private func show(_ upkeep: UpkeepReport, _ search: SearchReport, _ departures: DeparturesSession) {
        let outcomes = outcomes(upkeep, search)
        let report = OffboardReport(people: outcomes.flatMap { $0.report().people })
        if context.arguments[.format] == .json {
            context.terminal.result(report.document)
        } else if report.people.isEmpty {
            context.terminal.result("Nobody has left since the last look.\n")
        } else {
            context.terminal.result(report.text(context.style))
        }
        for departure in search.ended {
            let name = Printable.name(departure.identifiers.primaryAddress ?? departure.id)
            context.terminal.message("\(name) is active again: the departure of \(departure.since) has ended.")
        }
        departures.tellProblems(outcomes)
        for (source, error) in search.failedSources {
            context.terminal.message("idbridge: \(source) could not be read: \(Printable.text("\(error)"))")
        }
        for text in search.postponed + upkeep.problems {
            context.terminal.message("idbridge: looked into again by the next run: \(Printable.text(text))")
        }
    }
}
