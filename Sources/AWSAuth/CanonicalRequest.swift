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

    init(_ request: HTTPRequest, url: HTTPURL) {
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
        let encoded = kept.map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
        return "/" + encoded + (path.hasSuffix("/") && !kept.isEmpty ? "/" : "")
    }

    /// Every name and value decoded and encoded anew, sorted by encoded name, then by encoded value.
    private static func query(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { pair -> (name: String, value: String) in
            let name = pair.prefix { $0 != "=" }
            return (recoded(name), recoded(pair[name.endIndex...].dropFirst()))
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }

    /// Reads `%XX` and `+`, where a lone `%` stands for itself, and encodes all but the unreserved characters.
    private static func recoded(_ component: Substring) -> String {
        var bytes = Array(component.utf8)[...]
        var decoded: [UInt8] = []
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%"), let value = hexadecimal(bytes.prefix(2)) {
                decoded.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return encoded(decoded)
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-") else {
            return nil
        }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    /// Percent-encoded by bytes, which need not be UTF-8.
    private static func encoded(_ bytes: [UInt8]) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        let result = bytes.flatMap { byte -> [UInt8] in
            isUnreserved(byte) ? [byte] : [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
