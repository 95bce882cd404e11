internal import Configuration
internal import Engine
internal import Model
internal import Notices
internal import Report
internal import SQLiteLedger

/// `idbridge reinstate USER…`: takes departures back.
struct ReinstateCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        let users = try UserOperands(context).read()
        let configuration = try context.configuration()
        let departures = try DeparturesSession(
            try Session(context, configuration),
            command: "reinstate",
            mayLackLedger: false
        )
        let work = DepartureReinstatement(departures.environment)
        var people: [ReinstatedPerson]
        do throws(EngineError) { people = try await work.find(users) } catch { throw CommandFailure(error) }
        try refuse(people)
        let journal = departures.journal()
        await journal.begin(at: context.now)
        guard let run = await journal.run else {
            throw CommandFailure(await journal.problems.first ?? LedgerError("the run could not be noted"))
        }
        do throws(EngineError) {
            for index in people.indices where !people[index].isUnknown {
                people[index] = try await work.lift(people[index], run: run)
            }
        } catch { throw CommandFailure(error) }
        show(people)
        await tell(people, departures, run)
        let code = exitCode(people)
        await departures.end(journal, exitCode: code, outcome: "\(people.filter { !$0.isUnknown }.count) reinstated")
        return code
    }

    private func refuse(_ people: [ReinstatedPerson]) throws(CommandFailure) {
        let ambiguous = people.filter { !$0.candidates.isEmpty }
        guard !ambiguous.isEmpty else { return }
        let lines = ambiguous.map { person in
            let candidates = person.candidates.map(Printable.text).joined(separator: "; and ")
            return "idbridge: \(Printable.name(person.asked)) fits \(person.candidates.count) departures: \(candidates)"
        }
        throw CommandFailure(
            64,
            (lines + ["Nothing was changed. Name each by an id that is theirs alone."]).joined(separator: "\n")
        )
    }

    private func exitCode(_ people: [ReinstatedPerson]) -> Int32 {
        if people.contains(where: { !$0.problems.isEmpty }) { return 4 }
        return people.contains(where: \.isUnknown) ? 67 : 0
    }

    private func tell(_ people: [ReinstatedPerson], _ departures: DeparturesSession, _ run: Int64) async {
        var news = RunNews(command: "reinstate", run: run, owner: departures.session.configuration.owner, judged: [])
        news.departures = people.filter { !$0.isUnknown }.map { person in
            let departure = person.departures.first
            return DepartureNews(
                user: person.name,
                since: departure?.since ?? context.now,
                origin: departure?.origin ?? .requested,
                reason: departure?.reason,
                isReinstated: true
            )
        }
        await Telling(departures.session, ledger: departures.ledger, run: run, command: "reinstate")
            .tell(news, isGood: false)
    }

    // MARK: Showing

    private func show(_ people: [ReinstatedPerson]) {
        if context.arguments[.format] == .json {
            let root: JSON = ["format": "idbridge.reinstate/1", "people": .array(people.map(document))]
            context.terminal.result(root.document)
        } else {
            for person in people { context.terminal.result(text(person)) }
        }
        for person in people {
            if person.isUnknown {
                context.terminal.message("idbridge: there is no departure of \(Printable.name(person.asked))")
            }
            for problem in person.problems {
                context.terminal.message(
                    "idbridge: \(Printable.name(person.name)): \(Printable.text(problem.description)); reinstate again when that is mended"
                )
            }
        }
    }

    private func text(_ person: ReinstatedPerson) -> String {
        guard !person.isUnknown else { return "" }
        var lines = ["\(Printable.name(person.name)): the departure is taken back"]
        lines += person.requests.map { "  taken out of the request of \($0.at), which waited" }
        lines += person.marks.map { "  mark \(Printable.name($0.displayName)) taken off" }
        if person.isEnabled { lines.append("  user enabled") }
        if person.outside.isEmpty {
            lines.append("  the next sync gives back what the mapping says")
        } else {
            lines.append("  the next sync gives back what the mapping says; this hung outside it and is not restored:")
            lines += person.outside.map { "    \(access($0))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func access(_ record: ActionRecord) -> String {
        if let account = record.account {
            return "\(Printable.name(record.permissionSet ?? "?")) on \(Printable.text(account))"
        }
        let name = Printable.name(record.group ?? record.groupID ?? "?")
        return record.kind == "removeMember" ? "group \(name)" : "application \(name)"
    }

    private func document(_ person: ReinstatedPerson) -> JSON {
        [
            "user": .string(person.name), "userId": .optional(person.userID?.value),
            "departures": .array(
                person.departures.map { ["id": .string($0.id), "since": .string($0.since.description)] }
            ),
            "requests": .strings(person.requests.map(\.id)),
            "markers": .strings(person.marks.map(\.displayName)), "enabled": .bool(person.isEnabled),
            "notRestored": .array(person.outside.map(outside)),
        ]
    }

    private func outside(_ record: ActionRecord) -> JSON {
        var members: [String: JSON] = ["kind": .string(record.kind)]
        if record.kind == "removeMember" { members["group"] = .optional(record.group ?? record.groupID) }
        if record.kind == "deleteApplicationAssignment" { members["application"] = .optional(record.group) }
        if let account = record.account { members["account"] = .string(account) }
        if let set = record.permissionSet { members["permissionSet"] = .string(set) }
        return .object(members)
    }
}
