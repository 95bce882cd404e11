internal import Synchronization

/// Lets at most so many tasks through at a time; the others wait in the order in which they came.
final class Gate: Sendable {
    private struct State {
        var free: Int
        var waiting: [Latch<Void>] = []
        /// The first of `waiting` that has not been called.
        var head = 0
    }

    private let state: Mutex<State>

    init(width: Int) { state = Mutex(State(free: max(1, width))) }

    /// Does work inside the gate; nil when the task was cancelled while it waited.
    func pass<Value, Failure: Error>(_ work: () async throws(Failure) -> Value) async throws(Failure) -> Value? {
        guard await enter() else { return nil }
        defer { leave() }
        return try await work()
    }

    private func enter() async -> Bool {
        let latch = state.withLock { state -> Latch<Void>? in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            let latch = Latch<Void>()
            state.waiting.append(latch)
            return latch
        }
        guard let latch else { return true }
        return await latch.value() != nil
    }

    private func leave() {
        while let next = nextWaiting() {
            if next.fill(()) { return }
        }
    }

    /// The next in the queue; where there is none, the place becomes free.
    private func nextWaiting() -> Latch<Void>? {
        state.withLock { state in
            guard state.head < state.waiting.count else {
                state.waiting.removeAll()
                state.head = 0
                state.free += 1
                return nil
            }
            defer { state.head += 1 }
            return state.waiting[state.head]
        }
    }
}

/// One gate of width one for each key.
final class KeyedGate<Key: Hashable & Sendable>: Sendable {
    private let gates = Mutex<[Key: Gate]>([:])

    /// Does work while no other work with the same key is done; nil when the task was cancelled while it waited.
    func pass<Value, Failure: Error>(
        _ key: Key,
        _ work: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value? {
        let gate = gates.withLock { gates in
            if let gate = gates[key] { return gate }
            let gate = Gate(width: 1)
            gates[key] = gate
            return gate
        }
        return try await gate.pass(work)
    }
}

/// A value that is got once and then kept; a failure is not kept.
final class Once<Value: Sendable>: Sendable {
    private let gate = Gate(width: 1)
    private let kept = Mutex<Value?>(nil)

    /// The value, where it was got already.
    var value: Value? { kept.withLock { $0 } }

    /// The value, got by `get` if nobody has got it yet; nil when the task was cancelled while it waited.
    func value<Failure: Error>(_ get: () async throws(Failure) -> Value) async throws(Failure) -> Value? {
        if let value { return value }
        return try await gate.pass { () async throws(Failure) -> Value in
            if let value { return value }
            let value = try await get()
            kept.withLock { $0 = value }
            return value
        }
    }
}
