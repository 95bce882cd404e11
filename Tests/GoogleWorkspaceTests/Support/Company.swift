/// What the fake Google Workspace holds.
struct Company: Sendable {
    struct User: Sendable {
        var id: String
        var primary: String
        var aliases: [String] = []
        var suspended = false
        var archived = false
        var guest = false
        var deleted = false
        var name: JSON = [:]

        var json: JSON {
            var fields: [String: JSON] = [
                "kind": "admin#directory#user", "id": .text(id), "primaryEmail": .text(primary), "name": name,
                "suspended": .bool(suspended), "archived": .bool(archived), "isAdmin": false, "etag": "\"e\"",
                "nonEditableAliases": [.text(primary + ".test-google-a.com")],
            ]
            if !aliases.isEmpty { fields["aliases"] = .list(aliases.map { .text($0) }) }
            if guest { fields["isGuestUser"] = true }
            if deleted { fields["deletionTime"] = "2026-11-20T10:00:00Z" }
            return .object(fields)
        }
    }

    struct Member: Sendable {
        var id: String?
        var email: String?
        var type = "USER"

        var json: JSON {
            var fields: [String: JSON] = ["kind": "admin#directory#member", "role": "MEMBER", "type": .text(type)]
            if let id { fields["id"] = .text(id) }
            if let email { fields["email"] = .text(email) }
            return .object(fields)
        }
    }

    struct Group: Sendable {
        var id: String
        var email: String
        var aliases: [String] = []
        var nonEditableAliases: [String] = []
        var adminCreated = true
        var members: [Member] = []
        /// What `directMembersCount` says where that is not the number of members.
        var count: Int?

        var json: JSON {
            var fields: [String: JSON] = [
                "kind": "admin#directory#group", "id": .text(id), "email": .text(email), "name": .text(email),
                "adminCreated": .bool(adminCreated), "directMembersCount": .text(String(count ?? members.count)),
            ]
            if !aliases.isEmpty { fields["aliases"] = .list(aliases.map { .text($0) }) }
            if !nonEditableAliases.isEmpty {
                fields["nonEditableAliases"] = .list(nonEditableAliases.map { .text($0) })
            }
            return .object(fields)
        }
    }

    var users: [User] = []
    var groups: [Group] = []
    /// The most entries that a page has, whatever is asked for.
    var pageCap = Int.max
    /// Whether a list whose last page is full promises one more, as some of Google's services do.
    var promisesEmptyPage = false

    func user(_ key: String) -> User? {
        users.first { !$0.deleted && ($0.id == key || $0.primary == key || $0.aliases.contains(key)) }
    }

    func group(_ key: String) -> Group? { groups.first { $0.id == key || $0.email == key } }

    /// Whether somebody is in a group, directly or through nested groups.
    func isMember(_ user: String, of group: Group, seen: Set<String> = []) -> Bool {
        if group.members.contains(where: { $0.id == user && $0.type != "GROUP" }) { return true }
        if group.members.contains(where: { $0.type == "CUSTOMER" }) { return true }
        return group.members.contains { member in
            guard member.type == "GROUP", let id = member.id, !seen.contains(id), let nested = self.group(id) else {
                return false
            }
            return isMember(user, of: nested, seen: seen.union([id]))
        }
    }

    /// A company of so many people and groups, `group-0` of whom has all people.
    static func of(users: Int, groups: Int) -> Company {
        let people = (0..<users).map {
            User(id: "1\(String(repeating: "0", count: 15))\($0)", primary: "p\($0)@example.com")
        }
        let everybody = people.map { Member(id: $0.id, email: $0.primary) }
        let teams = (0..<groups).map { number in
            let members = number == 0 ? everybody : everybody.isEmpty ? [] : [everybody[number % everybody.count]]
            return Group(id: "g\(number)", email: "group-\(number)@example.com", members: members)
        }
        return Company(users: people, groups: teams)
    }
}
