@testable import IdentityCenter

/// What the fake clouds hold.
struct FakeWorld: Hashable, Sendable {
    static let instance = "arn:aws:sso:::instance/ssoins-1111222233334444"
    static let store = "d-1234567890"
    static let management = "111111111111"

    struct Assignment: Hashable, Sendable, Comparable {
        var type: String
        var principal: String
        var account: String
        var set: String
        static func < (left: Self, right: Self) -> Bool {
            (left.account, left.set, left.type, left.principal) < (
                right.account, right.set, right.type, right.principal
            )
        }
    }

    struct Membership: Hashable, Sendable {
        var group: String
        var user: String
    }

    struct Unit: Hashable, Sendable {
        var id: String
        var name: String
        var parent: String
    }

    struct Operation: Hashable, Sendable {
        var isCreation: Bool
        var assignment: Assignment
        var pollsLeft: Int
        var failure: String?
    }

    var instances: [Document] = [
        [
            "InstanceArn": .text(FakeWorld.instance), "IdentityStoreId": .text(FakeWorld.store),
            "OwnerAccountId": .text(FakeWorld.management), "Status": "ACTIVE", "Name": "main",
        ]
    ]
    var hasOrganization = true
    /// The users by id, as DescribeUser gives them.
    var users: [String: Document] = [:]
    var groups: [String: Document] = [:]
    var memberships: [String: Membership] = [:]
    /// Name and duration by ARN.
    var sets: [String: Document] = [:]
    var assignments: Set<Assignment> = []
    var applicationAssignments: Set<Assignment> = []
    var root = "r-abcd"
    var units: [Unit] = []
    /// The accounts by id, as ListAccounts gives them.
    var accounts: [String: Document] = [:]
    var parents: [String: String] = [:]
    var tags: [String: [Document]] = [:]
    var operations: [String: Operation] = [:]
    var nextNumber = 1

    mutating func number() -> Int {
        nextNumber += 1
        return nextNumber
    }

    /// An id of the identity store.
    mutating func identifier() -> String { FakeWorld.identifier(number()) }

    static func identifier(_ number: Int) -> String {
        let digits = String(number)
        return "1234567890-00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    mutating func addUser(_ name: String, _ more: [String: Document] = [:]) -> String {
        let id = identifier()
        users[id] = .object([
            "UserId": .text(id), "UserName": .text(name), "IdentityStoreId": .text(FakeWorld.store),
            "DisplayName": .text("Name of \(name)"), "Name": ["GivenName": "G", "FamilyName": "F"],
            "Emails": [["Value": .text(name), "Type": "work", "Primary": true]], "UserStatus": "ENABLED",
        ]).with(more)
        return id
    }

    mutating func addGroup(_ name: String, _ description: String? = nil) -> String {
        let id = identifier()
        var group: [String: Document] = [
            "GroupId": .text(id), "DisplayName": .text(name), "Revision": "1",
            "IdentityStoreId": .text(FakeWorld.store),
        ]
        if let description { group["Description"] = .text(description) }
        groups[id] = .object(group)
        return id
    }

    @discardableResult
    mutating func addMember(_ group: String, _ user: String) -> String {
        let id = identifier()
        memberships[id] = Membership(group: group, user: user)
        return id
    }

    mutating func addSet(_ name: String, duration: Document? = "PT1H") -> String {
        let digits = String(number())
        let arn =
            "arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-" + String(repeating: "0", count: 16 - digits.count)
            + digits
        var set: [String: Document] = ["Name": .text(name), "PermissionSetArn": .text(arn)]
        set["SessionDuration"] = duration
        sets[arn] = .object(set)
        return arn
    }

    mutating func addAccount(_ id: String, _ name: String, in parent: String? = nil, state: String = "ACTIVE") {
        accounts[id] = ["Id": .text(id), "Name": .text(name), "State": .text(state), "Status": .text(state)]
        parents[id] = parent ?? root
    }

    mutating func addUnit(_ name: String, in parent: String? = nil) -> String {
        let id = "ou-abcd-\(10_000_000 + number())"
        units.append(Unit(id: id, name: name, parent: parent ?? root))
        return id
    }
}

extension FakeWorld {
    /// A small company: more than one page of everything at the page sizes that the fakes use.
    static func company() -> FakeWorld {
        var world = FakeWorld()
        let users = (1...7).map { world.addUser("user\($0)@example.com") }
        let groups = (1...5).map { world.addGroup("group\($0)", "Group \($0) [idbridge:test]") }
        for (index, group) in groups.enumerated() {
            for user in users.prefix(index + 1) { world.addMember(group, user) }
        }
        let sets = ["Admin", "Reader", "Billing"].map { world.addSet($0, duration: $0 == "Admin" ? "PT4H" : "PT1H") }
        let workloads = world.addUnit("Workloads")
        let production = world.addUnit("Production", in: workloads)
        world.addAccount(management, "management")
        world.addAccount("222222222222", "shop", in: production)
        world.addAccount("333333333333", "sandbox", in: workloads)
        world.addAccount("444444444444", "old", in: workloads, state: "SUSPENDED")
        world.tags["222222222222"] = [["Key": "environment", "Value": "production"], ["Key": "empty", "Value": ""]]
        for (index, group) in groups.enumerated() {
            for account in ["222222222222", "333333333333"] {
                world.assignments.insert(
                    Assignment(type: "GROUP", principal: group, account: account, set: sets[index % 3])
                )
            }
        }
        world.assignments.insert(
            Assignment(type: "USER", principal: users[0], account: management, set: sets[0])
        )
        world.applicationAssignments.insert(
            Assignment(type: "GROUP", principal: groups[1], account: "arn:aws:sso::1:application/x", set: "")
        )
        world.applicationAssignments.insert(
            Assignment(type: "USER", principal: users[0], account: "arn:aws:sso::1:application/y", set: "")
        )
        return world
    }
}
