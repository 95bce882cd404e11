internal import Model

/// The name of an option together with the type of its value, so that a command cannot read it as another.
struct OptionKey<Value>: Hashable, Sendable {
    /// The name without the two hyphens.
    let name: String
    /// An option of this name.
    init(_ name: String) { self.name = name }
}

/// A value that may be left out: `--merge`, `--merge FILE`.
struct OptionalText: Hashable, Sendable {
    /// The value; nil where only the option stands.
    var text: String?
}

/// An option of a command.
struct OptionDescription: Sendable {
    /// What follows the name.
    enum Kind: Hashable, Sendable {
        /// Nothing.
        case flag
        /// One text.
        case text
        /// One text, or nothing.
        case optionalText
        /// One text or more, up to the next option.
        case list
        /// One of these words.
        case choice([String])
        /// A whole number within bounds.
        case integer(ClosedRange<Int>)
        /// `30s`, `5m`, `2h`, `1d`, or a bare number of seconds.
        case duration
        /// A time in RFC 3339.
        case time
        /// `sha256:…` as a plan shows it.
        case fingerprint
    }

    /// The name without the two hyphens.
    let name: String
    /// What follows the name.
    let kind: Kind
    /// The placeholder in help: `FILE`; empty for flags.
    let placeholder: String
    /// What a shell offers for the value.
    let completion: ValueCompletion
    /// One line or two, in lower case, without a full stop.
    let summary: String

    private init(
        _ name: String,
        _ kind: Kind,
        _ placeholder: String,
        _ summary: String,
        _ completion: ValueCompletion = .nothing
    ) {
        self.name = name
        self.kind = kind
        self.placeholder = placeholder
        self.summary = summary
        self.completion = completion
    }

    static func flag(_ key: OptionKey<Bool>, _ summary: String) -> Self { Self(key.name, .flag, "", summary) }

    static func text(
        _ key: OptionKey<String>,
        _ placeholder: String,
        _ summary: String,
        completion: ValueCompletion = .nothing
    ) -> Self {
        Self(key.name, .text, placeholder, summary, completion)
    }

    static func optionalText(
        _ key: OptionKey<OptionalText>,
        _ placeholder: String,
        _ summary: String,
        completion: ValueCompletion = .nothing
    ) -> Self {
        Self(key.name, .optionalText, placeholder, summary, completion)
    }

    static func list(_ key: OptionKey<[String]>, _ placeholder: String, _ summary: String) -> Self {
        Self(key.name, .list, placeholder, summary)
    }

    static func choice<Value: RawRepresentable<String>>(
        _ key: OptionKey<Value>,
        _ values: [Value],
        _ summary: String
    ) -> Self {
        let words = values.map(\.rawValue)
        return Self(key.name, .choice(words), words.joined(separator: "|"), summary, .words(words))
    }

    static func integer(
        _ key: OptionKey<Int>,
        _ placeholder: String,
        _ range: ClosedRange<Int>,
        _ summary: String
    ) -> Self {
        Self(key.name, .integer(range), placeholder, summary)
    }

    static func duration(_ key: OptionKey<Duration>, _ summary: String) -> Self {
        Self(key.name, .duration, "DURATION", summary)
    }

    static func time(_ key: OptionKey<Timestamp>, _ summary: String) -> Self {
        Self(key.name, .time, "TIME", summary)
    }

    static func fingerprint(_ key: OptionKey<Fingerprint>, _ summary: String) -> Self {
        Self(key.name, .fingerprint, "FINGERPRINT", summary)
    }

    /// `--only GROUP…`, as in the help.
    var usage: String {
        switch kind {
        case .flag: "--\(name)"
        case .optionalText: "--\(name) [\(placeholder)]"
        case .list: "--\(name) \(placeholder)…"
        default: "--\(name) \(placeholder)"
        }
    }
}

/// A plan's fingerprint as a person copies it from a message.
struct Fingerprint: Hashable, Sendable {
    /// `sha256:…`.
    var text: String
}

/// The forms of a result.
enum OutputFormat: String, Hashable, Sendable, CaseIterable {
    case text, json, markdown, html
}

/// The forms of log lines.
enum LogFormat: String, Hashable, Sendable, CaseIterable {
    case text, json
}

/// The levels of log lines, from the most talkative to the least.
enum LogLevel: String, Hashable, Sendable, CaseIterable {
    case debug, info, notice, warning, error
}

/// When output is coloured.
enum ColorChoice: String, Hashable, Sendable, CaseIterable {
    case auto, always, never
}

/// The shells that completions are written for.
enum Shell: String, Hashable, Sendable, CaseIterable {
    case bash, zsh, fish
}
