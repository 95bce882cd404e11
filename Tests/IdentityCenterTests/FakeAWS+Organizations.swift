import HTTP

@testable import IdentityCenter

extension FakeAWS.State {
    mutating func organizations(_ operation: String, _ input: Document) -> HTTPResponse? {
        switch operation {
        case "DescribeOrganization":
            guard world.hasOrganization else { return error("AWSOrganizationsNotInUseException") }
            return ok(["Organization": ["Id": "o-abcdefghij", "MasterAccountId": .text(FakeWorld.management)]])
        case "ListRoots":
            return page(operation, "Roots", [["Id": .text(world.root), "Name": "Root"]], input, limit: 20)
        case "ListAccounts": return page(operation, "Accounts", accounts(in: nil), input, limit: 20)
        case "ListAccountsForParent":
            return page(operation, "Accounts", accounts(in: input["ParentId"]?.text), input, limit: 20)
        case "ListOrganizationalUnitsForParent":
            let rows: [Document] = world.units.filter { $0.parent == input["ParentId"]?.text }.map {
                ["Id": .text($0.id), "Name": .text($0.name)]
            }
            return page(operation, "OrganizationalUnits", rows, input, limit: 20)
        case "ListTagsForResource":
            return page(operation, "Tags", world.tags[input["ResourceId"]?.text ?? ""] ?? [], input)
        default: return nil
        }
    }

    private func accounts(in parent: String?) -> [Document] {
        world.accounts.keys.sorted().filter { parent == nil || world.parents[$0] == parent }.compactMap { id in
            guard hasPaths else { return world.accounts[id] }
            return world.accounts[id]?.with(["Paths": [.text(path(id))]])
        }
    }

    private func path(_ account: String) -> String {
        var parts = [account]
        var parent = world.parents[account] ?? world.root
        while let unit = world.units.first(where: { $0.id == parent }) {
            parts.insert(unit.id, at: 0)
            parent = unit.parent
        }
        return (["o-abcdefghij", world.root] + parts).joined(separator: "/") + "/"
    }
}
