internal import Diagnostics

/// Reads the arguments of the program by the table of commands.
///
/// `--name value` and `--name=value` are the same; `--` ends the options; nothing is bundled. A value that begins with
/// a hyphen is only taken behind `=`, so that a forgotten value never swallows an option.
struct ArgumentsParser {
    private let registry: CommandRegistry
    private let tokens: [String]
    private var at = 0
    private var description: CommandDescription?
    private var operands: [String] = []
    private var values: [String: OptionValue] = [:]

    private init(_ tokens: [String], registry: CommandRegistry) {
        self.tokens = tokens
        self.registry = registry
    }

    /// Reads the arguments without the program's name.
    static func parse(_ arguments: [String], registry: CommandRegistry) throws(UsageError) -> Invocation {
        var parser = ArgumentsParser(arguments, registry: registry)
        do throws(UsageError) {
            return try parser.invocation()
        } catch {
            var error = error
            error.command = error.command ?? parser.description?.name
            throw error
        }
    }

    private mutating func invocation() throws(UsageError) -> Invocation {
        if tokens.first == "help" { return try help() }
        if asksForHelp { return .help(tokens.compactMap { registry[$0]?.name }.first) }
        var optionsEnded = false
        while at < tokens.count {
            let token = tokens[at]
            at += 1
            if !optionsEnded, token == "--" {
                optionsEnded = true
            } else if !optionsEnded, token.hasPrefix("-"), token != "-" {
                try option(token)
            } else {
                try operand(token)
            }
        }
        if values["version"] != nil { return .version }
        return .run(try finished())
    }

    private var asksForHelp: Bool {
        tokens.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    }

    private mutating func help() throws(UsageError) -> Invocation {
        let words = tokens.dropFirst().filter { $0 != "--help" && $0 != "-h" }
        guard let word = words.first else { return .help(nil) }
        guard words.count == 1 else { throw UsageError(message: "help takes one command") }
        guard let command = registry[word] else { throw unknownCommand(word) }
        return .help(command.name)
    }

    // MARK: Operands

    private mutating func operand(_ token: String) throws(UsageError) {
        guard let description else {
            guard let found = registry[token] else { throw unknownCommand(token) }
            return self.description = found
        }
        guard !token.isEmpty else { throw UsageError(message: "an operand is empty") }
        let takesMore = description.operands.contains { $0.count == .any || $0.count == .atLeastOne }
        guard takesMore || operands.count < description.operands.count else {
            throw UsageError(message: "\(description.name.rawValue) takes no operand \(quoted(token))")
        }
        operands.append(token)
    }

    private func unknownCommand(_ word: String) -> UsageError {
        let suggestion = Diagnostics.suggestion(for: word, among: registry.commands.map(\.name.rawValue))
        return UsageError(message: "unknown command \(quoted(word))", suggestion: suggestion)
    }

    // MARK: Options

    private mutating func option(_ token: String) throws(UsageError) {
        let parts = token.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let inline = parts.count > 1 ? String(parts[1]) : nil
        guard let option = known.first(where: { "--\($0.name)" == name }) else { throw unknownOption(name) }
        if option.kind == .flag {
            guard inline == nil else { throw option.fault("takes no value") }
            return values[option.name] = .flag
        }
        if option.kind == .list { return try list(option, inline: inline) }
        guard values[option.name] == nil else { throw option.fault("is given twice") }
        if let inline {
            values[option.name] = try option.value(of: inline)
        } else if let next = nextValue {
            at += 1
            values[option.name] = try option.value(of: next)
        } else if option.kind == .optionalText {
            values[option.name] = .optionalText(nil)
        } else {
            throw missingValue(option)
        }
    }

    private mutating func list(_ option: OptionDescription, inline: String?) throws(UsageError) {
        var texts: [String] = []
        if case .texts(let before) = values[option.name] { texts = before }
        var found = inline.map { [$0] } ?? []
        while inline == nil, let next = nextValue {
            found.append(next)
            at += 1
        }
        guard !found.isEmpty else { throw missingValue(option) }
        for text in found { _ = try option.value(of: text) }
        values[option.name] = .texts(texts + found)
    }

    private var nextValue: String? {
        guard at < tokens.count, tokens[at] == "-" || !tokens[at].hasPrefix("-") else { return nil }
        return tokens[at]
    }

    private var known: [OptionDescription] { (description?.options ?? []) + CommandTable.common }

    private func missingValue(_ option: OptionDescription) -> UsageError {
        let next = at < tokens.count ? tokens[at] : "--"
        let advice = next == "--" ? "" : "; a value that begins with a hyphen is written --\(option.name)=\(next)"
        return option.fault("needs a value" + advice)
    }

    private func unknownOption(_ name: String) -> UsageError {
        let elsewhere = registry.commands.contains { $0.options.contains { "--\($0.name)" == name } }
        if description == nil, elsewhere {
            return UsageError(message: "\(name) stands before the command; options of a command follow its name")
        }
        let where_ = description.map { " for \($0.name.rawValue)" } ?? ""
        let suggestion = Diagnostics.suggestion(for: name, among: known.map { "--\($0.name)" })
        return UsageError(message: "unknown option \(quoted(name))\(where_)", suggestion: suggestion)
    }

    // MARK: The whole

    private func finished() throws(UsageError) -> Arguments {
        guard let description else { throw UsageError(message: "no command given") }
        try checkOperands(description)
        for rule in description.rules { try check(rule) }
        var arguments = Arguments(description.name)
        arguments.operands = operands
        arguments.original = tokens
        arguments.values = values
        return arguments
    }

    private func checkOperands(_ description: CommandDescription) throws(UsageError) {
        let required = description.operands.filter { $0.count == .one || $0.count == .atLeastOne }
        guard operands.count >= required.count else {
            throw UsageError(message: "\(description.name.rawValue) needs \(required[operands.count].placeholder)")
        }
        for (operand, text) in zip(description.operands, operands) {
            guard case .words(let words) = operand.completion, !words.contains(text) else { continue }
            throw UsageError(
                message: "\(operand.placeholder) is one of \(words.joined(separator: ", ")), not \(quoted(text))",
                suggestion: Diagnostics.suggestion(for: text, among: words)
            )
        }
    }

    private func check(_ rule: OptionRule) throws(UsageError) {
        switch rule {
        case .exclusive(let names):
            let given = names.filter { values[$0] != nil }
            guard given.count < 2 else {
                throw UsageError(message: given.map { "--\($0)" }.joined(separator: " and ") + " exclude each other")
            }
        case .needsOperand(let option, let operand):
            guard values[option] == nil || !operands.isEmpty else {
                throw UsageError(message: "--\(option) is only for calls with \(operand)")
            }
        case .needsOption(let option, let other):
            guard values[option] == nil || values[other] != nil else {
                throw UsageError(message: "--\(option) is only for calls with --\(other)")
            }
        }
    }
}
