/// Where a secret stands; it is read when a command needs it, and never kept here.
public struct SecretReference: Hashable, Sendable {
    /// The longest secret that is read from a file, in bytes.
    public static let sizeLimit = 64 << 10

    /// The key's path in the configuration, such as `target.scim.token`.
    public let keyPath: String
    private let reference: Reference
    /// The folder that relative paths count from.
    private let folder: String

    init(_ reference: Reference, keyPath: String, folder: String) {
        self.reference = reference
        self.keyPath = keyPath
        self.folder = folder
    }

    /// A reference to an environment variable.
    public init(environment name: String, keyPath: String) {
        self.init(.environment(name), keyPath: keyPath, folder: ".")
    }

    /// Reads the secret.
    ///
    /// A file's last newline is not part of it.
    /// - Throws: an error that names the key and what could not be read, where a variable is not set, a file cannot be
    ///   read or is no text, or the secret is empty.
    public func resolve(environment: [String: String]) throws(ConfigurationError) -> String {
        let secret: String
        let origin: String
        switch reference {
        case .environment(let name):
            guard let value = environment[name] else { throw error("the environment variable \(name) is not set") }
            secret = value
            origin = "the environment variable \(name)"
        case .file(let path):
            secret = try read(path)
            origin = "the file \(path)"
        }
        // An empty key would sign and open everything.
        guard !secret.isEmpty else { throw error("\(origin) is empty") }
        return secret
    }

    private func read(_ path: String) throws(ConfigurationError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(Paths.join(folder, path), limit: SecretReference.sizeLimit, regularOnly: false)
        } catch {
            throw self.error("the file \(path) cannot be read: \(error.reason)")
        }
        guard bytes.count <= SecretReference.sizeLimit else {
            throw error("the file \(path) is too large for a secret")
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw error("the file \(path) is not UTF-8 text")
        }
        // "\r\n" is one character of Swift.
        if text.last == "\n" || text.last == "\r\n" { text.removeLast() }
        return text
    }

    private func error(_ message: String) -> ConfigurationError {
        ConfigurationError(keyPath: keyPath, message: message)
    }
}
