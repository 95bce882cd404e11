internal import Dispatch
internal import HTTP
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

/// A program that is run to its end, without a shell, its output kept in memory.
struct ChildProcess {
    /// How it ended.
    struct Output: Sendable {
        /// The exit status; nil where a signal ended it.
        let status: Int?
        let standardOutput: [UInt8]
        let standardError: [UInt8]
    }

    /// Why there is no output.
    enum Failure: Error, Equatable {
        case cannotStart(String)
        case timedOut
        case tooLarge
        case cancelled
    }

    let words: [String]
    let variables: [String: String]
    let timeoutSeconds: Double
    let outputLimit: Int
    let time: any TimeSource

    /// Runs it. Cancelling the task kills it.
    func run() async throws(Failure) -> Output {
        let isCancelled = CancellationFlag()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Output, Failure>, Never>) in
                // Reading blocks: not on a thread of the concurrency runtime, of which there are few.
                DispatchQueue.global().async {
                    do throws(Failure) {
                        continuation.resume(returning: .success(try self.runBlocking(isCancelled)))
                    } catch { continuation.resume(returning: .failure(error)) }
                }
            }
        } onCancel: {
            isCancelled.set()
        }
        return try result.get()
    }

    private final class CancellationFlag: Sendable {
        private let flag = Mutex(false)
        var isSet: Bool { flag.withLock { $0 } }
        func set() { flag.withLock { $0 = true } }
    }

    private func runBlocking(_ isCancelled: CancellationFlag) throws(Failure) -> Output {
        guard let output = Pipe(), let error = Pipe() else { throw .cannotStart("no pipe: \(systemMessage(errno))") }
        let child = try spawn(output, error)
        output.closeWriting()
        error.closeWriting()
        var streams = [(pipe: output, bytes: [UInt8]()), (pipe: error, bytes: [UInt8]())]
        do throws(Failure) {
            try read(&streams, isCancelled)
        } catch {
            kill(child, SIGKILL)
            _ = wait(child)
            throw error
        }
        let status = wait(child)
        let exited = status & 0x7f == 0
        return Output(
            status: exited ? Int(status >> 8 & 0xff) : nil,
            standardOutput: streams[0].bytes,
            standardError: streams[1].bytes
        )
    }

    /// Both streams to their ends, whichever has something.
    private func read(_ streams: inout [(pipe: Pipe, bytes: [UInt8])], _ isCancelled: CancellationFlag) throws(Failure)
    {
        let deadline = time.monotonic() + timeoutSeconds
        var chunk = [UInt8](repeating: 0, count: 65536)
        var open = Set(streams.indices)
        while !open.isEmpty {
            if isCancelled.isSet { throw .cancelled }
            if time.monotonic() > deadline { throw .timedOut }
            let order = open.sorted()
            var waits = order.map { pollfd(fd: streams[$0].pipe.reading, events: Int16(POLLIN), revents: 0) }
            guard poll(&waits, nfds_t(waits.count), 100) > 0 else { continue }
            for (wait, index) in zip(waits, order) where wait.revents != 0 {
                let count = Glibc.read(streams[index].pipe.reading, &chunk, chunk.count)
                if count > 0 {
                    streams[index].bytes += chunk[..<count]
                    if streams[index].bytes.count > outputLimit { throw .tooLarge }
                } else if count == 0 || errno != EINTR {
                    open.remove(index)
                }
            }
        }
    }

    private func wait(_ child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// The child gets standard input and the two pipes; all else that is open here closes as it starts.
    private func spawn(_ output: Pipe, _ error: Pipe) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error.writing, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGINT, SIGTERM] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var child: pid_t = 0
        let number = withCStrings(words) { arguments in
            withCStrings(variables.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawnp(&child, words.first ?? "", &actions, &attributes, arguments, environment)
            }
        }
        guard number == 0 else { throw .cannotStart(systemMessage(number)) }
        return child
    }

    private func withCStrings<Result>(
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

    /// Both ends of a pipe, closed with the last reference.
    private final class Pipe {
        let reading: Int32
        private(set) var writing: Int32

        init?() {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return nil }
            // What duplicates an end for the child does not take this mark along.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            reading = ends[0]
            writing = ends[1]
        }

        func closeWriting() {
            close(writing)
            writing = -1
        }

        deinit {
            close(reading)
            if writing >= 0 { close(writing) }
        }
    }
}

private func systemMessage(_ number: Int32) -> String { String(cString: strerror(number)) }
