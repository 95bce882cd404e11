internal import HTTP
internal import Model

/// One entry of a list of the Directory API.
protocol ListedResource: Decodable, Sendable {
    /// The key of the list in a page: `users`.
    static var listKey: String { get }
    /// The `kind` of a page.
    static var pageKind: String { get }
    /// What tells entries of one list apart.
    var identity: String { get }
}

/// A user as `users.list` and `users.get` give it.
///
/// Source: Directory API, REST resource `users`.
struct UserResource: ListedResource {
    static let listKey = "users"
    static let pageKind = "admin#directory#users"
    /// The fields asked for. `aliases` alone count as aliases: `nonEditableAliases` are Google's own test addresses.
    static let fields =
        "id,primaryEmail,aliases,name(givenName,familyName,fullName,displayName),suspended,archived,isGuestUser"
    /// The fields asked for where only the state matters.
    static let stateFields = "id,primaryEmail,suspended,archived"

    struct Name: Decodable, Sendable {
        var givenName: String?
        var familyName: String?
        var fullName: String?
        var displayName: String?
    }

    var id: NonEmptyText
    var primaryEmail: NonEmptyText
    var aliases: [NonEmptyText]?
    var name: Name?
    var suspended: Bool?
    var archived: Bool?
    var isGuestUser: Bool?

    var identity: String { id.text }

    /// Suspended counts before archived: an archived user who is suspended too has lost the sign-in by suspension.
    var state: UserState {
        if suspended ?? false { return .suspended }
        return archived ?? false ? .archived : .active
    }

    /// The user as a value of the model, in the state given or else its own.
    func user(state: UserState? = nil) -> SourceUser {
        SourceUser(
            id: SourceUserID(id.text),
            primaryAddress: primaryEmail.text,
            aliases: (aliases ?? []).map(\.text),
            state: state ?? self.state,
            isGuest: isGuestUser ?? false,
            displayName: [name?.displayName, name?.fullName].lazy.compactMap { $0 }.first { !$0.isEmpty },
            givenName: name?.givenName,
            familyName: name?.familyName
        )
    }
}

/// A group as `groups.list` and `groups.get` give it.
///
/// Source: Directory API, REST resource `groups`.
struct GroupResource: ListedResource {
    static let listKey = "groups"
    static let pageKind = "admin#directory#groups"
    /// The fields asked for.
    static let fields = "id,email,name,aliases,nonEditableAliases,adminCreated,directMembersCount"

    var id: NonEmptyText
    var email: NonEmptyText
    var name: String?
    var aliases: [NonEmptyText]?
    var nonEditableAliases: [NonEmptyText]?
    var adminCreated: Bool?
    var directMembersCount: Count?

    var identity: String { id.text }

    /// The group as a value of the model. One that does not say who created it does not count as an administrator's.
    var group: SourceGroup {
        SourceGroup(
            id: SourceGroupID(id.text),
            address: email.text,
            displayName: name ?? "",
            aliases: ((aliases ?? []) + (nonEditableAliases ?? [])).map(\.text),
            isCreatedByAdministrator: adminCreated ?? false
        )
    }
}

/// A member as `members.list` and `members.get` give it.
///
/// Source: Directory API, REST resource `members`.
struct MemberResource: ListedResource {
    static let listKey = "members"
    static let pageKind = "admin#directory#members"
    /// The fields asked for. The status is not: it can be missing, and is not used.
    static let fields = "id,email,type"

    var id: String?
    var email: String?
    var type: NonEmptyText

    private enum Keys: String, CodingKey { case id, email, type }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        id = try container.decodeIfPresent(String.self, forKey: .id).flatMap { $0.isEmpty ? nil : $0 }
        email = try container.decodeIfPresent(String.self, forKey: .email).flatMap { $0.isEmpty ? nil : $0 }
        type = try container.decode(NonEmptyText.self, forKey: .type)
        guard id != nil || email != nil || type.text == "CUSTOMER" else {
            throw MalformedAnswer("a member has neither id nor address")
        }
    }

    var identity: String { id ?? email?.folded ?? type.text }

    /// The member as a value of the model. `EXTERNAL`, and kinds that are no people (service accounts, shared drives),
    /// are members like others: whoever is no user of the directory counts nowhere, whatever the type.
    var member: SourceMember {
        let kind: SourceMember.Kind =
            switch type.text {
            case "GROUP": .group
            case "CUSTOMER": .customer
            default: .user
            }
        return SourceMember(kind: kind, id: id, address: email)
    }
}

/// `{"isMember": true}` of `members.hasMember`.
struct MembershipAnswer: Decodable, Sendable {
    var isMember: Bool
}

/// Text that may not be empty.
struct NonEmptyText: Decodable, Hashable, Sendable {
    let text: String
    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        guard !text.isEmpty else {
            let place = decoder.codingPath.last?.stringValue ?? "a value"
            throw MalformedAnswer("`\(place)` is empty")
        }
    }
}

/// A count, which Google writes as text.
struct Count: Decodable, Hashable, Sendable {
    let value: Int
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            value = number
            return
        }
        guard let number = Int(try container.decode(String.self)) else {
            throw MalformedAnswer("a count is not a number")
        }
        value = number
    }
}
