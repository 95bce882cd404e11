extension CommandTable {
    /// The commands for the first day, and for trying things out.
    static let setup = [demo, initialize, importing, doctor, snapshot, sandbox, completions]

    private static let demo = CommandDescription(
        name: .demo,
        summary: "the whole job against loopback clouds, no credentials needed",
        examples: [("idbridge demo", "plan, apply, a leaver, and the plan after it")]
    )

    private static let initialize = CommandDescription(
        name: .initialize,
        summary: "writes a starter configuration and mapping",
        details: ["Files that exist are never overwritten."],
        examples: [("idbridge init", "./idbridge.yaml and ./Mappings")]
    )

    private static let importing = CommandDescription(
        name: .importing,
        summary: "writes mapping files from what Identity Center holds today",
        details: ["Files that exist are never overwritten."],
        options: [
            .text(.out, "FOLDER", "where the files go (default: the configuration's mappings)", completion: .folder)
        ],
        examples: [("idbridge import --out Imported", "a folder to look at first")]
    )

    private static let doctor = CommandDescription(
        name: .doctor,
        summary: "checks credentials, scopes, permissions, clock, endpoints; says how to mend each",
        options: [
            .flag(.policy, "print the IAM policy that idbridge needs"),
            textOrJSON,
        ],
        examples: [("idbridge doctor", "before the first run, and when something is refused")]
    )

    private static let snapshot = CommandDescription(
        name: .snapshot,
        summary: "saves sources and target, so that plan --snapshot FILE runs without credentials",
        details: ["The file holds personal data; it is created with mode 0600."],
        operands: [
            OperandDescription(placeholder: "FILE", summary: "the file to write", count: .one, completion: .file)
        ],
        options: [.flag(.pseudonymise, "replace people's names and addresses")],
        examples: [("idbridge snapshot today.json", "for a plan elsewhere")]
    )

    private static let sandbox = CommandDescription(
        name: .sandbox,
        summary: "runs the loopback clouds for trying things out",
        options: [
            .integer(.port, "PORT", 0...65535, "the port (default: a free one)"),
            .text(
                .readyFile,
                "FILE",
                "write where the clouds are, as JSON, once they answer",
                completion: .file
            ),
            .integer(.people, "N", 1...200_000, "a generated company of so many people instead of the small one"),
        ],
        examples: [("idbridge sandbox", "until SIGINT")]
    )

    private static let completions = CommandDescription(
        name: .completions,
        summary: "prints completions for a shell",
        operands: [
            OperandDescription(
                placeholder: "SHELL",
                summary: "bash, zsh or fish",
                count: .one,
                completion: .words(Shell.allCases.map(\.rawValue))
            )
        ],
        examples: [
            ("source <(idbridge completions bash)", "in ~/.bashrc"),
            ("idbridge completions fish > ~/.config/fish/completions/idbridge.fish", "once, for fish"),
        ]
    )
}
