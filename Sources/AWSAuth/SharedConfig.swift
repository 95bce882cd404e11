/// What the shared configuration and credentials files say together.
///
/// Source: AWS SDKs and tools reference, "Shared config and credentials files"; merging as botocore's
/// `Session.full_config`: in a profile that stands in both, the credentials file's properties win.
struct SharedConfig: Sendable {
    private(set) var profiles: [String: Profile] = [:]
    private(set) var ssoSessions: [String: Profile] = [:]
    private(set) var services: [String: Profile] = [:]

    /// Nothing is configured.
    init() {}

    init(config: INIFile, credentials: INIFile) {
        for section in config.sections {
            let profile = Profile(name: section.name, properties: section.properties)
            if section.name.hasPrefix("profile") {
                Self.name(section.name).map { profiles[$0] = profile.named($0) }
            } else if section.name.hasPrefix("sso-session") {
                Self.name(section.name).map { ssoSessions[$0] = profile.named($0) }
            } else if section.name.hasPrefix("services") {
                Self.name(section.name).map { services[$0] = profile.named($0) }
            } else if section.name == "default" {
                profiles["default"] = profile
            }
        }
        for section in credentials.sections {
            var profile = profiles[section.name] ?? Profile(name: section.name, properties: [:])
            profile.properties.merge(section.properties) { _, new in new }
            profile.credentialsFileKeys = Set(section.properties.keys)
            profiles[section.name] = profile
        }
    }

    /// The name in `profile NAME`, which may be quoted; nil where there is not exactly one.
    private static func name(_ header: String) -> String? {
        guard let words = shellWords(header), words.count == 2 else { return nil }
        return words[1]
    }
}

/// The properties of one profile, sso-session or services section.
struct Profile: Sendable {
    var name: String
    var properties: [String: INIFile.Value]
    /// Which of the properties come from the credentials file.
    var credentialsFileKeys: Set<String> = []

    /// The text of a property, without a comment behind it; nil where it is missing or empty.
    subscript(_ key: String) -> String? {
        guard case .text(let text) = properties[key] else { return nil }
        let value = withoutComment(text)
        return value.isEmpty ? nil : value
    }

    /// A property below a nested one.
    func nested(_ key: String, _ inner: String) -> String? {
        guard case .nested(let values) = properties[key], let text = values[inner] else { return nil }
        let value = withoutComment(text)
        return value.isEmpty ? nil : value
    }

    func named(_ name: String) -> Profile {
        var copy = self
        copy.name = name
        return copy
    }
}

/// Cuts a comment off a value: `#` or `;` behind white space, and what follows.
private func withoutComment(_ text: String) -> String {
    var kept: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars {
        if scalar == "#" || scalar == ";", kept.last.map(isPythonSpace) ?? true { break }
        kept.append(scalar)
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: pythonStripped(kept[...]))
    return String(result)
}
