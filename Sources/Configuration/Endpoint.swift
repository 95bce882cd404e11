/// Which endpoints may be asked.
///
/// Plain http goes to loopback hosts only; hosts that are not the vendor's own need `allowEndpoints: true`.
public enum Endpoint {
    /// Whose hosts are the vendor's own.
    public enum Vendor: Sendable {
        /// Google's APIs.
        case google
        /// The Microsoft identity platform, its national clouds included.
        case entraAuthority
        /// Microsoft Graph, its national clouds included.
        case graph
        /// AWS.
        case aws

        /// Whether a host, in lower case, is the vendor's own.
        ///
        /// Source: Microsoft identity platform, "National clouds"; Microsoft Graph, "National cloud deployments".
        func owns(_ host: String) -> Bool {
            switch self {
            case .google: host == "googleapis.com" || host.hasSuffix(".googleapis.com")
            case .entraAuthority:
                [
                    "login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn",
                    "login.chinacloudapi.cn", "login.microsoft.com", "login.windows.net", "sts.windows.net",
                    "login.sovcloud-identity.fr", "login.sovcloud-identity.de", "login.sovcloud-identity.sg",
                ].contains(host)
            case .graph:
                [
                    "graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us",
                    "microsoftgraph.chinacloudapi.cn",
                ].contains(host)
            case .aws:
                host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn") || host.hasSuffix(".api.aws")
            }
        }
    }

    /// Why an endpoint may not be asked, in words that say what would be right; nil where it may.
    ///
    /// - Parameters:
    ///   - vendor: whose hosts are expected; nil where any host is.
    ///   - allowsOthers: the configuration's `allowEndpoints`.
    public static func refusal(of url: String, vendor: Vendor?, allowsOthers: Bool) -> String? {
        guard let parts = URLParts(url) else {
            return "must be a URL of scheme, host, port and path, such as https://graph.microsoft.com"
        }
        if parts.isLoopback { return nil }
        if parts.scheme == "http" { return "must be https; plain http is for loopback hosts" }
        guard let vendor, !allowsOthers, !vendor.owns(parts.host) else { return nil }
        return
            "is on a host that is not the vendor's own; set `allowEndpoints: true` at the top level where that is meant"
    }

    /// The URL without slashes at its end.
    static func trimmed(_ url: String) -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}

/// A URL without user, query and fragment.
struct URLParts: Hashable {
    var scheme: String
    /// In lower case; an IPv6 address without its brackets.
    var host: String
    var port: Int?

    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"@?#\\\"<>^`{|}".utf8.contains($0) }),
            let mark = text.firstRange(of: "://")
        else { return nil }
        scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let authority = text[mark.upperBound...].prefix { $0 != "/" }
        guard let (host, port) = HostPort.split(String(authority)) else { return nil }
        self.host = host.lowercased()
        self.port = port
    }

    /// Whether the host is this machine for certain: `localhost`, 127.0.0.0/8 in four decimal parts, or `[::1]`.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host == "0:0:0:0:0:0:0:1" || isLoopbackIPv4 }

    private var isLoopbackIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127"
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) } && (part == "0" || !part.hasPrefix("0"))
                    && (Int(part).map { $0 < 256 } ?? false)
            }
    }
}

/// `host`, `host:port`, `[address]:port`.
enum HostPort {
    static func split(_ text: String) -> (host: String, port: Int?)? {
        var host = Substring(text)
        var rest = Substring()
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            rest = text[text.index(after: close)...]
            guard host.contains(":"), host.utf8.allSatisfy({ isHexadecimal($0) || $0 == 0x3A || $0 == 0x2E }) else {
                return nil
            }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty, text.hasPrefix("[") || host.utf8.allSatisfy(isHostByte) else { return nil }
        if rest.isEmpty { return (String(host), nil) }
        guard rest.hasPrefix(":"), let port = port(rest.dropFirst()) else { return nil }
        return (String(host), port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text).flatMap { $0 <= 65_535 ? $0 : nil }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }
}
