extension CommandTable {
    /// The commands about people who leave.
    static let people = [offboard, reinstate, departures, serve]

    private static let user = OperandDescription(
        placeholder: "USER",
        summary: "a primary address, user name, alias, or an immutable id",
        count: .atLeastOne,
        completion: .nothing
    )

    private static let allowPeople = OptionDescription.fingerprint(
        .allowRemovals,
        "lift the limit departures.people for exactly the people of this fingerprint"
    )

    private static let offboard = CommandDescription(
        name: .offboard,
        summary: "removes every access of a person now, and keeps it removed",
        details: [
            "Group memberships, direct account assignments and direct application assignments are withdrawn, whoever "
                + "made them, and nothing is given back until reinstate."
        ],
        operands: [user],
        options: [
            .flag(.dryRun, "show what would be withdrawn, and record nothing"),
            .text(.reason, "TEXT", "why; kept in the ledger"),
            .flag(.deleteUser, "delete the user in Identity Center, after all else"),
            .flag(.evenProtected, "also somebody whom the configuration protects"),
            .flag(.denyPolicy, "print a policy that denies this user's running sessions everything"),
            .flag(.noWait, "do not wait until it is proven that nothing came back"),
            allowPeople,
            textOrJSON,
        ],
        examples: [
            ("idbridge offboard ana@example.com --reason \"last day\"", "one person, at once"),
            ("idbridge offboard --dry-run ana@example.com", "what she has"),
        ]
    )

    private static let reinstate = CommandDescription(
        name: .reinstate,
        summary: "takes a departure back",
        details: ["What hung outside the mapping is listed, not restored."],
        operands: [user],
        options: [textOrJSON],
        examples: [("idbridge reinstate ana@example.com", "the next sync gives back what the mapping says")]
    )

    private static let departures = CommandDescription(
        name: .departures,
        summary: "finds people who left at the sources and offboards them: the frequent cron job",
        options: [allowPeople, textOrJSON],
        examples: [("idbridge departures --quiet", "in a crontab, every few minutes")]
    )

    private static let serve = CommandDescription(
        name: .serve,
        summary: "listens for departures: the HR webhook",
        details: ["Address and keys are those of serve in the configuration; TLS is the proxy's."],
        examples: [("idbridge serve", "until SIGTERM")]
    )
}
