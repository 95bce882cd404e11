public import Model
public import Planner

/// Everything outside that a workflow works with.
public struct RunEnvironment: Sendable {
    /// The sources in the configuration's order.
    public var sources: [any Source]
    /// The target.
    public var target: any Target
    /// The ledger.
    public var ledger: any Ledger
    /// What the configuration tells the planner.
    public var settings: PlanSettings
    /// The time now.
    public var clock: @Sendable () -> Timestamp
    /// What the guardrails say of permission sets that a plan newly gives; nil: no guardrail is in force.
    public var guardrails: (@Sendable (Set<PermissionSetARN>) async -> [PermissionSetARN: [GuardrailFinding]])?
    /// Hears of what a workflow does, for progress and logs.
    public var listener: any RunListener
    /// Asked before each new step: a run that was told to stop ends what is in flight and begins nothing more.
    public var stop: StopFlag
    /// How people are taken out.
    public var departures: DepartureSettings

    /// Everything outside that a workflow works with.
    public init(
        sources: [any Source],
        target: any Target,
        ledger: any Ledger,
        settings: PlanSettings,
        clock: @escaping @Sendable () -> Timestamp,
        guardrails: (@Sendable (Set<PermissionSetARN>) async -> [PermissionSetARN: [GuardrailFinding]])? = nil,
        listener: any RunListener = SilentListener(),
        stop: StopFlag = StopFlag(),
        departures: DepartureSettings = DepartureSettings()
    ) {
        self.sources = sources
        self.target = target
        self.ledger = ledger
        self.settings = settings
        self.clock = clock
        self.guardrails = guardrails
        self.listener = listener
        self.stop = stop
        self.departures = departures
    }
}

/// What a workflow tells of its work.
public enum RunEvent: Sendable {
    /// A reading began: `google: users and groups`.
    case reading(String)
    /// A source or a part of it could not be read.
    case sourceFailed(String, UpstreamError)
    /// The plan stands, with so many actions.
    case planned(actions: Int)
    /// An action ended.
    case finished(ActionOutcome, done: Int, of: Int)
    /// Something that a person should read at once.
    case notice(String)
}

/// Hears of what a workflow does.
public protocol RunListener: Sendable {
    /// Called for each event, from any task.
    func heard(_ event: RunEvent)
}

/// Hears and says nothing.
public struct SilentListener: RunListener {
    /// Hears and says nothing.
    public init() {}
    /// Does nothing.
    public func heard(_ event: RunEvent) {}
}

/// Why a workflow could not begin, with its exit code (`DESIGN.md`, exit codes).
public enum EngineError: Error, Sendable {
    /// No source could be read; the errors by source.
    case noSource([(source: String, error: UpstreamError)])
    /// The target could not be read.
    case target(UpstreamError)
    /// The ledger could not be read or written.
    case ledger(LedgerError)
    /// Reading does not come to an end; says what was asked for again and again.
    case endlessReading(String)
    /// The run was told to stop while it read; nothing was changed.
    case stopped(exitCode: Int32)

    /// The exit code.
    public var exitCode: Int32 {
        switch self {
        case .noSource(let failures): EngineError.exitCode(of: failures.map(\.error.kind))
        case .target(let error): EngineError.exitCode(of: [error.kind])
        case .ledger: 74
        case .endlessReading: 1
        case .stopped(let code): code
        }
    }

    /// The code of the cause that all failures share; of different ones, that nothing could be reached.
    private static func exitCode(of kinds: [UpstreamError.Kind]) -> Int32 {
        switch Set(kinds) {
        case [.refused]: 77
        case [.misconfigured]: 78
        default: 69
        }
    }

    /// What happened, for a person.
    public var message: String {
        switch self {
        case .noSource(let failures):
            "no source could be read, so nothing was planned or changed: "
                + failures.map { "\($0.source): \($0.error)" }.joined(separator: "; ")
        case .target(let error): "Identity Center could not be read, so nothing was planned or changed: \(error)"
        case .ledger(let error): "\(error)"
        case .endlessReading(let text): "planning asks for the same thing again: \(text)"
        case .stopped: "told to stop while reading; nothing was changed"
        }
    }
}
