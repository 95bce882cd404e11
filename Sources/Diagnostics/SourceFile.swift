/// A file that the user wrote, as bytes with the name that findings show.
public struct SourceFile: Hashable, Sendable {
    /// The path, relative to the configuration file's folder, with `/`.
    public var path: String
    /// What is in it.
    public var bytes: [UInt8]
    /// A file with its name and bytes.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
