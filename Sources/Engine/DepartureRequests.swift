public import Model

/// One request that was carried out, or that waits.
public struct RequestOutcome: Sendable {
    /// The request.
    public var request: DepartureRequest
    /// What came of its people.
    public var outcome: DepartureOutcome
    /// Whether it stays queued.
    public var staysOpen: Bool
}

/// Carries out the requests that stand open in the ledger: those of runs that were killed, and those of `serve`.
public struct DepartureRequests: Sendable {
    private let environment: RunEnvironment
    private let journal: DepartureJournal
    private let allowed: String?

    /// - Parameter allowed: the fingerprint of people that a person allowed beyond `departures.people`.
    public init(_ environment: RunEnvironment, _ journal: DepartureJournal, allowed: String? = nil) {
        self.environment = environment
        self.journal = journal
        self.allowed = allowed
    }

    /// Carries out the open requests, oldest first, but for one that the caller carries out itself.
    ///
    /// Nothing is closed here: ``close(_:)`` follows, when the outcome has been told.
    public func carryOut(except own: String? = nil) async -> [RequestOutcome] {
        let open: [DepartureRequest]
        do throws(LedgerError) { open = try await environment.ledger.openRequests() } catch {
            await journal.fail(error)
            return []
        }
        var outcomes: [RequestOutcome] = []
        for request in open where request.id != own && environment.stop.raisedBy == nil {
            outcomes.append(await carryOut(request))
        }
        return await together(outcomes)
    }

    /// The requests that the brake stopped: one fingerprint covers all their people.
    private func together(_ outcomes: [RequestOutcome]) async -> [RequestOutcome] {
        let stopped = outcomes.compactMap(\.outcome.brake)
        guard stopped.count > 1, let brake = DepartureBrake(combining: stopped) else { return outcomes }
        var outcomes = outcomes
        for index in outcomes.indices where outcomes[index].outcome.brake != nil {
            if allowed == brake.fingerprint {
                outcomes[index] = await carryOut(outcomes[index].request, isAllowed: true)
            } else {
                outcomes[index].outcome.brake = brake
            }
        }
        return outcomes
    }

    private func carryOut(_ request: DepartureRequest, isAllowed: Bool = false) async -> RequestOutcome {
        var options = OffboardOptions(request)
        options.allowed = allowed
        options.isAllowed = isAllowed
        options.waits = false
        let outcome = await DepartureWork(environment, options, journal).takeOut(request.users)
        return RequestOutcome(request: request, outcome: outcome, staysOpen: outcome.staysQueued)
    }

    /// Closes what was carried out.
    public func close(_ outcomes: [RequestOutcome]) async {
        for outcome in outcomes where !outcome.staysOpen { await close(outcome.request.id) }
    }

    /// Closes one request.
    public func close(_ id: String) async {
        do throws(LedgerError) { try await environment.ledger.close(request: id, at: environment.clock()) } catch {
            await journal.fail(error)
        }
    }
}

extension DepartureOutcome {
    /// Whether the request must be carried out again: a brake, or a target or source that could not be asked.
    public var staysQueued: Bool {
        brake != nil || targetProblem != nil || people.contains(where: \.isUncertain)
            || people.contains { $0.departure == nil && $0.ending == .standing }
    }
}

extension OffboardOptions {
    /// The flag of a request that names a single person, which no brake stops.
    public static let singleFlag = "single"

    /// The options that a request was noted with.
    public init(_ request: DepartureRequest) {
        self.init()
        reason = request.reason
        deletesUser = request.flags.contains("delete-user")
        evenProtected = request.flags.contains("even-protected")
        counts = !request.flags.contains(OffboardOptions.singleFlag)
    }

    /// The flags to note a request with.
    public var flags: [String] {
        (deletesUser ? ["delete-user"] : []) + (evenProtected ? ["even-protected"] : [])
            + (counts ? [] : [OffboardOptions.singleFlag])
    }
}
