import HTTP
import HTTPServer
import Testing

@Suite(.timeLimit(.minutes(2))) struct CurlTransportTests {
    let transport = CurlTransport(configuration: TransportConfiguration(environment: [:]))

    @Test(
        "method, target, header fields and body arrive as they were given",
        arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"]
    )
    func request(method: String) async throws {
        let seen = Log<ServerRequest>()
        let server = try HTTPServer { request in
            seen.append(request)
            return ServerResponse(status: 204)
        }
        for body in [[], Array("{\"a\":1}".utf8)] {
            let response = try await transport.send(
                HTTPRequest(
                    method: method,
                    url: server.baseURL + "/a/../b//%2e%2E/c%2Fd?x=%20&$top=1&y",
                    headers: [
                        HTTPField("X-Amz-Target", "T.Op"), HTTPField("X-Empty", ""), HTTPField("X-Text", "ä; b "),
                    ],
                    body: body
                )
            )
            #expect(response.status == 204)
            let request = try #require(seen.entries.last)
            #expect(request.method == method)
            #expect(request.target == "/a/../b//%2e%2E/c%2Fd?x=%20&$top=1&y")
            #expect(request.header("x-amz-target") == "T.Op")
            #expect(request.header("x-empty") == "")
            #expect(request.header("x-text")?.hasPrefix("ä; b") == true)
            #expect(request.header("user-agent") == "idbridge")
            #expect(request.header("content-type") == nil)
            #expect(request.body == body)
            let hasLength = ["POST", "PUT", "PATCH"].contains(method) || !body.isEmpty
            #expect(request.header("content-length") == (hasLength ? String(body.count) : nil))
        }
    }

    @Test("large bodies go both ways, without asking first whether they may")
    func large() async throws {
        let server = try HTTPServer(configuration: HTTPServerConfiguration(maximumBodyBytes: 16 << 20)) { request in
            ServerResponse(status: request.header("expect") == nil ? 200 : 417, body: request.body)
        }
        let body = (0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let response = try await transport.send(HTTPRequest(method: "POST", url: server.baseURL, body: body))
        #expect(response.status == 200)
        #expect(response.body == body)
    }

    @Test("status and header fields come back in their order, repeated ones too")
    func response() async throws {
        let server = try HTTPServer { _ in
            ServerResponse(status: 418, headers: [("X-A", "1"), ("X-B", "two words"), ("X-A", "3")], body: [0, 255])
        }
        let response = try await transport.send(HTTPRequest(url: server.baseURL))
        #expect(response.status == 418)
        #expect(response.body == [0, 255])
        #expect(response.headers.filter { $0.name.lowercased() == "x-a" }.map(\.value) == ["1", "3"])
        #expect(response.header("x-b") == "two words")
    }

    @Test("bodies in gzip and br are decoded, and damaged ones are not taken for whole")
    func decoding() async throws {
        let text = Array("{\"users\":[{\"name\":\"Änne\"}]}".utf8)
        let gzip = bytes(
            "1f8b08000000000002ffab562a2d4e2d2a56b28aae56ca4bcc4d55b2523adc929797aa541b5b0b00bcfbf72f1c000000"
        )
        let brotli = bytes("8b0d807b227573657273223a5b7b226e616d65223a22c3846e6e65227d5d7d03")
        let server = try HTTPServer { request in
            let isDamaged = request.parameter("damaged") != nil
            let isBrotli = request.parameter("br") != nil
            let whole = isBrotli ? brotli : gzip
            // A window size that br does not have; data that gzip's table of codes does not have.
            let damaged = isBrotli ? [0x11] + whole.dropFirst() : whole.enumerated().map { $0 > 12 ? ~$1 : $1 }
            let body = isDamaged ? damaged : whole
            return ServerResponse(headers: [("Content-Encoding", isBrotli ? "br" : "gzip")], body: body)
        }
        for query in ["", "?br=1"] {
            #expect(try await transport.send(HTTPRequest(url: server.baseURL + "/" + query)).body == text)
        }
        for query in ["?damaged=1", "?br=1&damaged=1"] {
            let error = await failure(HTTPRequest(url: server.baseURL + "/" + query))
            guard case .interrupted? = error else {
                Issue.record("\(query): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("the server is told which encodings are understood")
    func acceptEncoding() async throws {
        let server = try HTTPServer { .text($0.header("accept-encoding") ?? "") }
        let offered = String(decoding: try await transport.send(HTTPRequest(url: server.baseURL)).body, as: UTF8.self)
        #expect(offered.contains("gzip"))
        #expect(offered.contains("br"))
    }

    @Test("a body is taken up to the limit and not a byte further, be it packed or not")
    func limit() async throws {
        // 4 MiB of zeros in br.
        let bomb = bytes("9bffff3ff82700e2b14020f7fe07")
        let server = try HTTPServer { request in
            request.path == "/bomb"
                ? ServerResponse(headers: [("Content-Encoding", "br")], body: bomb)
                : ServerResponse(body: [UInt8](repeating: 7, count: 1000))
        }
        var request = HTTPRequest(url: server.baseURL, maximumResponseBytes: 1000)
        #expect(try await transport.send(request).body.count == 1000)
        request.maximumResponseBytes = 999
        #expect(await failure(request) == .tooLarge(limit: 999))
        request.url = server.baseURL + "/bomb"
        request.maximumResponseBytes = 4 << 20
        #expect(try await transport.send(request).body.count == 4 << 20)
        request.maximumResponseBytes = (4 << 20) - 1
        #expect(await failure(request) == .tooLarge(limit: (4 << 20) - 1))
    }

    @Test("a redirect is an answer like any other", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        let seen = Log<String>()
        let server = try HTTPServer { request in
            seen.append(request.path)
            return ServerResponse(status: status, headers: [("Location", "/elsewhere")])
        }
        let response = try await transport.send(HTTPRequest(url: server.baseURL + "/here"))
        #expect(response.status == status)
        #expect(response.header("location") == "/elsewhere")
        #expect(seen.entries == ["/here"])
    }

    @Test("an answer that does not come within the deadline is given up")
    func deadline() async throws {
        let gate = Gate()
        let server = try HTTPServer { _ in
            await gate.pass()
            return ServerResponse()
        }
        #expect(await failure(HTTPRequest(url: server.baseURL, timeoutSeconds: 0.05)) == .timedOut)
        gate.open()
        #expect(try await transport.send(HTTPRequest(url: server.baseURL)).status == 200)
    }

    @Test("a body that is cut off is an interruption", arguments: [0, 1, 999])
    func truncation(count: Int) async throws {
        let server = try HTTPServer { _ in
            ServerResponse(body: [UInt8](repeating: 65, count: 1000), behaviour: .truncate(after: count))
        }
        guard case .interrupted? = await failure(HTTPRequest(url: server.baseURL)) else {
            Issue.record("not an interruption")
            return
        }
    }

    @Test("a connection that ends instead of an answer is an interruption", arguments: ["GET", "POST"])
    func brokenOff(method: String) async throws {
        for behaviour in [ServerResponse.Behaviour.closeBefore, .reset] {
            let server = try HTTPServer { _ in ServerResponse(behaviour: behaviour) }
            guard case .interrupted? = await failure(HTTPRequest(method: method, url: server.baseURL)) else {
                Issue.record("not an interruption")
                continue
            }
        }
    }

    @Test("a server that is not there cannot be connected to, and has not seen the request")
    func notThere() async throws {
        let server = try HTTPServer { _ in ServerResponse() }
        let url = server.baseURL
        server.stop()
        let error = await failure(HTTPRequest(method: "POST", url: url))
        guard case .cannotConnect(let text)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("127.0.0.1"))
        #expect(error?.happenedBeforeSending == true)
    }

    @Test("two hundred requests at once each get their own answer, with no more in flight than allowed")
    func crowd() async throws {
        let flight = Flight()
        let server = try HTTPServer { request in
            flight.begin()
            defer { flight.end() }
            for _ in 0..<20 { await Task.yield() }
            return ServerResponse(body: Array(request.target.utf8))
        }
        let transport = CurlTransport(
            configuration: TransportConfiguration(maximumRequestsPerHost: 7, environment: [:])
        )
        try await withThrowingTaskGroup(of: (String, [UInt8]).self) { group in
            for number in 0..<200 {
                group.addTask {
                    let target = "/\(number)"
                    return (target, try await transport.send(HTTPRequest(url: server.baseURL + target)).body)
                }
            }
            for try await (target, body) in group { #expect(body == Array(target.utf8)) }
        }
        #expect(flight.total == 200)
        #expect(flight.most <= 7)
        #expect(flight.most > 1)
    }

    private func failure(_ request: HTTPRequest) async -> TransportError? {
        do {
            _ = try await transport.send(request)
            return nil
        } catch { return error }
    }

    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }
}
