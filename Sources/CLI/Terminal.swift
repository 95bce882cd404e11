internal import Glibc
internal import Synchronization

/// The program's output and its questions: results on stdout; progress, logs and diagnostics on stderr.
///
/// With `isQuiet`, everything waits in memory until ``finish(exit:)`` knows whether the exit is 0.
final class Terminal: Sendable {
    /// What decides how output looks and where it goes.
    struct Configuration: Sendable {
        /// `--color`.
        var color: ColorChoice = .auto
        /// `--quiet`.
        var isQuiet = false
        /// The environment: `NO_COLOR`, `TERM`, `COLUMNS`.
        var environment: [String: String] = [:]
        /// The descriptor of results.
        var output: Int32 = STDOUT_FILENO
        /// The descriptor of messages, progress and questions.
        var error: Int32 = STDERR_FILENO
        /// The descriptor of answers.
        var input: Int32 = STDIN_FILENO
    }

    private struct State: ~Copyable {
        var output: OutputStream
        var error: OutputStream
        /// What waits for the exit; the texts in the order in which they came.
        var waiting: [(isResult: Bool, text: String)] = []
        var isQuiet: Bool
        var progress = ""
    }

    private let configuration: Configuration
    private let state: Mutex<State>

    /// A terminal over open descriptors; `SIGPIPE` is ignored from now on, so that a closed pipe is an error of `write`.
    init(_ configuration: Configuration) {
        signal(SIGPIPE, SIG_IGN)
        self.configuration = configuration
        state = Mutex(
            State(
                output: OutputStream(descriptor: configuration.output),
                error: OutputStream(descriptor: configuration.error),
                isQuiet: configuration.isQuiet
            )
        )
    }

    /// Whether results are coloured.
    var isOutputColored: Bool { isColored(configuration.output) }

    /// Whether messages are coloured.
    var isErrorColored: Bool { isColored(configuration.error) }

    /// The columns of the terminal that results go to; nil where they go elsewhere.
    var outputWidth: Int? { columns(of: configuration.output, environment: configuration.environment) }

    /// Whether a question can be asked: answers come from a terminal, and the question is seen on one.
    var canAsk: Bool { isatty(configuration.input) == 1 && isatty(configuration.error) == 1 }

    /// Writes a result to stdout, as it is.
    func result(_ text: String) { write(text, isResult: true) }

    /// Writes a message to stderr, and a newline where it lacks one.
    func message(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", isResult: false) }

    /// Shows how far the work is, in one line that the next call replaces; nothing where stderr is no terminal.
    func progress(_ label: String, done: Int, of total: Int) {
        guard let width = progressWidth else { return }
        state.withLock { state in
            guard !state.isQuiet else { return }
            let line = progressLine(label, done: done, of: total, width: width)
            guard line != state.progress else { return }
            state.progress = line
            state.error.write(clearLine + line)
        }
    }

    /// Takes the progress line away.
    func endProgress() {
        state.withLock { state in
            guard !state.progress.isEmpty else { return }
            state.progress = ""
            state.error.write(clearLine)
        }
    }

    /// Asks a question, after all that waits has been shown: nobody answers what they have not seen.
    ///
    /// - Parameter isStopped: whether a signal has ended the run, which is looked at while the person thinks.
    /// - Returns: true for `y` or `yes`; false for anything else, the end of input, or a signal.
    /// - Throws: exit 64 where nobody can be asked.
    func ask(_ question: String, isStopped: () -> Bool = { false }) throws(QuestionError) -> Bool {
        guard canAsk else { throw QuestionError() }
        endProgress()
        state.withLock { state in
            release(&state)
            state.error.write(question + " [y/N] ")
        }
        let answer = answer(from: configuration.input, isStopped: isStopped)
        return answer == "y" || answer == "yes"
    }

    /// Ends the output: with an exit other than 0, what waited is written.
    ///
    /// - Returns: the exit code, or 1 in place of 0 where results could not be written (a full disk; a reader that
    ///   went away is no failure).
    func finish(exit code: Int32) -> Int32 {
        endProgress()
        return state.withLock { state in
            if code != 0 { release(&state) }
            state.waiting = []
            guard let problem = state.output.problem else { return code }
            state.error.write("idbridge: the result could not be written: \(problem)\n")
            return code == 0 ? 1 : code
        }
    }

    private func write(_ text: String, isResult: Bool) {
        state.withLock { state in
            if state.isQuiet { return state.waiting.append((isResult, text)) }
            if !state.progress.isEmpty { state.error.write(clearLine) }
            if isResult { state.output.write(text) } else { state.error.write(text) }
            if !state.progress.isEmpty { state.error.write(state.progress) }
        }
    }

    private func release(_ state: inout State) {
        state.isQuiet = false
        for entry in state.waiting {
            if entry.isResult { state.output.write(entry.text) } else { state.error.write(entry.text) }
        }
        state.waiting = []
    }

    private func isColored(_ descriptor: Int32) -> Bool {
        switch configuration.color {
        case .always: true
        case .never: false
        case .auto: (configuration.environment["NO_COLOR"] ?? "").isEmpty && isCapable(descriptor)
        }
    }

    private var progressWidth: Int? {
        guard isCapable(configuration.error) else { return nil }
        return columns(of: configuration.error, environment: configuration.environment)
    }

    private func isCapable(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && configuration.environment["TERM"] != "dumb"
    }
}

/// A question that cannot be asked: no terminal (exit 64).
struct QuestionError: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String { "nobody can be asked here (no terminal); --yes answers the question" }
}
