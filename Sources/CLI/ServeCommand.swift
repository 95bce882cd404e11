internal import Configuration
internal import Departures
internal import Engine
internal import HTTPServer
internal import Model
internal import Report
internal import SQLiteLedger

/// `idbridge serve`: the HR webhook, until SIGTERM.
struct ServeCommand {
    let context: CommandContext

    /// A request that waits (a brake, a target out of reach) is tried again so often.
    private static let retrySeconds = 60.0
    private static let graceSeconds = 10.0
    /// For a whole request: 64 KiB in so long is a line of 26 kbit/s.
    private static let requestSeconds = 20.0

    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try context.configuration()
        let serve = try settings(configuration)
        let keys = try keys(serve)
        let departures = try DeparturesSession(
            try Session(context, configuration),
            command: "serve",
            mayLackLedger: false
        )
        let metrics = ServeMetrics()
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let context = context
        let service = DepartureService(
            keys: keys,
            ledger: departures.ledger,
            clock: { context.now },
            metrics: metrics,
            noticed: { wake.yield() }
        )
        let server = try listen(serve, service)
        context.terminal.message("idbridge: listening on \(server.baseURL)")
        // What a run before this one left in the ledger.
        wake.yield()
        let worker = worker(departures, metrics)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run(wakes) }
            group.addTask { await tick(wake) }
            group.addTask {
                await untilStopped()
                await server.shutDown(graceSeconds: ServeCommand.graceSeconds)
                wake.finish()
            }
        }
        return context.stop.exitCode ?? 0
    }

    private func settings(_ configuration: Configuration) throws(CommandFailure) -> ServeConfiguration {
        guard let serve = configuration.serve else {
            throw CommandFailure(78, "idbridge: serve is not configured: serve.keys must name at least one key")
        }
        do { return try serve.get() } catch { throw CommandFailure(error) }
    }

    private func keys(_ serve: ServeConfiguration) throws(CommandFailure) -> [[UInt8]] {
        do throws(ConfigurationError) {
            var keys: [[UInt8]] = []
            for key in serve.keys { keys.append(Array(try key.resolve(environment: context.environment).utf8)) }
            return keys
        } catch { throw CommandFailure(error) }
    }

    private func listen(_ serve: ServeConfiguration, _ service: DepartureService) throws(CommandFailure) -> HTTPServer {
        do throws(HTTPServerError) {
            return try HTTPServer(
                configuration: HTTPServerConfiguration(
                    address: serve.host == "localhost" ? "127.0.0.1" : serve.host,
                    port: UInt16(clamping: serve.port),
                    maximumBodyBytes: DepartureService.maximumBodyBytes,
                    maximumConnections: 256,
                    idleTimeoutSeconds: 10,
                    requestSeconds: ServeCommand.requestSeconds,
                    maximumHeaderBytes: 16 << 10
                )
            ) { request in await service.answer(request) }
        } catch { throw CommandFailure(1, "idbridge: serve.listen: \(error)") }
    }

    private func worker(_ departures: DeparturesSession, _ metrics: ServeMetrics) -> DepartureWorker {
        let stuck = StuckRequests()
        return DepartureWorker(departures.environment, metrics: metrics, journal: { departures.journal() }) {
            outcomes,
            journal in
            // Requests that wait are tried every minute, and told of every hour.
            guard await stuck.isNews(outcomes, at: departures.context.now, isRecorded: journal.run != nil) else {
                return
            }
            await departures.tell(outcomes.map(\.outcome), journal)
            let code = outcomes.map { $0.outcome.exitCode(isLedgerWhole: true) }.max() ?? 0
            await departures.end(journal, exitCode: code, outcome: OffboardText.summary(outcomes.map(\.outcome)))
            departures.tellProblems(outcomes.map(\.outcome))
            for outcome in outcomes {
                let names = outcome.request.users.prefix(20).map(Printable.name).joined(separator: ", ")
                departures.context.terminal.message(
                    "idbridge: request \(Printable.text(outcome.request.id)) (\(names)) \(OffboardText.ending(outcome))"
                )
            }
        }
    }

    private func tick(_ wake: AsyncStream<Void>.Continuation) async {
        let pause = Session.pause(context.stop)
        while context.stop.raisedBy == nil {
            await pause(ServeCommand.retrySeconds)
            wake.yield()
        }
    }

    private func untilStopped() async {
        let pause = Session.pause(context.stop)
        while context.stop.raisedBy == nil { await pause(ServeCommand.retrySeconds) }
    }
}

/// What was told of requests that wait.
private actor StuckRequests {
    private var ids: Set<String> = []
    private var toldAt = Timestamp(seconds: 0)
    private static let silenceSeconds: Int64 = 3600

    func isNews(_ outcomes: [RequestOutcome], at now: Timestamp, isRecorded: Bool) -> Bool {
        let waiting = Set(outcomes.filter(\.staysOpen).map(\.request.id))
        let isKnown = waiting == ids && now.seconds - toldAt.seconds < StuckRequests.silenceSeconds
        if !isRecorded, isKnown, waiting.count == outcomes.count { return false }
        (ids, toldAt) = (waiting, now)
        return true
    }
}
