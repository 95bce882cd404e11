import Foundation
import Glibc
import Synchronization

/// A process started by `posix_spawn`, its streams in files, so that nothing here waits on a thread.
///
/// Foundation's `Process` is not safe to start while others end: it crashed test runs that start hundreds.
public final class SpawnedProcess: Sendable {
    /// How a process ended.
    public enum Ending: Hashable, Sendable {
        /// It ended with this status.
        case exit(Int32)
        /// This signal ended it.
        case signal(Int32)
    }

    /// Why it could not be started.
    public struct Failure: Error, CustomStringConvertible {
        /// What the system said.
        public var description: String
    }

    /// The process id.
    public let id: Int32
    private let ending = Mutex<Ending?>(nil)
    private let ended: AsyncStream<Void>

    /// Starts a process.
    ///
    /// - Parameters:
    ///   - words: the path of the program, and its arguments.
    ///   - folder: where it starts; nil: where this process is.
    ///   - input: the file on its standard input.
    ///   - output: the file that takes its standard output; it is made anew.
    ///   - errors: the file that takes its standard error; it is made anew; nil: the same as of the output.
    ///   - terminal: an open descriptor that takes the place of standard input and standard error; nil: the files do.
    public init(
        _ words: [String],
        environment: [String: String],
        folder: String? = nil,
        input: String = "/dev/null",
        output: String,
        errors: String?,
        terminal: Int32? = nil
    ) throws(Failure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, writing, 0o600)
        if let errors {
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, writing, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        }
        if let terminal {
            for descriptor in [STDIN_FILENO, STDERR_FILENO] {
                posix_spawn_file_actions_adddup2(&actions, terminal, descriptor)
            }
        }
        // `env` goes to the folder and becomes the program; the call that `posix_spawn` has for it is GNU's own.
        let words = (folder.map { ["/usr/bin/env", "--chdir=\($0)"] } ?? []) + words
        var child: pid_t = 0
        let number = SpawnedProcess.withCStrings(words) { arguments in
            SpawnedProcess.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                posix_spawn(&child, words[0], &actions, nil, arguments, variables)
            }
        }
        guard number == 0 else { throw Failure(description: "\(words[0]): \(String(cString: strerror(number)))") }
        id = child
        let (stream, end) = AsyncStream.makeStream(of: Void.self)
        ended = stream
        Thread.detachNewThread { [self, child] in
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            ending.withLock { $0 = signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal) }
            end.finish()
        }
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { ending.withLock { $0 == nil } }

    /// Sends a signal, while it runs.
    public func send(_ signal: Int32) { if isRunning { kill(id, signal) } }

    /// Returns when it has ended; to be called once.
    public func end() async -> Ending {
        for await _ in ended {}
        return ending.withLock { $0 } ?? .exit(-1)
    }

    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                var end: UnsafeMutablePointer<CChar>?
                return body(&end)
            }
            return body(base)
        }
    }
}
