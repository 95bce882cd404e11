internal import CCrypto

/// Sole owner of one memory `BIO`.
@safe struct MemoryBIO: ~Copyable {
    private let raw: OpaquePointer

    /// An empty one to write to.
    init?() {
        guard let raw = unsafe BIO_new(BIO_s_mem()) else { return nil }
        unsafe self.raw = raw
    }

    deinit { unsafe BIO_free(raw) }

    /// The `BIO` for calls of OpenSSL; whatever they leave on the error queue is read by `body` or thrown away.
    func withRaw<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        ERR_clear_error()
        defer { ERR_clear_error() }
        return unsafe body(raw)
    }

    /// Appends a copy of a text.
    func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let count = Int32(exactly: bytes.count), count > 0 else { return false }
        return unsafe BIO_write(raw, bytes, count) == count
    }

    /// What was written.
    func text() -> String {
        var bytes: UnsafeMutablePointer<CChar>?
        let count = unsafe ccrypto_bio_bytes(raw, &bytes)
        guard count > 0, let bytes = unsafe bytes else { return "" }
        return unsafe bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
            unsafe String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }
}
