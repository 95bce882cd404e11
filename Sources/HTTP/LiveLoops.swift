internal import Glibc
internal import Synchronization

/// The event loops whose threads run, so that they can be stopped before the process ends.
///
/// `exit` runs OpenSSL's cleaning up while other threads still run; a thread within TLS then crashes, and the process
/// ends with a signal instead of its exit code.
enum LiveLoops {
    private static let loops = Mutex<[ObjectIdentifier: EventLoop]>([:])

    static func insert(_ loop: EventLoop) { loops.withLock { $0[ObjectIdentifier(loop)] = loop } }

    static func remove(_ loop: EventLoop) { loops.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(loop)) } }

    /// Has the loops stopped at exit. To be called after libcurl has made OpenSSL ready: what is registered later runs
    /// earlier.
    static func stopAtExit() -> Bool { atexit { LiveLoops.stopAll() } == 0 }

    private static func stopAll() {
        for loop in loops.withLock({ Array($0.values) }) {
            // Kept for ever, so that nothing is freed while the process ends.
            _ = unsafe Unmanaged.passRetained(loop)
            loop.close()
        }
        for _ in 0..<2000 where loops.withLock({ !$0.isEmpty }) { usleep(1000) }
    }
}
