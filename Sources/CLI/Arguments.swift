internal import Model

/// What a person asked for on the command line.
enum Invocation: Hashable, Sendable {
    /// The help of the program, or of one command.
    case help(CommandName?)
    /// The version.
    case version
    /// A command to run.
    case run(Arguments)
}

/// The command, options and operands of one call, with the types that the table gives them.
struct Arguments: Hashable, Sendable {
    /// The command.
    var command: CommandName
    /// The operands, in order.
    var operands: [String] = []
    /// All arguments as they were given, for messages that repeat the call.
    var original: [String] = []
    /// The values by the options' names.
    var values: [String: OptionValue] = [:]

    /// A call of a command without options and operands.
    init(_ command: CommandName) { self.command = command }

    /// Whether a flag was given.
    subscript(key: OptionKey<Bool>) -> Bool { values[key.name] != nil }

    /// The text given; nil without the option.
    subscript(key: OptionKey<String>) -> String? {
        if case .text(let text) = values[key.name] { text } else { nil }
    }

    /// The text given, which may be left out; nil without the option.
    subscript(key: OptionKey<OptionalText>) -> OptionalText? {
        if case .optionalText(let text) = values[key.name] { OptionalText(text: text) } else { nil }
    }

    /// All texts given, in order; empty without the option, never empty with it.
    subscript(key: OptionKey<[String]>) -> [String] {
        if case .texts(let texts) = values[key.name] { texts } else { [] }
    }

    /// The number given; nil without the option.
    subscript(key: OptionKey<Int>) -> Int? {
        if case .integer(let number) = values[key.name] { number } else { nil }
    }

    /// The duration given; nil without the option.
    subscript(key: OptionKey<Duration>) -> Duration? {
        if case .duration(let duration) = values[key.name] { duration } else { nil }
    }

    /// The time given; nil without the option.
    subscript(key: OptionKey<Timestamp>) -> Timestamp? {
        if case .time(let time) = values[key.name] { time } else { nil }
    }

    /// The fingerprint given; nil without the option.
    subscript(key: OptionKey<Fingerprint>) -> Fingerprint? {
        if case .text(let text) = values[key.name] { Fingerprint(text: text) } else { nil }
    }

    /// The word chosen; nil without the option.
    subscript<Value: RawRepresentable<String>>(key: OptionKey<Value>) -> Value? {
        if case .text(let text) = values[key.name] { Value(rawValue: text) } else { nil }
    }
}

/// The value of an option, checked.
enum OptionValue: Hashable, Sendable {
    case flag
    case text(String)
    case optionalText(String?)
    case texts([String])
    case integer(Int)
    case duration(Duration)
    case time(Timestamp)
}

/// A call that the table does not allow (exit 64).
struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; one line, no full stop.
    var message: String
    /// The name that was perhaps meant.
    var suggestion: String?
    /// The command whose help tells more; nil for the program's.
    var command: CommandName?

    /// The message, the suggestion, and where to read more.
    var description: String {
        var text = "idbridge: \(message)"
        if let suggestion { text += "; did you mean \(suggestion)?" }
        return text + "\nSee: idbridge \(command.map { "\($0.rawValue) " } ?? "")--help"
    }
}
