internal import Configuration
internal import Diagnostics
internal import Mapping
internal import Model
internal import Report

/// `idbridge check`: validates mapping files offline.
struct CheckCommand {
    let context: CommandContext

    private static let sound = "no errors; `plan` looks at what only the directories and Identity Center can tell\n"

    func run() throws(CommandFailure) -> Int32 {
        let diagnostics = try findings()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        if context.arguments[.format] == .json {
            context.terminal.result(DiagnosticText.document(diagnostics).document)
        } else {
            if !diagnostics.isEmpty {
                context.terminal.message(DiagnosticText.text(diagnostics, style: context.errorStyle))
            }
            let count = DiagnosticText.count(diagnostics)
            context.terminal.result(count.isEmpty ? CheckCommand.sound : count + "\n")
        }
        return hasErrors ? 65 : 0
    }

    private func findings() throws(CommandFailure) -> [Diagnostic] {
        let paths = context.arguments.operands
        if paths.isEmpty { return try context.checkedMapping(of: context.configuration()).diagnostics }
        var sources = MappingParser.defaultSources
        var root = "."
        if context.configurationPath != nil {
            let configuration = try context.configuration()
            sources = configuration.sourceKinds
            root = configuration.folder
        }
        let found = MappingFiles.find(paths, from: ".", relativeTo: root)
        guard !found.files.isEmpty else { return found.diagnostics }
        return (found.diagnostics + MappingParser.parse(files: found.files, sources: sources).diagnostics).sorted()
    }
}
