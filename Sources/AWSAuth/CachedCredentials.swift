/// Keeps credentials and renews them before they end; however many ask at once, one renewal runs.
///
/// They are renewed when a quarter of their life is left, but not before 15 minutes, and must be when a sixth of it,
/// but not before 10 minutes: in between, and until they really end, those that are kept go on being used when the
/// renewal fails.
public actor CachedCredentials: CredentialsProvider {
    private struct Kept {
        let credentials: AWSCredentials
        let obtainedAt: Double
        /// No renewal is tried before, after one that failed or brought nothing new.
        var notBefore: Double
    }

    private typealias Outcome = Result<AWSCredentials, AWSAuthError>

    private struct Flight {
        let task: Task<Outcome, Never>
        let number: Int
        let isForced: Bool
        var waiting = 0
        /// Whether all who waited for it were cancelled.
        var isAbandoned = false
    }

    private let source: any CredentialsProvider
    private let clock: AWSClock
    private var kept: Kept?
    private var flight: Flight?
    private var flights = 0

    /// Keeps what a source gives.
    public init(_ source: any CredentialsProvider, clock: AWSClock) {
        self.source = source
        self.clock = clock
    }

    /// The credentials that are kept, or new ones.
    public func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials {
        if !renew, let kept, !isDue(kept) { return kept.credentials }
        do throws(AWSAuthError) {
            return try await refreshed(isForced: renew).get()
        } catch {
            guard !renew, let kept, isUsable(kept), error.kind != .cancelled else { throw error }
            return kept.credentials
        }
    }

    /// The credentials that are kept where they are others already, else new ones.
    public func credentials(replacing expired: AWSCredentials) async throws(AWSAuthError) -> AWSCredentials {
        if let kept, kept.credentials != expired { return try await credentials(renew: false) }
        return try await credentials(renew: true)
    }

    private func isDue(_ kept: Kept) -> Bool {
        guard let expiration = kept.credentials.expiration else { return false }
        let now = clock.now()
        let life = expiration - kept.obtainedAt
        if expiration - now <= min(600, life / 6) { return now >= kept.notBefore || expiration <= now }
        return expiration - now <= min(900, life / 4) && now >= kept.notBefore
    }

    private func isUsable(_ kept: Kept) -> Bool {
        kept.credentials.expiration.map { $0 > clock.now() } ?? true
    }

    /// Joins the renewal that runs, or begins one. A forced one is not content with one that was begun without need,
    /// and nobody with one that was given up.
    private func refreshed(isForced: Bool) async -> Outcome {
        while let running = flight, running.isAbandoned || isForced && !running.isForced {
            _ = await running.task.value
        }
        var current = flight ?? begin(isForced: isForced)
        current.waiting += 1
        flight = current
        let number = current.number
        let task = current.task
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Task { await self.leave(number) }
        }
    }

    private func begin(isForced: Bool) -> Flight {
        flights += 1
        let number = flights
        let source = source
        let task = Task {
            let outcome: Outcome
            do throws(AWSAuthError) {
                outcome = .success(try await source.credentials(renew: isForced))
            } catch {
                outcome = .failure(error)
            }
            self.land(number, outcome)
            return outcome
        }
        return Flight(task: task, number: number, isForced: isForced)
    }

    private func land(_ number: Int, _ outcome: Outcome) {
        if flight?.number == number { flight = nil }
        let now = clock.now()
        switch outcome {
        case .success(let credentials):
            let isNew = credentials != kept?.credentials
            kept = Kept(
                credentials: credentials,
                obtainedAt: isNew ? now : kept?.obtainedAt ?? now,
                notBefore: isNew ? 0 : now + 60
            )
        case .failure: kept?.notBefore = now + 60
        }
    }

    /// Somebody who waited was cancelled: the last one takes the renewal along.
    private func leave(_ number: Int) {
        guard var current = flight, current.number == number else { return }
        current.waiting -= 1
        current.isAbandoned = current.waiting <= 0
        flight = current
        if current.isAbandoned { current.task.cancel() }
    }
}
