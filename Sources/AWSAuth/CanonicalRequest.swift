internal import Crypto
internal import HTTP

/// A request in the one form that both ends sign.
///
/// Source: AWS, "Create a signed AWS API request", step 1 (checked against botocore's `SigV4Auth`).
struct CanonicalRequest {
    /// The whole text.
    let text: String
    /// The names of the signed header fields, in order, joined by semicolons.
    let signedHeaders: String

    init(_ request: HTTPRequest, url: SplitURL) {
        let fields = Self.signedFields(request, host: url.hostField)
        signedHeaders = fields.map(\.name).joined(separator: ";")
        let given = request.headers.first { $0.name.lowercased() == "x-amz-content-sha256" }?.value
        text = [
            request.method.uppercased(),
            Self.path(url.path),
            Self.query(url.query ?? ""),
            fields.map { "\($0.name):\($0.value)\n" }.joined(),
            signedHeaders,
            given ?? SHA256.hash(request.body).hex,
        ].joined(separator: "\n")
    }

    /// Fields that proxies and clients change on the way.
    private static let unsigned: Set<String> = [
        "authorization", "baggage", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization",
        "te", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    private static func signedFields(_ request: HTTPRequest, host: String) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for field in request.headers {
            let name = field.name.lowercased()
            if !unsigned.contains(name) { values[name, default: []].append(trimmed(field.value)) }
        }
        if values["host"] == nil { values["host"] = [host] }
        return values.map { (name: $0.key, value: $0.value.joined(separator: ",")) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Without white space at both ends, and with each inner run of it as one space.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    /// Dot segments and repeated slashes removed, then encoded once more: all services but S3 want it so.
    private static func path(_ path: String) -> String {
        var kept: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
        }
        let normalized = "/" + kept.joined(separator: "/") + (path.hasSuffix("/") && !kept.isEmpty ? "/" : "")
        return percentEncoded(normalized.utf8, keeping: UInt8(ascii: "/"))
    }

    /// Every name and value decoded and encoded anew, sorted by encoded name, then by encoded value.
    private static func query(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { pair -> (name: String, value: String) in
            let name = pair.prefix { $0 != "=" }
            let value = pair[name.endIndex...].dropFirst()
            return (percentEncoded(queryComponentBytes(name)), percentEncoded(queryComponentBytes(value)))
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }
}
