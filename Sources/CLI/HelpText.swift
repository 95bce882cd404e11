/// The help screens, made from the table of commands; lines of at most 80 columns.
enum HelpText {
    /// The help of the program: its commands and what every command takes.
    static func program(_ registry: CommandRegistry) -> String {
        var text = """
            idbridge keeps AWS IAM Identity Center in step with the company's directory.

            Usage: idbridge COMMAND [options]


            """
        text += section("Commands", registry.commands.map { ($0.name.rawValue, $0.summary) })
        text += section("Options of every command", CommandTable.common.map { ($0.usage, $0.summary) })
        text += exits
        text += "Help of a command: idbridge help COMMAND\n"
        return text
    }

    /// The help of one command.
    static func command(_ command: CommandDescription) -> String {
        var text = wrapped("idbridge \(command.name.rawValue): \(command.summary)", indent: 0) + "\n"
        for paragraph in command.details { text += wrapped(paragraph, indent: 0) + "\n" }
        text += usage(command) + "\n\n"
        text += section("Operands", command.operands.map { ($0.placeholder, $0.summary) })
        text += section("Options", command.options.map { ($0.usage, $0.summary) })
        text += section("Options of every command", CommandTable.common.map { ($0.usage, $0.summary) })
        text += "Examples:\n"
        for example in command.examples { text += "  \(example.call)\n      \(example.meaning)\n" }
        return text
    }

    /// `Usage: idbridge apply [options] [PLAN]`.
    static func usage(_ command: CommandDescription) -> String {
        (["Usage: idbridge \(command.name.rawValue) [options]"] + command.operands.map(\.usage)).joined(separator: " ")
    }

    private static let exits = """
        Exit codes:
          0   done; nothing that was asked for is left
          1   unexpected failure, or a person answered no
          2   there are changes (plan --detailed-exitcode, aws-config --check)
          3   a brake tripped
          4   partly done: something was held, in conflict, unproven, or failed
          5   the plan document is stale
          6   a permission set breaks a guardrail
          64  wrong usage          65  invalid mapping files or plan document
          67  nobody of that name  69  target or every source unreachable
          74  ledger unusable      75  another run holds the lock
          77  refused              78  invalid configuration
          130, 143  ended by SIGINT, SIGTERM


        """

    private static let width = 80
    private static let column = 26

    private static func section(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        return "\(title):\n" + rows.map { row($0.0, $0.1) }.joined() + "\n"
    }

    private static func row(_ term: String, _ summary: String) -> String {
        let body = wrapped(summary, indent: column)
        let head = "  " + term
        guard head.count <= column - 2 else { return head + "\n" + body }
        return head + body.dropFirst(head.count)
    }

    private static func wrapped(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var result = ""
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                result += margin + line + "\n"
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return result + margin + line + "\n"
    }
}
