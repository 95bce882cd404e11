import Foundation
import TestSupport
import Testing

@testable import CLI

@Suite("Completions")
struct CompletionsTests {
    let registry = CommandRegistry(CommandName.allCases)

    @Test("bash reads its script")
    func bashSyntax() async throws {
        #expect(try await run("bash", ["-n"], input: Completions.bash(registry)).isEmpty)
    }

    @Test("zsh reads its script", .enabled(if: path(of: "zsh") != nil))
    func zshSyntax() async throws {
        #expect(try await run("zsh", ["-n"], input: Completions.zsh(registry)).isEmpty)
    }

    @Test("fish reads its script", .enabled(if: path(of: "fish") != nil))
    func fishSyntax() async throws {
        #expect(try await run("fish", ["-n"], input: Completions.fish(registry)).isEmpty)
    }

    @Test(
        "bash offers what can stand there",
        arguments: [
            (["idbridge", "pl"], ["plan"]),
            (["idbridge", "--quiet", "of"], ["offboard"]),
            (["idbridge", "plan", "--fo"], ["--format"]),
            (["idbridge", "plan", "--format", "m"], ["markdown"]),
            (["idbridge", "plan", "--format", "=", "h"], ["html"]),
            (["idbridge", "plan", "--format", "="], ["text", "json", "markdown", "html"]),
            (["idbridge", "check", "--format", ""], ["text", "json"]),
            (["idbridge", "completions", "f"], ["fish"]),
            (["idbridge", "help", "sn"], ["snapshot"]),
            (["idbridge", "aws-config", "--merge", "--ch"], ["--check"]),
            (["idbridge", "plan", "--now", ""], []),
            (["idbridge", "--color", "n"], ["never"]),
        ]
    )
    func bashWords(words: [String], wanted: [String]) async throws {
        let call = """

            COMP_WORDS=(\(words.map(Completions.singleQuoted).joined(separator: " ")))
            COMP_CWORD=\(words.count - 1)
            _idbridge
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let output = try await run("bash", [], input: Completions.bash(registry) + call)
        #expect(output.split(separator: "\n").map(String.init) == wanted)
    }

    @Test(
        "fish offers what can stand there",
        .enabled(if: path(of: "fish") != nil),
        arguments: [
            ("idbridge pla", ["plan"]), ("idbridge plan --format m", ["markdown"]),
            ("idbridge help snap", ["snapshot"]), ("idbridge completions z", ["zsh"]),
        ]
    )
    func fishWords(line: String, wanted: [String]) async throws {
        let call = "\ncomplete -C \(Completions.singleQuoted(line))\n"
        let output = try await run("fish", ["--no-config"], input: Completions.fish(registry) + call)
        #expect(output.split(separator: "\n").map { String($0.split(separator: "\t")[0]) } == wanted)
    }

    /// Runs a program with a script on its input; gives back what it prints on both streams.
    private func run(_ program: String, _ arguments: [String], input: String) async throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("idbridge-\(UUID().uuidString)")
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = file.appendingPathExtension("out")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try SpawnedProcess(
            [try #require(path(of: program))] + arguments + [file.path],
            environment: ProcessInfo.processInfo.environment,
            output: output.path,
            errors: nil
        )
        _ = await process.end()
        return try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Where a program is installed; nil where it is not.
private func path(of program: String) -> String? {
    ["/bin", "/usr/bin", "/usr/local/bin"].map { "\($0)/\(program)" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}
