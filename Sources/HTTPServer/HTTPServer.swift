internal import CMicroHTTPD
internal import Synchronization

/// An HTTP/1.1 server over libmicrohttpd: one polling thread, handlers as tasks of the concurrency runtime.
///
/// While a handler runs its connection is suspended, so a slow handler holds no thread. Bodies, header fields,
/// connections and idle time are bounded by the configuration. Connections are kept alive between requests.
public final class HTTPServer: Sendable {
    /// Answers one request; called for several at a time.
    public typealias Handler = @Sendable (ServerRequest) async -> ServerResponse

    /// The port that was bound.
    public let port: Int
    /// The numeric address that was bound.
    public let address: String
    private let service: Service
    private let daemon: Mutex<Daemon?>
    /// Cuts off clients that take too long.
    private let watch: Task<Void, Never>?

    /// Binds and begins to serve.
    public init(
        configuration: HTTPServerConfiguration = .init(),
        handler: @escaping Handler
    ) throws(HTTPServerError) {
        let service = Service(limit: configuration.maximumBodyBytes, handler: handler)
        let daemon = try Daemon(configuration: configuration, service: service)
        address = configuration.address
        port = daemon.port
        self.service = service
        self.daemon = Mutex(daemon)
        watch = HTTPServer.watch(service.connections, seconds: configuration.requestSeconds)
    }

    private static func watch(_ connections: Connections, seconds: Double?) -> Task<Void, Never>? {
        guard let seconds else { return nil }
        return Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(min(1, seconds / 4)))
                connections.cut(begunBefore: .now - .seconds(seconds))
            }
        }
    }

    /// How many connections are open now.
    public var openConnections: Int { service.connections.count }

    /// How many clients were cut off since they took too long.
    public var clientsCutOff: Int { service.connections.cutOff }

    deinit {
        stop()
    }

    /// `http://ADDRESS:PORT`, without a slash at the end.
    public var baseURL: String {
        address.contains(":") ? "http://[\(address)]:\(port)" : "http://\(address):\(port)"
    }

    /// Ends at once: handlers are cancelled and their connections closed without an answer. May be called twice.
    public func stop() {
        guard service.exchanges.stop() else { return }
        watch?.cancel()
        daemon.withLock { $0.take() }?.stop()
    }

    /// Ends gracefully: no new connections, requests in flight are answered, but for those that take longer than the grace.
    public func shutDown(graceSeconds: Double = 10) async {
        daemon.withLock { $0?.closeListener() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [exchanges = service.exchanges] in await exchanges.drain() }
            group.addTask { try? await Task.sleep(for: .seconds(graceSeconds)) }
            await group.next()
            // Wakes a drain that still waits, so that the group can end.
            stop()
            group.cancelAll()
        }
    }
}

/// Owner of one `struct MHD_Daemon *`.
///
/// Safe because libmicrohttpd's own functions on a daemon are thread-safe, and the owner stops it once.
@safe private struct Daemon: @unchecked Sendable {
    private let raw: OpaquePointer
    private let context: Unmanaged<Service>

    init(configuration: HTTPServerConfiguration, service: Service) throws(HTTPServerError) {
        let context = unsafe Unmanaged.passRetained(service)
        let started = unsafe configuration.address.withCString { address in
            var options = unsafe cmhd_options()
            unsafe options.address = unsafe address
            unsafe options.port = configuration.port
            unsafe options.connections = UInt32(clamping: configuration.maximumConnections)
            unsafe options.idle_seconds = UInt32(clamping: configuration.idleTimeoutSeconds)
            unsafe options.memory_per_connection = configuration.maximumHeaderBytes
            unsafe options.context = unsafe context.toOpaque()
            unsafe options.on_access = unsafe onAccess
            unsafe options.on_completed = unsafe onCompleted
            unsafe options.on_target = unsafe onTarget
            unsafe options.on_connection = unsafe onConnection
            return unsafe cmhd_start(&options)
        }
        guard let started = unsafe started else {
            let reason = unsafe String(cString: strerror(cmhd_errno()))
            unsafe context.release()
            throw .cannotListen(address: configuration.address, port: configuration.port, reason: reason)
        }
        unsafe raw = unsafe started
        unsafe self.context = unsafe context
    }

    var port: Int { unsafe Int(cmhd_port(raw)) }

    func closeListener() {
        unsafe cmhd_close_listener(raw)
    }

    /// Joins the polling thread and frees everything.
    func stop() {
        unsafe MHD_stop_daemon(raw)
        unsafe context.release()
    }
}
