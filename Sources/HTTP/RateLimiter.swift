internal import Synchronization

/// A rate limit that adapts: it starts at the documented rate, falls on throttling and climbs back.
///
/// One limiter stands for one service's quota and is shared by everything that calls the service, so that a throttled
/// call slows all of them. Callers go in the order in which they came. A token is taken only in the moment in which its
/// caller goes: one that is cancelled while it waits takes nothing with it.
public final class RateLimiter: Sendable {
    private struct State {
        var bucket: TokenBucket
        /// Whether some caller waits for the next token; the others wait in `queue` until it is their turn to do so.
        var hasHead = false
        var queue = WaitingLine()
    }

    private let time: any TimeSource
    private let state: Mutex<State>

    /// A limiter.
    ///
    /// - Parameters:
    ///   - perSecond: the documented rate, the share that the run may take already applied.
    ///   - burst: how many calls may go at once after a pause.
    ///   - time: the clock.
    public init(perSecond: Double, burst: Double = 1, time: any TimeSource = SystemTime()) {
        self.time = time
        state = Mutex(State(bucket: TokenBucket(perSecond: perSecond, burst: burst, now: time.monotonic())))
    }

    /// Waits for the right to make one call.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func acquire() async throws {
        try Task.checkCancellation()
        if takeAtOnce() { return }
        try await becomeHead()
        defer { promoteNext() }
        while true {
            try Task.checkCancellation()
            guard let wait = state.withLock({ $0.bucket.take(now: time.monotonic()) }) else { return }
            try await time.sleep(seconds: wait)
        }
    }

    /// Gives back a right that was not used, since no call was made.
    public func giveBack() { state.withLock { $0.bucket.giveBack(now: time.monotonic()) } }

    /// Tells that the service throttled a call: the rate falls by a third, at most once a second. `after`: for how many
    /// seconds the service wants no calls at all.
    public func throttled(after: Double? = nil) {
        state.withLock { $0.bucket.throttled(after: after, now: time.monotonic()) }
    }

    /// Tells that a call went through: the rate climbs back by a fortieth of the documented one.
    public func succeeded() { state.withLock { $0.bucket.succeeded(now: time.monotonic()) } }

    /// The rate in calls a second that holds now.
    public var currentRate: Double { state.withLock { $0.bucket.rate } }

    /// How many callers wait.
    public var waiting: Int { state.withLock { $0.queue.count + ($0.hasHead ? 1 : 0) } }

    private func takeAtOnce() -> Bool {
        state.withLock { !$0.hasHead && $0.bucket.take(now: time.monotonic()) == nil }
    }

    /// Returns once the caller is the first of those who wait.
    private func becomeHead() async throws {
        let ticket = state.withLock { $0.queue.issueTicket() }
        let isHead = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    // Cancellation is looked for under the lock: it either shows here or finds the ticket in the queue.
                    if Task.isCancelled { return false }
                    if state.hasHead {
                        state.queue.append(ticket, continuation)
                        return nil
                    }
                    state.hasHead = true
                    return true
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.queue.remove(ticket) }?.resume(returning: false)
        }
        guard isHead else { throw CancellationError() }
    }

    private func promoteNext() {
        let next = state.withLock { state in
            let next = state.queue.removeFirst()
            state.hasHead = next != nil
            return next
        }
        next?.resume(returning: true)
    }
}

/// Who waits, in order of arrival; any of them may leave. The continuations are resumed with whether it is their turn.
private struct WaitingLine {
    private var nextTicket = 0
    private var continuations: [Int: CheckedContinuation<Bool, Never>] = [:]
    private var order: [Int] = []
    private var first = 0

    var count: Int { continuations.count }

    mutating func issueTicket() -> Int {
        nextTicket += 1
        return nextTicket
    }

    mutating func append(_ ticket: Int, _ continuation: CheckedContinuation<Bool, Never>) {
        continuations[ticket] = continuation
        order.append(ticket)
    }

    mutating func remove(_ ticket: Int) -> CheckedContinuation<Bool, Never>? {
        continuations.removeValue(forKey: ticket)
    }

    mutating func removeFirst() -> CheckedContinuation<Bool, Never>? {
        defer { forgetServed() }
        while first < order.count {
            let ticket = order[first]
            first += 1
            if let continuation = continuations.removeValue(forKey: ticket) { return continuation }
        }
        return nil
    }

    /// Keeps a line that never empties from growing.
    private mutating func forgetServed() {
        guard first * 2 >= order.count else { return }
        order.removeFirst(first)
        first = 0
    }
}
