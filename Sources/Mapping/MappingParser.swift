public import Diagnostics
public import Model
import YAML

/// A mapping file: its path relative to the configuration file, and its bytes.
public typealias MappingFile = SourceFile

/// Reads mapping files into one mapping and says all that is wrong with them.
public enum MappingParser {
    /// Reads all files together.
    ///
    /// Pure: the same files give the same mapping and diagnostics. A mapping with errors is not fit to be used; it holds
    /// what could be read.
    ///
    /// - Parameters:
    ///   - files: in reading order, which decides which of two definitions is called the second. None at all is an error.
    ///   - sources: the names and kinds of the sources that entries may name; `check` without a configuration knows
    ///     `google` and `entra`.
    /// - Returns: the mapping, and errors and warnings sorted by file, line and column.
    public static func parse(
        files: [MappingFile],
        sources: [String: SourceKind]
    ) -> (mapping: AccessMapping, diagnostics: [Diagnostic]) {
        guard !files.isEmpty else {
            return (AccessMapping(), [Diagnostic(file: ".", line: 1, column: 1, message: "there is no mapping file")])
        }
        var readings = files.map { FileReading($0, sources: sources) }
        var mapping = AccessMapping()
        mapping.accountSets = SetCheck.run(on: &readings)
        mapping.groups = GroupCheck.run(on: &readings)
        mapping.patterns = readings.flatMap(\.patterns)
        return (mapping, readings.flatMap { $0.checker.diagnostics() }.sorted())
    }

    /// The sources that `check` knows without a configuration.
    public static let defaultSources: [String: SourceKind] = ["google": .google, "entra": .entra]
}
