internal import Synchronization

/// Tells a run to begin nothing more; what is in flight is ended.
public final class StopFlag: Sendable {
    private let signal = Mutex<Int32>(0)

    /// A flag that is not raised.
    public init() {}

    /// Raises the flag for a signal (SIGINT 2, SIGTERM 15); the first one stays.
    public func raise(_ number: Int32) {
        signal.withLock { if $0 == 0 { $0 = number } }
    }

    /// The signal that raised the flag; nil while it is down.
    public var raisedBy: Int32? {
        signal.withLock { $0 == 0 ? nil : $0 }
    }

    /// Does something that may be left at any instant, such as reading or waiting: it is cancelled when the flag is raised.
    ///
    /// What it gives or throws after that is for the caller to judge by ``raisedBy``.
    public func interrupting<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let task = Task { await Result(work) }
        let watch = Task {
            while raisedBy == nil { try await Task.sleep(for: StopFlag.pause) }
            task.cancel()
        }
        defer { watch.cancel() }
        return try await task.value.get()
    }

    private static let pause = Duration.milliseconds(20)

    /// The exit code of a run that was stopped: 128 and the signal.
    public var exitCode: Int32? { raisedBy.map { 128 + $0 } }
}
