extension Completions {
    /// The script for fish.
    static func fish(_ registry: CommandRegistry) -> String {
        var text = """
            # fish completion for idbridge; made by: idbridge completions fish
            complete -c idbridge -f

            """
        for option in CommandTable.common { text += fishOption(option, condition: nil) }
        let names = commandWords(registry).joined(separator: " ")
        let none = "not __fish_seen_subcommand_from \(names)"
        for (name, summary) in registry.commands.map({ ($0.name.rawValue, $0.summary) }) + [
            ("help", "the help of a command")
        ] {
            text += "complete -c idbridge -n \(fishQuoted(none)) -a \(name) -d \(fishQuoted(summary))\n"
        }
        for command in registry.commands { text += fishCommand(command) }
        let commands = registry.commands.map(\.name.rawValue).joined(separator: " ")
        text += "complete -c idbridge -n '__fish_seen_subcommand_from help' -a \(fishQuoted(commands))\n"
        return text
    }

    private static func fishCommand(_ command: CommandDescription) -> String {
        let condition = "__fish_seen_subcommand_from \(command.name.rawValue)"
        var text = command.options.map { fishOption($0, condition: condition) }.joined()
        for operand in command.operands {
            let start = "complete -c idbridge -n \(fishQuoted(condition))"
            switch operand.completion {
            case .nothing: break
            case .file: text += "\(start) -F\n"
            case .folder: text += "\(start) -a '(__fish_complete_directories)'\n"
            case .words(let words): text += "\(start) -a \(fishQuoted(words.joined(separator: " ")))\n"
            }
        }
        return text
    }

    private static func fishOption(_ option: OptionDescription, condition: String?) -> String {
        var text = "complete -c idbridge"
        if let condition { text += " -n \(fishQuoted(condition))" }
        text += " -l \(option.name)"
        if option.kind != .flag, option.kind != .optionalText {
            switch option.completion {
            case .nothing: text += " -x"
            case .file: text += " -r -F"
            case .folder: text += " -x -a '(__fish_complete_directories)'"
            case .words(let words): text += " -x -a \(fishQuoted(words.joined(separator: " ")))"
            }
        }
        return text + " -d \(fishQuoted(option.summary))\n"
    }

    private static func fishQuoted(_ text: String) -> String {
        var result = "'"
        for character in text {
            if character == "'" || character == "\\" { result += "\\" }
            result.append(character)
        }
        return result + "'"
    }
}
