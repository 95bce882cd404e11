internal import Model

/// A user as ListUsers and DescribeUser give it. Members that older stacks omit are optional.
struct UserRow: Decodable, Sendable {
    var id: String
    var userName: String?
    var displayName: String?
    var name: Name?
    var emails: [Email]?
    var externalIDs: [ExternalIDRow]?
    var userType: String?
    var status: String?

    struct Name: Decodable, Sendable {
        var given: String?
        var family: String?
        enum CodingKeys: String, CodingKey {
            case given = "GivenName"
            case family = "FamilyName"
        }
    }

    struct Email: Decodable, Sendable {
        var value: String?
        var isPrimary: Bool?
        enum CodingKeys: String, CodingKey {
            case value = "Value"
            case isPrimary = "Primary"
        }
    }

    enum CodingKeys: String, CodingKey {
        case id = "UserId"
        case userName = "UserName"
        case displayName = "DisplayName"
        case name = "Name"
        case emails = "Emails"
        case externalIDs = "ExternalIds"
        case userType = "UserType"
        case status = "UserStatus"
    }

    /// The user as a value; a missing status means enabled.
    func user(_ forms: IdentifierForms) -> TargetUser {
        TargetUser(
            id: UserID(forms.folded(id)),
            userName: userName ?? "",
            emails: (emails ?? []).compactMap { email in
                email.value.map { TargetUser.Email(value: $0, isPrimary: email.isPrimary ?? false) }
            },
            externalIDs: (externalIDs ?? []).map(\.value),
            isEnabled: status != "DISABLED",
            userType: userType,
            displayName: displayName,
            givenName: name?.given,
            familyName: name?.family
        )
    }
}

/// An id that SCIM or Active Directory recorded.
struct ExternalIDRow: Decodable, Sendable {
    var issuer: String?
    var id: String

    enum CodingKeys: String, CodingKey {
        case issuer = "Issuer"
        case id = "Id"
    }

    var value: TargetUser.ExternalID { TargetUser.ExternalID(issuer: issuer ?? "", id: id) }
}

/// A group as ListGroups and DescribeGroup give it.
struct GroupRow: Decodable, Sendable {
    var id: String
    var displayName: String?
    var description: String?
    var externalIDs: [ExternalIDRow]?
    var revision: String?

    enum CodingKeys: String, CodingKey {
        case id = "GroupId"
        case displayName = "DisplayName"
        case description = "Description"
        case externalIDs = "ExternalIds"
        case revision = "Revision"
    }

    func group(_ forms: IdentifierForms) -> TargetGroup {
        TargetGroup(
            id: GroupID(forms.folded(id)),
            displayName: displayName ?? "",
            description: description.flatMap { $0.isEmpty ? nil : $0 },
            externalIDs: (externalIDs ?? []).map(\.value),
            revision: revision
        )
    }
}

/// A group membership.
struct MembershipRow: Decodable, Sendable {
    var id: String
    var group: String
    var member: Member

    struct Member: Decodable, Sendable {
        var user: String
        enum CodingKeys: String, CodingKey { case user = "UserId" }
    }

    enum CodingKeys: String, CodingKey {
        case id = "MembershipId"
        case group = "GroupId"
        case member = "MemberId"
    }

    func membership(_ forms: IdentifierForms) -> GroupMembership {
        GroupMembership(
            id: MembershipID(forms.folded(id)),
            group: GroupID(forms.folded(group)),
            user: UserID(forms.folded(member.user))
        )
    }
}

/// The answer of GetUserId and CreateUser.
struct UserIDRow: Decodable, Sendable {
    var id: String
    enum CodingKeys: String, CodingKey { case id = "UserId" }
}

/// The answer of GetGroupId and CreateGroup.
struct GroupIDRow: Decodable, Sendable {
    var id: String
    enum CodingKeys: String, CodingKey { case id = "GroupId" }
}

/// The answer of GetGroupMembershipId and CreateGroupMembership.
struct MembershipIDRow: Decodable, Sendable {
    var id: String
    enum CodingKeys: String, CodingKey { case id = "MembershipId" }
}
