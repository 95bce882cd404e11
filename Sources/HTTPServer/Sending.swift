internal import CMicroHTTPD

/// Queues a response on a connection, with its behaviour.
func send(_ response: ServerResponse, to connection: OpaquePointer) -> MHD_Result {
    switch response.behaviour {
    case .closeBefore:
        return .NO
    case .reset:
        unsafe cmhd_reset(connection)
        return .NO
    case .normal, .delay:
        return unsafe queue(whole(response.body), response, connection)
    case .truncate(let count):
        return unsafe queue(truncated(response.body, after: count), response, connection)
    }
}

private func queue(_ raw: OpaquePointer?, _ response: ServerResponse, _ connection: OpaquePointer) -> MHD_Result {
    guard let raw = unsafe raw else { return .NO }
    for field in response.headers {
        // A field that libmicrohttpd refuses (a line break within) is left out rather than sent broken.
        _ = unsafe MHD_add_response_header(raw, field.name, field.value)
    }
    let result = unsafe MHD_queue_response(connection, UInt32(clamping: response.status), raw)
    unsafe MHD_destroy_response(raw)
    return result
}

private func whole(_ body: [UInt8]) -> OpaquePointer? {
    var copy = body
    return unsafe copy.withUnsafeMutableBytes { bytes in
        unsafe MHD_create_response_from_buffer(bytes.count, bytes.baseAddress, .RESPMEM_MUST_COPY)
    }
}

/// What a truncated body still has to give.
private final class Truncation {
    let bytes: [UInt8]
    init(bytes: [UInt8]) { self.bytes = bytes }
}

private func truncated(_ body: [UInt8], after count: Int) -> OpaquePointer? {
    let box = unsafe Unmanaged.passRetained(Truncation(bytes: Array(body.prefix(max(0, count)))))
    let raw = unsafe MHD_create_response_from_callback(
        UInt64(max(body.count, 1)),
        16 << 10,
        { context, position, buffer, room in
            guard let context = unsafe context, let buffer = unsafe buffer else { return cmhd_end_with_error() }
            let box = unsafe Unmanaged<Truncation>.fromOpaque(context).takeUnretainedValue()
            let start = min(Int(position), box.bytes.count)
            let part = box.bytes[start..<min(start + room, box.bytes.count)]
            guard !part.isEmpty else { return cmhd_end_with_error() }
            unsafe UnsafeMutableRawPointer(buffer).copyMemory(from: Array(part), byteCount: part.count)
            return part.count
        },
        box.toOpaque(),
        { context in
            if let context = unsafe context { unsafe Unmanaged<Truncation>.fromOpaque(context).release() }
        }
    )
    if unsafe raw == nil { unsafe box.release() }
    return unsafe raw
}
