internal import Configuration
internal import Diagnostics
internal import Engine
internal import FoundationEssentials
internal import Mapping
internal import Model
internal import Report

/// What every command works with: its arguments, the terminal, the environment and the time.
struct CommandContext: Sendable {
    var arguments: Arguments
    var terminal: Terminal
    var environment: [String: String]
    var stop: StopFlag

    /// The time now.
    var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    /// The time to work for: `--now`, else now.
    var asOf: Timestamp { arguments[.now] ?? now }

    var style: TextStyle { TextStyle(isColored: terminal.isOutputColored, width: terminal.outputWidth ?? 100) }

    var errorStyle: TextStyle { TextStyle(isColored: terminal.isErrorColored) }

    /// Where the configuration is: `--config`, else `./idbridge.yaml`, else `/etc/idbridge/idbridge.yaml`; nil: nowhere.
    var configurationPath: String? {
        if let given = arguments[.config] { return given }
        return ["idbridge.yaml", "/etc/idbridge/idbridge.yaml"].first { FileManager.default.fileExists(atPath: $0) }
    }

    /// Loads the configuration; its errors are shown, and end the command with 78.
    func configuration() throws(CommandFailure) -> Configuration {
        guard let path = configurationPath else {
            throw CommandFailure(
                78,
                "idbridge: there is no configuration: neither ./idbridge.yaml nor /etc/idbridge/idbridge.yaml; --config FILE names another"
            )
        }
        let (configuration, diagnostics) = Configuration.load(path: path, environment: environment)
        guard let configuration else {
            throw CommandFailure(78, DiagnosticText.text(diagnostics, style: errorStyle))
        }
        if !diagnostics.isEmpty { terminal.message(DiagnosticText.text(diagnostics, style: errorStyle)) }
        return configuration
    }

    /// Reads and checks the mapping of the configuration; its errors are shown, and end the command with 65.
    func mapping(of configuration: Configuration) throws(CommandFailure) -> AccessMapping {
        let (mapping, diagnostics) = try checkedMapping(of: configuration)
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            throw CommandFailure(65, DiagnosticText.text(diagnostics, style: errorStyle))
        }
        return mapping
    }

    /// The mapping of the configuration with all that is to be said of it.
    func checkedMapping(
        of configuration: Configuration
    ) throws(CommandFailure) -> (mapping: AccessMapping, diagnostics: [Diagnostic]) {
        let paths: [String]
        do { paths = try configuration.mappings.get() } catch { throw CommandFailure(error) }
        let found = MappingFiles.find(paths, from: configuration.folder, relativeTo: configuration.folder)
        if found.diagnostics.contains(where: { $0.severity == .error }), found.files.isEmpty {
            return (AccessMapping(), found.diagnostics)
        }
        let parsed = MappingParser.parse(files: found.files, sources: configuration.sourceKinds)
        return (parsed.mapping, (found.diagnostics + parsed.diagnostics).sorted())
    }
}
