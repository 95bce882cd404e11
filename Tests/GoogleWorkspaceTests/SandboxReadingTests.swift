import HTTP
import Model
import Sandbox
import Testing

@testable import GoogleWorkspace

@Suite("Reading the sandbox over real sockets")
struct SandboxReadingTests {
    /// Eleven users and seven groups in pages of three.
    private static var world: World {
        var world = World()
        world.behaviour.googlePageLimit = 3
        for number in 0..<11 {
            world.google.users.append(
                World.GoogleUser(
                    id: "10000000000000000000\(number)",
                    primaryEmail: "person\(number)@example.com",
                    aliases: number == 2 ? ["zwei+2@example.com"] : [],
                    isSuspended: number == 3,
                    isArchived: number == 4,
                    isGuest: number == 5
                )
            )
        }
        world.google.users[10].deletionTime = "2026-11-20T10:00:00Z"
        let living = world.google.users.prefix(10)
        world.google.groups = [
            World.GoogleGroup(
                id: "g0",
                email: "all@example.com",
                aliases: ["everybody@example.com"],
                members: living.map { .user($0.id) }
            ),
            World.GoogleGroup(
                id: "g1",
                email: "nested@example.com",
                members: [.group("g2"), .user(living[0].id), .external("x@other.example", id: "ext-1"), .customer()]
            ), World.GoogleGroup(id: "g2", email: "inner@example.com", members: [.group("g1"), .user(living[1].id)]),
            World.GoogleGroup(id: "g3", email: "empty@example.com", isAdminCreated: false),
            World.GoogleGroup(id: "g4", email: "a@example.com"), World.GoogleGroup(id: "g5", email: "b@example.com"),
            World.GoogleGroup(id: "g6", email: "c@example.com"),
            World.GoogleGroup(id: "f1", email: "foreign@other.example", owner: .otherCustomer(status: 403)),
        ]
        return world
    }

    private struct Running {
        let sandbox: Sandbox
        let source: GoogleWorkspace
        let time: StoppedTime
    }

    private func start(_ world: World = Self.world, credentials: String? = nil) async throws -> Running {
        let time = StoppedTime()
        let sandbox = try await Sandbox.start(world: world, configuration: .init(clock: { time.now() }))
        let source = GoogleWorkspace(
            settings: GoogleWorkspaceSettings(
                name: "google",
                credentialsPath: credentials ?? sandbox.googleKeyFile,
                subject: "directory-reader@example.com",
                endpoint: sandbox.baseURL
            ),
            transport: CurlTransport(),
            time: time,
            random: FixedRandom()
        )
        return Running(sandbox: sandbox, source: source, time: time)
    }

    @Test("what the company holds is what is read")
    func whole() async throws {
        let running = try await start()
        try running.source.prepare()
        let directory = try await running.source.listing()
        let world = running.sandbox.world.snapshot().google
        #expect(directory.usersProblem == nil && directory.groupsProblem == nil)
        #expect(Set(directory.users.map(\.id.value)) == Set(world.users.prefix(10).map(\.id)))
        #expect(directory.users.filter { $0.state == .suspended }.map(\.primaryAddress) == ["person3@example.com"])
        #expect(directory.users.filter { $0.state == .archived }.map(\.primaryAddress) == ["person4@example.com"])
        #expect(directory.users.filter(\.isGuest).map(\.primaryAddress) == ["person5@example.com"])
        #expect(directory.users.flatMap(\.aliases) == ["zwei+2@example.com"])
        #expect(Set(directory.groups.map(\.id.value)) == Set((0..<7).map { "g\($0)" }))
        #expect(directory.groups.filter { !$0.isCreatedByAdministrator }.map(\.id) == ["g3"])
        #expect(try await running.source.deletedUsers().map(\.primaryAddress) == ["person10@example.com"])
        #expect(try await running.source.userStates().count == 10)
        let members = await running.source.members(of: ["g0", "g1", "g3", "f1", "gone"])
        guard case .read(let all) = members["g0"], case .read(let mixed) = members["g1"] else {
            Issue.record("unreadable: \(members)")
            return
        }
        #expect(Set(all.compactMap(\.id)) == Set(world.users.prefix(10).map(\.id)))
        #expect(mixed.map(\.kind).filter { $0 == .customer }.count == 1)
        #expect(mixed.contains(SourceMember(kind: .user, id: "ext-1", address: "x@other.example")))
        #expect(mixed.contains(SourceMember(kind: .group, id: "g2", address: "inner@example.com")))
        #expect(members["g3"] == .read([]))
        #expect(members["gone"] == .vanished)
        if case .unreadable(let text) = members["f1"] { #expect(text.contains("forbidden")) }
        #expect(running.sandbox.world.count("google-token") == 1)
    }

    @Test("U users cost ⌈U/500⌉ calls, G groups ⌈G/200⌉, and one token")
    func cost() async throws {
        var world = World()
        for number in 0..<501 {
            world.google.users.append(World.GoogleUser(id: "1\(number)", primaryEmail: "p\(number)@example.com"))
        }
        for number in 0..<201 {
            world.google.groups.append(World.GoogleGroup(id: "g\(number)", email: "g\(number)@example.com"))
        }
        let running = try await start(world)
        let directory = try await running.source.listing()
        #expect(directory.users.count == 501 && directory.groups.count == 201)
        #expect(running.sandbox.world.count("google", "users.list") == 2)
        #expect(running.sandbox.world.count("google", "groups.list") == 2)
        #expect(running.sandbox.world.log.count == 5)
    }

    /// Faults that a list can show by itself.
    private static let faults: [(String, Fault.Effect)] = [
        ("throttled", .throttled(retryAfter: 3)), ("throttled, no time", .throttled()),
        ("userRateLimitExceeded", .quotaExceeded()), ("quotaExceeded", .quotaExceeded(reason: "quotaExceeded")),
        ("500", .serverError(500)), ("502", .serverError(502)), ("503", .serverError(503)), ("504", .serverError(504)),
        ("400", .refused(code: "invalid")), ("403", .refused(code: "forbidden", status: 403)),
        ("404", .refused(code: "notFound", status: 404)), ("closed", .closed(performed: true)),
        ("reset", .reset(performed: true)), ("truncated", .truncated(after: 40)), ("malformed", .malformedJSON),
        ("wrong types", .wrongTypes), ("repeated token", .repeatedPageToken), ("duplicate page", .duplicatePage),
        ("empty page", .emptyPage), ("expired token", .expiredPageToken),
    ]

    @Test("any fault at any call of a listing: the lists are whole, or it is said that they are not")
    func listingFaults() async throws {
        let running = try await start()
        let whole = try await running.source.listing()
        for (name, effect) in Self.faults {
            for operation in ["users.list", "groups.list"] {
                for occurrence in [Fault.Occurrence.nth(1), .nth(2), .nth(3), .every, .from(2)] {
                    running.sandbox.world.clearFaults()
                    running.sandbox.world.inject(Fault(.operation("google", operation), occurrence, effect))
                    let found = try await running.source.listing()
                    let place: Comment = "\(name) at \(operation), \(occurrence)"
                    #expect(found.usersProblem != nil || Set(found.users) == Set(whole.users), place)
                    #expect(found.groupsProblem != nil || Set(found.groups) == Set(whole.groups), place)
                    #expect(found.usersProblem == nil || found.groupsProblem == nil, place)
                }
            }
        }
    }

    @Test("any fault at any call for members: they are whole, or the group is not read")
    func memberFaults() async throws {
        let running = try await start()
        _ = try await running.source.listing()
        let whole = await running.source.members(of: ["g0", "g1"])
        let paging: [(String, Fault.Effect)] = [("missing page", .missingPage), ("ends early", .endsEarly)]
        for (name, effect) in Self.faults + paging {
            for occurrence in [Fault.Occurrence.nth(1), .nth(2), .nth(3), .every, .from(2)] {
                // A page that is always left out in the same way shows nowhere; point reads guard what rests on it.
                if ["missing page", "ends early"].contains(name), occurrence == .every || occurrence == .from(2) {
                    continue
                }
                running.sandbox.world.clearFaults()
                running.sandbox.world.inject(Fault(.operation("google", "members.list"), occurrence, effect))
                let found = await running.source.members(of: ["g0", "g1"])
                for group in ["g0", "g1"] as [SourceGroupID] {
                    guard case .read(let members) = found[group], case .read(let all) = whole[group] else { continue }
                    #expect(Set(members) == Set(all), "\(name) at \(group), \(occurrence)")
                }
            }
        }
    }

    @Test("somebody whom a short list left out is found alive by the second look")
    func shortList() async throws {
        let running = try await start()
        running.sandbox.world.inject(Fault(.operation("google", "users.list"), .nth(2), .endsEarly))
        let directory = try await running.source.listing()
        let left = try #require(
            Self.world.google.users.prefix(10).first { user in
                !directory.users.contains { $0.id.value == user.id }
            }
        )
        let facts: [SourceFact] = [
            .nobodyAlive(externalIDs: [left.id], userName: "renamed@example.com"),
            .nobodyAlive(externalIDs: [], userName: left.primaryEmail),
            .nobodyAlive(externalIDs: [Self.world.google.users[10].id], userName: "person10@example.com"),
        ]
        let found = await running.source.confirm(facts)
        #expect(facts.map { found[$0] == .confirmed } == [false, false, true])
    }

    @Test("facts are confirmed and refuted as the company has it")
    func confirm() async throws {
        let running = try await start()
        _ = try await running.source.listing()
        let ids = Self.world.google.users.map { SourceUserID($0.id) }
        let facts: [(SourceFact, Bool)] = [
            (.notActive(ids[0]), false), (.notActive(ids[3]), true), (.notActive(ids[4]), true),
            (.notActive(ids[10]), true), (.notMember(ids[0], of: "g1", direct: true, hasCustomerMember: true), false),
            (.notMember(ids[1], of: "g1", direct: true, hasCustomerMember: true), true),
            (.notMember(ids[1], of: "g1", direct: false, hasCustomerMember: true), false),
            (.notMember(ids[7], of: "g1", direct: false, hasCustomerMember: true), true),
            (.notMember(ids[7], of: "g4", direct: false, hasCustomerMember: false), true),
            (.notMember(ids[7], of: "g0", direct: false, hasCustomerMember: false), false),
            (.notMember(ids[10], of: "g0", direct: false, hasCustomerMember: false), true),
            (.member(ids[7], of: "g0"), true), (.member(ids[7], of: "g4"), false),
        ]
        let found = await running.source.confirm(facts.map(\.0))
        for (fact, isConfirmed) in facts {
            #expect((found[fact] == .confirmed) == isConfirmed, "\(fact): \(String(describing: found[fact]))")
            if case .unanswered(let text) = found[fact] { Issue.record("\(fact): \(text)") }
        }
    }

    @Test("a service account that may not, and one that is gone, are refused with what to do")
    func refused() async throws {
        var world = Self.world
        world.google.serviceAccount.authorizedScopes.remove(GoogleScope.members)
        let narrow = try await start(world)
        let error = await #expect(throws: UpstreamError.self) { try await narrow.source.listing() }
        #expect(error?.kind == .refused)
        #expect(error?.code == "unauthorized_client")
        #expect(error?.advice?.contains(world.google.serviceAccount.clientID) == true)
        world.google.serviceAccount.isDeleted = true
        let gone = try await start(world)
        let second = await #expect(throws: UpstreamError.self) { try await gone.source.listing() }
        #expect(second?.code == "invalid_client")
    }

    @Test("tokens that end are replaced, and a server that is gone is unreachable")
    func endings() async throws {
        let running = try await start()
        _ = try await running.source.userStates()
        running.time.pass(seconds: 3600)
        _ = try await running.source.userStates()
        #expect(running.sandbox.world.count("google-token") == 2)
        running.sandbox.stop()
        let error = await #expect(throws: UpstreamError.self) { try await running.source.listing() }
        #expect(error?.kind == .unreachable)
    }
}
