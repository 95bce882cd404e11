import Synchronization

/// Holds those who come until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var came = 0
        var held: [Int: CheckedContinuation<Void, Never>] = [:]
    }
    private let state = Mutex(State())

    /// Waits until the gate is open or the task is cancelled.
    func pass() async {
        let number = state.withLock { state in
            state.came += 1
            return state.came
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.held[number] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.held.removeValue(forKey: number) }?.resume()
        }
    }

    func open() {
        let held = state.withLock { state in
            state.isOpen = true
            defer { state.held = [:] }
            return state.held.values
        }
        for continuation in held { continuation.resume() }
    }

    /// How many have come so far.
    var came: Int { state.withLock { $0.came } }
}
