internal import Configuration
internal import Diagnostics
internal import Engine
internal import Model
internal import Report
internal import SQLiteLedger

/// Why a command ended without its result, with the exit code of the contract.
struct CommandFailure: Error {
    /// The exit code.
    var exitCode: Int32
    /// What happened, to which object, and what to do next; for stderr.
    var message: String

    init(_ exitCode: Int32, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    /// A configuration that lacks something (78).
    init(_ error: ConfigurationError) { self.init(78, "idbridge: \(Printable.text(error.description))") }

    /// A ledger that cannot be read or written (74).
    init(_ error: LedgerError) { self.init(74, "idbridge: \(Printable.text(error.description))") }

    /// A workflow that could not begin.
    init(_ error: EngineError) { self.init(error.exitCode, "idbridge: \(Printable.text(error.message))") }

    /// A lock that somebody holds (75), or that cannot be used (74).
    init(_ error: RunLock.Failure) {
        if case .held = error {
            self.init(75, "idbridge: \(Printable.text(error.description))")
        } else {
            self.init(74, "idbridge: \(Printable.text(error.description))")
        }
    }
}
