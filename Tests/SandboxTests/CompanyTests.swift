import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct CompanyTests {
    @Test("the seeded company has the difficult cases in it")
    func seeded() {
        let world = Company.seeded()
        let users = world.google.users
        #expect((35...50).contains(users.count))
        #expect(users.contains { $0.isSuspended })
        #expect(users.contains { $0.isArchived })
        #expect(users.contains { $0.isGuest })
        #expect(users.contains { $0.deletionTime != nil })
        #expect(users.contains { !$0.givenName.allSatisfy { $0.isASCII } })
        #expect((12...20).contains(world.google.groups.count))
        #expect(world.google.groups.contains { $0.members.count > 30 })
        #expect(world.google.groups.contains { $0.members.isEmpty })
        #expect(world.google.groups.contains { $0.members.contains { $0.kind == .customer } })
        #expect(world.google.groups.contains { !$0.isAdminCreated })
        #expect(world.organization.accounts.contains { $0.state != "ACTIVE" })
        #expect(world.identityCenter.permissionSets.count == 6)
        #expect(world.identityCenter.groups.contains { !$0.externalIDs.isEmpty })
        #expect(world.entra.users.contains { !$0.isEnabled } && world.entra.users.contains { $0.userType == "Guest" })
        #expect(Set(world.entra.groups.map(\.displayName)).count < world.entra.groups.count)
        #expect(world.entra.groups.contains { $0.isHidden })
        #expect(world == Company.seeded())
    }

    @Test("identifiers are unique, and what is referred to exists")
    func consistent() {
        for world in [Company.seeded(), Company.generated(users: 90, groups: 12, accounts: 15, permissionSets: 4)] {
            #expect(Set(world.google.users.map(\.id)).count == world.google.users.count)
            #expect(Set(world.google.groups.map(\.id)).count == world.google.groups.count)
            let center = world.identityCenter
            #expect(Set(center.users.map(\.id)).count == center.users.count)
            #expect(Set(center.users.map { $0.userName.lowercased() }).count == center.users.count)
            #expect(Set(center.groups.map { $0.displayName.lowercased() }).count == center.groups.count)
            let userIDs = Set(center.users.map(\.id))
            for group in center.groups { #expect(userIDs.isSuperset(of: group.memberIDs), "\(group.displayName)") }
            let sets = Set(center.permissionSets.map(\.arn))
            let accounts = Set(world.organization.accounts.map(\.id))
            for assignment in center.assignments {
                #expect(sets.contains(assignment.permissionSet))
                #expect(accounts.contains(assignment.account))
            }
            let objects = world.entra.users.map(\.id) + world.entra.groups.map(\.id)
            #expect(Set(objects).count == objects.count)
            for group in world.entra.groups {
                #expect(group.members.allSatisfy { objects.contains($0.id) }, "\(group.displayName)")
            }
            let known = Set(world.google.users.map(\.id) + world.google.groups.map(\.id))
            for group in world.google.groups {
                for member in group.members where member.kind != .customer && member.email == nil {
                    #expect(known.contains(member.id), "\(group.email): \(member.id)")
                }
            }
        }
    }

    @Test("a generated company is the same for the same seed, and another for another")
    func generated() {
        let first = Company.generated(users: 200, groups: 20, accounts: 30, permissionSets: 5, seed: 7)
        #expect(first == Company.generated(users: 200, groups: 20, accounts: 30, permissionSets: 5, seed: 7))
        #expect(first != Company.generated(users: 200, groups: 20, accounts: 30, permissionSets: 5, seed: 8))
        #expect(first.google.users.count == 200)
        #expect(first.identityCenter.groups.count == 20)
        #expect(first.organization.accounts.count == 31)
        #expect(first.identityCenter.assignments.count == 20)
        #expect(
            Company.generated(users: 3, groups: 2, accounts: 0, permissionSets: 0).identityCenter.assignments.isEmpty
        )
    }

    @Test("the key file is its owner's alone, and goes with the sandbox")
    func keyFile() async throws {
        let sandbox = try await Sandbox.start()
        let attributes = try FileManager.default.attributesOfItem(atPath: sandbox.googleKeyFile)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let folder = try FileManager.default.attributesOfItem(atPath: sandbox.folder)
        #expect(folder[.posixPermissions] as? Int == 0o700)
        sandbox.stop()
        #expect(!FileManager.default.fileExists(atPath: sandbox.folder))
    }

    @Test("the command writes a ready file that leads to the clouds, and ends when cancelled")
    func command() async throws {
        let file = FileManager.default.temporaryDirectory.path + "/ready-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        let running = Task {
            try await SandboxCommand.run(world: Company.seeded(), readyFile: file) { _ in begin.yield() }
        }
        for await _ in started { break }
        let document = try #require(JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: file)))))
        let port = document["baseURL"]?.text?.split(separator: ":").last.flatMap { Int($0) } ?? 0
        let client = try RawClient(port: port)
        try client.write("GET /admin/directory/v1/users?customer=my_customer HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try await client.readResponse().head.hasPrefix("HTTP/1.1 401"))
        #expect(document["environment"]?["AWS_ENDPOINT_URL"] == document["baseURL"])
        let key = document["googleKeyFile"]?.text ?? ""
        #expect(FileManager.default.fileExists(atPath: key))
        running.cancel()
        try await running.value
        #expect(!FileManager.default.fileExists(atPath: key))
    }
}
