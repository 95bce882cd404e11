extension Completions {
    /// The script for zsh: to be sourced after `compinit`, or put as `_idbridge` into a folder of `fpath`.
    static func zsh(_ registry: CommandRegistry) -> String {
        """
        #compdef idbridge
        # zsh completion for idbridge; made by: idbridge completions zsh
        _idbridge() {
            local curcontext="$curcontext" state line
            typeset -A opt_args
            local -a commands common
            commands=(
        \(zshCommands(registry))    )
            common=(
        \(CommandTable.common.map { "        \(zshOption($0))\n" }.joined())    )
            _arguments -C $common '1:command:->command' '*::operand:->operand'
            case $state in
                command) _describe -t commands command commands ;;
                operand)
                    case $words[1] in
        \(registry.commands.map(zshCommand).joined())                help) _describe -t commands command commands ;;
                    esac
                    ;;
            esac
        }
        if [[ $funcstack[1] == _idbridge ]]; then
            _idbridge "$@"
        else
            compdef _idbridge idbridge
        fi

        """
    }

    private static func zshCommands(_ registry: CommandRegistry) -> String {
        let rows = registry.commands.map { ($0.name.rawValue, $0.summary) } + [("help", "the help of a command")]
        return rows.map { "        \(singleQuoted("\($0.0):\(zshEscaped($0.1))"))\n" }.joined()
    }

    private static func zshCommand(_ command: CommandDescription) -> String {
        let indent = String(repeating: " ", count: 24)
        let parts = command.options.map(zshOption) + command.operands.map(zshOperand) + ["$common"]
        return "                \(command.name.rawValue)) _arguments \\\n"
            + parts.map { indent + $0 }.joined(separator: " \\\n") + " ;;\n"
    }

    private static func zshOption(_ option: OptionDescription) -> String {
        let repeats = option.kind == .list ? "*" : ""
        let head = "\(repeats)--\(option.name)"
        let summary = "[\(zshEscaped(option.summary))]"
        guard option.kind != .flag else { return singleQuoted(head + summary) }
        let colon = option.kind == .optionalText ? "::" : ":"
        let equals = option.kind == .list ? "" : "="
        return singleQuoted(
            "\(head)\(equals)\(summary)\(colon)\(zshEscaped(option.placeholder)):\(zshAction(option.completion))"
        )
    }

    private static func zshOperand(_ operand: OperandDescription) -> String {
        let place =
            switch operand.count {
            case .one: "1:"
            case .optional: "1::"
            case .any, .atLeastOne: "*:"
            }
        return singleQuoted("\(place)\(zshEscaped(operand.placeholder)):\(zshAction(operand.completion))")
    }

    private static func zshAction(_ completion: ValueCompletion) -> String {
        switch completion {
        case .nothing: ""
        case .file: "_files"
        case .folder: "_files -/"
        case .words(let words): "(\(words.joined(separator: " ")))"
        }
    }

    private static func zshEscaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "[]:\\".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }
}
