public import Model

/// One policy of a permission set with its document, where that could be read.
public struct PolicyText: Hashable, Sendable {
    /// What became of the document.
    public enum Content: Hashable, Sendable {
        /// The document as the service gave it; it may be no policy at all.
        case text(String)
        /// It lies in the member accounts, or could not be read: why.
        case unreadable(String)
    }
    /// An ARN, `inline`, `boundary`, or the path and name of a customer managed policy.
    public var name: String
    /// What became of the document.
    public var content: Content

    /// One policy of a permission set.
    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }
}

/// The policies of a permission set as they stand in Identity Center.
public struct PolicyTexts: Hashable, Sendable {
    /// The managed policies, the customer managed ones, and the inline policy where there is one.
    public var policies: [PolicyText]
    /// The permissions boundary, where there is one.
    public var boundary: PolicyText?
    /// The inline policy: nil where there is none; unreadable where that is not known.
    public var inline: PolicyText?

    /// The policies of a permission set.
    public init(policies: [PolicyText], boundary: PolicyText? = nil, inline: PolicyText? = nil) {
        self.policies = policies
        self.boundary = boundary
        self.inline = inline
    }
}

/// Where documents of AWS's policies are kept between runs; nil from a read: it is not there.
public struct PolicyCache: Sendable {
    /// Finds a document.
    public var read: @Sendable (_ key: String) async -> String?
    /// Keeps a document; that it failed is no matter.
    public var write: @Sendable (_ key: String, _ document: String) async -> Void

    /// Where documents are kept.
    public init(
        read: @escaping @Sendable (_ key: String) async -> String?,
        write: @escaping @Sendable (_ key: String, _ document: String) async -> Void
    ) {
        self.read = read
        self.write = write
    }

    /// Keeps nothing.
    public static let none = PolicyCache(read: { _ in nil }, write: { _, _ in })

    /// Keeps documents in the ledger, by ARN and version.
    public init(ledger: any Ledger) {
        self.init { key in
            guard let bytes = try? await ledger.cached(key) else { return nil }
            return String(validating: bytes, as: UTF8.self)
        } write: { key, document in
            try? await ledger.cache(Array(document.utf8), for: key)
        }
    }
}
