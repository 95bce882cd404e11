public import Diagnostics
public import Model
import YAML

/// `idbridge.yaml`, read and checked.
///
/// What may rest on environment variables that a command does not need is a `Result`: its `get()` throws the
/// ``ConfigurationError`` that names the key where a variable is not set.
public struct Configuration: Sendable {
    /// The folder of the configuration file, from which relative paths count; `.` where its path was a bare name.
    public var folder: String
    /// The mark of what this bridge owns, `[a-z0-9-]{1,32}`.
    public var owner: String
    /// The mapping's files and folders as written, for ``MappingFiles``.
    public var mappings: Result<[String], ConfigurationError>
    /// The path of the ledger.
    public var ledger: Result<String, ConfigurationError>
    /// The sources in the order of the file.
    public var sources: [SourceConfiguration]
    /// The target.
    public var target: Result<TargetConfiguration, ConfigurationError>
    /// Whether `target.scim` is given: only with it can users be disabled.
    public var hasSCIM: Bool
    /// How people are linked, and whether users are made.
    public var users: UserConfiguration
    /// The brakes.
    public var brakes: BrakeSettings
    /// How many people may be taken out in what time.
    public var departures: DepartureConfiguration
    /// The webhook server; nil where `serve` is not given.
    public var serve: Result<ServeConfiguration, ConfigurationError>?
    /// What no permission set may allow.
    public var guardrails: GuardrailConfiguration
    /// The AWS CLI configuration for everybody; the defaults where `awsConfig` is not given.
    public var awsConfig: Result<AWSConfigConfiguration, ConfigurationError>
    /// Where notices go.
    public var notify: NotifyConfiguration
    /// Whether endpoints may be on hosts other than the vendors' own.
    public var allowEndpoints: Bool

    /// The largest configuration file that is read, in bytes.
    public static let sizeLimit = YAML.sizeLimit

    /// Reads a configuration.
    ///
    /// Pure. Secrets are not read; their references are. No diagnostic repeats or shows a literal that stands where a
    /// reference should, nor a value under an unknown key.
    ///
    /// - Parameters:
    ///   - path: the file's path, absolute or from the current folder; its last name is what diagnostics show.
    ///   - bytes: what is in it.
    ///   - environment: for `${env:NAME}` in values that are not secrets, `XDG_STATE_HOME`, `HOME` and
    ///     `AZURE_AUTHORITY_HOST`.
    /// - Returns: the configuration, or nil where there is an error (exit 78); errors sorted by line and column.
    public static func load(
        path: String,
        bytes: [UInt8],
        environment: [String: String]
    ) -> (configuration: Configuration?, diagnostics: [Diagnostic]) {
        let document = YAML.parse(bytes, file: Paths.name(of: path), references: true)
        var reader = ConfigurationReader(document, folder: Paths.folder(of: path), environment: environment)
        let configuration = document.isBroken ? nil : reader.read(document.root)
        let diagnostics = reader.checker.diagnostics()
        return (diagnostics.contains { $0.severity == .error } ? nil : configuration, diagnostics)
    }

    /// Reads a configuration file from the disk; one that cannot be read is a diagnostic at 1:1.
    public static func load(
        path: String,
        environment: [String: String]
    ) -> (configuration: Configuration?, diagnostics: [Diagnostic]) {
        do {
            let bytes = try FileBytes.read(path, limit: sizeLimit, regularOnly: false)
            return load(path: path, bytes: bytes, environment: environment)
        } catch {
            let message = "the configuration file \(path) cannot be read: \(error.reason)"
            return (nil, [Diagnostic(file: Paths.name(of: path), line: 1, column: 1, message: message)])
        }
    }

    /// What the planner is told.
    public var planSettings: PlanSettings {
        var settings = PlanSettings(owner: owner)
        settings.match = users.match
        settings.provision = users.provision
        settings.canDisable = hasSCIM
        settings.guestSources = Set(sources.filter(\.guests).map(\.name))
        settings.brakes = brakes
        return settings
    }

    /// The names and kinds of the sources, as mapping files may name them.
    public var sourceKinds: [String: SourceKind] {
        Dictionary(sources.map { ($0.name, $0.kind) }) { first, _ in first }
    }
}
