public import Model
internal import Synchronization

/// The lock that keeps `sync` and `apply` from running twice at once.
///
/// It is held by an open descriptor, so that a dead owner holds nothing. The text in the file (who holds it) is for
/// people, and for `offboard`: it tells whether a run that began before a departure may still have a write in flight.
public final class RunLock: Sendable {
    /// Who holds the lock.
    public struct Holder: Hashable, Sendable {
        /// The process, as its own system numbers it.
        public var process: Int32
        /// When it took the lock.
        public var since: Timestamp
        /// `sync`, `apply`.
        public var command: String
        /// The run's id in the ledger, once it has one; ids grow in the order in which runs begin.
        public var run: Int64?
        /// Who holds the lock.
        public init(process: Int32, since: Timestamp, command: String, run: Int64? = nil) {
            self.process = process
            self.since = since
            self.command = command
            self.run = run
        }
    }

    /// How the lock stands.
    public enum State: Hashable, Sendable {
        /// Nobody holds it.
        case free
        /// Somebody holds it; nil where who it is cannot be read.
        case held(by: Holder?)

        /// Whether a run that began before the given one may be at work: true also where that cannot be told.
        ///
        /// - Parameter run: the asker's own id in the ledger.
        public func mayPrecede(run: Int64) -> Bool {
            switch self {
            case .free: false
            case .held(let holder): (holder?.run).map { $0 < run } ?? true
            }
        }
    }

    /// Why the lock was not had.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// Another run holds it (exit 75); nil where it has not written who it is.
        case held(path: String, by: Holder?)
        /// The file cannot be made, opened or locked (exit 74).
        case unusable(LedgerError)
        /// The task was cancelled while it waited.
        case cancelled

        /// What happened, and what to do next.
        public var description: String {
            switch self {
            case .held(let path, let holder):
                "another run holds the lock \(path)\(holder.map { ": \($0)" } ?? ""); "
                    + "wait for it to end, or let this one wait with `--lock-timeout 5m`"
            case .unusable(let error): error.description
            case .cancelled: "cancelled while waiting for the run lock"
            }
        }
    }

    private let holder: Holder
    private let file: Mutex<LockFile?>

    private init(_ file: consuming LockFile, holder: Holder) {
        self.holder = holder
        self.file = Mutex(file)
    }

    /// The lock that belongs to a ledger: `ledger.lock` beside `ledger.sqlite`.
    public static func path(besideLedger path: String) -> String {
        for ending in [".sqlite", ".sqlite3", ".db"] where path.hasSuffix(ending) {
            return "\(path.dropLast(ending.count)).lock"
        }
        return "\(path).lock"
    }

    /// Takes the lock, or waits for it.
    ///
    /// - Parameters:
    ///   - path: the lock's file; it and its folder are made where they are missing.
    ///   - timeoutSeconds: how long to wait for another holder; 0 asks once.
    ///   - command: what holds it, for the message that others get.
    ///   - process: this process's number, for the same.
    ///   - now: the time, which is written beside them.
    ///   - clock: what the waiting goes by.
    public static func acquire(
        path: String,
        timeoutSeconds: Double = 0,
        command: String,
        process: Int32,
        now: @Sendable () -> Timestamp,
        clock: some Clock<Duration> = ContinuousClock()
    ) async throws(Failure) -> RunLock {
        do { try LedgerFile.makeFolder(of: path) } catch { throw .unusable(error) }
        let start = clock.now
        let patience = Duration.seconds(max(0, timeoutSeconds))
        while true {
            let holder = Holder(process: process, since: now(), command: command)
            if let lock = try attempt(path, holder) { return lock }
            let rest = patience - start.duration(to: clock.now)
            guard rest > .zero else { throw .held(path: path, by: readHolder(path)) }
            do { try await clock.sleep(for: min(pause, rest)) } catch { throw .cancelled }
        }
    }

    /// Adds the run's id to what others see, once the ledger has given one.
    ///
    /// A run reads the departures after this, never before: `offboard` rests on it.
    public func note(run: Int64) throws(LedgerError) {
        var holder = holder
        holder.run = run
        let text = holder.text
        try file.withLock { (file) throws(LedgerError) in try file?.write(text) }
    }

    /// Gives the lock back; so does the end of this object, which may come right after its last use, and of the process.
    ///
    /// Hence `defer { lock.release() }` where the lock shall last to the end of a scope.
    public func release() { file.withLock { $0 = nil } }

    /// Whether somebody holds the lock; looks only.
    public static func isHeld(path: String) throws(LedgerError) -> Bool {
        guard let file = try LockFile(path, isWriter: false) else { return false }
        return try file.isTaken()
    }

    /// How the lock stands, and who holds it.
    ///
    /// For an instant after the lock was taken the holder may still be the one before: an older run, never a newer one.
    public static func state(path: String) throws(LedgerError) -> State {
        try isHeld(path: path) ? .held(by: readHolder(path)) : .free
    }

    private static let pause = Duration.milliseconds(100)

    private static func attempt(_ path: String, _ holder: Holder) throws(Failure) -> RunLock? {
        do throws(LedgerError) {
            while let file = try LockFile(path, isWriter: true) {
                guard try file.take() else { return nil }
                // Somebody may have deleted the file between the opening and the lock; then that lock keeps nobody out.
                guard file.isAtItsPath() else { continue }
                try file.write(holder.text)
                return RunLock(file, holder: holder)
            }
            return nil
        } catch { throw .unusable(error) }
    }

    private static func readHolder(_ path: String) -> Holder? {
        guard let file = try? LockFile(path, isWriter: false) else { return nil }
        return Holder(text: file.read())
    }
}

extension RunLock.Holder: CustomStringConvertible {
    /// `sync`, process 4711, since 2026-11-24T10:00:00Z, run 12.
    public var description: String {
        "`\(command)`, process \(process), since \(since)\(run.map { ", run \($0)" } ?? "")"
    }

    /// The lines in the lock's file.
    var text: String {
        "process \(process)\nsince \(since)\ncommand \(command)\n\(run.map { "run \($0)\n" } ?? "")"
    }

    /// Reads the lines in the lock's file; nil where they are not whole.
    init?(text: String) {
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = String(parts[1]) }
        }
        guard let process = fields["process"].flatMap({ Int32($0) }),
            let since = fields["since"].flatMap(Timestamp.init(rfc3339:)), let command = fields["command"]
        else { return nil }
        self.init(process: process, since: since, command: command, run: fields["run"].flatMap { Int64($0) })
    }
}
