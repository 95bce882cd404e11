/// A request that was received whole.
public struct ServerRequest: Sendable {
    /// The method as sent: `GET`, `POST`, ….
    public var method: String
    /// The request target as sent: path and query, percent-encoded.
    public var target: String
    /// The header fields in the order received.
    public var headers: [(name: String, value: String)]
    /// The body; empty where there was none.
    public var body: [UInt8]
    /// The client's address as text, without port.
    public var peer: String

    /// A request as a value; the server makes these, tests may.
    public init(
        method: String,
        target: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        peer: String = "127.0.0.1"
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// The path as sent, percent-encoded, without the query.
    public var rawPath: String {
        String(target.prefix { $0 != "?" })
    }

    /// The query as sent, without `?`; empty where there is none.
    public var rawQuery: String {
        guard let mark = target.firstIndex(of: "?") else { return "" }
        return String(target[target.index(after: mark)...])
    }

    /// The path, percent-decoded as a whole. Use ``segments`` where a segment may hold `/`.
    public var path: String { URLText.decode(rawPath) }

    /// The path's segments, each percent-decoded; a leading `/` makes no empty segment.
    public var segments: [String] {
        rawPath.split(separator: "/", omittingEmptySubsequences: true).map { URLText.decode(String($0)) }
    }

    /// The query's pairs in order, decoded as a form (`+` is a space).
    public var query: [(name: String, value: String)] { URLText.form(rawQuery) }

    /// The body's pairs in order, read as `application/x-www-form-urlencoded`.
    public var form: [(name: String, value: String)] {
        URLText.form(String(decoding: body, as: UTF8.self))
    }

    /// The first value of a header field, by its name without regard to case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The first value of a query parameter.
    public func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

/// Percent-encoding as URLs and forms use it (RFC 3986, WHATWG URL "urlencoded").
public enum URLText {
    /// Decodes `%XX`; what is no escape stays as it is, bytes that are no UTF-8 become U+FFFD.
    public static func decode(_ text: String, plusIsSpace: Bool = false) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count, let high = digit(bytes[at + 1]),
                let low = digit(bytes[at + 2])
            {
                out.append(high << 4 | low)
                at += 3
            } else {
                out.append(plusIsSpace && bytes[at] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[at])
                at += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The pairs of a form or query; a name without `=` has an empty value.
    public static func form(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&", omittingEmptySubsequences: true).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                name: decode(String(parts[0]), plusIsSpace: true),
                value: parts.count > 1 ? decode(String(parts[1]), plusIsSpace: true) : ""
            )
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
