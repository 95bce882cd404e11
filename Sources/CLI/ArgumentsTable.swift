/// All commands of the contract with their options: the one place that parser, help and completions read.
enum CommandTable {
    /// The commands in the order of their names' declaration.
    static let commands: [CommandDescription] = {
        let all = everyday + people + questions + setup
        return CommandName.allCases.compactMap { name in all.first { $0.name == name } }
    }()

    /// The options that every command takes, before or behind its name.
    static let common: [OptionDescription] = [
        .text(
            .config,
            "FILE",
            "the configuration (default: ./idbridge.yaml, else /etc/idbridge/idbridge.yaml)",
            completion: .file
        ),
        .choice(.logFormat, LogFormat.allCases, "the form of log lines on stderr (default: text)"),
        .choice(.logLevel, LogLevel.allCases, "the least level that is logged (default: notice)"),
        .choice(.color, ColorChoice.allCases, "when output is coloured (default: auto; NO_COLOR is honoured)"),
        .flag(.quiet, "print nothing when the exit is 0"),
        .flag(.version, "print the version"),
        .flag(.help, "print this help"),
    ]

    static let textOrJSON = OptionDescription.choice(.format, [.text, .json], "the form of the result (default: text)")
    static let now = OptionDescription.time(.now, "answer as if it were this time (RFC 3339)")
    static let only = OptionDescription.list(
        .only,
        "GROUP",
        "actions of these groups alone, by mapped or present name; other owned groups are left as they are"
    )
}

// MARK: Plan, apply, sync

extension CommandTable {
    private static let everyday = [check, plan, apply, sync]

    private static let check = CommandDescription(
        name: .check,
        summary: "validates mapping files offline",
        details: [
            "Without PATH, the files are those of the configuration's mappings; without a configuration, the sources "
                + "are called google and entra."
        ],
        operands: [
            OperandDescription(
                placeholder: "PATH",
                summary: "mapping files or folders of them",
                count: .any,
                completion: .file
            )
        ],
        options: [textOrJSON, now],
        examples: [
            ("idbridge check", "the mapping of the configuration"),
            ("idbridge check Mappings", "a folder, without a configuration"),
        ]
    )

    private static let plan = CommandDescription(
        name: .plan,
        summary: "shows what would change, and why",
        options: [
            .text(.out, "FILE", "also write the plan as a document for apply", completion: .file),
            .choice(.format, OutputFormat.allCases, "the form of the result (default: text)"),
            .flag(.detailedExitCode, "exit 2 for changes, 3 for a tripped brake, 4 for something held"),
            only,
            .flag(.unmanaged, "also count the assignments that are not managed"),
            now,
        ],
        examples: [
            ("idbridge plan", "what a sync would do now"),
            ("idbridge plan --out plan.json", "keep the plan for review and apply"),
            ("idbridge plan --format markdown", "a comment for a pull request"),
            ("idbridge plan --only platform-admins data-readers", "two groups alone"),
        ]
    )

    private static let writing: [OptionDescription] = [
        .flag(.yes, "ask nothing"),
        .fingerprint(.allowRemovals, "lift tripped brakes for exactly the plan or the removals of this fingerprint"),
        .flag(.dryRun, "only show the plan: as plan --detailed-exitcode"),
        only,
        .integer(.maxParallel, "N", 1...256, "how many calls run at the same time, at most"),
        .text(.metricsFile, "FILE", "write metrics of the run as Prometheus text", completion: .file),
        .duration(.lockTimeout, "how long to wait for another run (30s, 5m; default: 0)"),
        textOrJSON,
        .time(.now, "act as if it were this time; only where every endpoint is loopback"),
    ]

    private static let apply = CommandDescription(
        name: .apply,
        summary: "applies a reviewed plan, or plans and asks",
        details: [
            "Both sides are read again before the first write. When something that PLAN names has moved, nothing is "
                + "changed, and the exit is 5."
        ],
        operands: [
            OperandDescription(
                placeholder: "PLAN",
                summary: "a document made by plan --out",
                count: .optional,
                completion: .file
            )
        ],
        options: writing + [.flag(.skipStale, "leave out what has moved, and all that rests on it, and do the rest")],
        rules: [.needsOperand(option: "skip-stale", operand: "PLAN")],
        examples: [
            ("idbridge apply", "plan, show, ask, apply"),
            ("idbridge apply --yes plan.json", "exactly the reviewed plan"),
        ]
    )

    private static let sync = CommandDescription(
        name: .sync,
        summary: "plan and apply without questions: the cron job",
        options: writing,
        examples: [
            ("idbridge sync --quiet", "in a crontab: silent while all is well"),
            ("idbridge sync --lock-timeout 5m", "wait for a run that is not done yet"),
        ]
    )
}
