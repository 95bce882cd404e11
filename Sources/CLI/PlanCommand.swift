internal import Configuration
internal import Engine
internal import Mapping
internal import Model
internal import Planner
internal import Report

/// `idbridge plan`, and `--dry-run` of `apply` and `sync`: shows what would change, and why.
struct PlanCommand {
    let context: CommandContext
    /// Whether the exit tells what the plan holds.
    let isDetailed: Bool

    init(_ context: CommandContext) {
        self.context = context
        isDetailed = context.arguments[.detailedExitCode] || context.arguments[.dryRun]
    }

    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try context.configuration()
        let session = try Session(context, configuration)
        let mapping = try context.mapping(of: configuration)
        try RunTime(context, session).check()
        let planned = try await PlanCommand.plan(session, mapping, ledger: try session.ledgerCopy())
        if let path = context.arguments[.out] {
            try OutputFile.write(PlanDocument.encode(planned.plan), to: path, mode: 0o600)
        }
        show(planned.plan, session)
        return isDetailed ? planned.plan.detailedExitCode : 0
    }

    /// Plans; names under `--only` that fit no group are wrong usage.
    static func plan(
        _ session: Session,
        _ mapping: AccessMapping,
        ledger: any Ledger
    ) async throws(CommandFailure) -> PlannedRun {
        let environment = session.environment(ledger: ledger)
        let planned: PlannedRun
        do {
            planned = try await WorldReader(environment).plan(session.request(mapping))
        } catch {
            throw CommandFailure(error)
        }
        try OnlyNames.check(planned)
        return planned
    }

    private func show(_ plan: Plan, _ session: Session) {
        let report = PlanReport(plan, listedPermissionSets: session.listedPermissionSets)
        switch context.arguments[.format] ?? .text {
        case .json: context.terminal.result(PlanDocument.encode(plan))
        case .markdown: context.terminal.result(report.markdown())
        case .html: context.terminal.result(report.html())
        case .text:
            context.terminal.result(report.text(context.style))
            guard !plan.trippedBrakes.isEmpty else { return }
            context.terminal.message(
                BrakeRefusal.text(
                    plan,
                    command: BrakeCommand.words(context, instead: "sync"),
                    isForecast: true,
                    style: context.errorStyle
                )
            )
        }
    }
}

/// Names given to `--only`.
enum OnlyNames {
    static func check(_ planned: PlannedRun) throws(CommandFailure) {
        guard let name = planned.result.unknownOnly.first else { return }
        throw CommandFailure(
            64,
            "idbridge: --only names \(Printable.name(name)), and neither the mapping nor Identity Center has a group of that name"
        )
    }
}

/// The call that a refusal tells people to make, without what it adds itself.
enum BrakeCommand {
    static func words(_ context: CommandContext, instead command: String? = nil) -> [String] {
        guard let command else { return ["idbridge"] + withoutFingerprint(context.arguments.original) }
        var words = ["idbridge", command]
        if let path = context.arguments[.config] { words += ["--config", path] }
        let only = context.arguments[.only]
        if !only.isEmpty { words += ["--only"] + only }
        return words
    }
}

extension BrakeCommand {
    /// The arguments without `--allow-removals` and its value.
    private static func withoutFingerprint(_ given: [String]) -> [String] {
        let option = "--\(OptionKey<Fingerprint>.allowRemovals.name)"
        var words: [String] = []
        var isValue = false
        for (place, word) in given.enumerated() {
            if word == "--" { return words + given[place...] }
            if isValue {
                isValue = false
            } else if word == option {
                isValue = true
            } else if !word.hasPrefix(option + "=") {
                words.append(word)
            }
        }
        return words
    }
}

extension Session {
    /// The permission sets that the brakes name: access to them is shown first.
    var listedPermissionSets: Set<String> {
        Set(configuration.brakes.gainsPermissionSets + configuration.brakes.lastAdmin)
    }
}

/// `--now` on commands that write.
struct RunTime {
    private let context: CommandContext
    private let session: Session

    init(_ context: CommandContext, _ session: Session) {
        self.context = context
        self.session = session
    }

    /// A mistyped year would end every window: only sandboxes may be told another time.
    func check() throws(CommandFailure) {
        let writes = context.arguments.command == .apply || context.arguments.command == .sync
        guard writes, context.arguments[.now] != nil, !session.clouds.isLoopback else { return }
        throw CommandFailure(
            64,
            "idbridge: --now is only for endpoints on this machine: a mistyped year would end every window; plan --now shows what would be"
        )
    }
}
