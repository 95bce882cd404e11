/// `idbridge completions`: a script that completes commands and options.
struct CompletionsCommand {
    let context: CommandContext

    func run() -> Int32 {
        guard let shell = context.arguments.operands.first.flatMap(Shell.init(rawValue:)) else { return 64 }
        context.terminal.result(Completions.script(for: shell, registry: .available))
        return 0
    }
}
