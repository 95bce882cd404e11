/// Users, groups and members as Graph writes them.
enum GraphObjects {
    static let userProperties: Set<String> = [
        "id", "userPrincipalName", "mail", "proxyAddresses", "displayName", "givenName", "surname", "accountEnabled",
        "userType", "otherMails", "jobTitle", "department", "employeeId", "externalUserState", "createdDateTime",
        "onPremisesSyncEnabled", "onPremisesImmutableId", "businessPhones", "mobilePhone", "officeLocation",
        "preferredLanguage", "deletedDateTime", "employeeLeaveDateTime",
    ]
    /// What only those are told who may read lifecycle information.
    static let lifeCycleProperty = "employeeLeaveDateTime"
    /// What is told without `$select`: neither `accountEnabled` nor `userType` nor `proxyAddresses`.
    static let standardUserProperties = [
        "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
        "preferredLanguage", "surname", "userPrincipalName", "id",
    ]
    static let groupProperties: Set<String> = [
        "id", "displayName", "description", "mail", "mailNickname", "mailEnabled", "securityEnabled", "groupTypes",
        "membershipRule", "membershipRuleProcessingState", "visibility", "onPremisesSyncEnabled", "isAssignableToRole",
        "createdDateTime", "deletedDateTime",
    ]

    /// Everything that is known of a user; null where the user has no such thing.
    static func user(_ user: World.EntraUser) -> [String: JSONValue] {
        let isDeleted = user.deletedAt != nil
        let prefix = isDeleted ? user.id.replacing("-", with: "") : ""
        return [
            "id": .string(user.id), "userPrincipalName": .string(prefix + user.userPrincipalName),
            "mail": text(user.mail), "proxyAddresses": .array(user.proxyAddresses.map { .string($0) }),
            "displayName": .string(user.displayName), "givenName": text(user.givenName), "surname": text(user.surname),
            "accountEnabled": .bool(user.isEnabled), "userType": text(user.userType),
            "deletedDateTime": text(user.deletedAt), "createdDateTime": .string(user.createdAt), "businessPhones": [],
            "otherMails": [], lifeCycleProperty: text(user.leaveDate),
        ]
    }

    static func group(_ group: World.EntraGroup) -> [String: JSONValue] {
        let nickname = String(group.displayName.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
        let isMail = [.microsoft365, .mailEnabled, .distribution].contains(group.kind)
        let types: [JSONValue] =
            switch group.kind {
            case .microsoft365: ["Unified"]
            case .dynamic: ["DynamicMembership"]
            case .security, .mailEnabled, .distribution: []
            }
        return [
            "id": .string(group.id), "displayName": .string(group.displayName), "groupTypes": .array(types),
            "mailNickname": .string(nickname), "mailEnabled": .bool(isMail),
            "securityEnabled": .bool(group.kind != .distribution && group.kind != .microsoft365),
            "visibility": group.isHidden ? "HiddenMembership" : group.kind == .microsoft365 ? "Private" : .null,
            "membershipRule": group.kind == .dynamic ? "user.department -eq \"sandbox\"" : .null,
            "deletedDateTime": text(group.deletedAt), "createdDateTime": .string(group.createdAt),
        ]
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    /// An object with the properties selected, null where it has none; the id is always there.
    static func selected(_ names: [String], of object: [String: JSONValue]) -> JSONValue {
        var members = Dictionary(names.map { ($0, object[$0] ?? .null) }) { first, _ in first }
        members["id"] = object["id"]
        return .object(members)
    }

    /// What an application sees of a user who may only be seen in outline.
    static func outline(_ user: [String: JSONValue]) -> [String: JSONValue] {
        var user = user
        for name in ["accountEnabled", "userType", "proxyAddresses", "otherMails"] { user[name] = .null }
        return user
    }
}

extension World.Entra {
    /// The users that are not deleted.
    var livingUsers: [World.EntraUser] { users.filter { $0.deletedAt == nil } }
    /// The groups that are not deleted.
    var livingGroups: [World.EntraGroup] { groups.filter { $0.deletedAt == nil } }

    /// The living user with this id or name.
    func user(_ key: String) -> World.EntraUser? {
        let wanted = key.lowercased()
        return users.first {
            $0.deletedAt == nil && ($0.id.lowercased() == wanted || $0.userPrincipalName.lowercased() == wanted)
        }
    }

    /// The living group with this id.
    func group(_ id: String) -> World.EntraGroup? {
        if let group = groups.first(where: { $0.id == id }) { return group.deletedAt == nil ? group : nil }
        let wanted = id.lowercased()
        return groups.first { $0.deletedAt == nil && $0.id.lowercased() == wanted }
    }

    /// The ids of what is deleted; found once for all groups, since a tenant may be large.
    var deadIDs: Set<String> {
        Set(
            users.lazy.filter { $0.deletedAt != nil }.map(\.id) + groups.lazy.filter { $0.deletedAt != nil }.map(\.id)
        )
    }

    /// The direct members of a group that are not deleted.
    func livingMembers(of group: World.EntraGroup, without dead: Set<String>) -> [World.EntraMember] {
        dead.isEmpty ? group.members : group.members.filter { !dead.contains($0.id) }
    }

    /// The ids of all groups that a user is in, directly or through other groups.
    func groupsOf(user id: String) -> Set<String> {
        var found: Set<String> = []
        var open = [id]
        let dead = deadIDs
        while let next = open.popLast() {
            for group in livingGroups where !found.contains(group.id) {
                if livingMembers(of: group, without: dead).contains(where: { $0.id == next }) {
                    found.insert(group.id)
                    open.append(group.id)
                }
            }
        }
        return found
    }
}
