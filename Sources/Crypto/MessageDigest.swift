internal import CCrypto

/// A digest algorithm, fetched from the provider once; a fetch for each call costs more than the digest of a short text.
@safe final class DigestAlgorithm: @unchecked Sendable {
    // Safe because an EVP_MD never changes after it was fetched.
    static let sha256 = DigestAlgorithm("SHA256", length: 32)
    static let sha1 = DigestAlgorithm("SHA1", length: 20)

    let length: Int
    fileprivate let raw: OpaquePointer

    private init(_ name: String, length: Int) {
        // No input leads here: only a broken installation of OpenSSL lacks these, and nothing can go on without.
        guard let raw = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("OpenSSL offers no \(name); is its configuration (OPENSSL_CONF) broken?")
        }
        unsafe self.raw = raw
        self.length = length
    }

    deinit { unsafe EVP_MD_free(raw) }

    /// The algorithm for a call of OpenSSL, as long as `self` lives.
    func withRaw<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(raw) }
}

/// Sole owner of one `EVP_MD_CTX`, ready for a first byte whenever no digest is under way.
@safe struct DigestContext: ~Copyable {
    private let raw: OpaquePointer
    private let algorithm: DigestAlgorithm

    init(_ algorithm: DigestAlgorithm) {
        guard let raw = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        unsafe self.raw = raw
        self.algorithm = algorithm
        restart()
    }

    deinit { unsafe EVP_MD_CTX_free(raw) }

    func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe check(EVP_DigestUpdate(raw, buffer.baseAddress, buffer.count))
        }
    }

    /// The digest of what came since the last one; the context then stands at the beginning.
    func finish() -> [UInt8] {
        let digest = unsafe [UInt8](unsafeUninitializedCapacity: algorithm.length) { buffer, count in
            unsafe check(EVP_DigestFinal_ex(raw, buffer.baseAddress, nil))
            count = algorithm.length
        }
        restart()
        return digest
    }

    private func restart() {
        unsafe algorithm.withRaw { unsafe check(EVP_DigestInit_ex2(raw, $0, nil)) }
    }

    /// A digest over bytes in memory fails only for want of memory.
    private func check(_ code: Int32) {
        guard code == 1 else { preconditionFailure("OpenSSL could not compute a digest: out of memory?") }
    }
}
