import HTTP
import Testing

/// What happens on bare connections: reuse, repeats, answers that break the rules, proxies.
@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
    private let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func transport(_ environment: [String: String] = [:]) -> CurlTransport {
        CurlTransport(configuration: TransportConfiguration(connectTimeoutSeconds: 20, environment: environment))
    }

    @Test("a connection is used again and again")
    func reuse() async throws {
        let answer = answer
        let server = RawServer { connection in while connection.readRequest() != nil { connection.write(answer) } }
        defer { server.stop() }
        let transport = transport()
        for _ in 0..<10 {
            #expect(try await transport.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/")).status == 200)
        }
        #expect(server.connections == 1)
    }

    @Test("a kept connection that the server has closed meanwhile is replaced")
    func staleConnection() async throws {
        let answer = answer
        let closed = Log<Int>()
        let server = RawServer { connection in
            if connection.readRequest() != nil { connection.write(answer) }
            connection.finish()
            closed.append(connection.number)
        }
        defer { server.stop() }
        let transport = transport()
        for number in 1...5 {
            let request = HTTPRequest(method: "POST", url: "http://127.0.0.1:\(server.port)/", body: [1])
            #expect(try await transport.send(request).status == 200)
            await eventually { closed.entries.count == number }
        }
        #expect(server.connections == 5)
    }

    @Test("a request that may change something is never sent twice, one that may not is")
    func repeats() async throws {
        for (method, expected) in [("POST", 2), ("PUT", 2), ("PATCH", 2), ("DELETE", 2), ("GET", 3)] {
            let answer = answer
            let requests = Log<Int>()
            // The first connection answers once, takes a second request and closes without a word.
            let server = RawServer { connection in
                while connection.readRequest() != nil {
                    requests.append(connection.number)
                    if requests.entries.count == 2 { return }
                    connection.write(answer)
                }
            }
            defer { server.stop() }
            let transport = transport()
            let request = HTTPRequest(method: method, url: "http://127.0.0.1:\(server.port)/", body: [])
            #expect(try await transport.send(HTTPRequest(url: request.url)).status == 200)
            if method == "GET" {
                #expect(try await transport.send(request).status == 200)
            } else {
                let error = await failure(transport, request)
                #expect(error == .interrupted("the server closed the connection before it answered"))
            }
            #expect(requests.entries.count == expected, "\(method)")
        }
    }

    @Test("answers that are cut off or are not HTTP are interruptions")
    func broken() async throws {
        for text in [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n", "\r\n", "{}",
        ] {
            let server = RawServer { connection in
                if connection.readRequest() != nil { connection.write(text) }
            }
            defer { server.stop() }
            let error = await failure(transport(), HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
            guard case .interrupted? = error else {
                Issue.record("\(text.debugDescription): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("an answer cut at any byte is an interruption, and only the whole one is an answer")
    func cutAnywhere() async throws {
        // All data are there once the last chunk was told; libcurl does without the very last line feed.
        for (text, missable) in [
            ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"users\":[]}", 0),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"user\r\n6\r\ns\":[]}\r\n0\r\n\r\n", 1),
        ] {
            let server = RawServer { connection in
                // The connections come one after the other; the first gets nothing, the last one all.
                guard connection.readRequest() != nil else { return }
                connection.write(String(decoding: text.utf8.prefix(connection.number - 1), as: UTF8.self))
            }
            defer { server.stop() }
            let transport = transport()
            let request = HTTPRequest(method: "POST", url: "http://127.0.0.1:\(server.port)/")
            for count in 0..<(text.utf8.count - missable) {
                guard case .interrupted? = await failure(transport, request) else {
                    Issue.record("after \(count) bytes of \(text.debugDescription)")
                    return
                }
            }
            #expect(String(decoding: try await transport.send(request).body, as: UTF8.self) == "{\"users\":[]}")
        }
    }

    @Test("interim answers, chunks with a trailer, and bodies that end with their connection are read")
    func unusual() async throws {
        for (text, body) in [
            (
                "HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok",
                "ok"
            ),
            ("HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-A: late\r\n\r\n", "ok"),
            ("HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nall that comes", "all that comes"),
        ] {
            let server = RawServer { connection in
                if connection.readRequest() != nil { connection.write(text) }
            }
            defer { server.stop() }
            let response = try await transport().send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
            #expect(response.status == 200)
            #expect(String(decoding: response.body, as: UTF8.self) == body)
            #expect(response.headers.filter { $0.name == "X-A" } == [HTTPField("X-A", "b")])
        }
    }

    @Test("header fields without end are given up")
    func endlessHeader() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            let line = "X-Filler: " + String(repeating: "x", count: 1000) + "\r\n"
            connection.write("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 300) + "\r\n")
        }
        defer { server.stop() }
        let error = await failure(transport(), HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
        #expect(error == .tooLarge(limit: 256 << 10))
    }

    @Test("a server that never finishes its TLS greeting cannot be connected to")
    func silentTLS() async throws {
        let server = RawServer { $0.waitForEnd() }
        defer { server.stop() }
        let transport = CurlTransport(
            configuration: TransportConfiguration(connectTimeoutSeconds: 0.1, environment: [:])
        )
        let error = await failure(transport, HTTPRequest(method: "POST", url: "https://127.0.0.1:\(server.port)/"))
        #expect(error?.happenedBeforeSending == true, "\(String(describing: error))")
        #expect(error?.isPassing == true)
    }

    @Test("a proxy of the environment gets requests to other hosts, and its refusal is told")
    func proxy() async throws {
        let seen = Log<String>()
        let proxy = RawServer { connection in
            guard let request = connection.readRequest() else { return }
            seen.append(String(request.prefix { $0 != "\r\n" }))
            connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        }
        defer { proxy.stop() }
        let transport = transport(["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"])
        let error = await failure(transport, HTTPRequest(url: "https://directory.invalid/x"))
        #expect(seen.entries == ["CONNECT directory.invalid:443 HTTP/1.1"])
        guard case .cannotConnect(let text)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("403"))
    }

    @Test("loopback is asked directly, whatever the environment says")
    func noProxyForLoopback() async throws {
        let answer = answer
        let server = RawServer { connection in while connection.readRequest() != nil { connection.write(answer) } }
        let proxy = RawServer { _ in }
        defer {
            server.stop()
            proxy.stop()
        }
        let address = "http://127.0.0.1:\(proxy.port)"
        let transport = transport(["http_proxy": address, "all_proxy": address, "ALL_PROXY": address])
        #expect(try await transport.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/")).status == 200)
        #expect(try await transport.send(HTTPRequest(url: "http://localhost:\(server.port)/")).status == 200)
        #expect(proxy.connections == 0)
    }

    private func failure(_ transport: CurlTransport, _ request: HTTPRequest) async -> TransportError? {
        do {
            _ = try await transport.send(request)
            return nil
        } catch { return error }
    }
}
