/// The environment variables and shared files that say how AWS is reached, read once.
///
/// Source: AWS SDKs and tools reference, "Settings".
public struct AWSEnvironment: Sendable {
    /// The environment variables.
    public let variables: [String: String]
    /// The profile in effect; `default` where none is named.
    public let profileName: String
    /// Where `profileName` comes from: `AWS_PROFILE`, `given`; nil for the default.
    public let profileNamedBy: String?
    /// The configuration file, there or not: `AWS_CONFIG_FILE`, else `~/.aws/config`.
    public let configPath: String
    /// The credentials file, there or not: `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.
    public let credentialsPath: String
    /// The person's home folder, without a final slash.
    let home: String
    let shared: SharedConfig
    private let givenProfile: String?
    private let givenRegion: String?

    /// Reads the shared files that the variables name. A file that is not there counts as empty.
    ///
    /// - Parameters:
    ///   - variables: the environment of the process.
    ///   - profile: a profile named by the user; it counts for more than `AWS_PROFILE`, and then the keys in the
    ///     environment do not count.
    ///   - region: a region named by the user, as the configuration's `target.region`.
    /// - Throws: `misconfigured` with file and line for a file that cannot be read or parsed. That a section or a key is
    ///   repeated is no error: the later one counts.
    public init(
        variables: [String: String],
        profile: String? = nil,
        region: String? = nil
    ) throws(AWSAuthError) {
        let home = homeFolder(variables)
        let configPath = path(variables["AWS_CONFIG_FILE"], else: "/.aws/config", home: home)
        let credentialsPath = path(variables["AWS_SHARED_CREDENTIALS_FILE"], else: "/.aws/credentials", home: home)
        self.variables = variables
        self.home = home
        self.configPath = configPath
        self.credentialsPath = credentialsPath
        givenProfile = profile
        givenRegion = region
        let named = [("given", profile)] + ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].map { ($0, variables[$0]) }
        let chosen = named.first { $0.1?.isEmpty == false }
        profileName = chosen?.1 ?? "default"
        profileNamedBy = chosen?.0
        shared = SharedConfig(config: try file(configPath), credentials: try file(credentialsPath))
    }

    /// The same environment with the files as they are now.
    func reread() throws(AWSAuthError) -> AWSEnvironment {
        try AWSEnvironment(variables: variables, profile: givenProfile, region: givenRegion)
    }

    /// A variable's value; an empty one counts as missing.
    public func variable(_ name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// The properties of the profile in effect; empty where there is no such profile.
    var profile: Profile { shared.profiles[profileName] ?? Profile(name: profileName, properties: [:]) }

    /// Whether the profile in effect is one by name that no file has.
    var isProfileMissing: Bool { profileNamedBy != nil && shared.profiles[profileName] == nil }

    /// A switch that is `true` in the environment or, where that says nothing, in the profile.
    func isOn(_ name: String, _ key: String? = nil) -> Bool {
        (variable(name) ?? key.flatMap { profile[$0] })?.lowercased() == "true"
    }
}

extension AWSEnvironment {
    /// The region: given, `AWS_REGION`, `AWS_DEFAULT_REGION`, else the profile's.
    public var region: String? {
        givenRegion ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profile["region"]
    }

    /// The file of certificates to trust instead of the system's: `AWS_CA_BUNDLE`, else the profile's `ca_bundle`.
    public var caBundlePath: String? {
        (variable("AWS_CA_BUNDLE") ?? profile["ca_bundle"]).map { expanded($0, home: home) }
    }

    /// How often a call is tried, the first time included: `AWS_MAX_ATTEMPTS`, else the profile's `max_attempts`.
    public var maximumAttempts: Int? {
        (variable("AWS_MAX_ATTEMPTS") ?? profile["max_attempts"]).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Whether the instance metadata service shall not be asked.
    public var isMetadataDisabled: Bool { isOn("AWS_EC2_METADATA_DISABLED") }
}

private func homeFolder(_ variables: [String: String]) -> String {
    var home = variables["HOME"] ?? ""
    if home.isEmpty { home = accountHomeFolder() ?? "/" }
    while home.count > 1, home.hasSuffix("/") { home.removeLast() }
    return home == "/" ? "" : home
}

private func path(_ given: String?, else fallback: String, home: String) -> String {
    guard let given, !given.isEmpty else { return home + fallback }
    return expanded(given, home: home)
}

/// A path whose leading `~` is the home folder.
func expanded(_ path: String, home: String) -> String {
    path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
}

private func file(_ path: String) throws(AWSAuthError) -> INIFile {
    let bytes: [UInt8]?
    do { bytes = try readFile(path, limit: 4 << 20) } catch {
        throw AWSAuthError(.misconfigured, service: "aws-config", object: path, message: error.message)
    }
    guard let bytes else { return INIFile() }
    let file = INIFile(bytes)
    guard let fault = file.faults.first(where: { !$0.isRepetition }) else { return file }
    throw AWSAuthError(
        .misconfigured,
        service: "aws-config",
        object: "\(path):\(fault.line)",
        message: fault.message,
        advice: "mend the line; 'aws configure list' reads the same file"
    )
}
