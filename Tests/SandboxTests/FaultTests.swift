import HTTPServer
import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite struct FaultTests {
    private func world() -> World {
        var world = World()
        for number in 0..<6 { world.addGoogleUser("u\(number)@example.com", id: "g-\(number)") }
        world.addUser("ana@example.com", id: "u-ana")
        world.addGroup("admins", id: "gr-admins")
        world.addPermissionSet("Admin")
        return world
    }

    private let list = "/users?customer=my_customer&maxResults=2"

    private func ids(_ sandbox: Sandbox) async throws -> [String?] {
        try await sandbox.googleList(list, key: "users").elements.map { $0["id"]?.text }
    }

    @Test("throttling, quotas and failures take each service's own form")
    func forms() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let google = Fault.Match.operation("google", "users.list")
        let store = Fault.Match.service("identitystore")
        let cases: [(match: Fault.Match, effect: Fault.Effect, status: Int, code: String)] = [
            (google, .throttled(retryAfter: 7), 429, "rateLimitExceeded"),
            (google, .quotaExceeded(), 403, "userRateLimitExceeded"),
            (google, .serverError(503), 503, "serviceUnavailable"),
            (google, .refused(code: "accessNotConfigured", status: 403), 403, "accessNotConfigured"),
            (store, .throttled(retryAfter: 7), 400, "ThrottlingException"),
            (store, .serverError(500), 500, "InternalServerException"),
            (store, .refused(code: "ConflictException"), 400, "ConflictException"),
            (.service("organizations"), .throttled(), 400, "TooManyRequestsException"),
        ]
        for (match, effect, status, code) in cases {
            sandbox.world.clearFaults()
            sandbox.world.inject(Fault(match, .every, effect))
            let answer =
                switch match.service {
                case "google": try await sandbox.google(list)
                case "identitystore": try await sandbox.store("ListGroups")
                default: try await sandbox.aws(.organizations, "ListRoots")
                }
            #expect(answer.status == status)
            #expect((answer.code ?? answer.json["error"]?["errors"]?.array?.first?["reason"]?.text) == code)
            #expect(sandbox.world.log.last?.wasPerformed == false)
            #expect(sandbox.world.log.last?.code == code)
            if case .throttled(7) = effect { #expect(answer.header("Retry-After") == "7") }
        }
    }

    @Test("occurrences count the calls that match")
    func occurrences() async throws {
        let table: [(occurrence: Fault.Occurrence, hits: [Int])] = [
            (.every, [1, 2, 3, 4]), (.nth(2), [2]), (.first(2), [1, 2]), (.from(3), [3, 4]), (.eachNth(2), [2, 4]),
        ]
        for (occurrence, hits) in table {
            let sandbox = try await Sandbox.start(world: world())
            sandbox.world.inject(Fault(.operation("identitystore", "ListGroups"), occurrence, .serverError()))
            var failed: [Int] = []
            for number in 1...4 {
                _ = try await sandbox.store("ListUsers")
                if try await sandbox.store("ListGroups").status == 500 { failed.append(number) }
            }
            #expect(failed == hits, "\(occurrence)")
        }
    }

    @Test("a condition looks at the parameters")
    func condition() async throws {
        let sandbox = try await Sandbox.start(world: world())
        sandbox.world.inject(
            Fault(.init("identitystore", "DescribeGroup") { $0.text("GroupId") == "gr-admins" }, .every, .serverError())
        )
        #expect(try await sandbox.store("DescribeGroup", ["GroupId": "gr-admins"]).status == 500)
        #expect(try await sandbox.store("DescribeGroup", ["GroupId": "gr-other"]).code == "ResourceNotFoundException")
    }

    @Test("a write whose answer is lost was carried out; one that is cut off before was not")
    func lostAnswers() async throws {
        for (effect, isDone) in [
            (Fault.Effect.closed(performed: true), true), (.closed(performed: false), false),
            (.reset(performed: true), true), (.reset(performed: false), false),
        ] {
            let sandbox = try await Sandbox.start(world: world())
            sandbox.world.inject(Fault(.writes, .nth(1), effect))
            await #expect(throws: RawClient.Failed.self) {
                try await sandbox.store("CreateGroup", ["DisplayName": "new"])
            }
            #expect((sandbox.world.snapshot().identityCenter.group(named: "new") != nil) == isDone)
            #expect(sandbox.world.writes.count == (isDone ? 1 : 0))
            #expect(sandbox.world.log.last?.status == nil)
            #expect(try await sandbox.store("CreateGroup", ["DisplayName": "new"]).status == (isDone ? 400 : 200))
        }
    }

    @Test("a truncated body announces more than it holds")
    func truncated() async throws {
        let sandbox = try await Sandbox.start(world: world())
        sandbox.world.inject(Fault(.service("identitystore"), .every, .truncated(after: 10)))
        await #expect(throws: RawClient.Failed.self) { try await sandbox.store("ListUsers") }
    }

    @Test("malformed JSON, wrong types and edits reach the client as such")
    func damaged() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let match = Fault.Match.service("identitystore")
        sandbox.world.inject(Fault(match, .nth(1), .malformedJSON), Fault(match, .nth(2), .wrongTypes))
        sandbox.world.inject(
            Fault(
                match,
                .nth(3),
                .edited { value in
                    var value = value
                    value["Users"] = nil
                    return value
                }
            )
        )
        let malformed = try await sandbox.store("ListUsers")
        #expect(malformed.status == 200)
        #expect(malformed.json == .null)
        #expect(try await sandbox.store("ListUsers").json["Users"]?.text != nil)
        let edited = try await sandbox.store("ListUsers")
        #expect(edited.json.object != nil)
        #expect(edited.json["Users"] == nil)
        let answer = try await sandbox.store("ListUsers")
        #expect(answer.json["Users"]?.array?.count == 1)
    }

    @Test("an answer can be scripted whole")
    func scripted() async throws {
        let sandbox = try await Sandbox.start(world: world())
        sandbox.world.inject(
            Fault(
                .service("identitystore"),
                .every,
                .answer(.text("<html>proxy</html>", status: 502, type: "text/html"))
            )
        )
        let answer = try await sandbox.store("ListUsers")
        #expect(answer.status == 502)
        #expect(answer.body == "<html>proxy</html>")
    }

    @Test("pages can repeat, be missing, come twice, be empty, end early, and expire")
    func pages() async throws {
        let match = Fault.Match.operation("google", "users.list")
        let all = (0..<6).map { "g-\($0)" }
        let cases: [(effect: Fault.Effect, expected: [String])] = [
            (.missingPage, ["g-0", "g-1", "g-4", "g-5"]),
            (.duplicatePage, ["g-0", "g-1", "g-0", "g-1", "g-2", "g-3", "g-4", "g-5"]),
            (.emptyPage, all),
            (.endsEarly, ["g-0", "g-1"]),
        ]
        for (effect, expected) in cases {
            let sandbox = try await Sandbox.start(world: world())
            sandbox.world.inject(Fault(match, .nth(1), effect))
            #expect(try await ids(sandbox) == expected)
        }
        let expiring = try await Sandbox.start(world: world())
        expiring.world.inject(Fault(match, .nth(1), .expiredPageToken))
        let token = try await expiring.google(list).json["nextPageToken"]?.text ?? ""
        let answer = try await expiring.google("\(list)&pageToken=\(token)")
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["message"] == "Invalid Input: pageToken")
    }

    @Test("a repeated token leads to the same page for ever")
    func repeatedToken() async throws {
        let sandbox = try await Sandbox.start(world: world())
        sandbox.world.inject(Fault(.operation("google", "users.list"), .from(2), .repeatedPageToken))
        let first = try await sandbox.google(list).json["nextPageToken"]?.text ?? ""
        for _ in 0..<2 {
            let page = try await sandbox.google("\(list)&pageToken=\(first)").json
            #expect(page["nextPageToken"]?.text == first)
            #expect(page["users"]?.array?.first?["id"] == "g-2")
        }
    }

    @Test("a stale read shows the state before the last writes, and later reads do not")
    func stale() async throws {
        let sandbox = try await Sandbox.start(world: world())
        sandbox.world.inject(Fault(.operation("identitystore", "ListGroups"), .nth(1), .staleRead(writes: 1)))
        _ = try await sandbox.store("CreateGroup", ["DisplayName": "one"])
        _ = try await sandbox.store("CreateGroup", ["DisplayName": "two"])
        let names = try await sandbox.store("ListGroups").json["Groups"]?.array?.map { $0["DisplayName"]?.text }
        #expect(names == ["admins", "one"])
        let later = try await sandbox.store("ListGroups").json["Groups"]?.array?.map { $0["DisplayName"]?.text }
        #expect(later == ["admins", "one", "two"])
    }

    @Test("an operation can be slow, or fail")
    func operations() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let create = Fault.Match.operation("sso-admin", "CreateAccountAssignment")
        sandbox.world.inject(
            Fault(create, .nth(1), .slowOperation(polls: 3)),
            Fault(create, .nth(2), .failedOperation(reason: "policy quota"))
        )
        let input: JSONValue = [
            "TargetType": "AWS_ACCOUNT", "TargetId": "100000000001", "PrincipalType": "GROUP",
            "PrincipalId": "gr-admins",
            "PermissionSetArn": .string(sandbox.world.snapshot().identityCenter.permissionSets[0].arn),
        ]
        func follow() async throws -> (seen: [String?], reason: String?) {
            let accepted = try await sandbox.sso("CreateAccountAssignment", input).json
            let id = accepted["AccountAssignmentCreationStatus"]?["RequestId"] ?? .null
            var seen: [String?] = []
            var reason: String?
            while seen.count < 9, seen.last != "SUCCEEDED", seen.last != "FAILED" {
                let status = try await sandbox.sso(
                    "DescribeAccountAssignmentCreationStatus",
                    ["AccountAssignmentCreationRequestId": id]
                ).json["AccountAssignmentCreationStatus"]
                seen.append(status?["Status"]?.text)
                reason = status?["FailureReason"]?.text
            }
            return (seen, reason)
        }
        let slow = try await follow()
        #expect(slow.seen == ["IN_PROGRESS", "IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED"])
        let failed = try await follow()
        #expect(failed.seen.last == "FAILED")
        #expect(failed.reason == "policy quota")
    }

    @Test("hooks run before and after a call is carried out, and may change the world")
    func hooks() async throws {
        let sandbox = try await Sandbox.start(world: world())
        let after = Mutex<[String]>([])
        sandbox.world.onCall { call in
            guard call.operation == "ListGroups" else { return }
            sandbox.world.update { _ = $0.addGroup("by the hook") }
        }
        sandbox.world.afterCall { call in
            let count = sandbox.world.snapshot().identityCenter.groups.count
            after.withLock { $0.append("\(call.operation) \(count)") }
        }
        let names = try await sandbox.store("ListGroups").json["Groups"]?.array?.map { $0["DisplayName"]?.text }
        #expect(names == ["admins", "by the hook"])
        #expect(after.withLock { $0 } == ["ListGroups 2"])
        sandbox.world.clearHooks()
        _ = try await sandbox.store("ListGroups")
        #expect(after.withLock { $0.count } == 1)
    }
}
