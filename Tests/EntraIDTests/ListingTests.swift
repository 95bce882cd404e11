import HTTP
import HTTPServer
import Model
import Sandbox
import Synchronization
import Testing

@testable import EntraID

@Suite struct ListingTests {
    @Test("users and groups come with what Entra says of them, with a cache and without")
    func listing() async throws {
        for cache in [nil, MemoryCache()] {
            var world = World.tenant
            world.entra.behaviour.pageLimit = 2
            world.entra.behaviour.deltaPageSize = 2
            let tenant = try await Tenant(world, cache: cache)
            let directory = try await tenant.source.listing()
            #expect(directory.usersProblem == nil && directory.groupsProblem == nil)
            #expect(directory.users.map(\.id.value) == [1, 2, 3, 4, 6].map(World.id))
            #expect(directory.groups.map(\.id.value) == (11...16).map(World.id))
            #expect(directory.groups.map(\.displayName) == ["Platform", "Inner", "Twins", "Twins", "Secret", "グループ"])
            #expect(directory.groups.allSatisfy { $0.address == nil && $0.isCreatedByAdministrator })
            let users = directory.users
            #expect(users[0].aliases.sorted() == ["ana.old@example.com", "ana@example.com"])
            #expect(users.map(\.state) == [.active, .suspended, .active, .active, .active])
            #expect(users.map(\.isGuest) == [false, false, false, true, false])
            #expect(users[2].aliases.isEmpty && users[2].mail == "somebody@elsewhere.example")
            #expect(users[3].aliases == ["dee@partner.example"])
        }
    }

    @Test("members are direct, of every kind that counts, and hidden ones are unreadable", arguments: [false, true])
    func members(withCache: Bool) async throws {
        var world = World.tenant
        world.entra.behaviour.pageLimit = 1
        let tenant = try await Tenant(world, cache: withCache ? MemoryCache() : nil)
        let directory = try await tenant.directory()
        func members(_ number: Int) -> MemberReading? { directory.members[SourceGroupID(World.id(number))] }
        #expect(
            members(11)
                == .read([
                    SourceMember(kind: .user, id: World.id(1)), SourceMember(kind: .group, id: World.id(12)),
                ])
        )
        #expect(members(12) == .read([2, 4].map { SourceMember(kind: .user, id: World.id($0)) }))
        #expect(members(14) == .read([]))
        #expect(members(16) == .read([SourceMember(kind: .user, id: World.id(3))]))
        guard case .unreadable(let text)? = members(15) else {
            Issue.record("hidden members were read")
            return
        }
        #expect(text.contains("Member.Read.Hidden"))
        let strange = await tenant.source.members(of: ["00000000-0000-4000-8000-999999999999"])
        #expect(strange.values.first == .vanished)
    }

    @Test("with Member.Read.Hidden the hidden members are read")
    func hidden() async throws {
        for cache in [nil, MemoryCache()] {
            var world = World.tenant
            world.entra.applications[0].roles.insert("Member.Read.Hidden")
            let tenant = try await Tenant(world, cache: cache)
            let members = try await tenant.directory().members[SourceGroupID(World.id(15))]
            #expect(members == .read([SourceMember(kind: .user, id: World.id(1))]))
        }
    }

    @Test("a group that no listing showed is looked at before its empty list is believed")
    func unseenHidden() async throws {
        let tenant = try await Tenant(World.tenant)
        let members = await tenant.source.members(of: [SourceGroupID(World.id(15)), SourceGroupID(World.id(14))])
        #expect(members[SourceGroupID(World.id(14))] == .read([]))
        guard case .unreadable? = members[SourceGroupID(World.id(15))] else {
            Issue.record("hidden members were believed to be none")
            return
        }
    }

    @Test("without User.Read.All nobody is taken for active or suspended: the listing is refused")
    func missingPermission() async throws {
        for cache in [nil, MemoryCache()] {
            var world = World.tenant
            world.entra.applications[0].roles = ["User.ReadBasic.All", "GroupMember.Read.All"]
            let tenant = try await Tenant(world, cache: cache)
            let error = await #expect(throws: UpstreamError.self) { try await tenant.source.listing() }
            #expect(error?.kind == .refused)
            #expect(error?.advice?.contains("User.Read.All") == true)
        }
    }

    @Test("the date on which an employee leaves is asked for where the application may see it, and only there")
    func leaveDate() async throws {
        for cache in [nil, MemoryCache()] {
            var world = World.tenant
            world.changeEntraUser(World.id(1)) { $0.leaveDate = "2026-12-31T17:00:00Z" }
            let blind = try await Tenant(world, cache: cache)
            #expect(try await blind.source.listing().users.allSatisfy { $0.leavesAt == nil })
            world.entra.applications[0].roles.insert(EntraPermission.lifeCycle)
            let tenant = try await Tenant(world, cache: cache)
            let users = try await tenant.source.listing().users
            #expect(users.map(\.leavesAt) == [Timestamp(rfc3339: "2026-12-31T17:00:00Z"), nil, nil, nil, nil])
            #expect(users[0].state == .active)
            #expect(try await tenant.source.user("ana@example.com")?.leavesAt == users[0].leavesAt)
            tenant.sandbox.world.update { _ = $0.changeEntraUser(World.id(1)) { $0.leaveDate = nil } }
            #expect(try await tenant.source.listing().users.allSatisfy { $0.leavesAt == nil })
        }
    }

    @Test("where Graph refuses, the advice names the permission that the token lacks")
    func advice() {
        let none = EntraPermission.advice([])
        #expect(none.contains("User.Read.All and GroupMember.Read.All"))
        let users = EntraPermission.advice(["User.Read.All"])
        #expect(users.contains("GroupMember.Read.All") && !users.contains("User.Read.All"))
        let groups = EntraPermission.advice(["Group.Read.All"])
        #expect(groups.contains("User.Read.All") && !groups.contains("GroupMember"))
        #expect(EntraPermission.advice(["Directory.Read.All"]) == none)
    }

    @Test("a name that begins with a dollar sign stands in brackets, as Graph wants it")
    func dollarName() async throws {
        let tenant = try await Tenant(World.tenant)
        let paths = Mutex<[String]>([])
        tenant.sandbox.world.onCall { call in
            if call.operation == "users.get" { paths.withLock { $0.append(call.request.rawPath) } }
        }
        #expect(try await tenant.source.user("$fay@example.com")?.id.value == World.id(6))
        #expect(paths.withLock { $0 } == ["/v1.0/users('%24fay%40example.com')"])
        #expect(try await tenant.source.user("$o'brien@example.com") == nil)
    }

    @Test("a key that Graph refuses by its form is nobody; a name that it refuses is a failure")
    func refusedKey() async throws {
        let tenant = try await Tenant(World.tenant)
        tenant.sandbox.world.inject(
            Fault(.operation("graph", "users.get"), .every, .refused(code: "Request_BadRequest", status: 400))
        )
        #expect(try await tenant.source.user("carol") == nil)
        await #expect(throws: UpstreamError.self) { try await tenant.source.user("ana@example.com") }
    }

    @Test("without any permission the listing is refused, with one missing it says which list is")
    func permissions() async throws {
        for cache in [nil, MemoryCache()] {
            var world = World.tenant
            world.entra.applications[0].roles = []
            let none = try await Tenant(world, cache: cache)
            let error = await #expect(throws: UpstreamError.self) { try await none.source.listing() }
            #expect(error?.code == "Authorization_RequestDenied" && error?.kind == .refused)
            #expect(error?.requestID != nil)
            world.entra.applications[0].roles = ["User.Read.All"]
            let users = try await Tenant(world, cache: cache)
            let directory = try await users.source.listing()
            #expect(directory.usersProblem == nil && directory.users.count == 5)
            #expect(directory.groupsProblem?.contains("Authorization_RequestDenied") == true)
        }
    }

    @Test("a full read costs the pages, and batches of twenty groups")
    func calls() async throws {
        var world = World()
        for number in 0..<1999 { world.addEntraUser("u\(number)@example.com") }
        let ids = world.entra.users.map(\.id)
        for number in 0..<41 {
            let members = number == 0 ? ids : Array(ids.prefix(number))
            world.addEntraGroup("g\(number)", members: members.map { .user($0) })
        }
        let tenant = try await Tenant(world)
        let directory = try await tenant.directory()
        #expect(directory.users.count == 1999)
        let sizes = directory.members.values.map { reading in
            if case .read(let members) = reading { members.count } else { -1 }
        }
        #expect(sizes.sorted() == Array(1...40) + [1999])
        #expect(tenant.calls() == ["users.list": 3, "groups.list": 1, "$batch": 3, "groups.members": 2])
    }

    @Test("deleted users come with the names that they had")
    func deletedUsers() async throws {
        let tenant = try await Tenant(World.tenant)
        let users = try await tenant.source.deletedUsers()
        #expect(users.map(\.id.value) == [World.id(5)])
        #expect(users.map(\.primaryAddress) == ["eve@example.com"])
        #expect(users.map(\.state) == [.deleted])
    }

    @Test("a user is found by id, name and smtp address, whatever signs are in it, and by nothing else")
    func user() async throws {
        let tenant = try await Tenant(World.tenant)
        let keys: [(String, Int?)] = [
            (World.id(1), 1), ("ana@example.com", 1), ("ANA@example.com", 1), ("ana.old@example.com", 1),
            ("$fay@example.com", 6), ("dee_partner.example#EXT#@example.onmicrosoft.com", 4),
            ("dee@partner.example", 4), ("somebody@elsewhere.example", nil), ("eve@example.com", nil),
            (World.id(77), nil), ("not a key", nil), ("..", nil), ("o'brien@example.com", nil),
        ]
        for (key, number) in keys {
            let found = try await tenant.source.user(key)
            #expect(found?.id.value == number.map(World.id), "\(key)")
        }
    }

    @Test("where Graph does not take the filter, an alias is found by looking at everybody")
    func unfilteredAlias() async throws {
        let tenant = try await Tenant(World.tenant)
        tenant.sandbox.world.inject(
            Fault(
                .init("graph", "users.list") { $0.text("$filter") != nil },
                .every,
                .refused(code: "Request_UnsupportedQuery", status: 400)
            )
        )
        #expect(try await tenant.source.user("ana.old@example.com")?.id.value == World.id(1))
        #expect(try await tenant.source.user("nobody@example.com") == nil)
    }

    @Test("an alias of two users is a conflict that names both")
    func ambiguousAlias() async throws {
        var world = World.tenant
        for number in [2, 3] {
            world.changeEntraUser(World.id(number)) { $0.proxyAddresses = ["smtp:both@example.com"] }
        }
        let tenant = try await Tenant(world)
        let error = await #expect(throws: UpstreamError.self) { try await tenant.source.user("both@example.com") }
        #expect(error?.kind == .conflict)
        #expect(error?.message.contains(World.id(2)) == true && error?.message.contains(World.id(3)) == true)
    }

    @Test("states are told for everybody")
    func states() async throws {
        for cache in [nil, MemoryCache()] {
            let tenant = try await Tenant(World.tenant, cache: cache)
            let states = try await tenant.source.userStates()
            #expect(states.map(\.state) == [.active, .suspended, .active, .active, .active])
            #expect(states.first?.primaryAddress == "ana@example.com")
        }
    }

    @Test("a link that leads elsewhere is not followed")
    func foreignLink() async throws {
        let tenant = try await Tenant(World.tenant)
        for link in ["http://127.0.0.1:1/v1.0/users", "https://graph.microsoft.com/v1.0/users", "/v1.0/users", "x"] {
            tenant.sandbox.world.clearFaults()
            tenant.sandbox.world.inject(
                Fault(
                    .operation("graph", "users.list"),
                    .every,
                    .edited { json in
                        var json = json
                        json["@odata.nextLink"] = .string(link)
                        return json
                    }
                )
            )
            let directory = try await tenant.source.listing()
            #expect(directory.usersProblem?.contains("away from Graph") == true, "\(link)")
        }
    }
}
