/// A request as a value; the transport sends it as it stands.
public struct HTTPRequest: Hashable, Sendable {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE`.
    public var method: String
    /// The absolute URL, already percent-encoded.
    public var url: String
    /// The header fields in the order sent.
    public var headers: [HTTPField]
    /// The body; empty where there is none.
    public var body: [UInt8]
    /// The deadline for the whole transfer, in seconds.
    public var timeoutSeconds: Double
    /// The largest body that is accepted, in bytes after decoding.
    public var maximumResponseBytes: Int
    /// Whether the request goes to a metadata address (no proxy, no redirects, plain http allowed).
    public var isMetadata: Bool

    /// A request as a value.
    public init(
        method: String = "GET",
        url: String,
        headers: [HTTPField] = [],
        body: [UInt8] = [],
        timeoutSeconds: Double = 60,
        maximumResponseBytes: Int = 64 << 20,
        isMetadata: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutSeconds = timeoutSeconds
        self.maximumResponseBytes = maximumResponseBytes
        self.isMetadata = isMetadata
    }
}

/// One header field.
public struct HTTPField: Hashable, Sendable {
    /// The name as sent.
    public var name: String
    /// The value.
    public var value: String
    /// One header field.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A response.
public struct HTTPResponse: Hashable, Sendable {
    /// The status code.
    public var status: Int
    /// The header fields in the order received.
    public var headers: [HTTPField]
    /// The body, decoded from gzip or br; empty where a reader got it.
    public var body: [UInt8]
    /// A response.
    public init(status: Int, headers: [HTTPField] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
    /// Whether the status is one of success: 2xx.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The first value of a header field, by its name without regard to case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// What sends one request once; nothing is repeated, followed or remembered between requests.
public protocol HTTPTransport: Sendable {
    /// Sends a request and reads its response whole. Cancelling the task aborts the transfer.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse

    /// Sends a request and hands the body of a successful response (2xx) to a reader as it arrives; the response then
    /// has no body. Others are read whole. Cancelling the task aborts the transfer.
    func send(_ request: HTTPRequest, into reader: any BodyReader) async throws(TransportError) -> HTTPResponse
}
