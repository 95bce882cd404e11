import HTTP
import Model
import Sandbox
import Testing

@testable import EntraID

@Suite struct DeltaTests {
    @Test("a second run costs two calls where nothing has changed, however large the tenant", arguments: [100, 3000])
    func secondRun(users: Int) async throws {
        var world = World()
        for number in 0..<users { world.addEntraUser("u\(number)@example.com") }
        let ids = world.entra.users.map(\.id)
        for number in 0..<40 {
            world.addEntraGroup("g\(number)", members: ids.prefix(users / (number + 1)).map { .user($0) })
        }
        let tenant = try await Tenant(world, cache: MemoryCache(), wire: .direct)
        let first = try await tenant.directory()
        let calls = tenant.calls()
        #expect(calls["users.delta"] == (users + 199) / 200)
        #expect(Set(calls.keys) == ["users.delta", "groups.delta"])
        #expect(try await tenant.directory() == first)
        #expect(tenant.calls() == ["users.delta": 1, "groups.delta": 1])
        #expect(try await tenant.source.userStates().count == users)
        #expect(tenant.calls() == ["users.delta": 1])
    }

    @Test("a change costs a handful of calls more, and is seen")
    func change() async throws {
        var world = World.tenant
        world.addEntraGroup("Large", id: World.id(20), members: (0..<5000).map { .user(World.id(1000 + $0)) })
        for number in 0..<5000 { world.addEntraUser("l\(number)@example.com", id: World.id(1000 + number)) }
        let tenant = try await Tenant(world, cache: MemoryCache(), wire: .direct)
        _ = try await tenant.directory()
        _ = tenant.calls()
        tenant.sandbox.world.update { world in
            world.changeEntraUser(World.id(1)) { $0.isEnabled = false }
            world.changeEntraGroup(World.id(11)) { $0.members.append(.user(World.id(3))) }
            world.changeEntraGroup(World.id(20)) { $0.members.removeFirst() }
            world.addEntraUser("new@example.com", id: World.id(50))
            world.changeEntraUser(World.id(50)) { $0.createdAt = "2026-11-24T22:00:00Z" }
        }
        let directory = try await tenant.directory()
        #expect(directory == (try await Tenant(tenant.sandbox.world.snapshot(), wire: .direct).directory()))
        #expect(tenant.calls().values.reduce(0, +) <= 6)
    }

    @Test("a link that has expired, is unknown, or leads elsewhere leads to a full read", arguments: [410, 400, 404])
    func expired(status: Int) async throws {
        var world = World.tenant
        world.entra.behaviour.expiredDeltaStatus = status
        let cache = MemoryCache()
        let tenant = try await Tenant(world, cache: cache, wire: .direct)
        _ = try await tenant.directory()
        tenant.sandbox.world.update { _ = $0.changeEntraUser(World.id(1)) { $0.isEnabled = false } }
        tenant.time.pass(seconds: 8 * 86_400)
        _ = tenant.calls()
        let expected = try await Tenant(tenant.sandbox.world.snapshot(), wire: .direct).directory()
        #expect(try await tenant.directory() == expected)
        #expect(tenant.calls() == ["users.delta": 2, "groups.delta": 2])
        // The copy of another tenant's sandbox: its links lead to another host.
        let other = try await Tenant(world, cache: cache, wire: .direct)
        #expect(try await other.directory() == (try await Tenant(world, wire: .direct).directory()))
        #expect(other.calls() == ["users.delta": 1, "groups.delta": 1])
    }

    @Test("a large list does not follow a replay that others contradict", arguments: [false, true])
    func replays(isNested: Bool) async throws {
        try await ListSize.$small.withValue(2) {
            var world = World.tenant
            world.addEntraGroup("Large", id: World.id(20), members: [1, 2, 3, 4].map { .user(World.id($0)) })
            if isNested {
                // Somebody who is a member by a nested group too.
                world.addEntraGroup("Nested", id: World.id(21), members: [.user(World.id(6))])
                world.changeEntraGroup(World.id(20)) { $0.members.append(.group(World.id(21))) }
            }
            let tenant = try await Tenant(world, cache: MemoryCache(), wire: .direct)
            let before = try await tenant.directory()
            func told(_ members: JSONValue...) -> Fault.Effect {
                .edited { page in
                    var page = page
                    let entry: JSONValue = ["id": .string(World.id(20)), "members@delta": .array(members)]
                    page["value"] = .array((page["value"]?.array ?? []) + [entry])
                    return page
                }
            }
            let user: JSONValue = "#microsoft.graph.user"
            let came: JSONValue = ["@odata.type": user, "id": .string(World.id(6))]
            let left: JSONValue = ["@odata.type": user, "id": .string(World.id(2)), "@removed": ["reason": "deleted"]]
            for effect in [told(came), told(left), told(came, left)] {
                tenant.sandbox.world.clearFaults()
                tenant.sandbox.world.inject(Fault(.operation("graph", "groups.delta"), .nth(1), effect))
                #expect(try await tenant.directory() == before)
            }
            // What is true is followed without reading the list.
            tenant.sandbox.world.clearFaults()
            tenant.time.pass(seconds: 1000)
            _ = try await tenant.directory()
            tenant.sandbox.world.update { world in
                _ = world.changeEntraGroup(World.id(20)) { $0.members.removeAll { $0.id == World.id(3) } }
            }
            _ = tenant.calls()
            let after = try await tenant.directory()
            #expect(after == (try await Tenant(tenant.sandbox.world.snapshot(), wire: .direct).directory()))
            #expect(tenant.calls() == ["users.delta": 1, "groups.delta": 1, "$batch": 1])
        }
    }

    @Test("what a delta once left out stands a fortnight at most")
    func aged() async throws {
        let tenant = try await Tenant(.tenant, cache: MemoryCache(), wire: .direct)
        let whole = try await Tenant(.tenant, wire: .direct).directory()
        tenant.sandbox.world.inject(
            Fault(
                .operation("graph", "groups.delta"),
                .nth(1),
                .edited { page in
                    var page = page
                    page["value"] = .array(Array((page["value"]?.array ?? []).dropLast()))
                    return page
                }
            )
        )
        #expect(try await tenant.directory() != whole)
        for _ in 0..<3 {
            tenant.time.pass(seconds: 4 * 86_400)
            #expect(try await tenant.directory() != whole)
        }
        _ = tenant.calls()
        tenant.time.pass(seconds: 4 * 86_400)
        #expect(try await tenant.directory() == whole)
        #expect(tenant.calls() == ["users.delta": 1, "groups.delta": 1])
        _ = try await tenant.directory()
        #expect(tenant.calls() == ["users.delta": 1, "groups.delta": 1])
    }

    @Test("a link that is refused leads to a full read, and a permission that is gone shows as such")
    func refusedLink() async throws {
        let tenant = try await Tenant(.tenant, cache: MemoryCache(), wire: .direct)
        let before = try await tenant.directory()
        for (code, status) in [("Authorization_RequestDenied", 403), ("InvalidAuthenticationToken", 401)] {
            tenant.sandbox.world.clearFaults()
            tenant.sandbox.world.inject(
                Fault(
                    .init("graph") { $0.text("$deltatoken") != nil },
                    .every,
                    .refused(code: code, status: status)
                )
            )
            #expect(try await tenant.directory() == before, "\(status)")
        }
        tenant.sandbox.world.clearFaults()
        let denied = Fault.Effect.refused(code: "Authorization_RequestDenied", status: 403)
        tenant.sandbox.world.inject(Fault(.operation("graph", "groups.delta"), .every, denied))
        #expect(try await tenant.directory() == before)
        tenant.sandbox.world.inject(Fault(.operation("graph", "groups.list"), .every, denied))
        #expect(try await tenant.source.listing().groupsProblem?.contains("Authorization_RequestDenied") == true)
    }

    @Test("a state that expires in the middle of a round leads to a full read", arguments: [410, 400])
    func expiresMidway(status: Int) async throws {
        var world = World.tenant
        world.entra.behaviour.deltaPageSize = 1
        for code in ["syncStateNotFound", "resyncRequired", "resyncChangesApplyDifferences", "syncStateInvalid"] {
            for isFirst in [true, false] {
                let tenant = try await Tenant(world, cache: MemoryCache(), wire: .direct)
                if !isFirst { _ = try await tenant.directory() }
                tenant.sandbox.world.update { world in
                    for number in [1, 2, 3] { world.changeEntraUser(World.id(number)) { $0.displayName += " B" } }
                    for number in [11, 12, 13] { world.changeEntraGroup(World.id(number)) { $0.displayName += " B" } }
                }
                for operation in ["users.delta", "groups.delta"] {
                    tenant.sandbox.world.inject(
                        Fault(.operation("graph", operation), .nth(2), .refused(code: code, status: status))
                    )
                }
                let expected = try await Tenant(tenant.sandbox.world.snapshot(), wire: .direct).directory()
                #expect(try await tenant.directory() == expected, "\(code)")
                #expect(try await tenant.directory() == expected, "\(code), again")
            }
        }
    }

    @Test("memberships that are null are no answer, and nothing is kept of it")
    func nullMembers() async throws {
        let tenant = try await Tenant(.tenant, cache: MemoryCache(), wire: .direct)
        let expected = try await Tenant(.tenant, wire: .direct).directory()
        tenant.sandbox.world.inject(
            Fault(
                .operation("graph", "groups.delta"),
                .every,
                .edited { value in
                    var value = value
                    let groups = (value["value"]?.array ?? []).map { group in
                        var group = group
                        if group["members@delta"] != nil { group["members@delta"] = .null }
                        return group
                    }
                    value["value"] = .array(groups)
                    return value
                }
            )
        )
        #expect(try await tenant.directory() == expected)
        tenant.sandbox.world.clearFaults()
        #expect(try await tenant.directory() == expected)
    }

    @Test("a copy of other permissions or another version, and a damaged one, are not used")
    func foreignCopies() async throws {
        let cache = MemoryCache()
        let tenant = try await Tenant(.tenant, cache: cache, wire: .direct)
        _ = try await tenant.directory()
        let good = cache.contents
        tenant.sandbox.world.update { _ = $0.entra.applications[0].roles.insert("Member.Read.Hidden") }
        let seeing = EntraID(
            settings: tenant.source.settings,
            cache: cache,
            transport: DirectTransport(world: tenant.sandbox.world),
            time: tenant.time
        )
        _ = tenant.calls()
        _ = try await seeing.listing()
        #expect(
            await seeing.members(of: [SourceGroupID(World.id(15))]).values.first
                == .read([SourceMember(kind: .user, id: World.id(1))])
        )
        for key in good.keys {
            for place in [0, 40, (good[key]?.count ?? 1) / 2, (good[key]?.count ?? 1) - 1] {
                cache.contents = good
                cache.contents[key]?[place] ^= 1
                _ = tenant.calls()
                _ = try await tenant.source.listing()
                #expect(tenant.calls()["users.delta"] == 1)
            }
            cache.contents = good
            cache.contents[key]?.removeLast(9)
            #expect(try await tenant.source.listing().users.count == 5)
        }
    }

    @Test("somebody who is deleted and restored is back with their memberships", arguments: [false, true])
    func restored(isTold: Bool) async throws {
        var world = World.tenant
        world.entra.behaviour.tellsDeletedMembers = isTold
        let tenant = try await Tenant(world, cache: MemoryCache(), wire: .direct)
        let before = try await tenant.directory()
        tenant.sandbox.world.update { _ = $0.changeEntraUser(World.id(1)) { $0.deletedAt = "2026-11-24T00:00:00Z" } }
        let without = try await tenant.directory()
        #expect(without.users.count == before.users.count - 1)
        #expect(without == (try await Tenant(tenant.sandbox.world.snapshot(), wire: .direct).directory()))
        tenant.sandbox.world.update { _ = $0.changeEntraUser(World.id(1)) { $0.deletedAt = nil } }
        #expect(try await tenant.directory() == before)
    }

    @Test("a delta that fails in the middle of its pages leaves copy and link as they were")
    func interrupted() async throws {
        var world = World.tenant
        world.entra.behaviour.deltaPageSize = 1
        let cache = MemoryCache()
        let tenant = try await Tenant(world, cache: cache, wire: .direct)
        _ = try await tenant.directory()
        let kept = cache.contents.values.first.flatMap { DirectoryCopy($0) }
        tenant.sandbox.world.update { world in
            for number in [1, 2, 3] { world.changeEntraUser(World.id(number)) { $0.displayName += " changed" } }
        }
        tenant.sandbox.world.inject(Fault(.operation("graph", "users.delta"), .from(2), .serverError(500)))
        #expect(try await tenant.source.listing().usersProblem != nil)
        tenant.sandbox.world.clearFaults()
        #expect(cache.contents.values.first.flatMap { DirectoryCopy($0) }?.users == kept?.users)
        let expected = try await Tenant(tenant.sandbox.world.snapshot(), wire: .direct).directory()
        #expect(try await tenant.directory() == expected)
    }

    @Test("where there is no delta the lists are read", arguments: [400, 404, 501])
    func noDelta(status: Int) async throws {
        let tenant = try await Tenant(.tenant, cache: MemoryCache(), wire: .direct)
        for operation in ["users.delta", "groups.delta"] {
            tenant.sandbox.world.inject(
                Fault(.operation("graph", operation), .every, .refused(code: "BadRequest", status: status))
            )
        }
        #expect(try await tenant.directory() == (try await Tenant(.tenant, wire: .direct).directory()))
        #expect(tenant.calls()["users.list"] == 1)
    }

    @Test("a copy survives its way through bytes")
    func bytes() async throws {
        let cache = MemoryCache()
        let tenant = try await Tenant(.tenant, cache: cache, wire: .direct)
        _ = try await tenant.directory()
        let bytes = try #require(cache.contents.values.first)
        var copy = try #require(DirectoryCopy(bytes))
        #expect(copy.encoded == bytes)
        copy.users?.gone = ["x": 1, World.id(7): 2]
        copy.users?.doubtful = ["ABCDEF00-0000-4000-8000-000000000000": 1_795_514_400]
        copy.groups?.records["odd"] = GroupRecord(displayName: "🙂\u{0}", isHidden: true, members: nil)
        #expect(DirectoryCopy(copy.encoded) == copy)
        copy.groups = nil
        #expect(DirectoryCopy(copy.encoded) == copy)
        #expect(DirectoryCopy([]) == nil)
    }
}
