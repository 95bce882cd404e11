import Configuration
import Diagnostics
import TestSupport
import Testing

/// Loads a configuration in which `⟦` marks the places of all errors.
@discardableResult
func load(
    _ marked: String,
    environment: [String: String] = ["HOME": "/home/ana"],
    path: String = "/etc/idbridge/idbridge.yaml",
    at location: SourceLocation = #_sourceLocation
) -> (configuration: Configuration?, diagnostics: [Diagnostic]) {
    let sample = MarkedText(marked)
    let result = Configuration.load(path: path, bytes: Array(sample.text.utf8), environment: environment)
    let places = result.diagnostics.map { MarkedText.Place(line: $0.line, column: $0.column) }
    #expect(places == sample.places, "\(result.diagnostics.map(\.message))", sourceLocation: location)
    #expect((result.configuration == nil) == !sample.places.isEmpty, sourceLocation: location)
    #expect(result.diagnostics.allSatisfy { $0.file == "idbridge.yaml" }, sourceLocation: location)
    return result
}

/// The least configuration, and further lines.
func configuration(_ lines: String) -> String { "version: 1\nowner: platform\n" + lines }

/// A configuration with one source `google` of these further keys.
func google(_ keys: String) -> String {
    configuration("sources: { google: { kind: google, credentials: key.json, \(keys) } }\n")
}

/// A configuration with one source `entra` of these further keys.
func entra(_ keys: String, credential: String = "{ certificate: a.pem }") -> String {
    configuration("sources: { entra: { kind: entra, tenant: t, client: c, credential: \(credential), \(keys) } }\n")
}
