internal import CMicroHTTPD

/// One request and its answer.
///
/// Safe because the parts that build the request are touched on libmicrohttpd's thread alone until the request is
/// whole, and never after; `connection`, `answer` and `task` are touched under the lock of ``Exchanges`` alone.
@safe final class Exchange: @unchecked Sendable {
    let target: String
    var body: [UInt8] = []
    var received = 0
    var begun = false
    var dispatched = false
    var tooLarge = false

    var connection: OpaquePointer?
    var answer: ServerResponse?
    var task: Task<Void, Never>?

    init(target: String) {
        self.target = target
    }

    /// Takes bytes of the body, up to the limit; what is beyond is counted and dropped.
    func take(_ bytes: UnsafeRawBufferPointer, limit: Int) {
        received += bytes.count
        guard received <= limit else {
            tooLarge = true
            body = []
            return
        }
        unsafe body.append(contentsOf: bytes)
    }

    /// Keeps this exchange alive for C, until `release`.
    func retained() -> UnsafeMutableRawPointer {
        unsafe Unmanaged.passRetained(self).toOpaque()
    }

    static func borrowed(_ pointer: UnsafeMutableRawPointer) -> Exchange {
        unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    }

    static func release(_ pointer: UnsafeMutableRawPointer) {
        unsafe Unmanaged<Exchange>.fromOpaque(pointer).release()
    }
}
