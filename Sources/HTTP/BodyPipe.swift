internal import Synchronization

/// Carries the body of one response from the event loop's thread to the task that waits for it.
///
/// What is not taken yet is bounded: the loop is told to pause the transfer, and asked to go on once all was taken. The
/// server is then slowed down by its own connection.
final class BodyPipe: Sendable {
    /// What comes next.
    enum Piece: Sendable {
        case bytes([UInt8])
        case end(TransferResult)
    }

    private struct State {
        var bytes: [UInt8] = []
        var isPaused = false
        var end: TransferResult?
        var waiting: CheckedContinuation<Void, Never>?
        var mostBytes = 0
        var pauses = 0
    }

    /// So many bytes may wait to be taken, unless libcurl brings more at once.
    static let capacity = 256 << 10

    private let state = Mutex(State())

    /// The most bytes that have waited so far.
    var mostBytes: Int { state.withLock { $0.mostBytes } }

    /// How many bytes wait.
    var waitingBytes: Int { state.withLock { $0.bytes.count } }

    /// How often the transfer was paused.
    var pauses: Int { state.withLock { $0.pauses } }

    /// Takes bytes from the loop; false where they have to be offered again after a pause.
    func offer(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let (isTaken, waiting) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard state.bytes.isEmpty || state.bytes.count + bytes.count <= BodyPipe.capacity else {
                state.isPaused = true
                state.pauses += 1
                return (false, nil)
            }
            unsafe state.bytes.append(contentsOf: bytes)
            state.mostBytes = max(state.mostBytes, state.bytes.count)
            return (true, state.waiting.take())
        }
        waiting?.resume()
        return isTaken
    }

    /// Nothing more comes.
    func end(_ result: TransferResult) {
        let waiting = state.withLock { state in
            state.end = result
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// Waits for the next piece; the end comes after all bytes. For one task alone.
    ///
    /// - Parameter goOn: called where the transfer was paused and may go on.
    func next(_ goOn: () -> Void) async -> Piece {
        while true {
            if let (piece, wasPaused) = take() {
                if wasPaused { goOn() }
                return piece
            }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if !state.bytes.isEmpty || state.end != nil { return true }
                    state.waiting = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    private func take() -> (Piece, wasPaused: Bool)? {
        state.withLock { state in
            guard state.bytes.isEmpty else {
                defer { (state.bytes, state.isPaused) = ([], false) }
                return (.bytes(state.bytes), state.isPaused)
            }
            return state.end.map { (.end($0), false) }
        }
    }
}
