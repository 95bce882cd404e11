import Testing

@testable import HTTP

@Suite struct PreparedRequestTests {
    private let configuration = TransportConfiguration(environment: [:])

    private func prepare(_ request: HTTPRequest) throws(TransportError) -> PreparedRequest {
        try PreparedRequest(request, configuration)
    }

    @Test("a line break in a header field, a method or a URL is refused")
    func injection() {
        for value in ["a\r\nX: b", "a\nb", "a\rb", "a\u{0}b", "a\u{7F}"] {
            let error = #expect(throws: TransportError.self) {
                try prepare(HTTPRequest(url: "https://example.com/", headers: [HTTPField("X-Secret", value)]))
            }
            #expect(error?.message.contains(value) == false)
            #expect(error?.message.contains("X-Secret") == true)
        }
        for name in ["", "X A", "X:", "X\r\nY", "Ä", "X\u{0}"] {
            #expect(throws: TransportError.self) {
                try prepare(HTTPRequest(url: "https://example.com/", headers: [HTTPField(name, "a")]))
            }
        }
        for method in ["", "GET /", "GET\r\n", "Gé"] {
            #expect(throws: TransportError.self) {
                try prepare(HTTPRequest(method: method, url: "https://example.com/"))
            }
        }
        for url in ["https://example.com/a\r\nb", "https://example.com/a b", "example.com"] {
            #expect(throws: TransportError.self) { try prepare(HTTPRequest(url: url)) }
        }
    }

    @Test("plain http outside loopback is refused, and the refusal names the host and nothing else of the URL")
    func plainHTTP() throws {
        let error = #expect(throws: TransportError.self) {
            try prepare(HTTPRequest(url: "http://hooks.example.com/services/T0KEN?key=s3cret"))
        }
        #expect(error == .refused("plain http to hooks.example.com is refused: use https"))
        #expect(throws: TransportError.self) { try prepare(HTTPRequest(url: "http://169.254.169.254/")) }
        _ = try prepare(HTTPRequest(url: "http://169.254.169.254/", isMetadata: true))
        _ = try prepare(HTTPRequest(url: "http://[::1]:8080/"))
    }

    @Test("what libcurl would add by itself is taken back, and empty fields are sent")
    func lines() throws {
        let plain = try prepare(HTTPRequest(url: "https://example.com/"))
        #expect(plain.headerLines == ["Expect:", "User-Agent: idbridge", "Content-Type:"])
        let full = try prepare(
            HTTPRequest(
                method: "POST",
                url: "https://example.com/",
                headers: [HTTPField("user-agent", "x"), HTTPField("A", ""), HTTPField("B", " c\td")],
                body: [1]
            )
        )
        #expect(full.headerLines == ["Expect:", "user-agent: x", "A;", "B:  c\td", "Content-Type:"])
        let typed = try prepare(
            HTTPRequest(url: "https://example.com/", headers: [HTTPField("Content-type", "text/x")], body: [1])
        )
        #expect(typed.headerLines == ["Expect:", "Content-type: text/x", "User-Agent: idbridge"])
        let odd = TransportConfiguration(userAgent: "a\r\nb", environment: [:])
        #expect(
            try PreparedRequest(HTTPRequest(url: "https://a.example"), odd).headerLines == ["Expect:", "Content-Type:"]
        )
    }

    @Test("the proxy is chosen by scheme, and never for loopback and metadata addresses")
    func proxies() throws {
        let all = [
            "http_proxy": "p1", "HTTP_PROXY": "p2", "https_proxy": "p3", "HTTPS_PROXY": "p4", "all_proxy": "p5",
            "ALL_PROXY": "p6", "no_proxy": "a.example", "NO_PROXY": "b.example",
        ]
        func proxy(_ url: String, without names: [String] = [], isMetadata: Bool = false) throws -> [String]? {
            let environment = all.filter { !names.contains($0.key) }
            let chosen = TransportConfiguration(environment: environment)
                .proxy(for: try #require(HTTPURL(url)), isMetadata: isMetadata)
            return chosen.map { [$0.proxy, $0.noProxy] }
        }
        #expect(try proxy("https://x.example/") == ["p3", "a.example"])
        #expect(try proxy("https://x.example/", without: ["https_proxy", "no_proxy"]) == ["p4", "b.example"])
        #expect(try proxy("https://x.example/", without: ["https_proxy", "HTTPS_PROXY"]) == ["p5", "a.example"])
        #expect(try proxy("http://x.example/") == ["p1", "a.example"])
        #expect(try proxy("http://x.example/", without: ["http_proxy", "all_proxy"]) == ["p6", "a.example"])
        #expect(try proxy("http://x.example/", without: ["http_proxy", "all_proxy", "ALL_PROXY"]) == nil)
        #expect(try proxy("https://x.example/", isMetadata: true) == nil)
        for host in [
            "127.0.0.1:80", "[::1]", "localhost", "169.254.169.254", "[fd00:ec2::254]", "metadata.google.internal",
        ] {
            for scheme in ["http", "https"] { #expect(try proxy("\(scheme)://\(host)/") == nil) }
        }
        let direct = try PreparedRequest(
            HTTPRequest(url: "http://127.0.0.1/"),
            TransportConfiguration(environment: all)
        )
        #expect(direct.proxy == nil)
        #expect(direct.noProxy == "*")
    }

    @Test("trusted certificates come from the configuration, else from the environment, in a fixed order")
    func trust() {
        let all = ["AWS_CA_BUNDLE": "/aws", "SSL_CERT_FILE": "/ssl", "CURL_CA_BUNDLE": "/curl"]
        func path(_ caBundlePath: String? = nil, without names: [String] = []) -> String? {
            TransportConfiguration(caBundlePath: caBundlePath, environment: all.filter { !names.contains($0.key) })
                .trustedCertificatesPath
        }
        #expect(path("/own") == "/own")
        #expect(path() == "/aws")
        #expect(path(without: ["AWS_CA_BUNDLE"]) == "/ssl")
        #expect(path(without: ["AWS_CA_BUNDLE", "SSL_CERT_FILE"]) == "/curl")
        #expect(path(without: Array(all.keys)) == nil)
        #expect(TransportConfiguration(environment: ["AWS_CA_BUNDLE": ""]).trustedCertificatesPath == nil)
    }
}
