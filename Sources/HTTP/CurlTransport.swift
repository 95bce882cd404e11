internal import Synchronization

/// The transport of the product: libcurl's multi interface on one thread.
///
/// Connections are kept and used again; HTTP/2 is spoken with servers that offer it over TLS. Certificates are always
/// checked. Redirects are never followed: the caller gets the 3xx. Plain http goes to loopback and, for credentials, to
/// the metadata addresses (``plainHTTPIsAllowed(url:isMetadata:)``); neither goes through a proxy. A request is sent
/// once: libcurl repeats only those of safe methods, when a kept connection turns out to be closed. Bodies are decoded
/// from gzip, deflate, br or zstd and bounded, and read whole or handed on as they arrive; one that is shorter than
/// announced is ``TransportError/interrupted(_:)``. Two cuts cannot be seen here and are left to who reads the body: a response
/// without a length ends with its connection, as HTTP/1.1 wants it; and libcurl does not tell when packed data end too
/// early within a body that has its announced length.
///
/// Each transport has a thread until `close` or its last reference goes; either waits for the thread's end, which comes
/// at once. One transport for a process is enough.
public final class CurlTransport: HTTPTransport {
    private let configuration: TransportConfiguration
    private let loop: EventLoop?
    private let thread: Mutex<LoopThread?>

    /// A transport that is ready to send.
    public init(configuration: TransportConfiguration = .init()) {
        self.configuration = configuration
        let loop = EventLoop(configuration)
        let thread = loop.flatMap { LoopThread($0) }
        self.loop = thread == nil ? nil : loop
        self.thread = Mutex(thread)
    }

    deinit { close() }

    /// Sends a request once and reads its response whole. Cancelling the task aborts the transfer.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await startedLoop().send(PreparedRequest(request, configuration)).get()
    }

    /// Sends a request once and hands the body of a success on as it arrives, with back-pressure: a reader that is slow
    /// slows the server. The deadline holds for the whole transfer, the reader's time included.
    public func send(
        _ request: HTTPRequest,
        into reader: any BodyReader
    ) async throws(TransportError) -> HTTPResponse {
        try await startedLoop().send(PreparedRequest(request, configuration), into: reader).get()
    }

    private func startedLoop() throws(TransportError) -> EventLoop {
        guard let loop else { throw .failed("libcurl or its thread could not be started: out of memory or threads") }
        return loop
    }

    /// Ends the thread and all connections. Requests under way and later ones fail. May be called twice.
    public func close() {
        loop?.close()
        thread.withLock { $0.take() }?.join()
    }
}
