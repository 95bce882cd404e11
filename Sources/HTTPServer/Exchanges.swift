internal import CMicroHTTPD
internal import Synchronization

/// The exchanges whose handlers run now: connections are suspended and resumed here and nowhere else.
///
/// libmicrohttpd forbids to stop a daemon that has suspended connections, and to resume a connection twice; both are
/// excluded by the one lock.
final class Exchanges: Sendable {
    private struct State {
        var running: [ObjectIdentifier: Exchange] = [:]
        /// Answered, and not sent to the end yet.
        var sending: Set<ObjectIdentifier> = []
        var stopped = false
        var drained: [CheckedContinuation<Void, Never>] = []
        var isIdle: Bool { running.isEmpty && sending.isEmpty }
    }
    private let state = Mutex(State())

    /// Suspends the exchange's connection and counts it as running; false once stopped.
    func begin(_ exchange: Exchange, connection: OpaquePointer) -> Bool {
        // Safe because libmicrohttpd's thread, which calls this, waits while the closure runs.
        nonisolated(unsafe) let raw = unsafe connection
        return state.withLock { state in
            guard !state.stopped else { return false }
            unsafe MHD_suspend_connection(raw)
            unsafe exchange.connection = raw
            state.running[ObjectIdentifier(exchange)] = exchange
            return true
        }
    }

    /// Remembers the handler's task, so that a stop cancels it.
    func attach(_ task: Task<Void, Never>, to exchange: Exchange) {
        let isRunning = state.withLock { state in
            exchange.task = task
            return state.running[ObjectIdentifier(exchange)] != nil
        }
        if !isRunning { task.cancel() }
    }

    /// Hands the answer over and wakes the connection; nothing where a stop came first.
    func finish(_ exchange: Exchange, with response: ServerResponse) {
        state.withLock { state in
            guard state.running.removeValue(forKey: ObjectIdentifier(exchange)) != nil else { return }
            state.sending.insert(ObjectIdentifier(exchange))
            Self.wake(exchange, with: response)
        }
    }

    /// The answer is sent, or the connection is gone.
    func completed(_ exchange: Exchange) {
        let waiting = state.withLock { state in
            state.sending.remove(ObjectIdentifier(exchange))
            return state.isIdle ? Self.takeAll(&state.drained) : []
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The answer of an exchange, once its connection was woken.
    func answer(of exchange: Exchange) -> ServerResponse? {
        state.withLock { _ in exchange.answer }
    }

    /// Wakes every connection without an answer, cancels the handlers, and refuses further exchanges.
    /// - Returns: false where this was done before.
    func stop() -> Bool {
        let (isFirst, tasks, waiting) = state.withLock { state in
            let isFirst = !state.stopped
            state.stopped = true
            for exchange in state.running.values {
                Self.wake(exchange, with: ServerResponse(behaviour: .closeBefore))
            }
            let tasks = state.running.values.compactMap(\.task)
            state.running = [:]
            return (isFirst, tasks, Self.takeAll(&state.drained))
        }
        for task in tasks { task.cancel() }
        for continuation in waiting { continuation.resume() }
        return isFirst
    }

    /// Returns when no handler runs and every answer is sent.
    func drain() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.isIdle { state.drained.append(continuation) }
                return state.isIdle
            }
            if isIdle { continuation.resume() }
        }
    }

    private static func wake(_ exchange: Exchange, with response: ServerResponse) {
        exchange.answer = response
        if let connection = unsafe exchange.connection {
            unsafe MHD_resume_connection(connection)
        }
        unsafe exchange.connection = nil
    }

    private static func takeAll<Element>(_ list: inout [Element]) -> [Element] {
        defer { list = [] }
        return list
    }
}
