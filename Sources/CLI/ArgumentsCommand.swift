/// The commands of the contract.
enum CommandName: String, Hashable, Sendable, CaseIterable {
    case demo
    case initialize = "init"
    case importing = "import"
    case doctor, check, plan, apply, sync, offboard, reinstate, departures, serve, explain, history, status, snapshot
    case sandbox, guardrails
    case awsConfig = "aws-config"
    case completions
}

/// How a command is called, for the parser, the help and the completions alike.
struct CommandDescription: Sendable {
    /// The command.
    var name: CommandName
    /// One line, in lower case, without a full stop.
    var summary: String
    /// What else a person should know; paragraphs.
    var details: [String] = []
    /// The operands, in order.
    var operands: [OperandDescription] = []
    /// The options besides the common ones, in the order of the help.
    var options: [OptionDescription] = []
    /// Rules between options.
    var rules: [OptionRule] = []
    /// Calls with a word on what each does.
    var examples: [(call: String, meaning: String)] = []
}

/// An operand of a command.
struct OperandDescription: Sendable {
    /// How many values it takes.
    enum Count: Sendable {
        case one, optional, any, atLeastOne
    }

    /// The placeholder: `USER`.
    var placeholder: String
    /// One line.
    var summary: String
    /// How many values it takes.
    var count: Count
    /// What may be filled in.
    var completion: ValueCompletion

    /// `USER…`, `[PLAN]`, as in the usage line.
    var usage: String {
        switch count {
        case .one: placeholder
        case .optional: "[\(placeholder)]"
        case .any: "[\(placeholder)…]"
        case .atLeastOne: "\(placeholder)…"
        }
    }
}

/// What a shell offers for a value.
enum ValueCompletion: Hashable, Sendable {
    case nothing, file, folder
    case words([String])
}

/// A rule between the options of one command.
enum OptionRule: Sendable {
    /// At most one of these may be given.
    case exclusive([String])
    /// The option is only for calls with this operand.
    case needsOperand(option: String, operand: String)
    /// The option is only for calls with the other.
    case needsOption(option: String, other: String)
}
