import HTTPServer
import Model
import Sandbox
import Testing

@testable import EntraID

@Suite struct ConfirmTests {
    private func user(_ number: Int) -> SourceUserID { SourceUserID(World.id(number)) }
    private func group(_ number: Int) -> SourceGroupID { SourceGroupID(World.id(number)) }

    private func kind(_ confirmation: Model.Confirmation?) -> String {
        switch confirmation {
        case .confirmed?: "confirmed"
        case .refuted?: "refuted"
        case .unanswered?: "unanswered"
        case nil: "missing"
        }
    }

    private var facts: [(SourceFact, String)] {
        [
            (.notActive(user(2)), "confirmed"), (.notActive(user(5)), "confirmed"), (.notActive(user(1)), "refuted"),
            (.notMember(user(3), of: group(11), direct: false, hasCustomerMember: false), "confirmed"),
            (.notMember(user(2), of: group(11), direct: false, hasCustomerMember: false), "refuted"),
            (.notMember(user(2), of: group(11), direct: true, hasCustomerMember: false), "confirmed"),
            (.notMember(user(1), of: group(11), direct: true, hasCustomerMember: false), "refuted"),
            (.notMember(user(5), of: group(12), direct: false, hasCustomerMember: false), "confirmed"),
            (.notMember(user(1), of: group(99), direct: true, hasCustomerMember: false), "unanswered"),
            (.notMember(user(1), of: group(15), direct: false, hasCustomerMember: false), "unanswered"),
            (.notMember(user(1), of: group(15), direct: true, hasCustomerMember: false), "unanswered"),
            (.member(user(4), of: group(11)), "confirmed"), (.member(user(3), of: group(11)), "refuted"),
            (.nobodyAlive(externalIDs: [World.id(77), "12345"], userName: "nobody@example.com"), "confirmed"),
            (.nobodyAlive(externalIDs: [World.id(2)], userName: "nobody"), "refuted"),
            (.nobodyAlive(externalIDs: [], userName: "cy@example.com"), "refuted"),
            (.nobodyAlive(externalIDs: [World.id(5)], userName: "eve@example.com"), "confirmed"),
        ]
    }

    @Test("second looks say what Graph says now, alone and together", arguments: [true, false])
    func looks(together: Bool) async throws {
        let tenant = try await Tenant(.tenant)
        _ = try await tenant.source.listing()
        if together {
            let answers = await tenant.source.confirm(facts.map(\.0))
            for (fact, expected) in facts { #expect(kind(answers[fact]) == expected, "\(fact)") }
            #expect(answers.count == facts.count)
        } else {
            for (fact, expected) in facts {
                #expect(kind(await tenant.source.confirm([fact])[fact]) == expected, "\(fact)")
            }
        }
    }

    @Test("many looks go in batches of twenty")
    func batches() async throws {
        var world = World()
        for number in 0..<100 { world.addEntraUser("u\(number)@example.com", id: World.id(number), isEnabled: false) }
        world.addEntraGroup("g", id: World.id(1000))
        let tenant = try await Tenant(world)
        _ = try await tenant.source.listing()
        _ = tenant.calls()
        let states = await tenant.source.confirm((0..<100).map { .notActive(user($0)) })
        #expect(states.values.allSatisfy { $0 == .confirmed } && states.count == 100)
        #expect(tenant.calls() == ["$batch": 5])
        let facts = (0..<100).map {
            SourceFact.notMember(user($0), of: group(1000), direct: false, hasCustomerMember: false)
        }
        #expect(await tenant.source.confirm(facts).values.allSatisfy { $0 == .confirmed })
        #expect(tenant.calls() == ["$batch": 5])
    }

    @Test("without an answer nothing is confirmed", arguments: [401, 403, 404, 429, 500, 503])
    func unanswered(status: Int) async throws {
        let tenant = try await Tenant(.tenant)
        _ = try await tenant.source.listing()
        tenant.sandbox.world.inject(
            Fault(.service("graph"), .every, .refused(code: "Scripted", message: "no", status: status))
        )
        let asked = facts.map(\.0)
        for (fact, answer) in await tenant.source.confirm(asked) { #expect(kind(answer) == "unanswered", "\(fact)") }
        for fact in asked { #expect(kind(await tenant.source.confirm([fact])[fact]) == "unanswered", "\(fact)") }
    }

    @Test("a 404 that is not Graph's own about the object confirms nothing")
    func proxyPage() async throws {
        let tenant = try await Tenant(.tenant)
        tenant.sandbox.world.inject(
            Fault(.service("graph"), .every, .answer(.text("<html>not here</html>", status: 404, type: "text/html")))
        )
        let answers = await tenant.source.confirm([.notActive(user(2))])
        #expect(kind(answers.values.first) == "unanswered")
    }
}
