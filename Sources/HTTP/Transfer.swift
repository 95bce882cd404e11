internal import CCurl

/// One request on its way, owned and used by the event loop's thread alone.
@safe final class Transfer {
    let id: UInt64
    let origin: String
    private var easy: EasyHandle
    private let limit: Int
    private let isSafe: Bool
    private let trustedCertificates: String?
    /// Where the body of a success goes; nil where it is read whole.
    private let pipe: BodyPipe?
    private var body: [UInt8] = []
    /// How many bytes of the body have come.
    private var received = 0
    private var headerBytes = 0
    private var headerIsWhole = false
    private var isTooLarge = false
    /// How often the request was begun to be sent.
    private var timesSent = 0

    private static let longestHeader = 256 << 10

    /// Nil where libcurl cannot make it, which is so only when memory is out or the library lacks an option.
    init?(id: UInt64, _ request: PreparedRequest, _ configuration: TransportConfiguration, _ pipe: BodyPipe? = nil) {
        guard let easy = EasyHandle() else { return nil }
        self.id = id
        origin = request.origin
        self.easy = easy
        self.pipe = pipe
        limit = request.maximumResponseBytes
        isSafe = request.isSafe
        trustedCertificates = configuration.trustedCertificatesPath
        guard self.easy.configure(request, configuration),
            unsafe self.easy.setCallbacks(
                body: onBody,
                header: onHeader,
                prerequest: onRequest,
                context: Unmanaged.passUnretained(self).toOpaque()
            )
        else { return nil }
    }

    /// The transfer that a handle belongs to.
    static func of(_ raw: UnsafeMutableRawPointer) -> Transfer? {
        unsafe ccurl_context(raw).map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The handle for a call of libcurl.
    func withRaw<Result>(_ use: (UnsafeMutableRawPointer) -> Result) -> Result { unsafe use(easy.raw) }

    /// What becomes of bytes that libcurl brings.
    fileprivate enum Reception { case taken, paused, refused }

    fileprivate func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Reception {
        guard bytes.count <= limit - received else {
            isTooLarge = true
            return .refused
        }
        if let pipe, (200..<300).contains(easy.status) {
            guard unsafe pipe.offer(bytes) else { return .paused }
        } else {
            unsafe body.append(contentsOf: bytes)
        }
        received += bytes.count
        return .taken
    }

    /// Goes on after a pause; libcurl offers the bytes again that were not taken.
    func resume() { easy.goOn() }

    /// Takes one line of the header, its end included; an empty one ends it. Interim answers have a header of their own.
    fileprivate func receiveHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        let isEmpty = unsafe line.allSatisfy { $0 == 0x0D || $0 == 0x0A }
        if isEmpty { headerIsWhole = true } else if unsafe line.starts(with: "HTTP/".utf8) { headerIsWhole = false }
        headerBytes += line.count
        isTooLarge = headerBytes > Self.longestHeader
        return !isTooLarge
    }

    /// libcurl by itself sends a request once more when a used connection was closed before the first byte of an answer
    /// came. The server may have acted on it by then, so that only safe methods may.
    fileprivate func begin() -> Bool {
        timesSent += 1
        return timesSent == 1 || isSafe
    }

    /// What the transfer brought, once libcurl has done with it.
    func result(_ code: CURLcode) -> Result<HTTPResponse, TransportError> {
        if isTooLarge {
            return .failure(.tooLarge(limit: headerBytes > Self.longestHeader ? Self.longestHeader : limit))
        }
        guard code == CURLE_OK else { return .failure(error(code)) }
        // libcurl takes a connection that ends within the header for the end of an empty body.
        guard headerIsWhole else { return .failure(.interrupted("the connection ended within the header")) }
        return .success(HTTPResponse(status: easy.status, headers: easy.headers(), body: body))
    }

    private func error(_ code: CURLcode) -> TransportError {
        let text = easy.message(for: code)
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CRL_BADFILE:
            return .untrusted(
                text + (trustedCertificates.map { " (trusted: the system's certificates and \($0))" } ?? "")
            )
        case CURLE_ABORTED_BY_CALLBACK:
            return .interrupted("the server closed the connection before it answered")
        case CURLE_OPERATION_TIMEDOUT: return timesSent > 0 ? .timedOut : .cannotConnect(text)
        case CURLE_URL_MALFORMAT: return .refused("libcurl does not take the URL")
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION,
            CURLE_BAD_FUNCTION_ARGUMENT:
            return .failed(text)
        // Whatever else went wrong: if the request was not begun, the connection could not be made; if it was, the
        // server or the network broke it off, or what came is not HTTP.
        default: return timesSent > 0 ? .interrupted(text) : .cannotConnect(text)
        }
    }
}

private func onBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let transfer = unsafe transfer(of: context) else { return 0 }
    let length = size * count
    return unsafe bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
        switch unsafe transfer.receive(UnsafeBufferPointer(start: $0, count: length)) {
        case .taken: length
        case .paused: Int(CURL_WRITEFUNC_PAUSE)
        case .refused: 0
        }
    }
}

private func onHeader(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let transfer = unsafe transfer(of: context) else { return 0 }
    let length = size * count
    return unsafe bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
        unsafe transfer.receiveHeader(UnsafeBufferPointer(start: $0, count: length)) ? length : 0
    }
}

private func onRequest(
    _ context: UnsafeMutableRawPointer?,
    _ peer: UnsafeMutablePointer<CChar>?,
    _ own: UnsafeMutablePointer<CChar>?,
    _ peerPort: Int32,
    _ ownPort: Int32
) -> Int32 {
    guard let transfer = unsafe transfer(of: context), transfer.begin() else { return CURL_PREREQFUNC_ABORT }
    return CURL_PREREQFUNC_OK
}

private func transfer(of context: UnsafeMutableRawPointer?) -> Transfer? {
    unsafe context.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}
