/// The credential cannot be used as configured: a mistake of the configuration, not a refusal by Microsoft.
///
/// ``EntraID/prepare()`` throws it before any call is made, so that the command line can end with 78 rather than 77. It
/// never holds any of a file's contents.
public struct EntraCredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: String, Hashable, Sendable {
        /// There is no such file.
        case missing
        /// The file is there and cannot be read.
        case unreadable
        /// The file is not what it should be.
        case malformed
        /// A setting is lacking: the tenant, the client, or the path of the file.
        case incomplete
    }

    /// What is wrong.
    public var kind: Kind
    /// The file's path as configured, where a file is concerned.
    public var path: String?
    /// What is wrong, in lower case.
    public var message: String

    /// A credential that cannot be used.
    public init(_ kind: Kind, path: String? = nil, message: String) {
        self.kind = kind
        self.path = path
        self.message = message
    }

    /// One line: the file and what is wrong.
    public var description: String { path.map { "\($0): \(message)" } ?? message }
}
