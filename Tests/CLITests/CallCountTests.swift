import Foundation
import Sandbox
import Testing

/// The reads of a run that has nothing to change, by operation: the table of calls in the README.
struct ReadBound {
    /// How many calls of each operation a run may make.
    let calls: [String: Int]

    /// The bound for a company on Google alone whose mapping names every directory group directly.
    init(_ world: World, usesTags: Bool) {
        func pages(_ count: Int, of size: Int) -> Int { max(1, (count + size - 1) / size) }
        let center = world.identityCenter
        let owned = center.groups.filter { $0.description?.hasSuffix("[idbridge:platform]") ?? false }
        let accounts = world.organization.accounts.count
        var nodes: Set<[String]> = [[]]
        for account in world.organization.accounts {
            for length in 0...account.unit.count { nodes.insert(Array(account.unit.prefix(length))) }
        }
        let children = Dictionary(grouping: nodes.filter { !$0.isEmpty }) { Array($0.dropLast()) }
        let assignments = Dictionary(grouping: center.assignments, by: \.principal)
        calls = [
            "token": 1,
            "users.list": pages(world.google.users.count { $0.deletionTime == nil }, of: 500),
            "groups.list": pages(world.google.groups.count, of: 200),
            "members.list": world.google.groups.reduce(0) { $0 + pages($1.members.count, of: 200) },
            "ListInstances": 1,
            "DescribeOrganization": 1,
            "ListAccounts": pages(accounts, of: 20),
            "ListRoots": 1,
            "ListOrganizationalUnitsForParent": nodes.reduce(0) { $0 + pages(children[$1]?.count ?? 0, of: 20) },
            "ListTagsForResource": usesTags ? accounts : 0,
            "ListUsers": pages(center.users.count, of: 100),
            "ListGroups": pages(center.groups.count, of: 100),
            "ListGroupMemberships": owned.reduce(0) { $0 + pages($1.memberships.count, of: 100) },
            "ListPermissionSets": pages(center.permissionSets.count, of: 100),
            "DescribePermissionSet": center.permissionSets.count,
            "ListAccountAssignmentsForPrincipal": owned.reduce(0) {
                $0 + pages(assignments[.group($1.id)]?.count ?? 0, of: 100)
            },
        ]
    }
}

@Suite("calls of a run that has nothing to change", .serialized)
struct CallCountTests {
    struct Size: Sendable {
        var users: Int
        var groups: Int
        var accounts: Int
        var sets: Int
        var usesTags = false
    }

    @Test(
        "no write, and no more reads than the README's table says",
        arguments: [
            Size(users: 3, groups: 1, accounts: 1, sets: 1), Size(users: 120, groups: 7, accounts: 25, sets: 4),
            Size(users: 640, groups: 23, accounts: 12, sets: 9, usesTags: true),
            Size(users: 1001, groups: 12, accounts: 45, sets: 3),
        ]
    )
    func noChange(size: Size) async throws {
        let world = Company.generated(
            users: size.users,
            groups: size.groups,
            accounts: size.accounts,
            permissionSets: size.sets
        )
        let place = try await Workplace.start(
            world,
            mapping: CallCountTests.mapping(of: world, usesTags: size.usesTags),
            configuration: "brakes: { removals: off, perGroup: off, assignments: off }"
        )
        defer { place.stop() }
        let first = try await place.run("sync")
        try #require(first.exit == 0, "\(first.errors)")
        place.world.clearLog()
        let second = try await place.run("sync", "--format", "json")
        #expect(second.exit == 0, "\(second.errors)")
        #expect(place.world.writes.isEmpty)
        let bound = ReadBound(place.world.snapshot(), usesTags: size.usesTags)
        let counted = Dictionary(grouping: place.world.log, by: \.operation).mapValues(\.count)
        for (operation, count) in counted {
            #expect(count <= bound.calls[operation] ?? 0, "\(operation): \(count) calls")
        }
        #expect(place.world.log.allSatisfy { $0.status == 200 })
    }

    /// Each directory group as the Identity Center group of its name, with the access that it has.
    static func mapping(of world: World, usesTags: Bool) -> String {
        let sets = Dictionary(world.identityCenter.permissionSets.map { ($0.arn, $0.name) }, uniquingKeysWith: { $1 })
        let accounts = Dictionary(world.organization.accounts.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        var text = "version: 1\ngroups:\n"
        for group in world.identityCenter.groups {
            text +=
                "  \(group.displayName):\n    members: [{ google: \(group.displayName)@example.com }]\n    access:\n"
            for assignment in world.identityCenter.assignments where assignment.principal.id == group.id {
                let tag = accounts[assignment.account]?.tags["number"] ?? ""
                let selector = usesTags ? "tag: { number: \"\(tag)\" }" : "id: \"\(assignment.account)\""
                text += "      - permissionSets: [\(sets[assignment.permissionSet] ?? "")]\n"
                text += "        accounts: [{ \(selector) }]\n"
            }
        }
        return text
    }
}
