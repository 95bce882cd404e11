internal import Configuration
internal import Engine
internal import FoundationEssentials
internal import IdentityCenter
internal import Mapping
internal import Model
internal import Notices
internal import SQLiteLedger

/// One call of a command that reads both sides: configuration, clouds, ledger and what hears of the run.
struct Session: Sendable {
    let context: CommandContext
    let configuration: Configuration
    let clouds: Clouds
    let ledgerPath: String

    private static let defaultParallel = 16

    init(_ context: CommandContext, _ configuration: Configuration) throws(CommandFailure) {
        self.context = context
        self.configuration = configuration
        guard !configuration.users.provision else {
            throw CommandFailure(
                78,
                "idbridge: users.provision: this version does not make users; leave it out, or set it to false"
            )
        }
        do { ledgerPath = try configuration.ledger.get() } catch { throw CommandFailure(error) }
        clouds = try CloudsBuilder(
            configuration: configuration,
            environment: context.environment,
            maxParallel: Session.parallel(context),
            isReading: Session.isReading(context.arguments)
        ).build()
    }

    /// Commands that change nothing need no secret of those that do.
    private static func isReading(_ arguments: Arguments) -> Bool {
        [.plan, .explain, .history, .status, .snapshot, .importing, .awsConfig, .guardrails].contains(arguments.command)
            || arguments[.dryRun]
    }

    private static func parallel(_ context: CommandContext) -> Int {
        context.arguments[.maxParallel] ?? Session.defaultParallel
    }

    /// The ledger that a run writes to.
    func ledger() throws(CommandFailure) -> SQLiteLedger {
        do { return try SQLiteLedger(path: ledgerPath) } catch { throw CommandFailure(error) }
    }

    /// A copy in memory of what the ledger holds, for commands that write nothing.
    func ledgerCopy() throws(CommandFailure) -> SQLiteLedger {
        do {
            let isThere = FileManager.default.fileExists(atPath: ledgerPath)
            return try SQLiteLedger(inMemoryCopyOf: isThere ? ledgerPath : nil)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Takes the run lock, or waits for it as long as `--lock-timeout` says.
    func lock(command: String) async throws(CommandFailure) -> RunLock {
        do throws(RunLock.Failure) {
            return try await context.stop.interrupting { () async throws(RunLock.Failure) in
                try await RunLock.acquire(
                    path: RunLock.path(besideLedger: ledgerPath),
                    timeoutSeconds: context.arguments[.lockTimeout].map(seconds) ?? 0,
                    command: command,
                    process: ProcessInfo.processInfo.processIdentifier,
                    now: { context.now }
                )
            }
        } catch {
            if let code = context.stop.exitCode { throw CommandFailure(EngineError.stopped(exitCode: code)) }
            throw CommandFailure(error)
        }
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// What the workflows work with.
    func environment(ledger: any Ledger) -> RunEnvironment {
        clouds.cache.attach(ledger)
        return RunEnvironment(
            sources: clouds.sources,
            target: clouds.target,
            ledger: ledger,
            settings: configuration.planSettings,
            clock: { context.now },
            guardrails: GuardrailHook(
                clouds.identityCenter,
                configuration.guardrails,
                cache: PolicyCache(ledger: ledger)
            ).closure,
            listener: ProgressListener(context),
            stop: context.stop,
            departures: departureSettings
        )
    }

    /// What is to be planned, by the arguments.
    func request(_ mapping: AccessMapping) -> PlanRequest {
        let only = context.arguments[.only]
        return PlanRequest(
            mapping: mapping,
            now: context.asOf,
            only: only.isEmpty ? nil : only,
            allowed: context.arguments[.allowRemovals]?.text,
            countsUnmanaged: context.arguments[.unmanaged]
        )
    }

    var options: ApplyOptions {
        ApplyOptions(maxParallel: Session.parallel(context), skipsStale: context.arguments[.skipStale])
    }
}
