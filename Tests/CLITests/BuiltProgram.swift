import Foundation
import Synchronization
import TestSupport

/// How a call of the program ended.
struct Ended: Sendable {
    /// The exit code, or the signal that ended it where `wasKilled`.
    var exit: Int32
    var wasKilled = false
    /// What it wrote to stdout.
    var output: String
    /// What it wrote to stderr.
    var errors: String
}

/// The program that was built beside the tests.
enum BuiltProgram {
    static var path: String {
        Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("idbridge").path
    }

    /// Runs the program to its end. No thread waits for it: the sandbox needs them to answer.
    ///
    /// - Parameters:
    ///   - terminal: what takes the place of stdin and stderr; what it shows is not in the result.
    ///   - started: hears of the process id as soon as it is known.
    static func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        terminal: Int32? = nil,
        started: @Sendable (Int32) -> Void = { _ in }
    ) async throws -> Ended {
        var variables = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
        variables.merge(environment) { $1 }
        let folder = FileManager.default.temporaryDirectory
        let names = ["out", "err"].map { folder.appendingPathComponent("\($0)-\(UUID().uuidString)") }
        defer { names.forEach { try? FileManager.default.removeItem(at: $0) } }
        for name in names { try Data().write(to: name) }
        let process = try SpawnedProcess(
            [path] + arguments,
            environment: variables,
            output: names[0].path,
            errors: names[1].path,
            terminal: terminal
        )
        started(process.id)
        var ended = Ended(exit: -1, output: "", errors: "")
        switch await process.end() {
        case .exit(let status): ended.exit = status
        case .signal(let number): (ended.exit, ended.wasKilled) = (number, true)
        }
        ended.output = String(decoding: try Data(contentsOf: names[0]), as: UTF8.self)
        ended.errors = String(decoding: try Data(contentsOf: names[1]), as: UTF8.self)
        return ended
    }
}

/// The id of a process that is about to start, for hooks of the sandbox that end it.
final class ProcessID: Sendable {
    private let id = Mutex<Int32?>(nil)

    func set(_ value: Int32) { id.withLock { $0 = value } }

    /// Sends a signal to the process, as soon as it is known.
    func send(_ signal: Int32) async {
        while true {
            if let id = id.withLock({ $0 }) {
                kill(id, signal)
                return
            }
            await Task.yield()
        }
    }
}
