/// The commands that this program has: those of the table that are built.
///
/// A command that is not listed is unknown to the parser, the help and the completions alike.
struct CommandRegistry: Sendable {
    /// The commands in the order of the help.
    let commands: [CommandDescription]

    /// The commands that are built.
    static let available = CommandRegistry([
        .demo, .check, .plan, .apply, .sync, .offboard, .reinstate, .departures, .serve, .history, .guardrails,
        .awsConfig,
        .sandbox,
        .completions,
    ])

    /// Those commands of the table that are named; the table gives the order.
    init(_ names: [CommandName]) {
        commands = CommandTable.commands.filter { names.contains($0.name) }
    }

    /// The command of a name, where it is built.
    subscript(name: String) -> CommandDescription? { commands.first { $0.name.rawValue == name } }

    /// The description of a command, where it is built.
    subscript(name: CommandName) -> CommandDescription? { commands.first { $0.name == name } }
}
