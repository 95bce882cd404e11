internal import Engine
internal import Model
internal import Report

/// Shows on stderr what a workflow does: progress where somebody looks, log lines as they were asked for.
struct ProgressListener: RunListener {
    private let context: CommandContext
    private let log: Log

    init(_ context: CommandContext) {
        self.context = context
        log = Log(context)
    }

    func heard(_ event: RunEvent) {
        switch event {
        case .reading(let what): log.write(.info, "reading", [("what", what)])
        case .sourceFailed(let source, let error):
            log.write(.error, "\(source) could not be read: \(error)", [("source", source)])
        case .planned(let count): log.write(.info, "planned", [("actions", String(count))])
        case .notice(let text): log.write(.warning, text, [])
        case .finished(let outcome, let done, let count):
            context.terminal.progress("applying", done: done, of: count)
            report(outcome)
        }
    }

    private func report(_ outcome: ActionOutcome) {
        let name = ActionText.sentence(outcome.action)
        switch outcome.status {
        case .done(let receipt):
            log.write(.info, name, [("requestId", receipt.requestID ?? "")])
        case .failed(let error): log.write(.error, "failed: \(name): \(error)", [])
        case .kept(let reason): log.write(.warning, "kept: \(name): \(reason)", [])
        case .skipped(let id): log.write(.warning, "not begun: \(name), since \(id) did not succeed", [])
        case .stopped: log.write(.warning, "not begun: \(name), since the run was told to stop", [])
        }
    }
}

/// Log lines on stderr: text, or one JSON object a line.
struct Log: Sendable {
    private let context: CommandContext
    private let format: LogFormat
    private let least: Int

    private static let order: [LogLevel] = LogLevel.allCases

    init(_ context: CommandContext) {
        self.context = context
        format = context.arguments[.logFormat] ?? .text
        least = Log.order.firstIndex(of: context.arguments[.logLevel] ?? .notice) ?? 0
    }

    func write(_ level: LogLevel, _ message: String, _ fields: [(String, String)]) {
        guard (Log.order.firstIndex(of: level) ?? 0) >= least else { return }
        switch format {
        case .text:
            let rest = fields.filter { !$0.1.isEmpty }.map { " \($0.0)=\(Printable.text($0.1))" }.joined()
            context.terminal.message("\(level.rawValue): \(Printable.text(message))\(rest)")
        case .json:
            var object: [String: JSON] = [
                "time": .string(context.now.description), "level": .string(level.rawValue), "message": .string(message),
            ]
            for (name, value) in fields where !value.isEmpty { object[name] = .string(value) }
            context.terminal.message(JSON.object(object).line)
        }
    }
}

/// Actions in words, for progress and outcomes.
enum ActionText {
    /// One line, names made safe to show.
    static func sentence(_ action: Action) -> String {
        func name(_ text: String?) -> String { Printable.name(text ?? "?") }
        let where_ = "\(name(action.permissionSet)) in \(name(action.accountName ?? action.account?.value))"
        switch action.kind {
        case .createUser: return "create user \(name(action.user))"
        case .updateUser: return "change user \(name(action.user))"
        case .disableUser: return "disable user \(name(action.user))"
        case .enableUser: return "enable user \(name(action.user))"
        case .deleteUser: return "delete user \(name(action.user))"
        case .createGroup: return "create group \(name(action.group))"
        case .updateGroup: return "change group \(name(action.group))"
        case .deleteGroup: return "delete group \(name(action.group))"
        case .addMember: return "add \(name(action.user)) to \(name(action.group))"
        case .removeMember: return "remove \(name(action.user)) from \(name(action.group))"
        case .createAssignment: return "give \(name(action.group)) \(where_)"
        case .deleteAssignment: return "take from \(name(action.group)) \(where_)"
        }
    }
}
