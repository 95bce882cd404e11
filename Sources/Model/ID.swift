/// An identifier of one kind of object; the compiler keeps ids of different kinds apart.
public struct ID<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The identifier as the API gives it.
    public let value: String

    /// An identifier with the API's own text.
    public init(_ value: String) { self.value = value }

    /// An identifier written in source code.
    public init(stringLiteral value: String) { self.value = value }

    /// The identifier as the API gives it.
    public var description: String { value }

    /// Orders by the text.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// Tags that keep the kinds of ``ID`` apart.
public enum IDKind {
    /// A user of a source.
    public enum SourceUser {}
    /// A group of a source.
    public enum SourceGroup {}
    /// A user of the target's identity store.
    public enum User {}
    /// A group of the target's identity store.
    public enum Group {}
    /// A group membership of the target's identity store.
    public enum Membership {}
    /// An AWS account, twelve digits.
    public enum Account {}
    /// A permission set's ARN.
    public enum PermissionSet {}
}

/// The immutable id of a user at a source (Google `id`, Entra `id`).
public typealias SourceUserID = ID<IDKind.SourceUser>
/// The immutable id of a group at a source.
public typealias SourceGroupID = ID<IDKind.SourceGroup>
/// A `UserId` of the Identity Store.
public typealias UserID = ID<IDKind.User>
/// A `GroupId` of the Identity Store.
public typealias GroupID = ID<IDKind.Group>
/// A `MembershipId` of the Identity Store.
public typealias MembershipID = ID<IDKind.Membership>
/// An AWS account id, twelve digits.
public typealias AccountID = ID<IDKind.Account>
/// A `PermissionSetArn` of sso-admin.
public typealias PermissionSetARN = ID<IDKind.PermissionSet>
