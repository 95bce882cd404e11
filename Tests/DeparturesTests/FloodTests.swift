import Crypto
import Foundation
import HTTP
import Sandbox
import Synchronization
import TestSupport
import Testing

/// The program's `serve`, asked over real sockets.
private struct Webhook: Sendable {
    let process: Company.Running
    let base: String
    let port: Int
    private let transport = CurlTransport(
        configuration: TransportConfiguration(maximumRequestsPerHost: 64, environment: [:])
    )
    static let key = "a key of the HR system"

    init(_ company: Company) async throws {
        process = try company.begin(["serve"], with: ["HR_KEY": Webhook.key])
        let line = try #require(await process.line(where: { $0.contains("listening on") }))
        base = try #require(line.split(separator: " ").last.map(String.init))
        port = try #require(Int(base.split(separator: ":").last ?? ""))
    }

    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    static func signature(_ body: String, at seconds: Int64, key: String = key) -> String {
        "sha256=" + HMACSHA256.authenticate(Array("\(seconds).\(body)".utf8), key: Array(key.utf8)).hex
    }

    func post(_ body: String, at seconds: Int64 = Webhook.now, key: String = Webhook.key) async throws -> HTTPResponse {
        var request = HTTPRequest(method: "POST", url: base + "/v1/departures")
        request.headers = [
            HTTPField("Idbridge-Timestamp", String(seconds)),
            HTTPField("Idbridge-Signature", Webhook.signature(body, at: seconds, key: key)),
        ]
        request.body = Array(body.utf8)
        return try await transport.send(request)
    }

    func metrics() async throws -> String {
        let answer = try await transport.send(HTTPRequest(method: "GET", url: base + "/metrics"))
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// Returns when every request in the ledger is carried out.
    func settled() async throws {
        while try await !metrics().contains("idbridge_serve_requests_open 0") { await Task.yield() }
    }
}

@Suite("serve under load and abuse", .serialized)
struct FloodTests {
    private static let settings = """
        departures: { people: 1000 }
        serve: { listen: "127.0.0.1:0", keys: [ "${env:HR_KEY}" ] }
        """
    private static let people = 12

    private func company() async throws -> (Company, users: [String]) {
        var world = World.company()
        var users: [String] = []
        for number in 0..<FloodTests.people {
            let user = world.addPerson("p\(number)@example.com")
            world.giveEverything(to: user.id)
            users.append(user.id)
        }
        for name in ["ana", "bob", "carol"] {
            world.giveEverything(to: world.identityCenter.user(named: "\(name)@example.com")?.id ?? "")
        }
        return (try await Company(world, settings: FloodTests.settings), users)
    }

    private func body(_ user: String, _ reason: String = "HR") -> String {
        #"{"users": ["\#(user)"], "reason": "\#(reason)"}"#
    }

    /// One bad request of some kind; its status.
    private func bad(_ number: Int, _ webhook: Webhook) async throws -> (Int, allowed: Set<Int>) {
        let victim = ["ana", "bob", "carol"][number % 3] + "@example.com"
        switch number % 5 {
        case 0: return (try await webhook.post(body(victim, "\(number)"), key: "wrong").status, [401])
        case 1: return (try await webhook.post(body(victim), at: Webhook.now - 400).status, [401])
        case 2: return (try await webhook.post(body(victim), at: Webhook.now + 400).status, [401])
        case 3:
            let large = body(victim, String(repeating: "x", count: 70_000 + number))
            return (try await webhook.post(large).status, [413])
        default: return (try await webhook.post("{\"users\": [\"\(victim)\"").status, [400])
        }
    }

    /// Sends a signed request a byte at a time, until the server has enough of it.
    private func trickle(_ webhook: Webhook, _ victim: String) async throws -> Bool {
        let seconds = Webhook.now
        let text = body(victim)
        let client = try RawClient(port: webhook.port)
        try client.write(
            "POST /v1/departures HTTP/1.1\r\nHost: h\r\nIdbridge-Timestamp: \(seconds)\r\nIdbridge-Signature: "
                + Webhook.signature(text, at: seconds) + "\r\nContent-Length: 50000\r\n\r\n"
        )
        for _ in 0..<50_000 {
            guard (try? client.write("x")) != nil else { return true }
            try await Task.sleep(for: .milliseconds(200))
        }
        return false
    }

    @Test("thousands at once: the good are carried out, the bad not obeyed, the slow cut off, and memory stays flat")
    func flood() async throws {
        let (company, users) = try await company()
        let webhook = try await Webhook(company)
        let bystanders = ["ana", "bob", "carol"].compactMap { name in
            company.sandbox.world.snapshot().identityCenter.user(named: "\(name)@example.com")?.id
        }
        let before = bystanders.map { company.holdings(of: $0) }
        // A first part, so that what is compared is not the start of the program.
        _ = try await many(500, webhook)
        let first = webhook.process.memory()
        let moment = Webhook.now
        async let slow = withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { try await trickle(webhook, "bob@example.com") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        async let statuses = many(4000, webhook)
        var ids: Set<String> = []
        // Each good one three times, as a sender does that never got an answer.
        for round in 0..<3 {
            for number in 0..<FloodTests.people {
                let answer = try await webhook.post(body("p\(number)@example.com"), at: moment)
                #expect(answer.status == 202, "round \(round)")
                ids.insert(String(decoding: answer.body, as: UTF8.self))
            }
        }
        #expect(ids.count == FloodTests.people)
        for (status, allowed) in try await statuses { #expect(allowed.contains(status), "\(status)") }
        #expect(try await slow.allSatisfy(\.self), "every slow client was cut off")
        try await webhook.settled()
        for user in users { #expect(company.holdings(of: user) == []) }
        #expect(bystanders.map { company.holdings(of: $0) } == before)
        #expect(company.markers.count == FloodTests.people)
        let last = webhook.process.memory()
        let descriptors = webhook.process.openDescriptors
        print(
            "serve: 4500 bad, 36 good and 40 slow requests; resident \(first) KiB after the first 500, \(last) KiB at the "
                + "end (peak \(webhook.process.memory("VmHWM")) KiB); \(descriptors) descriptors open"
        )
        #expect(last - first < 64 << 10, "KiB")
        #expect(descriptors < 256 + 64)
        webhook.process.signal(SIGTERM)
        #expect(await webhook.process.end().code == 143)
    }

    private func many(_ count: Int, _ webhook: Webhook) async throws -> [(Int, allowed: Set<Int>)] {
        try await withThrowingTaskGroup(of: (Int, allowed: Set<Int>).self) { group in
            for number in 0..<count { group.addTask { try await bad(number, webhook) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(
        "a crash right after the answer, and a SIGTERM, lose none: the next program carries it out",
        arguments: [SIGKILL, SIGTERM]
    )
    func crash(signal: Int32) async throws {
        let (company, users) = try await company()
        let webhook = try await Webhook(company)
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<FloodTests.people {
                group.addTask { try await webhook.post(body("p\(number)@example.com")).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answered.allSatisfy { $0 == 202 })
        webhook.process.signal(signal)
        let end = await webhook.process.end()
        #expect(signal == SIGKILL || end.code == 143, "\(end.code) \(end.errors)")
        if signal == SIGKILL {
            let next = try await company.run("departures")
            #expect(next.code == 0, "\(next.errors)")
        } else {
            let next = try await Webhook(company)
            try await next.settled()
            next.process.signal(SIGTERM)
            #expect(await next.process.end().code == 143)
        }
        for user in users { #expect(company.holdings(of: user) == []) }
        #expect(company.markers.count == FloodTests.people)
    }
}
