/// The keys that sign requests to AWS.
public struct AWSCredentials: Hashable, Sendable {
    /// The access key id: `AKIA…` for long-term keys, `ASIA…` for temporary ones. Not a secret.
    public let accessKeyID: String
    /// The secret access key.
    public let secretAccessKey: String
    /// The session token of temporary credentials.
    public let sessionToken: String?
    /// When they end, in seconds since 1970; nil for keys that last, and where the source does not say.
    public let expiration: Double?
    /// Where they come from, in words for a person: `environment`, `profile dev (sso)`.
    public let origin: String

    /// The keys that sign requests to AWS.
    public init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiration: Double? = nil,
        origin: String = "given"
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.origin = origin
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The access key id and the origin; never a secret.
    public var description: String { "AWS credentials \(accessKeyID) from \(origin)" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// Shows no secret to `dump` and to test output.
    public var customMirror: Mirror {
        Mirror(self, children: ["accessKeyID": accessKeyID, "origin": origin], displayStyle: .struct)
    }
}

/// Gives the credentials that hold now.
public protocol CredentialsProvider: Sendable {
    /// The credentials to sign with.
    ///
    /// - Parameter renew: true after a service said that those given before are expired: what was kept is then thrown
    ///   away and asked for anew.
    func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials

    /// Other credentials than those that a service called expired: those that somebody else has renewed already, else
    /// new ones.
    func credentials(replacing expired: AWSCredentials) async throws(AWSAuthError) -> AWSCredentials
}

extension CredentialsProvider {
    /// Those given now where they are others already, else renewed ones.
    public func credentials(replacing expired: AWSCredentials) async throws(AWSAuthError) -> AWSCredentials {
        let current = try await credentials(renew: false)
        return current == expired ? try await credentials(renew: true) : current
    }
}

/// Credentials that are what they are: keys from the environment, and tests.
public struct StaticCredentials: CredentialsProvider {
    private let held: AWSCredentials
    /// A provider of these credentials and no others.
    public init(_ credentials: AWSCredentials) { held = credentials }
    /// The credentials.
    public func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials { held }
}
