/// An absolute `http` or `https` URL, taken apart by rules so narrow that no other reader can see another host in it.
///
/// Refused: user names and passwords, fragments, characters outside visible ASCII, back-slashes and percent signs in
/// the host, IPv6 zones, ports that are not numbers. Source: RFC 3986, 3.
public struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    /// Whether the scheme is `https`.
    public let isSecure: Bool
    /// The host in lower case; an IPv6 address without its brackets.
    public let host: String
    /// The port where the URL names one.
    public let port: Int?
    /// The path as it stands, percent-encoded; empty or with a slash first.
    public private(set) var path: String
    /// The query as it stands, percent-encoded, without the question mark; nil where there is no question mark.
    public private(set) var query: String?

    /// Reads a URL; nil where it is not one that the product would ask.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }), let scheme = text.firstRange(of: "://")
        else { return nil }
        switch text[..<scheme.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.hostAndPort(authority) else { return nil }
        self.host = host
        self.port = port
        let target = rest[authority.endIndex...]
        let path = target.prefix { $0 != "?" }
        self.path = String(path)
        query = path.endIndex == target.endIndex ? nil : String(target[path.endIndex...].dropFirst())
    }

    /// The URL with segments added to its path, each percent-encoded.
    public func appending(_ segments: String...) -> HTTPURL {
        var longer = self
        for segment in segments {
            if !longer.path.hasSuffix("/") { longer.path += "/" }
            longer.path += PercentEncoding.encodeSegment(segment)
        }
        return longer
    }

    /// The URL with items added to its query, percent-encoded, in the order given.
    public func adding(query items: [(String, String)]) -> HTTPURL {
        guard !items.isEmpty else { return self }
        var longer = self
        let added = PercentEncoding.query(items)
        if let query, !query.isEmpty { longer.query = query + "&" + added } else { longer.query = added }
        return longer
    }

    /// Scheme, host and port, as in `https://[::1]:8443`.
    public var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return (isSecure ? "https://" : "http://") + name + (port.map { ":\($0)" } ?? "")
    }

    /// The URL as text.
    public var text: String { origin + path + (query.map { "?" + $0 } ?? "") }

    /// The URL as text.
    public var description: String { text }

    private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
        var host = authority
        var port: Int?
        if authority.last != "]", let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(digits), (1...65535).contains(number)
            else { return nil }
            port = number
        }
        if host.first == "[", host.last == "]" {
            let address = host.dropFirst().dropLast().lowercased()
            return IPAddress.isIPv6(address) ? (address, port) : nil
        }
        guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(isHostCharacter) else { return nil }
        return (host.lowercased(), port)
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
