import HTTP
import Testing

@Suite struct HTTPURLTests {
    @Test("a URL falls into its parts and comes together again")
    func parts() throws {
        let url = try #require(HTTPURL("https://Graph.Example.com:8443/v1.0/users?$top=5&x=%20"))
        #expect(url.isSecure)
        #expect(url.host == "graph.example.com")
        #expect(url.port == 8443)
        #expect(url.path == "/v1.0/users")
        #expect(url.query == "$top=5&x=%20")
        #expect(url.origin == "https://graph.example.com:8443")
        #expect(url.text == "https://graph.example.com:8443/v1.0/users?$top=5&x=%20")
        let address = try #require(HTTPURL("HTTP://[FD00:EC2::254]:80?"))
        #expect(!address.isSecure)
        #expect(address.host == "fd00:ec2::254")
        #expect(address.path == "")
        #expect(address.query == "")
        #expect(address.text == "http://[fd00:ec2::254]:80?")
        for text in [
            "https://a.example", "https://a.example/", "https://a/b//c/", "https://a?b/c?d", "https://[::1]/x",
        ] {
            #expect(HTTPURL(text)?.text == text)
        }
    }

    @Test("what others could read as another host is no URL")
    func refused() {
        let refused = [
            "", "example.com", "//example.com/", "https:/example.com", "https://", "https:///path", "https://?x",
            "ftp://example.com/", "file:///etc/passwd", "javascript://x/", "https://user@example.com/",
            "https://user:secret@example.com/", "http://127.0.0.1:80@example.com/", "http://localhost\\@example.com/",
            "http://example.com\\.localhost/", "https://example.com:/", "https://example.com:0/",
            "https://example.com:65536/", "https://example.com:080000/", "https://example.com:+80/",
            "https://example.com:8o/", "https://exa mple.com/", "https://example.com/a b",
            "https://example.com/\r\nX: y",
            "https://example.com/\u{0}", "https://example.com/#top", "http://127.0.0.1#@example.com/",
            "https://exämple.com/", "https://example.com/ä", "https://ex%61mple.com/", "https://[::1/", "https://::1/",
            "https://[::1%25eth0]/", "https://[v1.x]/", "https://[127.0.0.1]/", "https://[::1]x/", "https://a:1:2/",
            "https://" + String(repeating: "a", count: 254) + "/", " https://example.com/", "https ://example.com/",
        ]
        for text in refused { #expect(HTTPURL(text) == nil, "\(text)") }
    }

    @Test("segments and query items are percent-encoded, and nothing in them can leave its place")
    func building() throws {
        let base = try #require(HTTPURL("https://admin.googleapis.com/admin/directory/v1/"))
        #expect(
            base.appending("groups", "a/b?c#d%+ä@example.com", "members").text
                == "https://admin.googleapis.com/admin/directory/v1/groups/a%2Fb%3Fc%23d%25%2B%C3%A4%40example.com/members"
        )
        #expect(base.appending("..", ".", "...").path == "/admin/directory/v1/%2E%2E/%2E/...")
        #expect(
            base.appending("users").adding(query: [("query", "name='O\u{2019}Neil' & x=1"), ("", ""), ("a", "é\n")])
                .query
                == "query=name%3D%27O%E2%80%99Neil%27%20%26%20x%3D1&=&a=%C3%A9%0A"
        )
        let more = try #require(HTTPURL("https://a.example?x=1")).appending("y").adding(query: [("z", "2")])
        #expect(more.text == "https://a.example/y?x=1&z=2")
        #expect(more.adding(query: []) == more)
    }

    @Test("only the unreserved characters stand as they are")
    func encoding() {
        for code in UInt8(0)...127 {
            let character = String(UnicodeScalar(code))
            let isUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".contains(character)
            let hex = String(code, radix: 16, uppercase: true)
            #expect(
                PercentEncoding.encode(character) == (isUnreserved ? character : "%" + (code < 16 ? "0" : "") + hex)
            )
        }
        #expect(
            PercentEncoding.form([("a b", "c&d"), ("scope", "x/y z")]) == Array("a%20b=c%26d&scope=x%2Fy%20z".utf8)
        )
    }
}
