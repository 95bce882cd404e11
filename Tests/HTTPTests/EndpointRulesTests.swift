import HTTP
import Testing

@Suite struct EndpointRulesTests {
    @Test("loopback is what is loopback for certain")
    func loopback() {
        for host in [
            "127.0.0.1", "127.255.255.254", "127.1.2.3", "::1", "[::1]", "0:0:0:0:0:0:0:1", "[0000::0001]", "localhost",
            "LocalHost",
        ] {
            #expect(isLoopback(host: host), "\(host)")
        }
        for host in [
            "", "128.0.0.1", "126.255.255.255", "0.0.0.0", "::", "[::]", "127.1", "127.0.0.1.", "0127.0.0.1",
            "0x7f.0.0.1",
            "2130706433", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]", "localhost.", "localhost.example.com", "xlocalhost",
            "localhost.localdomain", "127.0.0.1.example.com", "[127.0.0.1]", "[localhost]", "::1%lo", "[::1", "::1]",
            " 127.0.0.1", "127.0.0.1\u{0}", "127.0.0.1:80", "user@localhost", "١٢٧.0.0.1",
        ] {
            #expect(!isLoopback(host: host), "\(host)")
        }
    }

    @Test("the metadata addresses are the fixed ones and no others")
    func metadata() {
        for host in [
            "169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "[FD00:EC2::254]", "fd00:ec2:0::23",
            "metadata.google.internal", "Metadata.Google.Internal",
        ] {
            #expect(isMetadataAddress(host: host), "\(host)")
        }
        for host in [
            "169.254.169.253", "169.254.169.254.", "fd00:ec2::253", "::ffff:169.254.169.254",
            "metadata.google.internal.",
            "metadata.google.internal.example.com", "metadata", "2852039166",
        ] {
            #expect(!isMetadataAddress(host: host), "\(host)")
        }
    }

    @Test("plain http goes to loopback, and for credentials to the metadata addresses, and nowhere else")
    func plainHTTP() {
        let expected: [(String, ordinary: Bool, metadata: Bool)] = [
            ("https://example.com/", true, true), ("http://example.com/", false, false),
            ("http://127.0.0.1:8080/x", true, true), ("http://[::1]/", true, true), ("http://localhost", true, true),
            ("http://169.254.169.254/latest/api/token", false, true),
            ("http://[fd00:ec2::23]/v1/credentials", false, true),
            ("http://metadata.google.internal/x", false, true), ("http://localhost@example.com/", false, false),
            ("http://example.com/localhost", false, false), ("http://10.0.0.1/", false, false),
            ("nonsense", false, false),
            ("ftp://127.0.0.1/", false, false),
        ]
        for (url, ordinary, metadata) in expected {
            #expect(plainHTTPIsAllowed(url: url, isMetadata: false) == ordinary, "\(url)")
            #expect(plainHTTPIsAllowed(url: url, isMetadata: true) == metadata, "\(url)")
        }
    }
}
