import Foundation
import Sandbox
import Testing

@Suite("apply at a terminal", .serialized)
struct TerminalQuestionTests {
    private func apply(_ place: Workplace, _ pty: PseudoTerminal, _ options: String...) async throws -> Ended {
        try await BuiltProgram.run(
            ["apply", "--config", place.path("idbridge.yaml")] + options,
            environment: place.variables,
            terminal: pty.program
        )
    }

    @Test("shows the plan and asks; y or yes applies it", arguments: ["y\n", "yes\n", " YES \n"])
    func yes(answer: String) async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let pty = try PseudoTerminal()
        pty.type(answer)
        let ended = try await apply(place, pty)
        #expect(ended.exit == 0, "\(pty.screen())")
        #expect(pty.screen().contains("Apply this plan? [y/N]") || ended.exit == 0)
        #expect(ended.output.contains("newcomers"), "\(ended.output)")
        #expect(place.world.snapshot().outcome == SmallCompany.outcome)
        // Nothing is left to ask about.
        let again = try await apply(place, pty)
        #expect(again.exit == 0)
        #expect(!pty.screen().contains("[y/N]"))
    }

    @Test(
        "anything else, and the end of the input, is no: 1, and nothing is changed",
        arguments: ["n\n", "\n", "maybe\n", "yy\n", "\u{04}"]
    )
    func no(answer: String) async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let pty = try PseudoTerminal()
        pty.type(answer)
        let ended = try await apply(place, pty)
        let screen = pty.screen()
        #expect(ended.exit == 1, "\(screen)")
        #expect(screen.contains("Apply this plan? [y/N]"), "\(screen)")
        #expect(screen.contains("Nothing was changed."), "\(screen)")
        #expect(place.world.writes.isEmpty)
    }

    @Test("a signal while the question stands ends it: 130 and 143, and nothing is changed")
    func signals() async throws {
        for (signal, code) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
            let place = try await Workplace.start()
            defer { place.stop() }
            let pty = try PseudoTerminal()
            let process = ProcessID()
            let watch = Task {
                var screen = ""
                while !screen.contains("[y/N]") {
                    screen += pty.screen()
                    await Task.yield()
                    try Task.checkCancellation()
                }
                await process.send(signal)
            }
            let ended = try await BuiltProgram.run(
                ["apply", "--config", place.path("idbridge.yaml")],
                environment: place.variables,
                terminal: pty.program,
                started: { process.set($0) }
            )
            watch.cancel()
            #expect(ended.exit == code, "\(pty.screen())")
            #expect(place.world.writes.isEmpty)
        }
    }

    @Test("the world that moves while the question stands makes the answer stale: 5, and nothing is changed")
    func moved() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let pty = try PseudoTerminal()
        let watch = Task {
            var screen = ""
            while !screen.contains("[y/N]") {
                screen += pty.screen()
                await Task.yield()
                try Task.checkCancellation()
            }
            place.world.update { world in
                _ = world.changeGoogleGroup("newcomers@example.com") { $0.members.removeFirst() }
            }
            pty.type("y\n")
        }
        let ended = try await apply(place, pty)
        watch.cancel()
        let screen = pty.screen()
        #expect(ended.exit == 5, "\(screen)")
        #expect(screen.contains("eve@example.com"), "\(screen)")
        #expect(place.world.writes.isEmpty)
    }
}
