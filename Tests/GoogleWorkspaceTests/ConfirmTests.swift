import HTTP
import Model
import Testing

@testable import GoogleWorkspace

@Suite("The second look before a membership is withdrawn")
struct ConfirmTests {
    /// Ana is in `team` directly; Bo through `inner`; Cy nowhere. `outer` nests `inner`, `loop` itself.
    private static let company: Company = {
        var company = Company()
        company.users = [
            .init(id: "1", primary: "ana@example.com"),
            .init(id: "2", primary: "bo@example.com", aliases: ["b@example.com"]),
            .init(id: "3", primary: "cy@example.com"), .init(id: "4", primary: "su@example.com", suspended: true),
            .init(id: "5", primary: "ar@example.com", archived: true),
            .init(id: "6", primary: "de@example.com", deleted: true),
        ]
        company.groups = [
            .init(id: "team", email: "team@example.com", members: [.init(id: "1", email: "ana@example.com")]),
            .init(id: "inner", email: "inner@example.com", members: [.init(id: "2", email: "bo@example.com")]),
            .init(
                id: "outer",
                email: "outer@example.com",
                members: [
                    .init(id: "inner", email: "inner@example.com", type: "GROUP"),
                    .init(id: "loop", email: "loop@example.com", type: "GROUP"),
                    .init(id: "alien", email: "all@other.example", type: "GROUP"),
                ]
            ),
            .init(
                id: "loop",
                email: "loop@example.com",
                members: [
                    .init(id: "outer", email: "outer@example.com", type: "GROUP"),
                    .init(id: nil, email: "B@Example.com"), .init(id: "C1", email: nil, type: "CUSTOMER"),
                ]
            ),
        ]
        return company
    }()

    private func confirm(
        _ fact: SourceFact,
        listed: Bool = true,
        faults: @escaping @Sendable (FakeGoogle.Call, Int, Int) -> FakeGoogle.Fault? = { _, _, _ in nil }
    ) async throws -> (Model.Confirmation?, [String: Int]) {
        let google = FakeGoogle(Self.company, faults: faults)
        let harness = try Harness(google)
        if listed { _ = try await harness.source.listing() }
        let before = google.counts
        let confirmation = await harness.source.confirm([fact])[fact]
        return (confirmation, google.counts.filter { $0.value != before[$0.key] && $0.key != "token" })
    }

    private func isUnanswered(_ confirmation: Model.Confirmation?) -> Bool {
        if case .unanswered = confirmation { true } else { false }
    }

    private func isRefuted(_ confirmation: Model.Confirmation?) -> Bool {
        if case .refuted = confirmation { true } else { false }
    }

    @Test("somebody suspended, archived or gone is not active; somebody active is")
    func notActive() async throws {
        for id in ["4", "5", "6", "unknown"] {
            let (found, calls) = try await confirm(.notActive(SourceUserID(id)))
            #expect(found == .confirmed, "\(id)")
            #expect(calls == ["users.get": 1])
        }
        #expect(try await confirm(.notActive("1")).0 == .refuted("ana@example.com is active"))
    }

    @Test("nothing but Google's own answer says that somebody is gone")
    func notActiveFaults() async throws {
        let faults: [FakeGoogle.Fault] = [
            .answer(HTTPResponse(status: 404)), .answer(HTTPResponse(status: 404, body: Array("<html>".utf8))),
            .answer(.json(["error": "not found"], status: 404)), .answer(.json([:], status: 404)),
            .answer(.refusal(404, reason: "domainNotFound", message: "Domain not found.")),
            .answer(.refusal(403, reason: "forbidden", message: "no")),
            .answer(.refusal(400, reason: "invalid", message: "no")),
            .answer(HTTPResponse(status: 500)), .fail(.timedOut), .answer(.json([:])), .answer(.json(["id": "1"])),
            .answer(.json(["id": "1", "primaryEmail": "x@example.com", "suspended": true])),
            .answer(.json(["id": "4", "primaryEmail": "x@example.com", "suspended": "yes"])), .cut(3),
        ]
        for fault in faults {
            let (found, _) = try await confirm(.notActive("4")) { call, _, _ in
                call.operation == "users.get" ? fault : nil
            }
            #expect(isUnanswered(found), "\(fault)")
        }
    }

    @Test("a direct membership is looked up by one point read")
    func direct() async throws {
        let gone = SourceFact.notMember("3", of: "team", direct: true, hasCustomerMember: false)
        let (confirmed, calls) = try await confirm(gone)
        #expect(confirmed == .confirmed)
        #expect(calls == ["members.get": 1])
        #expect(isRefuted(try await confirm(.notMember("1", of: "team", direct: true, hasCustomerMember: false)).0))
        #expect(try await confirm(.notMember("2", of: "outer", direct: true, hasCustomerMember: false)).0 == .confirmed)
    }

    @Test("a group that has gone says nothing about its members")
    func groupGone() async throws {
        for direct in [true, false] {
            let fact = SourceFact.notMember("1", of: "no-such-group", direct: direct, hasCustomerMember: false)
            #expect(isUnanswered(try await confirm(fact).0))
        }
    }

    @Test("where members.get answers 400 the list itself is read")
    func directLists() async throws {
        let bad = FakeGoogle.Fault.answer(.refusal(400, reason: "invalid", message: "Invalid Input: memberKey"))
        for (user, isConfirmed) in [("3", true), ("1", false)] {
            let fact = SourceFact.notMember(SourceUserID(user), of: "team", direct: true, hasCustomerMember: false)
            let (found, calls) = try await confirm(fact) { call, _, _ in call.operation == "members.get" ? bad : nil }
            #expect((found == .confirmed) == isConfirmed)
            #expect(calls == ["members.get": 1, "members.list": 1, "users.get": 1])
        }
        let nested = SourceFact.notMember("2", of: "outer", direct: true, hasCustomerMember: false)
        let (found, _) = try await confirm(nested) { call, _, _ in call.operation == "members.get" ? bad : nil }
        #expect(found == .confirmed)
    }

    @Test("a nested membership is looked up by hasMember")
    func nested() async throws {
        let (found, calls) = try await confirm(.notMember("3", of: "inner", direct: false, hasCustomerMember: false))
        #expect(found == .confirmed)
        #expect(calls == ["members.hasMember": 1])
        #expect(isRefuted(try await confirm(.notMember("2", of: "inner", direct: false, hasCustomerMember: false)).0))
        #expect(try await confirm(.member("2", of: "inner")).0 == .confirmed)
        #expect(isRefuted(try await confirm(.member("3", of: "inner")).0))
    }

    @Test("where hasMember answers 400, and where everybody is a member, the lists are walked")
    func walk() async throws {
        let bad = FakeGoogle.Fault.answer(.refusal(400, reason: "invalid", message: "Invalid Input: memberKey"))
        let facts: [(SourceFact, Bool)] = [
            (.notMember("3", of: "outer", direct: false, hasCustomerMember: true), true),
            (.notMember("2", of: "outer", direct: false, hasCustomerMember: true), false),
            (.notMember("3", of: "outer", direct: false, hasCustomerMember: false), true),
            (.notMember("2", of: "loop", direct: false, hasCustomerMember: false), false),
            (.member("2", of: "outer"), true), (.member("3", of: "outer"), false),
        ]
        for (fact, isConfirmed) in facts {
            let (found, calls) = try await confirm(fact) { call, _, _ in
                call.operation == "members.hasMember" ? bad : nil
            }
            #expect((found == .confirmed) == isConfirmed, "\(fact)")
            #expect(isRefuted(found) == !isConfirmed, "\(fact)")
            #expect(calls["members.list"] == 3, "\(fact)")
        }
    }

    @Test("a member listed by an alias alone is that person")
    func byAlias() async throws {
        let bad = FakeGoogle.Fault.answer(.refusal(400, reason: "invalid", message: "Invalid Input: memberKey"))
        var company = Self.company
        company.groups[1].members = []
        let google = FakeGoogle(company) { call, _, _ in call.operation == "members.hasMember" ? bad : nil }
        let harness = try Harness(google)
        _ = try await harness.source.listing()
        let fact = SourceFact.notMember("2", of: "outer", direct: false, hasCustomerMember: true)
        #expect(isRefuted(await harness.source.confirm([fact])[fact]))
    }

    @Test("a walk with a list that cannot be read gives no answer, unless the person is found elsewhere")
    func walkUnreadable() async throws {
        let broken: @Sendable (FakeGoogle.Call, Int, Int) -> FakeGoogle.Fault? = { call, _, _ in
            call.operation == "members.list" && call.path[4] == "inner"
                ? .answer(.refusal(403, reason: "forbidden", message: "no")) : nil
        }
        let (cy, _) = try await confirm(
            .notMember("3", of: "outer", direct: false, hasCustomerMember: true),
            faults: broken
        )
        #expect(isUnanswered(cy))
        let (bo, _) = try await confirm(
            .notMember("2", of: "outer", direct: false, hasCustomerMember: true),
            faults: broken
        )
        #expect(isRefuted(bo))
        // Without a listing the domains are not known, so that a foreign group that is not there counts.
        let (unknown, _) = try await confirm(
            .notMember("3", of: "outer", direct: false, hasCustomerMember: true),
            listed: false
        )
        #expect(isUnanswered(unknown))
    }

    @Test("any fault at any call of a look gives no answer or the right one")
    func faults() async throws {
        let facts: [(SourceFact, Bool)] = [
            (.notMember("1", of: "team", direct: true, hasCustomerMember: false), false),
            (.notMember("2", of: "inner", direct: false, hasCustomerMember: false), false),
            (.notMember("2", of: "outer", direct: false, hasCustomerMember: true), false), (.notActive("1"), false),
            (.nobodyAlive(externalIDs: ["1"], userName: "old@example.com"), false),
        ]
        let reads = ["users.get", "members.get", "members.hasMember", "members.list"]
        for (name, fault) in FakeGoogle.Fault.ofLists where name != "404" && name != "400" {
            for (fact, _) in facts {
                let (found, _) = try await confirm(fact) { call, _, _ in reads.contains(call.operation) ? fault : nil }
                #expect(found != nil && found != .confirmed, "\(name): \(fact)")
            }
        }
    }

    @Test("somebody alive is found by any external id, or by the user name")
    func nobodyAlive() async throws {
        #expect(try await confirm(.nobodyAlive(externalIDs: ["99", "6"], userName: "x@example.com")).0 == .confirmed)
        #expect(isRefuted(try await confirm(.nobodyAlive(externalIDs: ["99", "1"], userName: "x")).0))
        #expect(isRefuted(try await confirm(.nobodyAlive(externalIDs: ["4"], userName: "x")).0))
        #expect(isRefuted(try await confirm(.nobodyAlive(externalIDs: [], userName: "b@example.com")).0))
        #expect(isRefuted(try await confirm(.nobodyAlive(externalIDs: [], userName: "3")).0))
        let (name, calls) = try await confirm(.nobodyAlive(externalIDs: ["", "99", "99"], userName: "plain-name"))
        #expect(name == .confirmed)
        #expect(calls == ["users.get": 1])
    }

    @Test("400 is nobody; 403 is nobody for an address outside the customer's domains, else no answer")
    func nobodyAliveRefusals() async throws {
        let invalid = FakeGoogle.Fault.answer(.refusal(400, reason: "invalid", message: "Invalid Input: userKey"))
        let forbidden = FakeGoogle.Fault.answer(.refusal(403, reason: "forbidden", message: "Not Authorized"))
        let cases: [(FakeGoogle.Fault, [String], String, Bool)] = [
            (invalid, ["0a1b"], "x@example.com", true), (forbidden, [], "x@other.example", true),
            (forbidden, [], "x@example.com", false), (forbidden, ["99"], "x", false),
            (.answer(HTTPResponse(status: 500)), ["99"], "x", false),
            (
                .answer(.refusal(404, reason: "domainNotFound", message: "Domain not found.")), [], "x@other.example",
                true
            ),
        ]
        for (fault, ids, name, isConfirmed) in cases {
            let fact = SourceFact.nobodyAlive(externalIDs: ids, userName: name)
            let (found, _) = try await confirm(fact) { call, _, _ in call.operation == "users.get" ? fault : nil }
            #expect((found == .confirmed) == isConfirmed, "\(ids) \(name)")
            #expect(isUnanswered(found) == !isConfirmed, "\(ids) \(name)")
        }
    }

    @Test("many facts are answered together, and lists that several rest on are read once")
    func together() async throws {
        let harness = try Harness(FakeGoogle(Self.company))
        _ = try await harness.source.listing()
        var facts: [SourceFact] = (1...6).map { .notActive(SourceUserID("\($0)")) }
        for user in ["1", "2", "3"] {
            facts.append(.notMember(SourceUserID(user), of: "outer", direct: false, hasCustomerMember: true))
        }
        let found = await harness.source.confirm(facts + facts)
        #expect(found.count == 9)
        #expect(facts.map { found[$0] == .confirmed } == [false, false, false, true, true, true, true, false, true])
        #expect(harness.google.counts["members.list"] == 3)
        #expect(await harness.source.confirm([]).isEmpty)
    }
}
