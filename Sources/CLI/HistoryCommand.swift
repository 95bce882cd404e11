internal import Configuration
internal import FoundationEssentials
internal import Model
internal import Report
internal import SQLiteLedger

/// `idbridge history [RUN|USER|GROUP]`: past runs and actions from the ledger, which is only read.
struct HistoryCommand {
    let context: CommandContext

    private static let latest = 100
    private static let most = 10_000

    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try context.configuration()
        let path: String
        do { path = try configuration.ledger.get() } catch { throw CommandFailure(error) }
        let operand = context.arguments.operands.first
        let isThere = FileManager.default.fileExists(atPath: path)
        if !isThere { context.terminal.message("idbridge: there is no ledger yet: \(Printable.text(path))") }
        let report: HistoryReport
        do throws(LedgerError) {
            let ledger = try SQLiteLedger(inMemoryCopyOf: isThere ? path : nil)
            report = try await HistoryReading(ledger, latest: HistoryCommand.latest, most: HistoryCommand.most)
                .report(of: operand)
        } catch {
            throw CommandFailure(error)
        }
        if context.arguments[.format] == .json {
            context.terminal.result(report.document)
        } else {
            context.terminal.result(report.text(context.style))
        }
        return 0
    }
}

/// Reads what the ledger holds of a subject.
struct HistoryReading {
    private let ledger: SQLiteLedger
    private let latest: Int
    private let most: Int

    init(_ ledger: SQLiteLedger, latest: Int, most: Int) {
        self.ledger = ledger
        self.latest = latest
        self.most = most
    }

    func report(of operand: String?) async throws(LedgerError) -> HistoryReport {
        guard let operand else { return try await runs() }
        if let number = Int64(operand), let run = try await ledger.run(number) { return try await report(of: run) }
        let report = try await report(about: operand)
        guard report.isEmpty, let number = Int64(operand), number > 0 else { return report }
        return HistoryReport(subject: .run(number))
    }

    /// The latest runs, what waits, and the notices that were not delivered.
    private func runs() async throws(LedgerError) -> HistoryReport {
        let runs = try await ledger.runs(limit: latest)
        let counts = try await ledger.actionCounts(since: runs.last?.id ?? 0)
        let notices = try await ledger.notices(run: nil, about: nil, limit: latest)
        return HistoryReport(
            subject: .latest,
            runs: runs.map { HistoryReport.Run($0, counts: counts[$0.id] ?? [:]) },
            requests: try await ledger.openRequests(),
            notices: notices.filter { $0.state != .delivered }
        )
    }

    private func report(of run: RunRecord) async throws(LedgerError) -> HistoryReport {
        let actions = try await ledger.actions(run: run.id, about: nil, limit: .max)
        let counts = Dictionary(grouping: actions, by: \.status).mapValues(\.count)
        return HistoryReport(
            subject: .run(run.id),
            runs: [HistoryReport.Run(run, counts: counts)],
            actions: actions,
            notices: try await ledger.notices(run: run.id, about: nil, limit: most)
        )
    }

    /// All that concerns a person or a group, under every name and id that the ledger knows of them.
    private func report(about name: String) async throws(LedgerError) -> HistoryReport {
        let departures = try await recorded().filter { $0.departure.isCalled(name) }
        var actions = try await ledger.actions(run: nil, about: name, limit: most)
        var names: Set<String> = [name]
        for identifiers in departures.map(\.departure.identifiers) {
            names.formUnion([identifiers.userID?.value, identifiers.primaryAddress].compactMap(\.self))
        }
        // Somebody who was renamed is found by the id.
        names.formUnion(
            actions.flatMap { action in
                [
                    action.user?.folded == name.folded ? action.userID : nil,
                    action.group?.folded == name.folded ? action.groupID : nil,
                    action.userID?.folded == name.folded ? action.user : nil,
                    action.groupID?.folded == name.folded ? action.group : nil,
                ].compactMap(\.self)
            }
        )
        for other in names where other.folded != name.folded {
            let known = Set(actions)
            actions += try await ledger.actions(run: nil, about: other, limit: most).filter { !known.contains($0) }
        }
        let folded = Set(names.map(\.folded))
        return HistoryReport(
            subject: .name(name),
            actions: Array(actions.sorted { ($0.at, $0.run) > ($1.at, $1.run) }.prefix(most)),
            departures: departures,
            requests: try await ledger.openRequests().filter { request in
                request.users.contains { folded.contains($0.folded) }
            },
            notices: try await ledger.notices(run: nil, about: names, limit: most)
        )
    }

    /// Every departure, in force or taken back, newest first.
    private func recorded() async throws(LedgerError) -> [HistoryReport.Recorded] {
        let past = try await ledger.pastDepartures().map {
            HistoryReport.Recorded($0.departure, reinstatedAt: $0.reinstatedAt, reinstatedBecause: $0.reason)
        }
        let present = try await ledger.departures().map { HistoryReport.Recorded($0) }
        return (present + past).sorted { $0.departure.since > $1.departure.since }
    }
}

extension Departure {
    /// Whether a text is one of the identifiers on record, or the record's own id.
    fileprivate func isCalled(_ name: String) -> Bool {
        let texts = [id, identifiers.userID?.value, identifiers.primaryAddress].compactMap(\.self)
        return (texts + identifiers.sourceIDs + identifiers.externalIDs).contains { $0.folded == name.folded }
    }
}
