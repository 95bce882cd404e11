import Model
import Testing

@testable import CLI

@Suite("Arguments")
struct ArgumentsParserTests {
    let registry = CommandRegistry(CommandName.allCases)

    func parse(_ line: String) throws(UsageError) -> Invocation {
        try ArgumentsParser.parse(line.split(separator: " ").map(String.init), registry: registry)
    }

    func arguments(_ line: String) throws -> Arguments {
        guard case .run(let arguments) = try parse(line) else { throw UsageError(message: "not a run: \(line)") }
        return arguments
    }

    @Test("values have the types of the table")
    func values() throws {
        let plan = try arguments(
            "--config a.yaml plan --out p.json --format=markdown --detailed-exitcode --now 2026-12-01T00:00:00Z"
        )
        #expect(plan.command == .plan)
        #expect(plan[.config] == "a.yaml")
        #expect(plan[.out] == "p.json")
        #expect(plan[.format] == .markdown)
        #expect(plan[.detailedExitCode])
        #expect(!plan[.unmanaged])
        #expect(plan[.now] == Timestamp(rfc3339: "2026-12-01T00:00:00Z"))
        #expect(plan[.snapshot] == nil)
        let apply = try arguments(
            "apply --max-parallel 8 --lock-timeout 5m --allow-removals sha256:ab --color never --log-level debug plan.json"
        )
        #expect(apply[.maxParallel] == 8)
        #expect(apply[.lockTimeout] == .seconds(300))
        #expect(apply[.allowRemovals]?.text == "sha256:ab")
        #expect(apply[.color] == .never)
        #expect(apply[.logLevel] == .debug)
        #expect(apply.operands == ["plan.json"])
    }

    @Test("--only takes values up to the next option, and may be repeated")
    func lists() throws {
        #expect(try arguments("plan --only a b --unmanaged --only c --only=d")[.only] == ["a", "b", "c", "d"])
        let apply = try arguments("apply --only a b -- plan.json")
        #expect(apply[.only] == ["a", "b"])
        #expect(apply.operands == ["plan.json"])
        #expect(try arguments("apply --only=a plan.json").operands == ["plan.json"])
        #expect(try arguments("plan").values["only"] == nil)
    }

    @Test("--merge may stand alone")
    func optionalValue() throws {
        #expect(try arguments("aws-config --merge")[.merge] == OptionalText(text: nil))
        #expect(try arguments("aws-config --merge --check")[.merge] == OptionalText(text: nil))
        #expect(try arguments("aws-config --merge file")[.merge] == OptionalText(text: "file"))
        #expect(try arguments("aws-config")[.merge] == nil)
    }

    @Test("-- ends the options")
    func end() throws {
        #expect(try arguments("offboard --no-wait -- --yes -x").operands == ["--yes", "-x"])
        #expect(try arguments("explain -- --help").operands == ["--help"])
        #expect(try arguments("check -").operands == ["-"])
    }

    @Test(
        "help and version",
        arguments: [
            ("--help", Invocation.help(nil)), ("help", .help(nil)), ("-h", .help(nil)),
            ("help plan", .help(.plan)), ("plan --help", .help(.plan)), ("plan --nonsense --help", .help(.plan)),
            ("--help plan", .help(.plan)), ("aws-config -h", .help(.awsConfig)),
            ("--version", .version), ("sync --version", .version),
        ]
    )
    func help(line: String, wanted: Invocation) throws {
        #expect(try parse(line) == wanted)
    }

    @Test(
        "durations",
        arguments: [
            ("0", Duration.seconds(0)), ("45", .seconds(45)), ("30s", .seconds(30)), ("5m", .seconds(300)),
            ("26h", .seconds(93_600)), ("2d", .seconds(172_800)),
        ]
    )
    func durations(text: String, wanted: Duration) {
        #expect(Duration(argument: text) == wanted)
    }

    @Test(
        "texts that are no duration",
        arguments: ["", "s", "-1", "1.5m", "5 m", "5ms", "99999999999999999999", "9223372036854775807d", "٣"]
    )
    func noDurations(text: String) {
        #expect(Duration(argument: text) == nil)
    }

    @Test(
        "a wrong call is refused with what would be right",
        arguments: [
            ("", "no command given", nil),
            ("pln", "unknown command 'pln'", "plan"),
            ("help pln", "unknown command 'pln'", "plan"),
            ("frobnicate", "unknown command 'frobnicate'", nil),
            ("plan --ony a", "unknown option '--ony' for plan", "--only"),
            ("plan --yes", "unknown option '--yes' for plan", nil),
            ("plan -o x", "unknown option '-o' for plan", nil),
            ("--only a plan", "--only stands before the command", nil),
            ("plan --out", "--out needs a value", nil),
            ("plan --out --unmanaged", "written --out=--unmanaged", nil),
            ("plan --out=", "--out needs a value that is not empty", nil),
            ("plan --only", "--only needs a value", nil),
            ("plan --only --unmanaged", "--only needs a value", nil),
            ("plan --only=", "--only needs a value that is not empty", nil),
            ("plan --unmanaged=yes", "--unmanaged takes no value", nil),
            ("plan --format xml", "--format takes text, json, markdown, html, not 'xml'", nil),
            ("check --format jsn", "--format takes text, json, not 'jsn'", "json"),
            ("check --format html", "--format takes text, json, not 'html'", nil),
            ("plan --config a --config b", "--config is given twice", nil),
            ("plan extra", "plan takes no operand 'extra'", nil),
            ("apply a b", "apply takes no operand 'b'", nil),
            ("apply --skip-stale", "--skip-stale is only for calls with PLAN", nil),
            ("offboard", "offboard needs USER", nil),
            ("explain", "explain needs SUBJECT", nil),
            ("sync --max-parallel 0", "--max-parallel takes a number from 1 to 256, not '0'", nil),
            ("sync --max-parallel +5", "not '+5'", nil),
            ("sync --lock-timeout soon", "--lock-timeout takes a duration", nil),
            ("plan --now 2026-12-01", "--now takes a time", nil),
            ("sync --allow-removals abc", "--allow-removals takes a fingerprint", nil),
            ("aws-config --output a --merge b", "--output and --merge exclude each other", nil),
            ("guardrails --set A", "--set is only for calls with --fix", nil),
            ("completions bsh", "SHELL is one of bash, zsh, fish, not 'bsh'", "bash"),
        ]
    )
    func faults(line: String, words: String, suggestion: String?) {
        let error = #expect(throws: UsageError.self) { try parse(line) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.suggestion == suggestion)
    }

    @Test("an empty value is never taken: an unset variable in a script must not widen a run")
    func empty() {
        for tokens in [
            ["plan", "--only", ""], ["plan", "--only", "a", ""], ["offboard", ""], ["sync", "--config", ""],
        ] {
            #expect(throws: UsageError.self) { try ArgumentsParser.parse(tokens, registry: registry) }
        }
    }

    @Test("the message names the command's help, and hostile words are shown, not run")
    func message() {
        let error = #expect(throws: UsageError.self) {
            try ArgumentsParser.parse(["plan", "--\u{1B}[31m\u{202E}"], registry: registry)
        }
        #expect(
            error?.description
                == "idbridge: unknown option '--\\u{1B}[31m\\u{202E}' for plan\nSee: idbridge plan --help"
        )
    }

    @Test("a command that is not built is unknown")
    func unavailable() throws {
        let small = CommandRegistry([.plan, .sync])
        #expect(throws: UsageError.self) { try ArgumentsParser.parse(["apply"], registry: small) }
        #expect(throws: UsageError.self) { try ArgumentsParser.parse(["help", "apply"], registry: small) }
        #expect(!HelpText.program(small).contains("offboard "))
        for shell in Shell.allCases {
            #expect(!Completions.script(for: shell, registry: small).contains("offboard"))
        }
    }
}

@Suite("The table of commands")
struct CommandTableTests {
    @Test("every command of the contract stands in it once, with a summary and an example")
    func complete() {
        #expect(Set(CommandTable.commands.map(\.name)) == Set(CommandName.allCases))
        #expect(CommandTable.commands.count == CommandName.allCases.count)
        for command in CommandTable.commands {
            #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."))
            #expect(!command.examples.isEmpty, "\(command.name)")
        }
    }

    @Test("no option is named twice, and rules name options and operands that are there")
    func consistent() {
        for command in CommandTable.commands {
            let names = Completions.options(of: command).map(\.name)
            #expect(Set(names).count == names.count, "\(command.name)")
            for rule in command.rules {
                switch rule {
                case .exclusive(let options): #expect(Set(options).isSubset(of: names))
                case .needsOption(let option, let other): #expect(names.contains(option) && names.contains(other))
                case .needsOperand(let option, let operand):
                    #expect(names.contains(option))
                    #expect(command.operands.contains { $0.placeholder == operand })
                }
            }
        }
    }

    @Test("every example is a call that the parser takes")
    func examples() throws {
        let registry = CommandRegistry(CommandName.allCases)
        for command in CommandTable.commands {
            for example in command.examples where example.call.hasPrefix("idbridge ") {
                let call = example.call.split(separator: ">")[0].replacing("\"last day\"", with: "last-day")
                let tokens = call.split(separator: " ").dropFirst().map(String.init)
                guard case .run(let arguments) = try ArgumentsParser.parse(tokens, registry: registry) else {
                    Issue.record("no run: \(example.call)")
                    continue
                }
                #expect(arguments.command == command.name)
            }
        }
    }
}
