import TestSupport
import Testing

@testable import CLI

@Suite("Help")
struct HelpTextTests {
    let registry = CommandRegistry(CommandName.allCases)

    @Test("every screen is as it was reviewed")
    func golden() {
        var all = HelpText.program(registry)
        for command in registry.commands { all += "\n----\n\n" + HelpText.command(command) }
        Golden.expect(all, equals: "help.txt")
    }

    @Test("no line is wider than 80 columns, and none ends in a space")
    func width() {
        for text in [HelpText.program(registry)] + registry.commands.map(HelpText.command) {
            for line in text.split(separator: "\n") {
                #expect(line.count <= 80, "\(line)")
                #expect(!line.hasSuffix(" "), "\(line)")
            }
        }
    }

    @Test("every option of a command stands in its help")
    func options() {
        for command in registry.commands {
            let help = HelpText.command(command)
            for option in Completions.options(of: command) { #expect(help.contains("  \(option.usage)")) }
        }
    }
}
