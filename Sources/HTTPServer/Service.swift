internal import CMicroHTTPD

/// What libmicrohttpd calls: collects a request, runs the handler, sends the answer.
final class Service: Sendable {
    let exchanges = Exchanges()
    let connections = Connections()
    private let limit: Int
    private let handler: HTTPServer.Handler
    /// So much of a body that is too large is read and dropped, so that the client comes to read the 413.
    private let drainLimit: Int

    init(limit: Int, handler: @escaping HTTPServer.Handler) {
        self.limit = limit
        self.handler = handler
        drainLimit = limit + (16 << 20)
    }

    /// A request's headers are there: nothing is decided before its body is.
    func begin(_ exchange: Exchange, connection: OpaquePointer) -> MHD_Result {
        exchange.begun = true
        let announced = unsafe header(connection, "Content-Length").flatMap { Int($0) } ?? 0
        guard announced > limit else { return .YES }
        exchange.tooLarge = true
        let waits = unsafe header(connection, "Expect") != nil
        return unsafe waits || announced > drainLimit ? send(Self.bodyTooLarge, to: connection) : .YES
    }

    /// A part of the body.
    func receive(_ exchange: Exchange, _ bytes: UnsafeRawBufferPointer) -> MHD_Result {
        unsafe exchange.take(bytes, limit: limit)
        return exchange.received > drainLimit ? .NO : .YES
    }

    /// The body is whole: first suspends and runs the handler; woken, sends what it answered.
    func answer(_ exchange: Exchange, connection: OpaquePointer, method: String) -> MHD_Result {
        if exchange.tooLarge { return unsafe send(Self.bodyTooLarge, to: connection) }
        if exchange.dispatched {
            guard let response = exchanges.answer(of: exchange) else { return .NO }
            unsafe connections.begins(connection)
            return unsafe send(response, to: connection)
        }
        exchange.dispatched = true
        let request = unsafe request(of: exchange, connection: connection, method: method)
        unsafe connections.isHandled(connection)
        guard unsafe exchanges.begin(exchange, connection: connection) else { return .NO }
        run(exchange, request)
        return .YES
    }

    private func run(_ exchange: Exchange, _ request: ServerRequest) {
        let task = Task { [self] in
            let response = await handler(request)
            if case .delay(let seconds) = response.behaviour {
                try? await Task.sleep(for: .seconds(seconds))
            }
            exchanges.finish(exchange, with: response)
        }
        exchanges.attach(task, to: exchange)
    }

    private func request(of exchange: Exchange, connection: OpaquePointer, method: String) -> ServerRequest {
        let body = exchange.body
        exchange.body = []
        return unsafe ServerRequest(
            method: method,
            target: exchange.target,
            headers: allHeaders(connection),
            body: body,
            peer: peer(connection)
        )
    }

    private static let bodyTooLarge = ServerResponse.text("the request body is too large\n", status: 413)
}

private func header(_ connection: OpaquePointer, _ name: String) -> String? {
    guard let value = unsafe MHD_lookup_connection_value(connection, .HEADER_KIND, name) else { return nil }
    return unsafe String(cString: value)
}

private func allHeaders(_ connection: OpaquePointer) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    unsafe withUnsafeMutablePointer(to: &headers) { list in
        _ = unsafe MHD_get_connection_values(
            connection,
            .HEADER_KIND,
            { context, _, name, value in
                guard let context = unsafe context, let name = unsafe name else { return .YES }
                let list = unsafe context.assumingMemoryBound(to: [(name: String, value: String)].self)
                let text = unsafe value.map { unsafe String(cString: $0) } ?? ""
                unsafe list.pointee.append((String(cString: name), text))
                return .YES
            },
            list
        )
    }
    return headers
}

private func peer(_ connection: OpaquePointer) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    unsafe buffer.withUnsafeMutableBufferPointer { text in
        if let base = text.baseAddress { unsafe cmhd_peer(connection, base, socklen_t(text.count)) }
    }
    let end = buffer.firstIndex(of: 0) ?? buffer.count
    return String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

// MARK: The C callbacks

func onTarget(
    _ context: UnsafeMutableRawPointer?,
    _ target: UnsafePointer<CChar>?,
    _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    let text = unsafe target.map { unsafe String(cString: $0) } ?? ""
    return unsafe Exchange(target: text).retained()
}

func onCompleted(
    _ context: UnsafeMutableRawPointer?,
    _ connection: OpaquePointer?,
    _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ reason: MHD_RequestTerminationCode
) {
    guard let exchange = unsafe exchange, let pointer = unsafe exchange.pointee else { return }
    if let context = unsafe context {
        let service = unsafe Unmanaged<Service>.fromOpaque(context).takeUnretainedValue()
        if let connection = unsafe connection { unsafe service.connections.begins(connection) }
        unsafe service.exchanges.completed(Exchange.borrowed(pointer))
    }
    unsafe exchange.pointee = nil
    unsafe Exchange.release(pointer)
}

func onConnection(
    _ context: UnsafeMutableRawPointer?,
    _ connection: OpaquePointer?,
    _ socketContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ change: MHD_ConnectionNotificationCode
) {
    guard let context = unsafe context, let connection = unsafe connection else { return }
    let service = unsafe Unmanaged<Service>.fromOpaque(context).takeUnretainedValue()
    if change == .CONNECTION_NOTIFY_STARTED {
        unsafe service.connections.opened(connection)
    } else {
        unsafe service.connections.closed(connection)
    }
}

func onAccess(
    _ context: UnsafeMutableRawPointer?,
    _ connection: OpaquePointer?,
    _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?,
    _ upload: UnsafePointer<CChar>?,
    _ uploadSize: UnsafeMutablePointer<Int>?,
    _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context = unsafe context, let connection = unsafe connection, let method = unsafe method,
        let uploadSize = unsafe uploadSize, let pointer = unsafe exchange?.pointee
    else { return .NO }
    let service = unsafe Unmanaged<Service>.fromOpaque(context).takeUnretainedValue()
    let exchange = unsafe Exchange.borrowed(pointer)
    if !exchange.begun { return unsafe service.begin(exchange, connection: connection) }
    if unsafe uploadSize.pointee > 0 {
        let bytes = unsafe UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee)
        unsafe uploadSize.pointee = 0
        return unsafe service.receive(exchange, bytes)
    }
    return unsafe service.answer(exchange, connection: connection, method: String(cString: method))
}
