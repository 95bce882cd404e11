/// The credentials file cannot be used: a mistake of the configuration, not a refusal by Google.
///
/// ``GoogleWorkspace/prepare()`` throws it before any call is made, so that the command line can end with 78 rather
/// than 77. It never holds any of the file's values.
public struct GoogleCredentialsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the file.
    public enum Kind: String, Hashable, Sendable {
        /// There is no such file.
        case missing
        /// The file is there and cannot be read.
        case unreadable
        /// The file is not what it should be: not JSON, a key lacking, of the wrong type or of a bad value.
        case malformed
        /// The file is of a type, or names a source of tokens, that is not supported.
        case unsupported
    }

    /// What is wrong with the file.
    public var kind: Kind
    /// The file's path as configured.
    public var path: String
    /// What is wrong, in lower case.
    public var message: String
    /// What to do, where we know.
    public var advice: String?

    /// A credentials file that cannot be used.
    public init(_ kind: Kind, path: String, message: String, advice: String? = nil) {
        self.kind = kind
        self.path = path
        self.message = message
        self.advice = advice
    }

    /// One line: the file, what is wrong, what to do.
    public var description: String {
        var text = "Google credentials file \(path): \(message)"
        if let advice { text += "; \(advice)" }
        return text
    }
}
