extension CommandTable {
    /// The commands that answer questions.
    static let questions = [explain, history, status, guardrails, awsConfig]

    private static let explain = CommandDescription(
        name: .explain,
        summary: "why has this user (group, account) this access: every path, with file:line",
        operands: [
            OperandDescription(
                placeholder: "SUBJECT",
                summary: "a user, a group, or an account by id or name",
                count: .one,
                completion: .nothing
            )
        ],
        options: [textOrJSON, now],
        examples: [
            ("idbridge explain ana@example.com", "everything that she can reach"),
            ("idbridge explain 111122223333", "everybody who can reach the account"),
        ]
    )

    private static let history = CommandDescription(
        name: .history,
        summary: "past runs and actions from the ledger",
        operands: [
            OperandDescription(
                placeholder: "RUN|USER|GROUP",
                summary: "a run's number, or whom or what the actions concern",
                count: .optional,
                completion: .nothing
            )
        ],
        options: [textOrJSON],
        examples: [
            ("idbridge history", "the latest runs"),
            ("idbridge history ana@example.com", "what was given to her and taken"),
        ]
    )

    private static let status = CommandDescription(
        name: .status,
        summary: "how fresh the last good run is, what is held, which credentials expire soon",
        options: [
            .duration(.maxAge, "exit 4 when the last good run is older (26h, 1d)"),
            textOrJSON,
        ],
        examples: [("idbridge status --max-age 2h", "for monitoring")]
    )

    private static let guardrails = CommandDescription(
        name: .guardrails,
        summary: "which permission sets could make IAM users again; mends them",
        details: ["Service control policies are not looked at."],
        options: [
            .flag(.fix, "show the deny statement that each set lacks, ask, and put it"),
            .list(.set, "NAME", "with --fix: these permission sets alone"),
            .flag(.yes, "with --fix: ask nothing"),
            .choice(.format, [.text, .json, .markdown], "the form of the result (default: text)"),
        ],
        rules: [
            .needsOption(option: "set", other: "fix"),
            .needsOption(option: "yes", other: "fix"),
        ],
        examples: [
            ("idbridge guardrails", "a verdict for each permission set"),
            ("idbridge guardrails --fix --set Developer", "mend one"),
        ]
    )

    private static let awsConfig = CommandDescription(
        name: .awsConfig,
        summary: "one AWS CLI configuration for everybody, from the mapping",
        details: ["Without --output and --merge, the file is printed."],
        options: [
            .flag(.all, "every assignment that Identity Center holds, not only the mapping's"),
            .list(.reach, "NAME", "only what these users and groups reach"),
            .text(.output, "FILE", "write this file", completion: .file),
            .optionalText(
                .merge,
                "FILE",
                "renew the marked block of this file (default: $AWS_CONFIG_FILE, else ~/.aws/config)",
                completion: .file
            ),
            .flag(.check, "change nothing; exit 2 when the file would change"),
            now,
        ],
        rules: [.exclusive(["output", "merge"])],
        examples: [
            ("idbridge aws-config --output aws-config", "for a repository or an internal page"),
            ("idbridge aws-config --merge", "one's own configuration"),
            ("idbridge aws-config --for ana@example.com", "what one colleague needs"),
        ]
    )
}
