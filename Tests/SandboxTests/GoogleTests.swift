import Sandbox
import Testing

@Suite struct GoogleTests {
    /// A company with the difficult cases.
    private func world() -> World {
        var world = World()
        world.addGoogleUser("ana@example.com", id: "g-ana", aliases: ["ana.old@example.com"])
        world.addGoogleUser("bo@example.com", id: "g-bo", isSuspended: true)
        world.addGoogleUser("cy@example.com", id: "g-cy", isArchived: true)
        world.addGoogleUser("dee@other.example.com", id: "g-dee", isGuest: true)
        world.addGoogleUser("eve@example.com", id: "g-eve")
        world.changeGoogleUser("g-eve") { $0.deletionTime = "2026-11-20T00:00:00.000Z" }
        world.addGoogleGroup(
            "team@example.com",
            id: "gg-team",
            members: [
                .user("g-ana", role: "OWNER"), .group("gg-inner"), .external("out@elsewhere.example", id: "x-1"),
            ],
            aliases: ["squad@example.com"]
        )
        world.addGoogleGroup(
            "inner@example.com",
            id: "gg-inner",
            members: [.user("g-bo"), .user("g-dee"), .group("gg-team")]
        )
        world.addGoogleGroup(
            "all@example.com",
            id: "gg-all",
            members: [.customer(), .group("gg-foreign", email: "f@x.example")]
        )
        world.addGoogleGroup("empty@example.com", id: "gg-empty")
        world.addGoogleGroup("user-made@example.com", id: "gg-user", isAdminCreated: false)
        world.google.groups.append(
            World.GoogleGroup(id: "gg-foreign", email: "f@x.example", owner: .otherCustomer(status: 403))
        )
        return world
    }

    @Test("a good assertion gets a token that reads the directory")
    func token() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let answer = try await sandbox.googleToken()
        #expect(answer.status == 200)
        #expect(answer.json["token_type"] == "Bearer")
        #expect(answer.json["expires_in"] == 3599)
        #expect(try await sandbox.google("/users?customer=my_customer").status == 200)
        #expect(try sandbox.keyFile()["token_uri"]?.text == sandbox.baseURL + "/google/token")
    }

    @Test("a bad assertion is refused as Google does")
    func badAssertions() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let cases: [(claim: String, value: JSONValue?, status: Int, error: String)] = [
            ("iss", "somebody@example.com", 400, "invalid_grant"),
            ("sub", "nobody@example.com", 400, "invalid_grant"),
            ("sub", "bo@example.com", 400, "invalid_grant"),
            ("aud", "https://example.com/token", 400, "invalid_grant"),
            ("exp", .integer(4_000_000_000), 400, "invalid_grant"),
            ("iat", .integer(4_000_000_000), 400, "invalid_grant"),
            ("scope", "", 400, "invalid_scope"),
            ("scope", "https://www.googleapis.com/auth/admin.directory.user", 401, "unauthorized_client"),
        ]
        for (claim, value, status, error) in cases {
            let answer = try await sandbox.googleToken(change: { $0[claim] = value })
            #expect(answer.status == status, "\(claim)")
            #expect(answer.json["error"] == .string(error), "\(claim)")
        }
        let skewed = try await sandbox.googleToken(now: 1_000_000_000)
        #expect(skewed.json["error_description"]?.text?.contains("iat and exp") == true)
        let forged = try await sandbox.googleToken(tamper: { text in
            let parts = text.split(separator: ".")
            return "\(parts[0]).\(parts[1]).\(parts[2].hasPrefix("A") ? "B" : "A")\(parts[2].dropFirst())"
        })
        #expect(forged.json["error_description"] == "Invalid JWT Signature.")
    }

    @Test("without a subject, without privilege and without a scope the directory says 403, without a token 401")
    func refusals() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let noSubject = try await sandbox.googleToken(change: { $0["sub"] = nil })
        let ordinary = try await sandbox.googleToken(change: { $0["sub"] = "ana@example.com" })
        let narrow = try await sandbox.googleToken(change: {
            $0["scope"] = "https://www.googleapis.com/auth/admin.directory.group.readonly"
        })
        for (answer, reason) in [
            (noSubject, "forbidden"), (ordinary, "forbidden"), (narrow, "insufficientPermissions"),
        ] {
            let bearer = "Bearer \(answer.json["access_token"]?.text ?? "")"
            let users = try await sandbox.ask(
                "GET",
                "/admin/directory/v1/users?customer=my_customer",
                headers: [("Authorization", bearer)]
            )
            #expect(users.status == 403)
            #expect(users.json["error"]?["errors"]?.array?.first?["reason"] == .string(reason))
        }
        let none = try await sandbox.ask("GET", "/admin/directory/v1/users?customer=my_customer")
        #expect(none.status == 401)
        #expect(none.json["error"]?["errors"]?.array?.first?["reason"] == "authError")
    }

    @Test("users.list shows the living; showDeleted the deleted alone")
    func listUsers() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let users = try await sandbox.google("/users?customer=my_customer").json["users"]?.array ?? []
        #expect(users.map { $0["id"]?.text } == ["g-ana", "g-bo", "g-cy", "g-dee"])
        #expect(users[0]["aliases"] == ["ana.old@example.com"])
        #expect(users[1]["aliases"] == nil)
        #expect(users[1]["suspended"] == true)
        #expect(users[1]["suspensionReason"] == "ADMIN")
        #expect(users[2]["archived"] == true)
        #expect(users[3]["isGuestUser"] == true)
        #expect(users[0]["isGuestUser"] == nil)
        let deleted =
            try await sandbox.google("/users?customer=my_customer&showDeleted=true").json["users"]?.array ?? []
        #expect(deleted.map { $0["id"]?.text } == ["g-eve"])
        #expect(deleted[0]["deletionTime"] != nil)
    }

    @Test("an empty list has no key")
    func emptyLists() async throws {
        let sandbox = try await Sandbox.start(world: world())
        #expect(try await sandbox.google("/groups/gg-empty/members").json["members"] == nil)
        #expect(try await sandbox.google("/users?customer=my_customer&query=email:zz*").json["users"] == nil)
        let empty = try await Sandbox.start()
        #expect(try await empty.google("/groups?customer=my_customer").json["groups"] == nil)
    }

    @Test("a mask keeps what it names, and drops nextPageToken where it does not")
    func masks() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let masked = try await sandbox.google(
            "/users?customer=my_customer&maxResults=1&fields=users(id,name/givenName),nextPageToken"
        ).json
        #expect(masked["users"]?.array == [["id": "g-ana", "name": ["givenName": "ana"]]])
        #expect(masked["nextPageToken"] != nil)
        let short = try await sandbox.google("/users?customer=my_customer&maxResults=1&fields=users/id").json
        #expect(short["nextPageToken"] == nil)
        #expect(try await sandbox.google("/users?customer=my_customer&fields=users(").status == 400)
    }

    @Test("pages follow each other to the end, and their tokens belong to what was asked")
    func pages() async throws {
        var world = World()
        for number in 0..<23 { world.addGoogleUser("u\(number)@example.com", id: "g-\(number)") }
        let sandbox = try await Sandbox.start(world: world)
        let list = try await sandbox.googleList("/users?customer=my_customer&maxResults=5", key: "users")
        #expect(list.pages == 5)
        #expect(list.elements.map { $0["id"]?.text } == (0..<23).map { "g-\($0)" })
        let first = try await sandbox.google("/users?customer=my_customer&maxResults=5").json
        let token = first["nextPageToken"]?.text ?? ""
        #expect(
            try await sandbox.google("/users?customer=my_customer&showDeleted=true&pageToken=\(token)").status == 400
        )
        #expect(try await sandbox.google("/users?customer=my_customer&pageToken=nonsense").status == 400)
        #expect(try await sandbox.google("/users?customer=my_customer&maxResults=501").status == 400)
        #expect(try await sandbox.google("/groups?customer=my_customer&maxResults=201").status == 400)
        #expect(try await sandbox.google("/users").status == 400)
        #expect(try await sandbox.google("/users?domain=nowhere.example").status == 404)
    }

    @Test("somebody removed between two pages makes nobody else disappear")
    func removedBetweenPages() async throws {
        var world = World()
        for number in 0..<6 { world.addGoogleUser("u\(number)@example.com", id: "g-\(number)") }
        let sandbox = try await Sandbox.start(world: world)
        let first = try await sandbox.google("/users?customer=my_customer&maxResults=3").json
        sandbox.world.update { $0.google.users.removeAll { ["g-0", "g-2"].contains($0.id) } }
        let token = first["nextPageToken"]?.text ?? ""
        let rest = try await sandbox.google("/users?customer=my_customer&maxResults=3&pageToken=\(token)").json
        #expect(rest["users"]?.array?.map { $0["id"]?.text }.contains("g-3") == true)
    }

    @Test("users.get finds by id, primary address and alias, and does not find the deleted")
    func getUser() async throws {
        let sandbox = try await Sandbox.start(world: world())
        for key in ["g-ana", "ANA@example.com", "ana.old%40example.com"] {
            #expect(try await sandbox.google("/users/\(key)").json["id"] == "g-ana")
        }
        let gone = try await sandbox.google("/users/g-eve")
        #expect(gone.status == 404)
        #expect(gone.json["error"]?["message"] == "Resource Not Found: userKey")
        #expect(gone.json["error"]?["errors"]?.array?.first?["reason"] == "notFound")
    }

    @Test("groups.list shows this customer's groups, and a user's by direct membership")
    func listGroups() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let groups = try await sandbox.google("/groups?customer=my_customer").json["groups"]?.array ?? []
        #expect(groups.map { $0["id"]?.text } == ["gg-team", "gg-inner", "gg-all", "gg-empty", "gg-user"])
        #expect(groups[0]["directMembersCount"] == "3")
        #expect(groups[0]["aliases"] == ["squad@example.com"])
        #expect(groups[4]["adminCreated"] == false)
        let ofBo = try await sandbox.google("/groups?userKey=bo@example.com").json["groups"]?.array ?? []
        #expect(ofBo.map { $0["id"]?.text } == ["gg-inner"])
        #expect(try await sandbox.google("/groups?userKey=g-bo&customer=my_customer").status == 400)
        #expect(try await sandbox.google("/groups/squad@example.com").json["id"] == "gg-team")
        #expect(try await sandbox.google("/groups/gg-foreign").status == 403)
    }

    @Test("members.list shows types, roles, states and addresses as Google does")
    func listMembers() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let team = try await sandbox.google("/groups/team%40example.com/members").json["members"]?.array ?? []
        #expect(team.map { $0["type"]?.text } == ["USER", "GROUP", "USER"])
        #expect(team.map { $0["status"]?.text } == ["ACTIVE", nil, nil])
        #expect(team.map { $0["email"]?.text } == ["ana@example.com", "inner@example.com", "out@elsewhere.example"])
        let all = try await sandbox.google("/groups/gg-all/members").json["members"]?.array ?? []
        #expect(all[0]["type"] == "CUSTOMER")
        #expect(all[0]["email"] == nil)
        let inner = try await sandbox.google("/groups/gg-inner/members").json["members"]?.array ?? []
        #expect(inner[0]["status"] == "SUSPENDED")
        let owners = try await sandbox.google("/groups/gg-team/members?roles=OWNER").json["members"]?.array ?? []
        #expect(owners.map { $0["id"]?.text } == ["g-ana"])
        #expect(try await sandbox.google("/groups/gg-foreign/members").status == 403)
        #expect(try await sandbox.google("/groups/gg-none/members").status == 404)
    }

    @Test("derived membership flattens, ends in cycles, and keeps group and customer entries")
    func derivedMembers() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let list = try await sandbox.google("/groups/gg-team/members?includeDerivedMembership=true").json["members"]
        let ids = Set((list?.array ?? []).compactMap { $0["id"]?.text })
        #expect(ids == ["g-ana", "g-bo", "g-dee", "gg-inner", "gg-team", "x-1"])
        let all = try await sandbox.google("/groups/gg-all/members?includeDerivedMembership=true").json["members"]
        #expect((all?.array ?? []).contains { $0["id"] == "g-cy" })
    }

    @Test("hasMember says yes for direct and nested, no, and 400 where the API cannot tell")
    func hasMember() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let cases: [(group: String, member: String, status: Int, isMember: JSONValue?)] = [
            ("gg-team", "g-ana", 200, true),
            ("gg-team", "g-bo", 200, true),
            ("gg-team", "g-cy", 200, false),
            ("gg-all", "g-cy", 200, true),
            ("gg-inner", "g-dee", 200, true),
            ("gg-team", "g-dee", 400, nil),
            ("gg-team", "out@elsewhere.example", 400, nil),
            ("gg-team", "gg-inner", 400, nil),
            ("gg-none", "g-ana", 404, nil),
        ]
        for (group, member, status, isMember) in cases {
            let answer = try await sandbox.google("/groups/\(group)/hasMember/\(member)")
            #expect(answer.status == status, "\(group) \(member)")
            #expect(answer.json["isMember"] == isMember, "\(group) \(member)")
        }
        #expect(try await sandbox.google("/groups/gg-team/members/g-bo").status == 404)
        #expect(try await sandbox.google("/groups/gg-team/members/ana.old@example.com").json["role"] == "OWNER")
    }

    @Test("calls are logged with service, operation and parameters, and without secrets")
    func log() async throws {
        let sandbox = try await Sandbox.start(world: world())
        _ = try await sandbox.google("/groups/gg-team/members?maxResults=7")
        let log = sandbox.world.log
        #expect(log.map(\.service) == ["google-token", "google"])
        #expect(log[1].operation == "members.list")
        #expect(log[1].text("groupKey") == "gg-team")
        #expect(log[1].text("maxResults") == "7")
        #expect(log[1].status == 200)
        #expect(!log.description.contains("eyJ"))
        #expect(sandbox.world.count("google") == 1)
        #expect(sandbox.world.writes.isEmpty)
    }
}
