import FoundationEssentials
import Glibc
import HTTPServer
import Synchronization
import Testing

@testable import HTTP

/// Keeps what it is given, and is held up where a gate is given.
private final class Collector: BodyReader {
    private struct State {
        var begun = 0
        var pieces: [[UInt8]] = []
    }
    private let state = Mutex(State())
    private let onPiece: @Sendable (Int) -> Void

    init(onPiece: @escaping @Sendable (Int) -> Void = { _ in }) { self.onPiece = onPiece }

    func begin() {
        state.withLock { state in
            state.begun += 1
            state.pieces = []
        }
    }

    func take(_ bytes: [UInt8]) {
        let count = state.withLock { state in
            state.pieces.append(bytes)
            return state.pieces.count
        }
        onPiece(count)
    }

    var body: [UInt8] { state.withLock { Array($0.pieces.joined()) } }
    var pieces: Int { state.withLock { $0.pieces.count } }
    var begun: Int { state.withLock { $0.begun } }
}

@Suite(.timeLimit(.minutes(2))) struct StreamingTests {
    let transport = CurlTransport(configuration: TransportConfiguration(environment: [:]))

    @Test("a body comes in pieces, whole and in order, and the response has none")
    func pieces() async throws {
        let body = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let server = try HTTPServer { _ in ServerResponse(headers: [("X-A", "1")], body: body) }
        let collector = Collector()
        let response = try await transport.send(HTTPRequest(url: server.baseURL), into: collector)
        #expect(response.status == 200)
        #expect(response.header("x-a") == "1")
        #expect(response.body.isEmpty)
        #expect(collector.body == body)
        #expect(collector.pieces > 1)
    }

    @Test("a refusal is read whole, and an empty body gives no piece")
    func others() async throws {
        let server = try HTTPServer { request in
            request.path == "/empty" ? ServerResponse(status: 204) : ServerResponse(status: 403, body: Array("no".utf8))
        }
        let collector = Collector()
        #expect(try await transport.send(HTTPRequest(url: server.baseURL), into: collector).body == Array("no".utf8))
        #expect(try await transport.send(HTTPRequest(url: server.baseURL + "/empty"), into: collector).status == 204)
        #expect(collector.pieces == 0)
    }

    @Test("a slow reader slows the transfer: little is read ahead, and nothing is lost")
    func backPressure() async throws {
        let body = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 / 11) }
        let server = try HTTPServer { _ in ServerResponse(body: body) }
        let pipe = BodyPipe()
        let loop = try #require(EventLoop(TransportConfiguration(environment: [:])))
        guard let thread = LoopThread(loop) else {
            Issue.record("no thread")
            return
        }
        let collector = Collector { _ in
            // Works until the loop has filled the pipe, or the answer is at its end: so the pause must come.
            for _ in 0..<20_000 where pipe.waitingBytes <= BodyPipe.capacity - (16 << 10) { sched_yield() }
        }
        let request = try PreparedRequest(HTTPRequest(url: server.baseURL), TransportConfiguration(environment: [:]))
        let result = await loop.send(request, into: collector, through: pipe)
        #expect(try result.get().status == 200)
        #expect(collector.body == body)
        #expect(pipe.mostBytes <= BodyPipe.capacity)
        #expect(pipe.pauses > 0)
        loop.close()
        thread.join()
    }

    @Test("the limit on a body's size holds for pieces")
    func limit() async throws {
        let server = try HTTPServer { _ in ServerResponse(body: [UInt8](repeating: 7, count: 1 << 20)) }
        let request = HTTPRequest(url: server.baseURL, maximumResponseBytes: 300_000)
        let collector = Collector()
        await #expect(throws: TransportError.tooLarge(limit: 300_000)) {
            try await transport.send(request, into: collector)
        }
        #expect(collector.body.count <= 300_000)
    }

    @Test("a body that is cut short is interrupted, after its pieces")
    func cut() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
        }
        defer { server.stop() }
        let collector = Collector()
        let url = "http://127.0.0.1:\(server.port)"
        let failure = await #expect(throws: TransportError.self) {
            try await transport.send(HTTPRequest(url: url), into: collector)
        }
        guard case .interrupted? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(collector.body == Array("0123456789".utf8))
    }

    @Test("a task that is cancelled within the body aborts the transfer, also one that is paused")
    func cancellation() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            // More than the pipe and the kernel's buffers hold: the transfer is paused when the reader stands still.
            for _ in 0..<100 { connection.write(String(repeating: "x", count: 1_000_000)) }
            connection.waitForEnd()
        }
        defer { server.stop() }
        let transport = transport
        let url = "http://127.0.0.1:\(server.port)"
        let isHeld = Log<Int>()
        let collector = Collector { number in
            if number == 1 { isHeld.append(number) }
            while !isHeld.entries.contains(0) { sched_yield() }
        }
        let task = Task.detached {
            try await transport.send(HTTPRequest(url: url, timeoutSeconds: 3600), into: collector)
        }
        await eventually { isHeld.entries == [1] }
        task.cancel()
        isHeld.append(0)
        await #expect(throws: TransportError.cancelled) { try await task.value }
    }

    @Test("each attempt begins anew: what a broken one brought counts for nothing")
    func attempts() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            let body = connection.number == 1 ? "half" : connection.number == 2 ? "" : "the whole"
            let head = connection.number == 2 ? "503 Busy" : "200 OK"
            let length = connection.number == 2 ? 0 : 9
            connection.write("HTTP/1.1 \(head)\r\nContent-Length: \(length)\r\nConnection: close\r\n\r\n\(body)")
        }
        defer { server.stop() }
        let client = HTTPClient(transport: transport, time: JumpingTime(), random: ConstantRandom(value: 0.5))
        let collector = Collector()
        let url = "http://127.0.0.1:\(server.port)"
        let response = try await client.send(isRepeatable: true, into: collector) { response in
            response.status == 503 ? .transient(after: nil) : .done
        } build: { _, _ throws(Never) in
            HTTPRequest(url: url)
        }
        #expect(response.status == 200)
        #expect(collector.body == Array("the whole".utf8))
        #expect(collector.begun == 3)
    }

    @Test("a list is read while its answer arrives")
    func lists() async throws {
        struct Row: Decodable, Equatable { var id: Int }
        let rows = (0..<20_000).map { #"{"id":\#($0),"name":"a name of some length"}"# }
        let text = #"{"users":["# + rows.joined(separator: ",") + #"],"next":"n"}"#
        let server = try HTTPServer { _ in ServerResponse(body: Array(text.utf8)) }
        let reader = JSONListReader<Row>(list: "users") { try JSONDecoder().decode(Row.self, from: Data($0)) }
        _ = try await transport.send(HTTPRequest(url: server.baseURL), into: reader)
        #expect(reader.reading.elements == (0..<20_000).map { Row(id: $0) })
        #expect(reader.reading.rest == Array(#"{"users":[],"next":"n"}"#.utf8))
        #expect(reader.reading.failure == nil)
        reader.begin()
        #expect(reader.reading.elements.isEmpty)
        reader.take(Array(#"{"users":[{"id":1},{"id":"2"},{"id":3}]}"#.utf8))
        #expect(reader.reading.failure?.index == 1)
        #expect(reader.reading.elements == [Row(id: 1)])
    }
}
