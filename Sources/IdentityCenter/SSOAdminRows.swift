internal import Model

/// An instance as ListInstances gives it.
struct InstanceRow: Decodable, Hashable, Sendable {
    var arn: String
    var identityStoreID: String
    /// The account that the instance belongs to; older endpoints omit it.
    var owner: String?
    var name: String?
    var status: String?

    enum CodingKeys: String, CodingKey {
        case arn = "InstanceArn"
        case identityStoreID = "IdentityStoreId"
        case owner = "OwnerAccountId"
        case name = "Name"
        case status = "Status"
    }

    /// Whether it can be used; older endpoints give no status.
    var isActive: Bool { status.map { $0 == "ACTIVE" } ?? true }
}

/// The answer of DescribePermissionSet.
struct PermissionSetAnswer: Decodable, Sendable {
    var permissionSet: PermissionSetRow

    struct PermissionSetRow: Decodable, Sendable {
        var name: String
        var duration: SessionDuration?
        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case duration = "SessionDuration"
        }
    }

    enum CodingKeys: String, CodingKey { case permissionSet = "PermissionSet" }
}

/// The kinds of principal, as the API writes them.
enum PrincipalType: String, Decodable, Sendable {
    case user = "USER"
    case group = "GROUP"
}

/// An account assignment as the listings give it.
struct AssignmentRow: Decodable, Sendable {
    var account: String
    var permissionSet: String
    var type: PrincipalType
    var principal: String

    enum CodingKeys: String, CodingKey {
        case account = "AccountId"
        case permissionSet = "PermissionSetArn"
        case type = "PrincipalType"
        case principal = "PrincipalId"
    }

    /// What tells one row of a listing from another.
    var key: String { "\(type.rawValue) \(principal.lowercased()) on \(account) with \(permissionSet)" }

    func assignment(_ forms: IdentifierForms) -> AccountAssignment {
        AccountAssignment(
            principal: Principal(type, forms.folded(principal)),
            account: AccountID(account),
            permissionSet: PermissionSetARN(permissionSet)
        )
    }
}

/// An application assignment as ListApplicationAssignmentsForPrincipal gives it.
struct ApplicationAssignmentRow: Decodable, Sendable {
    var application: String
    var type: PrincipalType
    var principal: String

    enum CodingKeys: String, CodingKey {
        case application = "ApplicationArn"
        case type = "PrincipalType"
        case principal = "PrincipalId"
    }

    var key: String { "\(type.rawValue) \(principal.lowercased()) on \(application)" }
}

extension Principal {
    init(_ type: PrincipalType, _ id: String) {
        switch type {
        case .user: self = .user(UserID(id))
        case .group: self = .group(GroupID(id))
        }
    }

    /// The principal's id.
    var id: String {
        switch self {
        case .user(let id): id.value
        case .group(let id): id.value
        }
    }

    /// The kind of principal as the API writes it.
    var type: PrincipalType {
        switch self {
        case .user: .user
        case .group: .group
        }
    }

    /// The principal in an error: `group 1234-…`.
    var shown: String {
        switch self {
        case .user(let id): "user \(id)"
        case .group(let id): "group \(id)"
        }
    }
}
