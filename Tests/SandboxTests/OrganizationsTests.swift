import Sandbox
import Testing

@Suite struct OrganizationsTests {
    private func world() -> World {
        var world = World()
        world.addAccount(
            "200000000002",
            name: "prod",
            unit: "/Workloads/Production",
            tags: ["environment": "production"]
        )
        world.addAccount("300000000003", name: "closed", unit: "/Workloads", state: "SUSPENDED")
        world.organization.units = [["Empty"]]
        return world
    }

    @Test("accounts are shown with state and path, as far as the world says so")
    func accounts() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let accounts = try await sandbox.aws(.organizations, "ListAccounts").json["Accounts"]?.array ?? []
        #expect(accounts.map { $0["State"]?.text } == ["ACTIVE", "ACTIVE", "SUSPENDED"])
        #expect(accounts[0]["Status"] == nil)
        let path = accounts[1]["Paths"]?.array?.first?.text ?? ""
        #expect(path.hasPrefix("o-sandbox0001/r-sbx1/ou-sbx1-"))
        #expect(path.hasSuffix("/200000000002/"))
        sandbox.world.update {
            $0.behaviour.hasAccountPaths = false
            $0.behaviour.accountState = .status
        }
        let old = try await sandbox.aws(.organizations, "ListAccounts").json["Accounts"]?.array ?? []
        #expect(old[1]["Paths"] == nil)
        #expect(old[1]["State"] == nil)
        #expect(old[2]["Status"] == "SUSPENDED")
    }

    @Test("the tree can be walked from the root, and back")
    func tree() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let root = try await sandbox.aws(.organizations, "ListRoots").json["Roots"]?.array?.first?["Id"] ?? .null
        func units(_ id: JSONValue) async throws -> [JSONValue] {
            let answer = try await sandbox.aws(.organizations, "ListOrganizationalUnitsForParent", ["ParentId": id])
            return answer.json["OrganizationalUnits"]?.array ?? []
        }
        let top = try await units(root)
        #expect(top.map { $0["Name"] } == ["Empty", "Workloads"])
        let workloads = top[1]["Id"] ?? .null
        let production = try await units(workloads)
        #expect(production.map { $0["Name"] } == ["Production"])
        let inside = try await sandbox.aws(.organizations, "ListAccountsForParent", ["ParentId": workloads])
        #expect(inside.json["Accounts"]?.array?.map { $0["Id"] } == ["300000000003"])
        let parents = try await sandbox.aws(.organizations, "ListParents", ["ChildId": "200000000002"])
        #expect(parents.json["Parents"]?.array?.first?["Id"] == production[0]["Id"])
        let unknown = try await sandbox.aws(.organizations, "ListAccountsForParent", ["ParentId": "ou-none"])
        #expect(unknown.code == "ParentNotFoundException")
    }

    @Test("pages hold at most 20")
    func pages() async throws {
        var world = World()
        for number in 0..<44 { world.addAccount(String(200_000_000_000 + number), name: "a\(number)") }
        let sandbox = try await Sandbox.start(world: world)
        let list = try await sandbox.all(.organizations, "ListAccounts", [:], key: "Accounts")
        #expect(list.sizes == [20, 20, 5])
        let tooMany = try await sandbox.aws(.organizations, "ListAccounts", ["MaxResults": 21])
        #expect(tooMany.code == "InvalidInputException")
        #expect(tooMany.json["Reason"] == "MAX_VALUE_EXCEEDED")
        let badToken = try await sandbox.aws(.organizations, "ListAccounts", ["NextToken": "x"])
        #expect(badToken.json["Reason"] == "INVALID_NEXT_TOKEN")
    }

    @Test("tags are listed by account")
    func tags() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let tags = try await sandbox.aws(.organizations, "ListTagsForResource", ["ResourceId": "200000000002"])
        #expect(tags.json["Tags"] == [["Key": "environment", "Value": "production"]])
        let unknown = try await sandbox.aws(.organizations, "ListTagsForResource", ["ResourceId": "999999999999"])
        #expect(unknown.code == "TargetNotFoundException")
    }
}
