import Foundation
import Glibc
import Testing

@testable import CLI

@Suite("The terminal")
struct TerminalTests {
    @Test("results go to stdout and messages to stderr, as they are")
    func streams() throws {
        let output = try Channel()
        let error = try Channel()
        let terminal = Terminal(.init(output: output.writing, error: error.writing))
        terminal.result("result\n")
        terminal.message("message")
        terminal.progress("Applying", done: 1, of: 3)
        #expect(terminal.finish(exit: 0) == 0)
        #expect(output.drain() == "result\n")
        #expect(error.drain() == "message\n", "no progress where there is no terminal")
    }

    @Test("quiet prints nothing when the exit is 0, and everything otherwise")
    func quiet() throws {
        for (code, wantedOutput, wantedError) in [(Int32(0), "", ""), (3, "a\nb\n", "m\n")] {
            let output = try Channel()
            let error = try Channel()
            let terminal = Terminal(.init(isQuiet: true, output: output.writing, error: error.writing))
            terminal.result("a\n")
            terminal.message("m")
            terminal.result("b\n")
            #expect(terminal.finish(exit: code) == code)
            #expect(output.drain() == wantedOutput)
            #expect(error.drain() == wantedError)
        }
    }

    @Test("a large result is written whole")
    func large() async throws {
        let output = try Channel()
        let text = String(repeating: "0123456789abcdef\n", count: 100_000)
        let reading = Task.detached { output.readAll() }
        let terminal = Terminal(.init(output: output.writing))
        terminal.result(text)
        #expect(terminal.finish(exit: 0) == 0)
        output.closeWriting()
        #expect(await reading.value == text)
    }

    @Test("a reader that went away is no failure; a full disk is")
    func failures() throws {
        let output = try Channel()
        output.closeReading()
        let gone = Terminal(.init(output: output.writing))
        gone.result("nobody reads this\n")
        gone.result("nor this\n")
        #expect(gone.finish(exit: 0) == 0)
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let error = try Channel()
        let terminal = Terminal(.init(output: full, error: error.writing))
        terminal.result("x")
        #expect(terminal.finish(exit: 0) == 1)
        #expect(error.drain().contains("could not be written: No space left on device"))
    }

    @Test("nobody is asked without a terminal")
    func noTerminal() throws {
        let input = try Channel()
        let terminal = Terminal(.init(error: input.writing, input: input.reading))
        #expect(throws: QuestionError.self) { try terminal.ask("Apply?") }
    }

    @Test(
        "only y and yes are yes",
        arguments: [
            ("y\n", true), ("yes\n", true), (" YES \n", true), ("n\n", false), ("\n", false), ("yep\n", false),
            ("\u{4}", false),
        ]
    )
    func question(typed: String, wanted: Bool) throws {
        let pty = try PseudoTerminal()
        let terminal = Terminal(.init(output: pty.program, error: pty.program, input: pty.program))
        pty.type(typed)
        #expect(try terminal.ask("Apply 3 actions?") == wanted)
        #expect(pty.screen().contains("Apply 3 actions? [y/N] "))
    }

    @Test("a question under --quiet first shows what it is about")
    func quietQuestion() throws {
        let pty = try PseudoTerminal()
        let terminal = Terminal(.init(isQuiet: true, output: pty.program, error: pty.program, input: pty.program))
        terminal.result("the plan\n")
        pty.type("n\n")
        #expect(try !terminal.ask("Apply?"))
        let screen = pty.screen()
        let plan = try #require(screen.firstRange(of: "the plan"))
        let question = try #require(screen.firstRange(of: "Apply?"))
        #expect(plan.lowerBound < question.lowerBound)
    }

    @Test("colour follows --color, NO_COLOR and the terminal")
    func color() throws {
        let pty = try PseudoTerminal()
        let pipe = try Channel()
        func isColored(_ choice: ColorChoice, _ descriptor: Int32, _ environment: [String: String] = [:]) -> Bool {
            Terminal(.init(color: choice, environment: environment, output: descriptor)).isOutputColored
        }
        #expect(isColored(.auto, pty.program))
        #expect(!isColored(.auto, pty.program, ["NO_COLOR": "1"]))
        #expect(isColored(.auto, pty.program, ["NO_COLOR": ""]))
        #expect(!isColored(.auto, pty.program, ["TERM": "dumb"]))
        #expect(!isColored(.never, pty.program))
        #expect(!isColored(.auto, pipe.writing))
        #expect(isColored(.always, pipe.writing, ["NO_COLOR": "1"]))
    }

    @Test("progress is one line, taken away before a message and put back after it")
    func progress() throws {
        let pty = try PseudoTerminal()
        let environment = ["COLUMNS": "60"]
        let terminal = Terminal(.init(environment: environment, output: pty.program, error: pty.program))
        terminal.progress("Applying", done: 1, of: 4)
        terminal.message("held: a")
        terminal.progress("Applying", done: 4, of: 4)
        _ = terminal.finish(exit: 0)
        let clear = "\r\u{1B}[K"
        let first = "Applying [#######                       ] 1/4"
        let last = "Applying [##############################] 4/4"
        #expect(pty.screen() == "\(clear)\(first)\(clear)held: a\r\n\(first)\(clear)\(last)\(clear)")
        #expect(terminal.outputWidth == 60)
    }

    @Test("a progress line is never as wide as the terminal")
    func progressWidth() {
        for width in 0...100 {
            for total in [0, 7, 100_000] {
                #expect(
                    progressLine("Reading members", done: total, of: total, width: width).count <= max(0, width - 1)
                )
            }
        }
    }
}

/// A pipe whose ends are closed when it goes.
private final class Channel: Sendable {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    func closeReading() { dup2(open("/dev/null", O_WRONLY), reading) }
    func closeWriting() { dup2(open("/dev/null", O_RDONLY), writing) }

    /// What has been written, without waiting for more.
    func drain() -> String {
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        return readAll()
    }

    /// Everything up to the end.
    func readAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(reading, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
