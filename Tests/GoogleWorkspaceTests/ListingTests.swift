import HTTP
import Model
import Testing

@testable import GoogleWorkspace

@Suite("The listing of users and groups")
struct ListingTests {
    /// Seven users and five groups in pages of at most three.
    private static let company: Company = {
        var company = Company.of(users: 7, groups: 5)
        company.pageCap = 3
        return company
    }()

    @Test("all of a user that the contract knows is read")
    func users() async throws {
        var company = Company()
        company.users = [
            .init(
                id: "1",
                primary: "ana@example.com",
                aliases: ["a@example.com"],
                name: ["givenName": "Ana", "familyName": "Díaz", "fullName": "Ana Díaz"]
            ),
            .init(id: "2", primary: "s@example.com", suspended: true),
            .init(id: "3", primary: "z@example.com", archived: true),
            .init(id: "4", primary: "b@example.com", suspended: true, archived: true),
            .init(id: "5", primary: "g@example.com", guest: true, name: ["fullName": "G", "displayName": "The G"]),
            .init(id: "6", primary: "gone@example.com", deleted: true),
        ]
        let harness = try Harness(FakeGoogle(company))
        let directory = try await harness.source.listing()
        #expect(directory.name == "google")
        #expect(directory.kind == .google)
        #expect(directory.usersProblem == nil)
        #expect(directory.users.map(\.id) == ["1", "2", "3", "4", "5"])
        #expect(directory.users.map(\.state) == [.active, .suspended, .archived, .suspended, .active])
        #expect(directory.users.map(\.isGuest) == [false, false, false, false, true])
        let ana = SourceUser(
            id: "1",
            primaryAddress: "ana@example.com",
            aliases: ["a@example.com"],
            displayName: "Ana Díaz",
            givenName: "Ana",
            familyName: "Díaz"
        )
        #expect(directory.users[0] == ana)
        #expect(directory.users[4].displayName == "The G")
        #expect(directory.deletedUsers == nil)
        let gone = try await harness.source.deletedUsers()
        #expect(gone == [SourceUser(id: "6", primaryAddress: "gone@example.com", state: .deleted)])
    }

    @Test("all of a group that the contract knows is read; one that does not say who created it is nobody's")
    func groups() async throws {
        var company = Company.of(users: 1, groups: 0)
        company.groups = [
            .init(
                id: "g1",
                email: "team@example.com",
                aliases: ["t@example.com"],
                nonEditableAliases: ["t@test.example"],
                adminCreated: false
            ),
            .init(id: "g2", email: "other@example.com"),
        ]
        let harness = try Harness(FakeGoogle(company))
        let directory = try await harness.source.listing()
        #expect(
            directory.groups == [
                SourceGroup(
                    id: "g1",
                    address: "team@example.com",
                    displayName: "team@example.com",
                    aliases: ["t@example.com", "t@test.example"],
                    isCreatedByAdministrator: false
                ), SourceGroup(id: "g2", address: "other@example.com", displayName: "other@example.com"),
            ]
        )
        let silent = try Harness(
            FakeGoogle(company) { call, _, _ in
                call.operation == "groups.list" ? .eachItem("adminCreated", .null) : nil
            }
        )
        #expect(try await silent.source.listing().groups.allSatisfy { !$0.isCreatedByAdministrator })
    }

    @Test("U users cost ⌈U/500⌉ calls, G groups ⌈G/200⌉, and one token")
    func cost() async throws {
        for (users, groups) in [(1, 1), (499, 199), (500, 200), (501, 201), (1000, 400), (1001, 401)] {
            let harness = try Harness(FakeGoogle(.of(users: users, groups: groups)))
            let directory = try await harness.source.listing()
            #expect(directory.users.count == users)
            #expect(directory.groups.count == groups)
            let expected = ["token": 1, "users.list": (users + 499) / 500, "groups.list": (groups + 199) / 200]
            #expect(harness.google.counts == expected)
            #expect(try await harness.source.userStates().count == users)
            #expect(harness.google.counts["users.list"] == 2 * ((users + 499) / 500))
        }
    }

    @Test("the states are read with the smallest mask")
    func states() async throws {
        var company = Company.of(users: 2, groups: 0)
        company.users[1].archived = true
        let harness = try Harness(FakeGoogle(company))
        let states = try await harness.source.userStates()
        #expect(states.map(\.state) == [.active, .archived])
        #expect(states.map(\.primaryAddress) == ["p0@example.com", "p1@example.com"])
        let fields = harness.google.calls.last?.query["fields"]
        #expect(fields == "kind,nextPageToken,users(id,primaryEmail,suspended,archived)")
    }

    @Test("any fault at any call: the lists are whole, or it is said that they are not")
    func faults() async throws {
        let whole = try await Harness(FakeGoogle(Self.company)).source.listing()
        #expect(whole.users.count == 7 && whole.groups.count == 5)
        for (name, fault) in FakeGoogle.Fault.ofLists {
            for operation in ["users.list", "groups.list"] {
                for first in 1...3 {
                    for lasts in [false, true] {
                        // That a customer has no group at all is believed when it is said twice.
                        if name == "an empty object", operation == "groups.list", first == 1, lasts { continue }
                        let google = FakeGoogle(Self.company) { call, _, number in
                            guard call.operation == operation else { return nil }
                            return number == first || (lasts && number > first) ? fault : nil
                        }
                        let place: Comment = "\(name) at \(operation) \(first), lasting: \(lasts)"
                        await expectWhole(try Harness(google), whole, place)
                    }
                }
            }
        }
    }

    private func expectWhole(_ harness: Harness, _ whole: Directory, _ place: Comment) async {
        do {
            let found = try await harness.source.listing()
            #expect(found.usersProblem != nil || found.users == whole.users, place)
            #expect(found.groupsProblem != nil || found.groups == whole.groups, place)
            #expect(found.usersProblem == nil || found.groupsProblem == nil, place)
        } catch {
            Issue.record("\(place): threw though one list could be read: \(error)")
        }
    }

    @Test("a passing fault at any call of a list costs a second try and nothing else")
    func passing() async throws {
        let whole = try await Harness(FakeGoogle(Self.company)).source.listing()
        let passing = [
            "time-out", "reset", "cut by 1", "500", "502", "503", "429", "403 quota", "403 quota in details",
            "403 quota by status", "a proxy's page", "no body",
        ]
        for (name, fault) in FakeGoogle.Fault.ofLists where passing.contains(name) {
            for number in 1...3 {
                let google = FakeGoogle(Self.company) { call, _, of in
                    call.operation == "users.list" && of == number ? fault : nil
                }
                let harness = try Harness(google)
                #expect(try await harness.source.listing() == whole, "\(name)")
                #expect(google.counts["users.list"] == 4, "\(name)")
                #expect(!harness.time.slept.isEmpty)
            }
        }
    }

    @Test("Retry-After is waited for")
    func retryAfter() async throws {
        let google = FakeGoogle(Self.company) { call, _, number in
            guard call.operation == "users.list", number == 1 else { return nil }
            return .answer(.refusal(429, reason: "rateLimitExceeded", message: "slow", retryAfter: "17"))
        }
        let harness = try Harness(google)
        _ = try await harness.source.userStates()
        #expect(harness.time.slept.contains { $0 >= 17 })
    }

    @Test("a list of users that is empty, and one that repeats a page under new tokens, are problems")
    func contradictions() async throws {
        let empty = try await Harness(FakeGoogle(.of(users: 0, groups: 1))).source.listing()
        #expect(empty.usersProblem?.contains("is empty") == true)
        #expect(empty.groupsProblem == nil)
        let google = FakeGoogle(Self.company) { call, _, number in
            guard call.operation == "users.list", number > 1 else { return nil }
            return .change { body in
                guard case .object(var fields) = body else { return body }
                fields["users"] = .list(Self.company.users.prefix(3).map(\.json))
                fields["nextPageToken"] = .text("at-\(number)")
                return .object(fields)
            }
        }
        let repeated = try await Harness(google).source.listing()
        #expect(repeated.usersProblem?.contains("listed twice") == true)
        #expect(repeated.users.count == 3)
    }

    @Test("a page token that has expired begins the list anew, once")
    func expiredToken() async throws {
        let expired = HTTPResponse.refusal(400, reason: "invalid", message: "Invalid Input: pageToken")
        let once = FakeGoogle(Self.company) { call, _, number in
            call.operation == "users.list" && number == 2 ? .answer(expired) : nil
        }
        #expect(try await Harness(once).source.listing().usersProblem == nil)
        #expect(once.counts["users.list"] == 5)
        let always = FakeGoogle(Self.company) { call, _, _ in
            call.operation == "users.list" && call.query["pageToken"] != nil ? .answer(expired) : nil
        }
        #expect(try await Harness(always).source.listing().usersProblem?.contains("pageToken") == true)
        #expect(always.counts["users.list"] == 4)
    }

    @Test("a promised last page that is empty is believed only where another page size has none")
    func emptyEnd() async throws {
        var company = Company.of(users: 1000, groups: 1)
        company.promisesEmptyPage = true
        let harness = try Harness(FakeGoogle(company))
        let directory = try await harness.source.listing()
        #expect(directory.usersProblem == nil)
        #expect(directory.users.count == 1000)
        #expect(harness.google.counts["users.list"] == 3 + 3)
        let short = FakeGoogle(.of(users: 1000, groups: 1)) { call, _, _ in
            guard call.operation == "users.list", call.query["pageToken"] != nil else { return nil }
            return .answer(.json(["kind": "admin#directory#users"]))
        }
        #expect(try await Harness(short).source.listing().usersProblem?.contains("is empty") == true)
    }

    @Test("when both lists fail the source cannot be read, with the kind that the exit code hangs on")
    func unreadable() async throws {
        let cases: [(HTTPResponse, UpstreamError.Kind, String?)] = [
            (
                .refusal(403, reason: "forbidden", message: "Not Authorized to access this resource/api"), .refused,
                "admin role"
            ),
            (.refusal(403, reason: "accessNotConfigured", message: "not used"), .refused, "enable the Admin SDK API"),
            (.refusal(403, reason: "insufficientPermissions", message: "scope"), .refused, GoogleScope.members),
            (.refusal(403, reason: "dailyLimitExceeded", message: "quota"), .quotaExceeded, "quota"),
            (.refusal(404, reason: "domainNotFound", message: "Domain not found."), .notFound, "customer"),
            (.refusal(400, reason: "badRequest", message: "Bad Request"), .rejected, nil),
            (.refusal(429, reason: "rateLimitExceeded", message: "slow"), .throttled, nil),
            (.refusal(403, reason: "quotaExceeded", message: "slow"), .throttled, nil),
            (HTTPResponse(status: 500), .unreachable, nil), (.json([]), .malformed, nil),
        ]
        for (response, kind, advice) in cases {
            let google = FakeGoogle(Self.company) { call, _, _ in
                call.operation.hasSuffix(".list") ? .answer(response) : nil
            }
            let error = await #expect(throws: UpstreamError.self) { try await Harness(google).source.listing() }
            #expect(error?.kind == kind, "\(error?.description ?? "")")
            #expect(error?.operation == "users.list")
            if let advice { #expect(error?.advice?.contains(advice) == true, "\(error?.description ?? "")") }
        }
    }

    @Test("the request id of a failing call is kept")
    func requestID() async throws {
        var response = HTTPResponse.refusal(403, reason: "forbidden", message: "no")
        response.headers.append(HTTPField("X-Request-Id", "req-7"))
        let google = FakeGoogle(Self.company) { [response] call, _, _ in
            call.operation == "groups.list" ? .answer(response) : nil
        }
        let directory = try await Harness(google).source.listing()
        #expect(directory.groupsProblem?.contains("[request id req-7]") == true)
    }

    @Test("one user is read by id, address or alias; nobody is nil; other refusals are errors")
    func user() async throws {
        var company = Company.of(users: 2, groups: 0)
        company.users[0].aliases = ["alias+x@example.com"]
        let harness = try Harness(FakeGoogle(company))
        let id = company.users[0].id
        for key in [id, "p0@example.com", "alias+x@example.com"] {
            #expect(try await harness.source.user(key)?.id == SourceUserID(id))
        }
        #expect(harness.google.calls.last?.request.url.contains("/users/alias%2Bx%40example.com?") == true)
        for key in ["nobody@example.com", "..", ".", ""] { #expect(try await harness.source.user(key) == nil) }
        for (response, isNil) in [
            (HTTPResponse.refusal(400, reason: "invalid", message: "Invalid Input: userKey"), true),
            (.refusal(404, reason: "domainNotFound", message: "Domain not found."), true),
            (.refusal(403, reason: "forbidden", message: "no"), false),
            (HTTPResponse(status: 404, body: Array("<html>".utf8)), false), (HTTPResponse(status: 400), false),
        ] {
            let failing = try Harness(
                FakeGoogle(company) { call, _, _ in call.operation == "users.get" ? .answer(response) : nil }
            )
            var saidNobody = false
            do { saidNobody = try await failing.source.user("x@example.com") == nil } catch {}
            #expect(saidNobody == isNil, "\(response.status)")
        }
    }
}
