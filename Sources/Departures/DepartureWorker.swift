public import Engine
internal import Model

/// Carries out the requests that the service has noted, one batch after the other.
public struct DepartureWorker: Sendable {
    /// Tells of a batch; its requests are closed after it.
    public typealias Telling = @Sendable ([RequestOutcome], DepartureJournal) async -> Void

    private let environment: RunEnvironment
    private let journal: @Sendable () -> DepartureJournal
    private let tell: Telling
    private let metrics: ServeMetrics

    /// A worker.
    ///
    /// - Parameters:
    ///   - journal: makes the journal of one batch: each is a run of its own, begun after its departures are recorded.
    ///   - tell: tells of a batch.
    public init(
        _ environment: RunEnvironment,
        metrics: ServeMetrics,
        journal: @escaping @Sendable () -> DepartureJournal,
        tell: @escaping Telling
    ) {
        self.environment = environment
        self.metrics = metrics
        self.journal = journal
        self.tell = tell
    }

    /// Carries out what stands open each time that it is woken, until the stream ends or the run is told to stop.
    public func run(_ wakes: AsyncStream<Void>) async {
        for await _ in wakes {
            if environment.stop.raisedBy != nil { return }
            await carryOut()
        }
    }

    /// Carries out what stands open.
    public func carryOut() async {
        let journal = journal()
        let requests = DepartureRequests(environment, journal)
        let outcomes = await requests.carryOut()
        guard !outcomes.isEmpty else { return }
        await tell(outcomes, journal)
        await requests.close(outcomes)
        let people = outcomes.flatMap(\.outcome.people)
        metrics.carriedOut(
            people: people.count { $0.departure != nil },
            withdrawn: people.reduce(0) { $0 + $1.withdrawn.count },
            at: environment.clock().seconds
        )
    }
}
