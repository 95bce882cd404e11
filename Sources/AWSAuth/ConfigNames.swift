/// The profiles and sessions that a shared configuration file defines, by the names that the AWS CLI knows them by.
///
/// `[profile a]`, `[profile "a"]` and, for `default`, `[default]` are one profile.
public struct ConfigNames: Sendable {
    /// The names of the profiles.
    public let profiles: Set<String>
    private let config: SharedConfig

    /// Takes the names out of a file.
    public init(_ file: INIFile) {
        config = SharedConfig(config: file, credentials: INIFile())
        profiles = Set(config.profiles.keys)
    }

    /// A property of a profile; nil where the profile or the property is missing or empty.
    public func property(_ key: String, ofProfile name: String) -> String? { config.profiles[name]?[key] }

    /// Whether there is an `sso-session` of a name.
    public func hasSession(_ name: String) -> Bool { config.ssoSessions[name] != nil }

    /// The names of the properties of an `sso-session`, in order.
    public func properties(ofSession name: String) -> [String] {
        config.ssoSessions[name].map { $0.properties.keys.sorted() } ?? []
    }

    /// A property of an `sso-session`; nil where the session or the property is missing or empty.
    public func property(_ key: String, ofSession name: String) -> String? { config.ssoSessions[name]?[key] }
}
