import Synchronization

/// Counts who is under way.
final class Flight: Sendable {
    private struct State {
        var now = 0
        var most = 0
        var total = 0
    }
    private let state = Mutex(State())

    func begin() {
        state.withLock { state in
            state.now += 1
            state.total += 1
            state.most = max(state.most, state.now)
        }
    }
    func end() { state.withLock { $0.now -= 1 } }

    var most: Int { state.withLock { $0.most } }
    var total: Int { state.withLock { $0.total } }
}
