internal import Model

/// The answer of DescribeOrganization.
struct OrganizationAnswer: Decodable, Sendable {
    var organization: Row

    struct Row: Decodable, Sendable {
        var managementAccount: String?
        enum CodingKeys: String, CodingKey { case managementAccount = "MasterAccountId" }
    }

    enum CodingKeys: String, CodingKey { case organization = "Organization" }
}

/// An account as ListAccounts and ListAccountsForParent give it.
struct AccountRow: Decodable, Sendable {
    var id: String
    var name: String?
    /// PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED.
    var state: String?
    /// What `state` replaces since September 2026.
    var status: String?
    var paths: [String]?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case state = "State"
        case status = "Status"
        case paths = "Paths"
    }

    var account: Account {
        Account(id: AccountID(id), name: name ?? "", isActive: (state ?? status) == "ACTIVE")
    }

    /// The id of the root or unit that the account is in, where its paths name exactly one.
    var parent: String? {
        let parents = Set((paths ?? []).map { OrganizationTree.parent(inPath: $0, of: AccountID(id)) })
        return parents.count == 1 ? parents.first ?? nil : nil
    }
}

/// A root as ListRoots gives it.
struct RootRow: Decodable, Sendable {
    var id: String
    enum CodingKeys: String, CodingKey { case id = "Id" }
}

/// A unit as ListOrganizationalUnitsForParent gives it.
struct UnitRow: Decodable, Sendable {
    var id: String
    var name: String
    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
    }
}

/// A tag as ListTagsForResource gives it.
struct TagRow: Decodable, Sendable {
    var key: String
    var value: String?
    enum CodingKeys: String, CodingKey {
        case key = "Key"
        case value = "Value"
    }
}
