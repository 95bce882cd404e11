internal import Synchronization

/// A value that comes once, for the one task that waits for it.
final class Latch<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value?, Never>)
        case filled(Value)
        case over
    }

    private let state = Mutex<State>(.empty)

    /// Hands over the value; false when nobody can get it any more (the waiting task was cancelled).
    @discardableResult
    func fill(_ value: Value) -> Bool {
        let (continuation, taken) = state.withLock { state -> (CheckedContinuation<Value?, Never>?, Bool) in
            switch state {
            case .empty:
                state = .filled(value)
                return (nil, true)
            case .waiting(let continuation):
                state = .over
                return (continuation, true)
            case .filled, .over:
                return (nil, false)
            }
        }
        continuation?.resume(returning: value)
        return taken
    }

    /// Waits for the value; nil when the task was cancelled first.
    func value() async -> Value? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let known = settle(continuation) { continuation.resume(returning: known) }
            }
        } onCancel: {
            abandon()
        }
    }

    /// The value or the nil of a cancelled wait, where either is known already; else keeps the continuation.
    private func settle(_ continuation: CheckedContinuation<Value?, Never>) -> Value?? {
        state.withLock { state in
            switch state {
            case .empty:
                state = .waiting(continuation)
                return .none
            case .filled(let value):
                state = .over
                return .some(value)
            case .waiting, .over:
                return .some(nil)
            }
        }
    }

    private func abandon() {
        let continuation = state.withLock { state -> CheckedContinuation<Value?, Never>? in
            switch state {
            case .empty:
                state = .over
                return nil
            case .waiting(let continuation):
                state = .over
                return continuation
            case .filled, .over:
                // A value that was handed over stays: whoever handed it over counts on its being used.
                return nil
            }
        }
        continuation?.resume(returning: nil)
    }
}
