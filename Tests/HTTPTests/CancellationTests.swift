import HTTP
import HTTPServer
import Testing

@Suite(.timeLimit(.minutes(2))) struct CancellationTests {
    private func transport(perHost: Int = 16) -> CurlTransport {
        CurlTransport(configuration: TransportConfiguration(maximumRequestsPerHost: perHost, environment: [:]))
    }

    @Test("a task that is cancelled already sends nothing")
    func before() async throws {
        let transport = transport()
        let seen = Log<String>()
        let server = try HTTPServer { request in
            seen.append(request.path)
            return ServerResponse()
        }
        let task = Task {
            await eventually { Task.isCancelled }
            return try await transport.send(HTTPRequest(url: server.baseURL + "/cancelled"))
        }
        task.cancel()
        await #expect(throws: TransportError.cancelled) { try await task.value }
        #expect(try await transport.send(HTTPRequest(url: server.baseURL + "/next")).status == 200)
        #expect(seen.entries == ["/next"])
    }

    @Test("a transfer under way is aborted at once")
    func during() async throws {
        let transport = transport()
        let gate = Gate()
        let server = try HTTPServer { _ in
            await gate.pass()
            return ServerResponse()
        }
        let task = Task { try await transport.send(HTTPRequest(url: server.baseURL, timeoutSeconds: 3600)) }
        await eventually { gate.came == 1 }
        task.cancel()
        await #expect(throws: TransportError.cancelled) { try await task.value }
        gate.open()
        #expect(try await transport.send(HTTPRequest(url: server.baseURL)).status == 200)
    }

    @Test("a request that waits for its turn leaves, and the others keep theirs")
    func queued() async throws {
        let transport = transport(perHost: 1)
        let gate = Gate()
        let seen = Log<String>()
        let server = try HTTPServer { request in
            seen.append(request.path)
            await gate.pass()
            return ServerResponse()
        }
        let first = Task { try await transport.send(HTTPRequest(url: server.baseURL + "/1")) }
        await eventually { gate.came == 1 }
        let second = Task { try await transport.send(HTTPRequest(url: server.baseURL + "/2")) }
        second.cancel()
        await #expect(throws: TransportError.cancelled) { try await second.value }
        let third = Task { try await transport.send(HTTPRequest(url: server.baseURL + "/3")) }
        gate.open()
        #expect(try await first.value.status == 200)
        #expect(try await third.value.status == 200)
        #expect(seen.entries == ["/1", "/3"])
    }

    @Test("cancellation after the answer changes nothing")
    func after() async throws {
        let transport = transport()
        let server = try HTTPServer { _ in ServerResponse() }
        let task = Task { try await transport.send(HTTPRequest(url: server.baseURL)) }
        #expect(try await task.value.status == 200)
        task.cancel()
        #expect(try await task.value.status == 200)
        #expect(try await transport.send(HTTPRequest(url: server.baseURL)).status == 200)
    }

    @Test("requests cancelled at any moment all end, as answered or as cancelled, and leave the transport sound")
    func atRandom() async throws {
        let transport = transport()
        let server = try HTTPServer { request in ServerResponse(body: Array(request.target.utf8)) }
        for seed in UInt64(0)..<10 {
            var random = SeededGenerator(seed: seed)
            let tasks = (0..<50).map { number in
                Task { try await transport.send(HTTPRequest(url: server.baseURL + "/\(number)")).body }
            }
            for task in tasks where Bool.random(using: &random) {
                for _ in 0..<Int.random(in: 0...40, using: &random) { await Task.yield() }
                task.cancel()
            }
            for (number, task) in tasks.enumerated() {
                switch await task.result {
                case .success(let body): #expect(body == Array("/\(number)".utf8), "seed \(seed)")
                case .failure(let error): #expect(error as? TransportError == .cancelled, "seed \(seed)")
                }
            }
        }
        #expect(try await transport.send(HTTPRequest(url: server.baseURL + "/end")).status == 200)
    }

    @Test("closing ends what is under way and what waits, and nothing is sent afterwards")
    func closing() async throws {
        let transport = transport(perHost: 1)
        let gate = Gate()
        let server = try HTTPServer { _ in
            await gate.pass()
            return ServerResponse()
        }
        let tasks = (0..<3).map { _ in Task { try await transport.send(HTTPRequest(url: server.baseURL)) } }
        await eventually { gate.came == 1 }
        transport.close()
        transport.close()
        for task in tasks {
            await #expect(throws: TransportError.failed("the transport was closed")) { try await task.value }
        }
        await #expect(throws: TransportError.failed("the transport was closed")) {
            try await transport.send(HTTPRequest(url: server.baseURL))
        }
        #expect(gate.came == 1)
    }

    @Test("transports come and go without trace")
    func lifetimes() async throws {
        let server = try HTTPServer { _ in ServerResponse() }
        for _ in 0..<20 {
            let transport = transport()
            #expect(try await transport.send(HTTPRequest(url: server.baseURL)).status == 200)
            _ = CurlTransport(configuration: TransportConfiguration(environment: [:]))
        }
    }
}
