internal import Engine
internal import Model
internal import Report

/// `--metrics-file`: the run as Prometheus text, for a node exporter's textfile collector.
struct RunMetrics {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    /// Writes the file where one was asked for; that it fails changes nothing else.
    func write(exitCode: Int32, report: RunReport?) {
        guard let path = context.arguments[.metricsFile] else { return }
        do throws(CommandFailure) {
            try OutputFile.write(text(exitCode, report), to: path, mode: 0o644)
        } catch {
            context.terminal.message(error.message)
        }
    }

    private func text(_ exitCode: Int32, _ report: RunReport?) -> String {
        var lines: [String] = []
        func gauge(_ name: String, _ help: String, _ values: [(labels: String, value: Int)]) {
            lines.append("# HELP idbridge_\(name) \(help)")
            lines.append("# TYPE idbridge_\(name) gauge")
            lines += values.map { "idbridge_\(name)\($0.labels) \($0.value)" }
        }
        gauge("run_exit_code", "Exit code of the last run.", [("", Int(exitCode))])
        gauge("run_end_seconds", "When the last run ended, in seconds since 1970.", [("", Int(context.now.seconds))])
        if let report {
            let plan = report.planned.plan
            gauge("groups_held", "Groups held in the last run.", [("", Set(plan.held.map(\.group)).count)])
            gauge("people_waiting", "People waiting for provisioning.", [("", plan.waiting.count)])
            gauge("actions_failed", "Actions that failed in the last run.", [("", report.failures.count)])
            let done = Dictionary(grouping: report.outcomes.filter(\.isDone)) { $0.action.kind }
            gauge(
                "actions_done",
                "Actions done in the last run, by kind.",
                ActionKind.allCases.map { ("{kind=\"\($0.rawValue)\"}", done[$0]?.count ?? 0) }
            )
            gauge(
                "brake_tripped",
                "Brakes that were tripped in the last run.",
                plan.brakes.map { ("{brake=\"\($0.brake)\"}", $0.isTripped ? 1 : 0) }
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
