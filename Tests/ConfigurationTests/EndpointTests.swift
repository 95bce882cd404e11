import Configuration
import Diagnostics
import Testing

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "the vendors' own hosts and loopback are asked, others need allowEndpoints",
        arguments: [
            ("https://admin.googleapis.com", true), ("https://restricted.googleapis.com/x/", true),
            ("http://127.0.0.1:8080", true), ("http://localhost:1", true), ("http://[::1]:1", true),
            ("https://127.9.9.9", true),
            ("http://[0:0:0:0:0:0:0:1]", true), ("https://evil.example", false),
            ("https://googleapis.com.evil.example", false),
            ("https://evilgoogleapis.com", false), ("https://admin.googleapis.com.", false),
        ]
    )
    func vendors(url: String, isLegal: Bool) {
        load(google("endpoint: " + (isLegal ? "\"\(url)\"" : "⟦\"\(url)\"⟧")))
        if !isLegal { load(google("endpoint: \"\(url)\"") + "allowEndpoints: true\n") }
    }

    @Test(
        "plain http is refused, and what is no URL of scheme, host, port and path, even with allowEndpoints",
        arguments: [
            "http://admin.googleapis.com", "http://127.0.0.1.evil.example", "http://127.1", "http://0x7f000001",
            "http://2130706433",
            "http://127.0.0.01", "http://localhost.", "http://localhost.evil.example", "http://[::ffff:127.0.0.1]",
            "http://[::2]",
            "http://169.254.169.254", "http://metadata.google.internal", "http://127.0.0.1@evil.example",
            "http://localhost@evil.example/",
            "ftp://admin.googleapis.com", "admin.googleapis.com", "https://", "https://a:b:c", "https://a:99999",
            "https://a?x=1",
            "https://a#x", "https://a b", "https://a\\\\@b", "//a", "https://exämple.com", "https:///x", "https://[::1",
            "https://[zz]",
        ]
    )
    func refused(url: String) {
        load(google("endpoint: ⟦\"\(url)\"⟧") + "allowEndpoints: true\n")
    }

    @Test("national clouds of Entra are the vendor's own, and Graph follows the authority")
    func nationalClouds() throws {
        for (authority, graph) in [
            ("https://login.microsoftonline.com", "https://graph.microsoft.com"),
            ("https://login.microsoftonline.us", "https://graph.microsoft.us"),
            ("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
            ("https://login.chinacloudapi.cn/", "https://microsoftgraph.chinacloudapi.cn"),
            ("http://127.0.0.1:9", "https://graph.microsoft.com"),
        ] {
            #expect(try settings(entra("authority: \"\(authority)\"")).graph == graph)
        }
        #expect(try settings(entra("graph: https://dod-graph.microsoft.us")).graph == "https://dod-graph.microsoft.us")
        load(entra("authority: ⟦https://login.example.com⟧, graph: ⟦https://graph.example.com⟧"))
        load(entra("authority: ⟦https://graph.microsoft.com⟧, graph: ⟦https://login.microsoftonline.com⟧"))
    }

    @Test("AZURE_AUTHORITY_HOST is honoured, with or without a scheme, and an authority in the file beats it")
    func authorityHost() throws {
        let text = entra("guests: false")
        for host in ["login.microsoftonline.us", "https://login.microsoftonline.us/"] {
            let found = try settings(text, ["AZURE_AUTHORITY_HOST": host])
            #expect(
                found.authority == "https://login.microsoftonline.us" && found.graph == "https://graph.microsoft.us"
            )
        }
        #expect(try settings(text, ["AZURE_AUTHORITY_HOST": ""]).authority == "https://login.microsoftonline.com")
        let own = entra("authority: https://login.microsoftonline.com")
        #expect(
            try settings(own, ["AZURE_AUTHORITY_HOST": "http://evil.example"]).authority
                == "https://login.microsoftonline.com"
        )
    }

    @Test("AZURE_AUTHORITY_HOST on plain http or another host fails the source, not the file")
    func authorityHostRefused() throws {
        for host in ["http://login.microsoftonline.com", "evil.example", "https://a b"] {
            let error = #expect(throws: ConfigurationError.self) {
                try settings(entra("guests: false"), ["AZURE_AUTHORITY_HOST": host])
            }
            #expect(error?.keyPath == "AZURE_AUTHORITY_HOST")
        }
        let allowed = entra("guests: false") + "allowEndpoints: true\n"
        #expect(
            try settings(allowed, ["AZURE_AUTHORITY_HOST": "login.example.com"]).authority
                == "https://login.example.com"
        )
    }

    @Test("the SCIM endpoint is AWS's, loopback or allowed, since a token goes there")
    func scim() {
        func text(_ url: String) -> String {
            configuration("target: { scim: { endpoint: \(url), token: \"${env:T}\" } }\n")
        }
        load(text("https://scim.eu-west-1.amazonaws.com/t/scim/v2/"))
        load(text("https://scim.cn-north-1.amazonaws.com.cn/t/scim/v2/"))
        load(text("http://127.0.0.1:9/scim/v2"))
        load(text("⟦https://scim.example.com⟧"))
        load(text("⟦https://amazonaws.com.example.com⟧"))
        load(text("https://scim.example.com") + "allowEndpoints: true\n")
    }

    private func settings(_ text: String, _ environment: [String: String] = [:]) throws -> EntraSettings {
        guard
            case .entra(let settings) = try #require(load(text, environment: environment).configuration).sources[0]
                .settings.get()
        else { throw ConfigurationError(keyPath: "", message: "no entra source") }
        return settings
    }
}
