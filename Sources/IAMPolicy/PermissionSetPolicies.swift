/// One policy of a permission set, read or not.
public struct AttachedPolicy: Hashable, Sendable {
    /// What became of its document.
    public enum Content: Hashable, Sendable {
        /// It was read.
        case document(PolicyDocument)
        /// It lies in the member accounts, could not be read, or is invalid: why.
        case unreadable(String)
    }

    /// The ARN of an AWS managed policy, `inline`, `boundary`, or the path and name of a customer managed policy.
    public let name: String
    /// What became of its document.
    public let content: Content

    /// One policy of a permission set.
    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    /// A policy whose text was read; an invalid one is unreadable, with the reason.
    public init(name: String, text: String) {
        self.name = name
        do { content = .document(try PolicyDocument.parse(text)) } catch {
            content = .unreadable("the document is invalid: \(error.reason)")
        }
    }
}

/// All that a permission set may do: its policies together, within its boundary where it has one.
public struct PermissionSetPolicies: Hashable, Sendable {
    /// The managed, inline and customer managed policies.
    public var policies: [AttachedPolicy]
    /// The permissions boundary.
    public var boundary: AttachedPolicy?

    /// All that a permission set may do.
    public init(policies: [AttachedPolicy], boundary: AttachedPolicy? = nil) {
        self.policies = policies
        self.boundary = boundary
    }
}
