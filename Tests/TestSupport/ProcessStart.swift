public import Foundation

/// Starts processes one at a time: Foundation's `Process` is not safe to start from several threads at once.
public enum ProcessStart {
    private static let lock = NSLock()

    /// Starts a process.
    public static func run(_ process: Process) throws {
        try lock.withLock { try process.run() }
    }
}
