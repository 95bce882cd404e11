/// What a command needs from the configuration and does not get: exit 78.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key's path, such as `target.scim.token`, or the name of an environment variable.
    public var keyPath: String
    /// What is wrong and what to do; never a value.
    public var message: String
    /// What a command needs and does not get.
    public init(keyPath: String, message: String) {
        self.keyPath = keyPath
        self.message = message
    }
    /// `target.scim.token: …`
    public var description: String { "\(keyPath): \(message)" }
}
