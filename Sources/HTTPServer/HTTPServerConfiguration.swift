/// Where a server listens, and what it bears.
public struct HTTPServerConfiguration: Hashable, Sendable {
    /// The numeric IPv4 or IPv6 address; loopback unless said otherwise.
    public var address: String
    /// The port; 0 lets the kernel choose.
    public var port: UInt16
    /// The largest request body, in bytes; a larger one is answered with 413.
    public var maximumBodyBytes: Int
    /// The most connections at a time; further ones wait in the kernel or are closed.
    public var maximumConnections: Int
    /// A connection on which nothing moves for so long is closed.
    public var idleTimeoutSeconds: Int
    /// A client that takes longer for a whole request, or for taking in its answer, is cut off; nil: only idle ones are.
    public var requestSeconds: Double?
    /// The most bytes of request line and header fields.
    public var maximumHeaderBytes: Int

    /// The default is for loopback: 8 MiB bodies, 512 connections, 60 s.
    public init(
        address: String = "127.0.0.1",
        port: UInt16 = 0,
        maximumBodyBytes: Int = 8 << 20,
        maximumConnections: Int = 512,
        idleTimeoutSeconds: Int = 60,
        requestSeconds: Double? = nil,
        maximumHeaderBytes: Int = 32 << 10
    ) {
        self.address = address
        self.port = port
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumConnections = maximumConnections
        self.idleTimeoutSeconds = idleTimeoutSeconds
        self.requestSeconds = requestSeconds
        self.maximumHeaderBytes = maximumHeaderBytes
    }
}

/// Why a server could not start.
public enum HTTPServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address could not be bound.
    case cannotListen(address: String, port: UInt16, reason: String)

    /// For the person at the terminal.
    public var description: String {
        switch self {
        case .cannotListen(let address, let port, let reason):
            "cannot listen on \(address) port \(port): \(reason)"
        }
    }
}
