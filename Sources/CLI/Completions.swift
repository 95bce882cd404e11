/// Completions for shells, made from the table of commands.
enum Completions {
    /// The script for a shell; the shell reads it with `source`.
    static func script(for shell: Shell, registry: CommandRegistry) -> String {
        switch shell {
        case .bash: bash(registry)
        case .zsh: zsh(registry)
        case .fish: fish(registry)
        }
    }

    /// The words that can stand in place of a command.
    static func commandWords(_ registry: CommandRegistry) -> [String] {
        registry.commands.map(\.name.rawValue) + ["help"]
    }

    /// All options of a command, the common ones last.
    static func options(of command: CommandDescription) -> [OptionDescription] { command.options + CommandTable.common }

    /// A text in single quotes, as POSIX shells read it.
    static func singleQuoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
