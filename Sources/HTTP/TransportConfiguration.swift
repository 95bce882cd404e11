internal import FoundationEssentials

/// How the transport connects.
public struct TransportConfiguration: Hashable, Sendable {
    /// A file of certificates in PEM that are trusted besides the system's; nil asks `environment`.
    public var caBundlePath: String?
    /// What requests say of themselves where they have no `User-Agent` of their own.
    public var userAgent: String
    /// The deadline for name look-up, connection and TLS together, in seconds.
    public var connectTimeoutSeconds: Double
    /// How many requests to one host (scheme, name and port) are in flight at most; the others wait.
    public var maximumRequestsPerHost: Int
    /// Where proxies (`https_proxy`, `HTTPS_PROXY`, `http_proxy`, `all_proxy`, `ALL_PROXY`, `no_proxy`, `NO_PROXY`) and
    /// trusted certificates (`AWS_CA_BUNDLE`, `SSL_CERT_FILE`, `CURL_CA_BUNDLE`) are looked up.
    public var environment: [String: String]

    /// How the transport connects.
    public init(
        caBundlePath: String? = nil,
        userAgent: String = "idbridge",
        connectTimeoutSeconds: Double = 10,
        maximumRequestsPerHost: Int = 16,
        environment: [String: String] = TransportConfiguration.processEnvironment
    ) {
        self.caBundlePath = caBundlePath
        self.userAgent = userAgent
        self.connectTimeoutSeconds = connectTimeoutSeconds
        self.maximumRequestsPerHost = maximumRequestsPerHost
        self.environment = environment
    }

    /// The environment of the process.
    public static var processEnvironment: [String: String] { ProcessInfo.processInfo.environment }

    /// The file of trusted certificates that is used besides the system's, if any.
    public var trustedCertificatesPath: String? {
        caBundlePath ?? first(of: "AWS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
    }

    /// The proxy for a URL; nil where it is asked directly: loopback and metadata addresses always, and whenever the
    /// environment names no proxy. `noProxy` is for libcurl to judge.
    func proxy(for url: HTTPURL, isMetadata: Bool) -> (proxy: String, noProxy: String)? {
        if isMetadata || isLoopback(host: url.host) || isMetadataAddress(host: url.host) { return nil }
        // HTTP_PROXY in upper case is left out as libcurl does: a CGI server sets it from a request's `Proxy` field.
        let proxy =
            url.isSecure
            ? first(of: "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
            : first(of: "http_proxy", "all_proxy", "ALL_PROXY")
        return proxy.map { ($0, first(of: "no_proxy", "NO_PROXY") ?? "") }
    }

    private func first(of names: String...) -> String? {
        names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
}
