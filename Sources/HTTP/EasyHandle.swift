internal import CCurl

/// Sole owner of one `CURL *`, and of what it points to: the buffer for its error text and the list of header lines.
@safe struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var lines: UnsafeMutablePointer<curl_slist>?

    init?() {
        guard let raw = unsafe curl_easy_init() else { return nil }
        unsafe self.raw = raw
        let size = Int(CURL_ERROR_SIZE)
        unsafe errorText = .allocate(capacity: size)
        unsafe errorText.initialize(repeating: 0, count: size)
    }

    deinit {
        // First the handle, which may still use the other two while it goes.
        unsafe curl_easy_cleanup(raw)
        unsafe curl_slist_free_all(lines)
        unsafe errorText.deallocate()
    }

    /// Sets all that a request needs; false where libcurl lacks one of it, or memory is out.
    mutating func configure(_ request: PreparedRequest, _ configuration: TransportConfiguration) -> Bool {
        setErrorText() && setLimits(request, configuration) && setTrust(configuration) && setProxy(request)
            && setRequest(request)
    }

    /// Names the functions that are called while the transfer runs, and the object that they get; it must live until
    /// the handle has left its multi handle.
    func setCallbacks(
        body: curl_write_callback,
        header: curl_write_callback,
        prerequest: curl_prereq_callback,
        context: UnsafeMutableRawPointer
    ) -> Bool {
        unsafe ccurl_set_callbacks(raw, body, header, prerequest, context) == CURLE_OK
    }

    /// What libcurl says about a failure.
    func message(for code: CURLcode) -> String {
        let detail = unsafe String(cString: errorText)
        let text = detail.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : detail
        return String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
    }

    /// The status of the response whose header came last.
    var status: Int { unsafe ccurl_status(raw) }

    /// Ends a pause in which the body's receiver took nothing.
    func goOn() { unsafe curl_easy_pause(raw, CURLPAUSE_CONT) }

    /// The header fields of the last response.
    func headers() -> [HTTPField] {
        var fields: [HTTPField] = []
        var last: UnsafeMutablePointer<curl_header>?
        while let next = unsafe ccurl_next_header(raw, last) {
            unsafe fields.append(HTTPField(String(cString: next.pointee.name), String(cString: next.pointee.value)))
            unsafe last = next
        }
        return fields
    }

    private func setLimits(_ request: PreparedRequest, _ configuration: TransportConfiguration) -> Bool {
        // No signals in a library; no waiting for a name look-up that nobody wants any more. What is idle for half a
        // minute is not used again, since a server that closes it at this very moment costs a lost request.
        set(CURLOPT_NOSIGNAL, 1) && set(CURLOPT_QUICK_EXIT, 1) && set(CURLOPT_MAXAGE_CONN, 30)
            && set(CURLOPT_TCP_KEEPALIVE, 1) && set(CURLOPT_PIPEWAIT, 1)
            && set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)) && set(CURLOPT_FOLLOWLOCATION, 0)
            && set(CURLOPT_PROTOCOLS_STR, "http,https") && set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
            && set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1) && set(CURLOPT_PATH_AS_IS, 1)
            && set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1) && set(CURLOPT_ACCEPT_ENCODING, "")
            && set(CURLOPT_TIMEOUT_MS, milliseconds(request.timeoutSeconds))
            && set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(configuration.connectTimeoutSeconds))
    }

    private func setErrorText() -> Bool {
        unsafe ccurl_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText) == CURLE_OK
    }

    private func setTrust(_ configuration: TransportConfiguration) -> Bool {
        guard set(CURLOPT_SSL_VERIFYPEER, 1), set(CURLOPT_SSL_VERIFYHOST, 2),
            set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        else { return false }
        guard let path = configuration.trustedCertificatesPath else { return true }
        return set(CURLOPT_CAINFO, path) && set(CURLOPT_PROXY_CAINFO, path)
    }

    /// An empty proxy keeps libcurl from looking into the environment of the process.
    private func setProxy(_ request: PreparedRequest) -> Bool {
        set(CURLOPT_PROXY, request.proxy ?? "") && set(CURLOPT_NOPROXY, request.noProxy)
    }

    private mutating func setRequest(_ request: PreparedRequest) -> Bool {
        for line in request.headerLines {
            guard let longer = unsafe curl_slist_append(lines, line) else { return false }
            unsafe lines = longer
        }
        guard set(CURLOPT_URL, request.url), unsafe ccurl_set_pointer(raw, CURLOPT_HTTPHEADER, lines) == CURLE_OK else {
            return false
        }
        if request.method == "HEAD" { return set(CURLOPT_NOBODY, 1) }
        let announcesBody = ["POST", "PUT", "PATCH"].contains(request.method)
        if announcesBody || !request.body.isEmpty {
            guard unsafe ccurl_set_body(raw, request.body, request.body.count) == CURLE_OK else { return false }
        }
        return set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func set(_ option: CURLoption, _ value: Int) -> Bool {
        unsafe ccurl_set_long(raw, option, value) == CURLE_OK
    }

    private func set(_ option: CURLoption, _ value: String) -> Bool {
        unsafe ccurl_set_string(raw, option, value) == CURLE_OK
    }
}

/// From a thousandth of a second up to a day: 0 would mean no limit at all.
private func milliseconds(_ seconds: Double) -> Int {
    seconds > 0 ? max(1, Int(min(seconds, 86400) * 1000)) : 1
}
