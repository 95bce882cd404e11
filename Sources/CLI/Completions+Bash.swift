extension Completions {
    /// The script for bash, 3.2 and later.
    ///
    /// Bash breaks words at `=`, so `--name=va` comes as three words.
    static func bash(_ registry: CommandRegistry) -> String {
        """
        # bash completion for idbridge; made by: idbridge completions bash
        _idbridge() {
            local current previous command word index words
            COMPREPLY=()
            current=${COMP_WORDS[COMP_CWORD]}
            previous=${COMP_WORDS[COMP_CWORD-1]}
            if [[ $current == '=' ]]; then
                current=
            elif [[ $previous == '=' && COMP_CWORD -gt 1 ]]; then
                previous=${COMP_WORDS[COMP_CWORD-2]}
            fi
            command=
            for ((index = 1; index < COMP_CWORD; index++)); do
                word=${COMP_WORDS[index]}
                case $word in
                    \(commandWords(registry).joined(separator: "|"))) command=$word; break ;;
                esac
            done
            case $command:$previous in
        \(bashValues(registry))    esac
            case $command in
        \(bashWords(registry))        *) words='\(bashTop(registry))' ;;
            esac
            COMPREPLY=($(compgen -W "$words" -- "$current"))
            if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then
                case $command in
        \(bashOperands(registry))        esac
            fi
        }
        complete -F _idbridge idbridge

        """
    }

    private static func bashTop(_ registry: CommandRegistry) -> String {
        (commandWords(registry) + CommandTable.common.map { "--\($0.name)" }).joined(separator: " ")
    }

    private static func bashValues(_ registry: CommandRegistry) -> String {
        var cases = CommandTable.common.map { bashValue($0, command: "*") }
        for command in registry.commands {
            cases += command.options.map { bashValue($0, command: command.name.rawValue) }
        }
        return cases.joined()
    }

    private static func bashValue(_ option: OptionDescription, command: String) -> String {
        guard option.kind != .flag else { return "" }
        let action =
            switch option.completion {
            case .nothing: "return"
            case .file: "compopt -o default 2>/dev/null; return"
            case .folder: "COMPREPLY=($(compgen -d -- \"$current\")); return"
            case .words(let words):
                "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$current\")); return"
            }
        // An option whose value may be left out still lets other options follow.
        let guarded = option.kind == .optionalText ? "[[ $current == -* ]] || { \(action); }" : action
        return "        \(command):--\(option.name)) \(guarded) ;;\n"
    }

    private static func bashWords(_ registry: CommandRegistry) -> String {
        let help = "        help) words='\(registry.commands.map(\.name.rawValue).joined(separator: " "))' ;;\n"
        return registry.commands.map { command in
            var words = options(of: command).map { "--\($0.name)" }
            for case .words(let operands) in command.operands.map(\.completion) { words += operands }
            return "        \(command.name.rawValue)) words='\(words.joined(separator: " "))' ;;\n"
        }.joined() + help
    }

    private static func bashOperands(_ registry: CommandRegistry) -> String {
        let names = registry.commands.filter { command in command.operands.contains { $0.completion == .file } }
            .map(\.name.rawValue)
        guard !names.isEmpty else { return "" }
        return "            \(names.joined(separator: "|"))) compopt -o default 2>/dev/null ;;\n"
    }
}
