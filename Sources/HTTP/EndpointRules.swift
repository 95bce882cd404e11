internal import Glibc

/// Whether a host is this machine for certain: 127.0.0.0/8 in four decimal parts, `::1` in any spelling and with or
/// without brackets, or `localhost`, which libcurl never asks a name server about.
///
/// Everything doubtful is no: `127.1`, `0x7f000001`, `::ffff:127.0.0.1`, `localhost.` with its dot, names that merely
/// begin or end so.
public func isLoopback(host: String) -> Bool {
    let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    if host.count == bare.count {
        if host.lowercased() == "localhost" { return true }
        if let address = IPAddress.ipv4(host) { return address[0] == 127 }
    }
    return IPAddress.ipv6(bare) == [UInt8](repeating: 0, count: 15) + [1]
}

/// Whether a host is one of the fixed addresses from which machines in a cloud get their credentials.
///
/// Source: AWS (IMDS, ECS, EKS pod identity), Azure (IMDS), Google Compute Engine: DESIGN.md, "Configuration".
public func isMetadataAddress(host: String) -> Bool {
    switch host.lowercased() {
    case "169.254.169.254", "169.254.170.2", "169.254.170.23", "metadata.google.internal": return true
    default:
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard let address = IPAddress.ipv6(bare) else { return false }
        return address == IPAddress.ipv6("fd00:ec2::254") || address == IPAddress.ipv6("fd00:ec2::23")
    }
}

/// Whether a URL may be asked as far as its scheme is concerned: any `https` URL; `http` only on loopback hosts and,
/// for requests that ask for credentials (`isMetadata`), at the fixed metadata addresses. What is no URL may not.
public func plainHTTPIsAllowed(url: String, isMetadata: Bool) -> Bool {
    guard let url = HTTPURL(url) else { return false }
    return url.isSecure || isLoopback(host: url.host) || (isMetadata && isMetadataAddress(host: url.host))
}

/// Addresses in their strict textual forms: four decimal parts, and RFC 4291, 2.2 without a zone.
enum IPAddress {
    static func ipv4(_ text: String) -> [UInt8]? { parse(text, AF_INET, length: 4) }

    static func ipv6(_ text: String) -> [UInt8]? { parse(text, AF_INET6, length: 16) }

    static func isIPv6(_ text: String) -> Bool { ipv6(text) != nil }

    private static func parse(_ text: String, _ family: Int32, length: Int) -> [UInt8]? {
        // A C string ends at its first zero; a text with one inside is no address.
        guard !text.utf8.contains(0) else { return nil }
        var address = [UInt8](repeating: 0, count: length)
        return unsafe inet_pton(family, text, &address) == 1 ? address : nil
    }
}
