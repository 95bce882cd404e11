internal import Engine
internal import Model
internal import Report

/// What a run tells on stdout when it has ended.
struct RunText {
    private let context: CommandContext
    private let session: Session
    private let report: RunReport

    init(_ context: CommandContext, _ session: Session, _ report: RunReport) {
        self.context = context
        self.session = session
        self.report = report
    }

    func show(command: String) {
        if context.arguments[.format] == .json {
            context.terminal.result(document.document)
        } else {
            let isDocument = !context.arguments.operands.isEmpty
            if command == "sync" || isDocument {
                let plan = PlanReport(report.planned.plan, listedPermissionSets: session.listedPermissionSets)
                if report.stale.isEmpty || report.exitCode != 5 { context.terminal.result(plan.text(context.style)) }
            }
            context.terminal.result(RunText.summary(report) + "\n")
        }
        showProblems()
    }

    private func showProblems() {
        if !report.stale.isEmpty {
            var lines = ["The plan document is stale: the world moved since it was made."]
            lines += report.stale.prefix(20).map { "  \(Printable.text($0))" }
            if report.stale.count > 20 { lines.append("  and \(report.stale.count - 20) more") }
            lines.append(
                report.exitCode == 5
                    ? "Nothing was changed. Make a new plan, or leave the stale actions out with --skip-stale."
                    : "These were left out, with all that rests on them."
            )
            context.terminal.message(lines.joined(separator: "\n"))
        }
        if !report.tripped.isEmpty {
            context.terminal.message(
                BrakeRefusal.text(report.rest, command: BrakeCommand.words(context), style: context.errorStyle)
            )
        }
        for text in report.upkeep?.problems ?? [] { context.terminal.message("idbridge: \(Printable.text(text))") }
        for request in report.upkeep?.requests ?? [] {
            let names = request.request.users.prefix(20).map(Printable.name).joined(separator: ", ")
            context.terminal.message(
                "idbridge: the request of \(request.request.at) (\(names)) \(OffboardText.ending(request))"
            )
        }
        let came = (report.upkeep?.people.people ?? []) + (report.upkeep?.requests.flatMap(\.outcome.people) ?? [])
        for person in came where person.departure != nil {
            let count = person.withdrawn.count
            context.terminal.message(
                "\(Printable.name(person.name)) has departed: \(count) withdrawn, \(person.standing.count) standing."
            )
        }
        for name in report.takenBack {
            context.terminal.message(
                "\(Printable.name(name)) departed while the run was at work; what it had given was taken back."
            )
        }
    }

    /// One line: what was done, what failed, what waits.
    static func summary(_ report: RunReport) -> String {
        let done = report.outcomes.filter(\.isDone).count
        var parts: [String] = []
        if report.exitCode == 5 { return "Nothing was changed: the plan document is stale." }
        if report.outcomes.isEmpty {
            parts.append(report.tripped.isEmpty ? "nothing to do" : "nothing was changed")
        } else {
            parts.append("\(done) of \(report.outcomes.count) actions done")
        }
        if !report.failures.isEmpty { parts.append("\(report.failures.count) failed") }
        if !report.kept.isEmpty { parts.append("\(report.kept.count) kept after a second look") }
        if report.standing > 0 { parts.append("\(report.standing) stood already") }
        if report.waitingActions > 0 { parts.append("\(report.waitingActions) other changes wait for the next run") }
        let held = Set(report.planned.plan.held.map(\.group)).count
        if held > 0 { parts.append("\(held) group\(held == 1 ? "" : "s") held") }
        if !report.tripped.isEmpty { parts.append("stopped by \(report.tripped.map(\.brake).joined(separator: ", "))") }
        let text = parts.joined(separator: "; ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    private var document: JSON {
        .object([
            "format": "idbridge.run/1",
            "exit": .integer(Int(report.exitCode)),
            "plan": PlanDocument.value(report.planned.plan),
            "results": .array(report.outcomes.map(RunText.result)),
            "stale": .strings(report.stale),
            "standing": .integer(report.standing),
            "waitingActions": .integer(report.waitingActions),
        ])
    }

    private static func result(_ outcome: ActionOutcome) -> JSON {
        var object: [String: JSON] = ["id": .string(outcome.action.id), "kind": .string(outcome.action.kind.rawValue)]
        switch outcome.status {
        case .done(let receipt):
            object["status"] = receipt.stoodAlready ? "stood" : "done"
            object["requestId"] = .optional(receipt.requestID)
        case .failed(let error):
            object["status"] = "failed"
            object["requestId"] = .optional(error.requestID)
            object["message"] = .string("\(error)")
        case .kept(let reason):
            object["status"] = "kept"
            object["message"] = .string(reason)
        case .skipped(let id):
            object["status"] = "skipped"
            object["message"] = .string("rests on \(id), which did not succeed")
        case .stopped: object["status"] = "stopped"
        }
        return .object(object)
    }
}
