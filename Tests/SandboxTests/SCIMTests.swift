import Sandbox
import Testing

@Suite struct SCIMTests {
    private func ask(
        _ sandbox: Sandbox,
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        token: String = "sandbox-scim-token"
    ) async throws -> Answer {
        try await sandbox.ask(
            method,
            "/scim/v2/\(path)",
            headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/scim+json")],
            body: body?.description ?? ""
        )
    }

    private func patch(_ value: JSONValue) -> JSONValue {
        [
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [["op": "replace", "path": "active", "value": value]],
        ]
    }

    @Test("a user is disabled and enabled by PATCH")
    func disable() async throws {
        var world = World()
        world.addUser("ana@example.com", id: "u-ana", externalID: "g-ana")
        let sandbox = try await Sandbox.start(world: world)
        #expect(try await ask(sandbox, "PATCH", "Users/u-ana", patch(false)).json["active"] == false)
        #expect(sandbox.world.snapshot().identityCenter.user("u-ana")?.status == "DISABLED")
        #expect(try await ask(sandbox, "PATCH", "Users/u-ana", patch(true)).json["active"] == true)
        #expect(try await ask(sandbox, "PATCH", "Users/u-ana", patch("perhaps")).status == 400)
        #expect(try await ask(sandbox, "PATCH", "Users/u-none", patch(true)).status == 404)
        #expect(try await ask(sandbox, "PATCH", "Users/u-ana", patch(true), token: "wrong").status == 401)
        #expect(sandbox.world.writes.map(\.operation) == ["PatchUser", "PatchUser"])
    }

    @Test("users are found by filter, made, and deleted with their memberships")
    func users() async throws {
        var world = World()
        world.addUser("ana@example.com", id: "u-ana", externalID: "g-ana")
        world.addGroup("admins", id: "gr-admins", members: ["u-ana"])
        let sandbox = try await Sandbox.start(world: world)
        let found = try await ask(sandbox, "GET", "Users?filter=externalId%20eq%20%22g-ana%22")
        #expect(found.json["Resources"]?.array?.first?["id"] == "u-ana")
        #expect(try await ask(sandbox, "GET", "Users?filter=userName%20co%20%22a%22").status == 400)
        let made = try await ask(
            sandbox,
            "POST",
            "Users",
            ["userName": "bo@example.com", "displayName": "bo", "name": ["givenName": "bo", "familyName": "e"]]
        )
        #expect(made.status == 201)
        let again = try await ask(
            sandbox,
            "POST",
            "Users",
            ["userName": "BO@example.com", "displayName": "bo", "name": ["givenName": "bo", "familyName": "e"]]
        )
        #expect(again.status == 409)
        #expect(again.json["schema"] != nil)
        #expect(again.json["status"] == "409")
        #expect(try await ask(sandbox, "GET", "Groups/gr-admins").json["members"] == [])
        let deleted = try await ask(sandbox, "DELETE", "Users/u-ana")
        #expect(deleted.status == 204)
        #expect(sandbox.world.snapshot().identityCenter.group("gr-admins")?.memberIDs == [])
    }
}
