import Crypto
import Departures
import Foundation
import HTTP
import HTTPServer
import Model
import SQLiteLedger
import Sandbox
import Synchronization
import Testing

@Suite("The HR webhook")
struct ServeTests {
    private static let now: Int64 = 1_780_000_000
    private static let key = Array("a key of the HR system".utf8)

    private struct Running {
        var server: HTTPServer
        var ledger: SQLiteLedger
        var transport = CurlTransport(
            configuration: TransportConfiguration(maximumRequestsPerHost: 32, environment: [:])
        )

        func post(
            _ body: String,
            at seconds: Int64 = ServeTests.now,
            key: [UInt8] = ServeTests.key,
            signature: String? = nil
        ) async throws -> HTTPResponse {
            let message = Array("\(seconds).".utf8) + Array(body.utf8)
            let signed = signature ?? "sha256=" + HMACSHA256.authenticate(message, key: key).hex
            var request = HTTPRequest(method: "POST", url: server.baseURL + "/v1/departures")
            request.headers = [
                HTTPField("Idbridge-Timestamp", String(seconds)), HTTPField("Idbridge-Signature", signed),
                HTTPField("Content-Type", "application/json"),
            ]
            request.body = Array(body.utf8)
            return try await transport.send(request)
        }

        func get(_ path: String) async throws -> HTTPResponse {
            try await transport.send(HTTPRequest(method: "GET", url: server.baseURL + path))
        }
    }

    /// The time of the service.
    private final class Clock: Sendable {
        private let seconds = Mutex(ServeTests.now)
        var now: Timestamp { Timestamp(seconds: seconds.withLock(\.self)) }
        func pass(_ seconds: Int64) { self.seconds.withLock { $0 += seconds } }
    }

    /// A queue whose disk is full.
    private struct FullDisk: DepartureQueue {
        func enqueue(_ request: DepartureRequest) throws(LedgerError) -> Bool { throw LedgerError("no space left") }
        func openRequests() throws(LedgerError) -> [DepartureRequest] { throw LedgerError("no space left") }
        func close(request id: String, at: Timestamp) throws(LedgerError) { throw LedgerError("no space left") }
    }

    private func start(_ ledger: (any DepartureQueue)? = nil, burst: Double = 5000, at clock: Clock = Clock()) throws
        -> Running
    {
        let kept = try SQLiteLedger.inMemory()
        let service = DepartureService(
            keys: [Array("an older key".utf8), ServeTests.key],
            ledger: ledger ?? kept,
            clock: { clock.now },
            metrics: ServeMetrics(),
            burst: burst,
            noticed: {}
        )
        let server = try HTTPServer(
            configuration: HTTPServerConfiguration(maximumBodyBytes: DepartureService.maximumBodyBytes)
        ) { request in await service.answer(request) }
        return Running(server: server, ledger: kept)
    }

    @Test("a signed request is in the ledger before 202; the same one again gets the same answer and does nothing")
    func good() async throws {
        let running = try start()
        defer { running.server.stop() }
        let body = #"{"users": ["bob@example.com"], "reason": "last day"}"#
        let first = try await running.post(body)
        #expect(first.status == 202)
        let open = try await running.ledger.openRequests()
        #expect(open.map(\.users) == [["bob@example.com"]] && open.first?.reason == "last day")
        #expect(String(decoding: first.body, as: UTF8.self).contains(open[0].id))
        let again = try await running.post(body)
        #expect(again.status == 202 && again.body == first.body)
        try await running.ledger.close(request: open[0].id, at: Timestamp(seconds: ServeTests.now))
        #expect(try await running.post(body).body == first.body)
        #expect(try await running.ledger.openRequests().isEmpty)
        #expect(try await running.post(body, at: ServeTests.now + 300, key: Array("an older key".utf8)).status == 202)
    }

    @Test("what is signed wrongly, too early, too late, too large or malformed is not obeyed")
    func bad() async throws {
        let running = try start()
        defer { running.server.stop() }
        let body = #"{"users": ["bob@example.com"]}"#
        let good = HMACSHA256.authenticate(Array("\(ServeTests.now).\(body)".utf8), key: ServeTests.key).hex
        #expect(try await running.post(body, key: Array("wrong".utf8)).status == 401)
        #expect(try await running.post(body, at: ServeTests.now - 301).status == 401)
        #expect(try await running.post(body, at: ServeTests.now + 301).status == 401)
        #expect(try await running.post(body + " ", signature: "sha256=\(good)").status == 401)
        for signature in ["", good, "sha1=\(good)", "sha256=", "sha256=\(good)00", "sha256=\(good.dropLast())g"] {
            #expect(try await running.post(body, signature: signature).status == 401, "\(signature)")
        }
        #expect(try await running.post(body, signature: "sha256=\(good)").status == 202)
        try await running.ledger.close(
            request: try await running.ledger.openRequests()[0].id,
            at: Timestamp(seconds: ServeTests.now)
        )
        let wrong = [
            String(repeating: "[", count: 60_000), "\u{0}", "", "{", "[]", "{}", #"{"users": []}"#,
            #"{"users": "bob"}"#, #"{"users": [1]}"#, #"{"users": [" "]}"#,
            #"{"users": ["a\u0000b"]}"#, #"{"users": ["bob"], "reason": 1}"#,
        ]
        for body in wrong { #expect(try await running.post(body).status == 400, "\(body)") }
        let large = #"{"users": ["\#(String(repeating: "x", count: 70_000))"]}"#
        #expect(try await running.post(large).status == 413)
        #expect(try await running.get("/v1/departures").status == 405)
        #expect(try await running.get("/elsewhere").status == 404)
        #expect(try await running.ledger.openRequests().isEmpty)
    }

    @Test("beyond the rate a signed request is told to wait; what was taken is kept, and time lets more in")
    func rate() async throws {
        let clock = Clock()
        let running = try start(burst: 2, at: clock)
        defer { running.server.stop() }
        func ask(_ number: Int) async throws -> HTTPResponse {
            try await running.post(#"{"users": ["p\#(number)@example.com"]}"#)
        }
        for number in 1...2 { #expect(try await ask(number).status == 202) }
        let third = try await ask(3)
        #expect(third.status == 429 && third.header("Retry-After") == "10")
        // Who signs wrongly takes nobody's place.
        for _ in 0..<9 { #expect(try await running.post("{}", key: Array("wrong".utf8)).status == 401) }
        #expect(try await running.ledger.openRequests().count == 2)
        clock.pass(1)
        #expect(try await ask(3).status == 202)
        let metrics = String(decoding: try await running.get("/metrics").body, as: UTF8.self)
        #expect(metrics.contains(#"idbridge_serve_answers_total{status="429"} 1"#))
    }

    @Test("a ledger that cannot take it is 503, told by /healthz and /metrics, and nothing is promised")
    func fullDisk() async throws {
        let running = try start(FullDisk())
        defer { running.server.stop() }
        let answer = try await running.post(#"{"users": ["bob@example.com"]}"#)
        #expect(answer.status == 503 && answer.header("Retry-After") == "10")
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("id\""))
        #expect(try await running.get("/healthz").status == 503)
        let metrics = try await running.get("/metrics")
        #expect(metrics.status == 200)
        #expect(String(decoding: metrics.body, as: UTF8.self).contains("idbridge_serve_ledger_up 0"))
        #expect(try await running.post("{}", key: Array("wrong".utf8)).status == 401)
    }

    @Test("a request whose name fits two people is refused aloud, and touches nobody")
    func ambiguous() async throws {
        var world = World.company()
        for name in ["ana", "bob"] {
            world.giveEverything(to: world.identityCenter.user(named: "\(name)@example.com")?.id ?? "")
        }
        world.google.users.removeAll { $0.primaryEmail == "bob@example.com" }
        world.changeGoogleUser("ana@example.com") { $0.aliases = ["bob@example.com"] }
        let company = try await Company(world, settings: "departures: { people: 9 }")
        let ledger = try SQLiteLedger(path: company.folder.appending(path: "ledger.sqlite").path)
        let at = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        _ = try await ledger.enqueue(
            DepartureRequest(id: "hr-1", users: ["bob@example.com"], reason: nil, origin: "serve", flags: [], at: at)
        )
        let end = try await company.run("departures")
        #expect(end.errors.contains("fits 2 people"), "\(end.errors)")
        #expect(company.markers.isEmpty && company.sandbox.world.writes.isEmpty)
        #expect(try await ledger.openRequests().isEmpty)
    }

    @Test("the program takes a request, carries it out, and stops on SIGTERM")
    func program() async throws {
        var world = World.company()
        let bob = try #require(world.identityCenter.user(named: "bob@example.com")).id
        world.giveEverything(to: bob)
        let company = try await Company(
            world,
            settings: "serve: { listen: \"127.0.0.1:0\", keys: [ \"${env:HR_KEY}\" ] }"
        )
        let running = try company.begin(["serve"], with: ["HR_KEY": "secret"])
        let address = try #require(await running.line(where: { $0.contains("listening on") }))
        let base = try #require(address.split(separator: " ").last.map(String.init))
        let (gone, told) = AsyncStream.makeStream(of: Void.self)
        company.sandbox.world.afterCall { _ in
            if company.holdings(of: bob).isEmpty { told.finish() }
        }
        let seconds = Int64(Date().timeIntervalSince1970)
        let body = #"{"users": ["bob@example.com"], "reason": "HR"}"#
        var request = HTTPRequest(method: "POST", url: base + "/v1/departures")
        request.headers = [
            HTTPField("Idbridge-Timestamp", String(seconds)),
            HTTPField(
                "Idbridge-Signature",
                "sha256=" + HMACSHA256.authenticate(Array("\(seconds).\(body)".utf8), key: Array("secret".utf8)).hex
            ),
        ]
        request.body = Array(body.utf8)
        let transport = CurlTransport(configuration: TransportConfiguration(environment: [:]))
        #expect(try await transport.send(request).status == 202)
        for await _ in gone {}
        #expect(company.holdings(of: bob) == [] && company.markers.count == 1)
        running.signal(SIGTERM)
        #expect(await running.end().code == 143)
    }
}
