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

    /// The exit code of a run that was stopped: 128 and the signal.
    public var exitCode: Int32? { raisedBy.map { 128 + $0 } }
}
