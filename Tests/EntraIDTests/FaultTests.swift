import HTTP
import HTTPServer
import Model
import Sandbox
import Testing

@testable import EntraID

@Suite struct FaultTests {
    private var world: World {
        var world = World.tenant
        world.entra.behaviour.pageLimit = 2
        world.entra.behaviour.deltaPageSize = 2
        world.entra.applications[0].roles.insert("Member.Read.Hidden")
        return world
    }

    private var operations: [String] {
        ["users.list", "groups.list", "users.delta", "groups.delta", "$batch", "groups.members"]
    }

    private func passing() -> [(String, Fault.Effect)] {
        [
            ("429", .throttled(retryAfter: 7)), ("429 bare", .throttled()), ("500", .serverError(500)),
            ("502", .serverError(502)), ("503", .serverError(503)), ("504", .serverError(504)),
            ("closed", .closed(performed: true)), ("reset", .reset(performed: true)), ("cut", .truncated(after: 20)),
            ("no JSON", .malformedJSON), ("empty page", .emptyPage),
            ("401", .refused(code: "InvalidAuthenticationToken", status: 401)),
        ]
    }

    @Test("what passes leaves no trace in the directory, at any call", arguments: [false, true])
    func passingFaults(withCache: Bool) async throws {
        let expected = try await Tenant(world, wire: .direct).directory()
        for operation in operations {
            for (name, effect) in passing()
            where name != "empty page" || !["$batch", "groups.members"].contains(operation) {
                let tenant = try await Tenant(world, cache: withCache ? MemoryCache() : nil)
                tenant.sandbox.world.inject(Fault(.operation("graph", operation), .first(2), effect))
                // A token that comes twice is a circle, and a second 401 is final.
                if name == "401" || name == "empty page" {
                    tenant.sandbox.world.clearFaults()
                    tenant.sandbox.world.inject(Fault(.operation("graph", operation), .nth(1), effect))
                }
                #expect(try await tenant.directory() == expected, "\(operation): \(name)")
                if name == "429", tenant.sandbox.world.count("graph", operation) > 0 {
                    #expect(tenant.time.slept.contains { $0 >= 7 }, "\(operation): Retry-After")
                }
            }
        }
    }

    @Test("what does not pass is a problem, never a shorter directory", arguments: [false, true])
    func lastingFaults(withCache: Bool) async throws {
        let expected = try await Tenant(world, wire: .direct).directory()
        let lasting: [(String, Fault.Effect)] = [
            ("429", .throttled(retryAfter: 1)), ("500", .serverError(500)), ("closed", .closed(performed: false)),
            ("cut", .truncated(after: 20)), ("no JSON", .malformedJSON), ("wrong types", .wrongTypes),
            ("403", .refused(code: "Authorization_RequestDenied", status: 403)),
            ("400", .refused(code: "Request_BadRequest", status: 400)), ("repeated", .repeatedPageToken),
            ("duplicate", .duplicatePage),
        ]
        for operation in operations {
            for (name, effect) in lasting {
                let tenant = try await Tenant(world, cache: withCache ? MemoryCache() : nil)
                tenant.sandbox.world.inject(Fault(.operation("graph", operation), .every, effect))
                guard let directory = try? await tenant.directory() else { continue }
                let isFirst = "\(operation): \(name)"
                #expect(directory.usersProblem != nil || directory.users == expected.users, "\(isFirst)")
                #expect(directory.groupsProblem != nil || directory.groups == expected.groups, "\(isFirst)")
                for (group, reading) in directory.members {
                    if case .read = reading { #expect(reading == expected.members[group], "\(isFirst), \(group)") }
                    #expect(reading != .vanished, "\(isFirst), \(group)")
                }
                // What went wrong once leaves nothing behind in the cache.
                tenant.sandbox.world.clearFaults()
                #expect(try await tenant.directory() == expected, "\(isFirst), afterwards")
            }
        }
    }

    @Test("a list whose page token has expired is begun anew once")
    func expiredPage() async throws {
        let expected = try await Tenant(world, wire: .direct).directory()
        for operation in ["users.list", "groups.list", "users.delta", "groups.delta"] {
            let tenant = try await Tenant(world, cache: operation.hasSuffix("delta") ? MemoryCache() : nil)
            tenant.sandbox.world.inject(Fault(.operation("graph", operation), .nth(2), .expiredPageToken))
            #expect(try await tenant.directory() == expected, "\(operation)")
        }
    }

    @Test("parts of a batch are throttled on their own, and only those are sent again")
    func batchParts() async throws {
        let expected = try await Tenant(world, wire: .direct).directory()
        let tenant = try await Tenant(world)
        tenant.sandbox.world.inject(
            Fault(
                .operation("graph", "$batch"),
                .first(2),
                .edited { json in
                    var parts = json["responses"]?.array ?? []
                    for (place, status) in [(0, 429), (1, 503), (2, 500)] where place < parts.count - 1 {
                        parts[place]["status"] = .integer(status)
                        parts[place]["headers"] =
                            status == 500 ? [:] : ["Retry-After": status == 429 ? "11" : .integer(3)]
                        parts[place]["body"] = ["error": ["code": "TooManyRequests", "message": "slow down"]]
                    }
                    return .object(["responses": .array(parts)])
                }
            )
        )
        #expect(try await tenant.directory() == expected)
        #expect(tenant.time.slept.contains { $0 >= 11 && $0 < 30 })
        let sizes = tenant.sandbox.world.log.filter { $0.operation == "$batch" }.map { $0.parameters["requests"] }
        #expect(sizes == [6, 3, 2])
    }

    @Test("where every other part of a batch is throttled, each pause is Graph's own, and nothing is missing")
    func throttledParts() async throws {
        var world = World.tenant
        for number in 20..<60 { world.addEntraGroup("g\(number)", id: World.id(number), members: [.user(World.id(1))]) }
        let expected = try await Tenant(world, wire: .direct).directory()
        world.entra.behaviour.throttlesEachNthPart = 2
        let tenant = try await Tenant(world)
        #expect(try await tenant.directory() == expected)
        #expect(tenant.time.slept.contains { $0 >= 2 } && tenant.time.slept.allSatisfy { $0 < 60 })
        let sizes = tenant.sandbox.world.log.filter { $0.operation == "$batch" }.compactMap {
            $0.parameters["requests"]?.integer
        }
        #expect(sizes.reduce(0, +) < 2 * expected.groups.count + 20 && sizes.allSatisfy { $0 <= 20 })
    }

    @Test("parts that are lost, strange or refused make only their group unreadable")
    func strangeParts() async throws {
        let edits: [(String, @Sendable (JSONValue) -> JSONValue)] = [
            ("lost", { .object(["responses": .array(Array(($0["responses"]?.array ?? []).dropFirst()))]) }),
            (
                "forbidden",
                { json in
                    var parts = json["responses"]?.array ?? []
                    parts[0]["status"] = 403
                    parts[0]["body"] = ["error": ["code": "Authorization_RequestDenied", "message": "no"]]
                    return .object(["responses": .array(parts)])
                }
            ),
            (
                "shapeless",
                { json in
                    var parts = json["responses"]?.array ?? []
                    parts[0]["body"] = ["value": "none"]
                    return .object(["responses": .array(parts)])
                }
            ),
        ]
        for (name, edit) in edits {
            let tenant = try await Tenant(world)
            let groups = try await tenant.source.listing().groups.map(\.id)
            tenant.sandbox.world.inject(Fault(.operation("graph", "$batch"), .every, .edited(edit)))
            let readings = await tenant.source.members(of: groups)
            let unreadable = readings.values.filter { if case .unreadable = $0 { true } else { false } }
            // A batch that shrinks by its first part in every round loses all of them in the end but one.
            #expect(name == "lost" ? !unreadable.isEmpty : unreadable.count == 1, "\(name)")
            #expect(!readings.values.contains(.vanished))
        }
    }

    @Test("the token endpoint's passing faults are waited out")
    func tokenFaults() async throws {
        for effect: Fault.Effect in [
            .throttled(retryAfter: 3), .serverError(500), .serverError(503), .closed(performed: false), .malformedJSON,
            .refused(code: "AADSTS90033", message: "transient", status: 400),
        ] {
            let tenant = try await Tenant(world)
            tenant.sandbox.world.inject(Fault(.service("entra"), .first(2), effect))
            #expect(try await tenant.source.listing().usersProblem == nil)
            #expect(tenant.sandbox.world.count("entra") == 3)
        }
    }

    @Test("an empty list of users is not believed")
    func emptyTenant() async throws {
        for cache in [nil, MemoryCache()] {
            let tenant = try await Tenant(World(), cache: cache)
            let directory = try await tenant.source.listing()
            #expect(directory.usersProblem != nil)
        }
    }
}
