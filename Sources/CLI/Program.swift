internal import Dispatch
internal import Engine
internal import Glibc
internal import Report

/// The program: parses the call, runs the command, and says with what exit code it ended.
public enum Program {
    /// The version of the program.
    static let version = "0.1.0"

    /// Runs one call.
    ///
    /// - Parameters:
    ///   - arguments: the arguments without the program's name.
    ///   - environment: the environment variables.
    /// - Returns: the exit code of the contract.
    public static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        let registry = CommandRegistry.available
        let invocation: Invocation
        do { invocation = try ArgumentsParser.parse(arguments, registry: registry) } catch {
            let terminal = Terminal(Terminal.Configuration(environment: environment))
            terminal.message(error.description)
            return terminal.finish(exit: 64)
        }
        switch invocation {
        case .version: return print("idbridge \(version)\n", environment)
        case .help(let name):
            let text = name.flatMap { registry[$0] }.map(HelpText.command) ?? HelpText.program(registry)
            return print(text, environment)
        case .run(let arguments): return await run(arguments, environment)
        }
    }

    private static func print(_ text: String, _ environment: [String: String]) -> Int32 {
        let terminal = Terminal(Terminal.Configuration(environment: environment))
        terminal.result(text)
        return terminal.finish(exit: 0)
    }

    private static func run(_ arguments: Arguments, _ environment: [String: String]) async -> Int32 {
        let terminal = Terminal(
            Terminal.Configuration(
                color: arguments[.color] ?? .auto,
                isQuiet: arguments[.quiet],
                environment: environment
            )
        )
        let context = CommandContext(
            arguments: arguments,
            terminal: terminal,
            environment: environment,
            stop: StopFlag()
        )
        let signals = SignalWatch(context.stop)
        defer { signals.end() }
        do throws(CommandFailure) {
            return terminal.finish(exit: try await command(context))
        } catch {
            terminal.endProgress()
            terminal.message(error.message)
            return terminal.finish(exit: error.exitCode)
        }
    }

    private static func command(_ context: CommandContext) async throws(CommandFailure) -> Int32 {
        switch context.arguments.command {
        case .check: return try CheckCommand(context: context).run()
        case .plan: return try await PlanCommand(context).run()
        case .apply: return try await ApplyCommand(context: context).run()
        case .sync: return try await SyncCommand(context: context).run()
        case .demo: return try await DemoCommand(context: context).run()
        case .sandbox: return try await LoopbackCloudsCommand(context: context).run()
        case .reinstate: return try await ReinstateCommand(context: context).run()
        case .departures: return try await DeparturesCommand(context: context).run()
        case .serve: return try await ServeCommand(context: context).run()
        case .offboard: return try await OffboardCommand(context: context).run()
        case .history: return try await HistoryCommand(context: context).run()
        case .guardrails: return try await GuardrailsCommand(context: context).run()
        case .awsConfig: return try await AWSConfigCommand(context: context).run()
        case .completions: return CompletionsCommand(context: context).run()
        default:
            throw CommandFailure(64, "idbridge: there is no command \(context.arguments.command.rawValue)")
        }
    }
}

/// Turns SIGINT and SIGTERM into the stop flag, so that a run ends what is in flight; the second one ends it at once.
private final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    init(_ stop: StopFlag) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.raisedBy != nil { _exit(128 + number) }
                stop.raise(number)
            }
            source.resume()
            return source
        }
    }

    func end() { for source in sources { source.cancel() } }
}
