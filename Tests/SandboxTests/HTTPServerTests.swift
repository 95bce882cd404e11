import Glibc
import HTTPServer
import Synchronization
import TestSupport
import Testing

@Suite struct HTTPServerTests {
    /// Shows what the server understood.
    private func echo() throws -> HTTPServer {
        try HTTPServer { request in
            let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
            let body = String(decoding: request.body, as: UTF8.self)
            return .text(
                "\(request.method) \(request.segments) [\(query)] \(request.header("x-test") ?? "-") <\(body)>"
            )
        }
    }

    @Test("path, query, header fields and body arrive as they were sent")
    func request() async throws {
        let server = try echo()
        let client = try RawClient(port: server.port)
        try client.write(
            "POST /groups/a%2Fb%40c/%C3%A9?q=x+y&z=%26&flag HTTP/1.1\r\nHost: h\r\nX-Test: one\r\nContent-Length: 5\r\n\r\nhello"
        )
        let response = try await client.readResponse()
        #expect(response.head.hasPrefix("HTTP/1.1 200"))
        #expect(response.body == #"POST ["groups", "a/b@c", "é"] [q=x y;z=&;flag=] one <hello>"#)
    }

    @Test("a connection is kept for further requests")
    func keepAlive() async throws {
        let server = try echo()
        let client = try RawClient(port: server.port)
        for number in 1...3 {
            try client.write("GET /\(number) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.readResponse().body == "GET [\"\(number)\"] [] - <>")
        }
    }

    @Test("a chunked body is put together")
    func chunked() async throws {
        let server = try echo()
        let client = try RawClient(port: server.port)
        try client.write(
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        )
        #expect(try await client.readResponse().body == "POST [] [] - <abcde>")
    }

    @Test(
        "a body beyond the limit is 413 and never reaches the handler",
        arguments: [
            "Content-Length: 20\r\n\r\n01234567890123456789",
            "Transfer-Encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n0\r\n\r\n",
        ]
    )
    func bounded(rest: String) async throws {
        let calls = Mutex(0)
        let server = try HTTPServer(configuration: .init(maximumBodyBytes: 10)) { _ in
            calls.withLock { $0 += 1 }
            return .text("no")
        }
        let client = try RawClient(port: server.port)
        try client.write("POST / HTTP/1.1\r\nHost: h\r\n\(rest)")
        #expect(try await client.readResponse().head.hasPrefix("HTTP/1.1 413"))
        #expect(calls.withLock { $0 } == 0)
    }

    @Test("a client that asks first whether its large body is welcome is told no before it sends it")
    func expectation() async throws {
        let server = try HTTPServer(configuration: .init(maximumBodyBytes: 10)) { _ in .text("no") }
        let client = try RawClient(port: server.port)
        try client.write("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n")
        #expect(try await client.readResponse().head.hasPrefix("HTTP/1.1 413"))
    }

    @Test("a connection on which nothing moves is closed")
    func idle() async throws {
        let server = try HTTPServer(configuration: .init(idleTimeoutSeconds: 1)) { _ in .text("") }
        let client = try RawClient(port: server.port)
        try client.write("GET / HTTP/1.1\r\nHo")
        let end = await client.readToEnd()
        #expect(!end.text.contains("200 OK"))
        #expect(end.error == 0)
    }

    @Test(
        "a client that sends a byte at a time never idles, and is cut off all the same",
        arguments: [
            "GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n",
        ]
    )
    func slow(head: String) async throws {
        let calls = Mutex(0)
        let server = try HTTPServer(configuration: .init(requestSeconds: 0.3)) { _ in
            calls.withLock { $0 += 1 }
            return .text("good")
        }
        let client = try RawClient(port: server.port)
        try client.write(head)
        var sent = 0
        while sent < 60_000, (try? client.write("x")) != nil {
            sent += 1
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(sent < 60_000 && server.clientsCutOff == 1)
        #expect(calls.withLock { $0 } == 0)
        let other = try RawClient(port: server.port)
        try other.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try await other.readResponse().body == "good")
    }

    @Test("a client that takes no answer in is cut off; one whose handler takes long is not")
    func slowReader() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 16 << 20)
        let cut = Gate(count: 2)
        let server = try HTTPServer(configuration: .init(requestSeconds: 0.3)) { request in
            if request.path == "/large" { return ServerResponse(body: body) }
            await cut.arrive()
            return .text("patient")
        }
        let patient = try RawClient(port: server.port)
        try patient.write("GET /patient HTTP/1.1\r\nHost: h\r\n\r\n")
        let lazy = try RawClient(port: server.port)
        try lazy.write("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
        while server.clientsCutOff == 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(await lazy.readToEnd().text.utf8.count < body.count)
        await cut.arrive()
        #expect(try await patient.readResponse().body == "patient")
        #expect(server.clientsCutOff == 1)
    }

    @Test("beyond the most connections none is served")
    func connections() async throws {
        let server = try HTTPServer(configuration: .init(maximumConnections: 2)) { _ in .text("ok") }
        let clients = try (0..<2).map { _ in try RawClient(port: server.port) }
        for client in clients {
            try client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.readResponse().body == "ok")
        }
        let third = try RawClient(port: server.port)
        try? third.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        async let end = third.readToEnd()
        server.stop()
        #expect(await !end.text.contains("ok"))
    }

    @Test("header fields beyond the limit are refused and never reach the handler")
    func largeHeader() async throws {
        let server = try HTTPServer(configuration: .init(maximumHeaderBytes: 4096)) { _ in .text("reached") }
        let client = try RawClient(port: server.port)
        let large = String(repeating: "x", count: 8000)
        try client.write("GET / HTTP/1.1\r\nHost: h\r\nX-Large: \(large)\r\n\r\n")
        let text = await client.readToEnd().text
        #expect(text.hasPrefix("HTTP/1.1 4"))
        #expect(!text.contains("reached"))
    }

    @Test("closeBefore ends the connection without a byte")
    func closeBefore() async throws {
        let server = try HTTPServer { _ in ServerResponse(body: [1], behaviour: .closeBefore) }
        let client = try RawClient(port: server.port)
        try client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let end = await client.readToEnd()
        #expect(end.text.isEmpty)
        #expect(end.error == 0)
    }

    @Test("reset resets the connection")
    func reset() async throws {
        let server = try HTTPServer { _ in ServerResponse(behaviour: .reset) }
        let client = try RawClient(port: server.port)
        try client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let end = await client.readToEnd()
        #expect(end.text.isEmpty)
        #expect(end.error == ECONNRESET)
    }

    @Test("truncate announces the whole length and ends early", arguments: [0, 1, 7, 40_000])
    func truncate(after count: Int) async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000)
        let server = try HTTPServer { _ in ServerResponse(body: body, behaviour: .truncate(after: count)) }
        let client = try RawClient(port: server.port)
        try client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let text = await client.readToEnd().text
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        #expect(parts[0].contains("Content-Length: 50000"))
        #expect(parts.last?.utf8.count == count)
    }

    @Test("slow handlers hold no thread: more of them than processors run at a time")
    func concurrent() async throws {
        let gate = Gate(count: 40)
        let server = try HTTPServer { _ in
            await gate.arrive()
            return .text("ok")
        }
        let clients = try (0..<40).map { _ in try RawClient(port: server.port) }
        for client in clients { try client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n") }
        for client in clients { #expect(try await client.readResponse().body == "ok") }
    }

    @Test("stop cancels what runs and closes its connection")
    func stop() async throws {
        let started = Gate(count: 2)
        let server = try HTTPServer { _ in
            await started.arrive()
            try? await Task.sleep(for: .seconds(3600))
            return .text("late")
        }
        let client = try RawClient(port: server.port)
        try client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await started.arrive()
        server.stop()
        server.stop()
        #expect(await client.readToEnd().text.isEmpty)
        #expect(throws: RawClient.Failed.self) { try RawClient(port: server.port) }
    }

    @Test("shutDown answers what is in flight")
    func shutDown() async throws {
        let started = Gate(count: 2)
        let go = Gate(count: 2)
        let server = try HTTPServer { _ in
            await started.arrive()
            await go.arrive()
            return .text("answered")
        }
        let client = try RawClient(port: server.port)
        try client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await started.arrive()
        async let ended: Void = server.shutDown(graceSeconds: 60)
        await go.arrive()
        #expect(try await client.readResponse().body == "answered")
        await ended
    }

    @Test("a port in use is a named error")
    func portInUse() async throws {
        let server = try echo()
        let error = #expect(throws: HTTPServerError.self) {
            try HTTPServer(configuration: .init(port: UInt16(server.port))) { _ in .text("") }
        }
        #expect(error?.description == "cannot listen on 127.0.0.1 port \(server.port): Address already in use")
    }

    @Test("a Date of the handler's replaces the server's own")
    func date() async throws {
        let date = "Mon, 23 Nov 2026 20:15:00 GMT"
        let server = try HTTPServer { _ in ServerResponse(headers: [("Date", date)]) }
        let client = try RawClient(port: server.port)
        try client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let fields = try await client.readResponse().head.split(separator: "\r\n").filter { $0.hasPrefix("Date:") }
        #expect(fields == ["Date: \(date)"])
    }
}

/// Lets everybody go on once so many have arrived.
private actor Gate {
    private let count: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { self.count = count }

    func arrive() async {
        if waiting.count + 1 == count {
            for continuation in waiting { continuation.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
