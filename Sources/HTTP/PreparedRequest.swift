/// A request that was looked over and may be sent as it stands.
struct PreparedRequest: Sendable {
    let method: String
    let url: String
    /// Scheme, host and port: what connections and limits belong to.
    let origin: String
    /// Header lines for libcurl.
    let headerLines: [String]
    let body: [UInt8]
    let timeoutSeconds: Double
    let maximumResponseBytes: Int
    let proxy: String?
    let noProxy: String

    /// Whether HTTP promises that the method changes nothing, so that asking twice does no harm: RFC 9110, 9.2.1.
    var isSafe: Bool { method == "GET" || method == "HEAD" || method == "OPTIONS" }

    /// - Throws: ``TransportError/refused(_:)`` for a URL, method or header field that may not be sent. The text names
    ///   the host at most: paths, queries and values may hold secrets.
    init(_ request: HTTPRequest, _ configuration: TransportConfiguration) throws(TransportError) {
        guard let url = HTTPURL(request.url) else {
            throw .refused("the URL is not an absolute http or https URL in its encoded form")
        }
        guard plainHTTPIsAllowed(url: request.url, isMetadata: request.isMetadata) else {
            throw .refused("plain http to \(url.host) is refused: use https")
        }
        guard Self.isToken(request.method) else { throw .refused("the request's method is not one of HTTP") }
        headerLines = try Self.lines(request.headers, agent: configuration.userAgent)
        method = request.method
        self.url = request.url
        origin = url.origin
        body = request.body
        timeoutSeconds = request.timeoutSeconds
        maximumResponseBytes = request.maximumResponseBytes
        let proxy = configuration.proxy(for: url, isMetadata: request.isMetadata)
        self.proxy = proxy?.proxy
        noProxy = proxy?.noProxy ?? "*"
    }

    private static func lines(
        _ fields: [HTTPField],
        agent: String
    ) throws(TransportError) -> [String] {
        // A name without a value takes back what libcurl adds by itself.
        var lines = ["Expect:"]
        for field in fields {
            guard isToken(field.name) else { throw .refused("a header field has a name that HTTP does not allow") }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .refused("the header field \(field.name) holds a line break or another control character")
            }
            // libcurl takes `Name:` for a name to leave out, and sends an empty field for `Name;`.
            let isBlank = field.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            lines.append(isBlank ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        func has(_ name: String) -> Bool { fields.contains { $0.name.lowercased() == name } }
        if !has("user-agent"), isToken(agent.replacing("/", with: "")) { lines.append("User-Agent: \(agent)") }
        if !has("content-type") { lines.append("Content-Type:") }
        return lines
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
