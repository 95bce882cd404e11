/// An absolute http or https URL in its parts, read strictly: what is not plainly a URL is none.
///
/// Source: RFC 3986, 3. User information is refused, since it serves only to make one host look like another.
struct SplitURL: Hashable, Sendable {
    /// `http` or `https`.
    let scheme: String
    /// The host in lower case; an IPv6 address in its brackets.
    let host: String
    /// The port, where the URL gives one.
    let port: Int?
    /// The path as written; may be empty.
    let path: String
    /// The query as written, without its question mark.
    let query: String?

    init?(_ url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) else { return nil }
        guard let colon = url.firstIndex(of: ":") else { return nil }
        scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https", url[colon...].hasPrefix("://") else { return nil }
        let rest = url[url.index(colon, offsetBy: 3)...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.hostAndPort(authority) else { return nil }
        self.host = host
        self.port = port
        let tail = rest[authority.endIndex...]
        path = String(tail.prefix { $0 != "?" })
        query = tail.firstIndex(of: "?").map { String(tail[tail.index(after: $0)...]) }
    }

    /// The port in effect.
    var effectivePort: Int { port ?? (scheme == "https" ? 443 : 80) }

    /// The value of the Host field: the port only where it is not the scheme's own.
    var hostField: String {
        effectivePort == (scheme == "https" ? 443 : 80) ? host : "\(host):\(effectivePort)"
    }

    /// The URL up to, not including, the path.
    var origin: String { "\(scheme)://\(hostField)" }

    private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let host: Substring
        let rest: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            rest = authority[authority.index(after: end)...]
            guard host.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                return nil
            }
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority[host.endIndex...]
            guard host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" }) else {
                return nil
            }
        }
        guard !host.isEmpty else { return nil }
        if rest.isEmpty { return (host.lowercased(), nil) }
        guard rest.first == ":", let port = Int(rest.dropFirst()), rest.dropFirst().allSatisfy(\.isNumber),
            (1...65535).contains(port)
        else { return nil }
        return (host.lowercased(), port)
    }
}

extension SplitURL {
    /// The hosts of AWS that give credentials over plain http.
    static let metadataHosts: Set<String> = [
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "[fd00:ec2::254]", "[fd00:ec2::23]",
    ]

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8, `[::1]`.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == 4, octets[0] == "127" else { return false }
        return octets.allSatisfy { octet in
            (1...3).contains(octet.count) && octet.allSatisfy { $0.isNumber } && (Int(octet).map { $0 < 256 } ?? false)
        }
    }

    /// Whether the host is one of the fixed addresses of the metadata services.
    var isMetadata: Bool { Self.metadataHosts.contains(host) }
}
