internal import CCrypto

/// An X.509 certificate as far as a client that signs with its key needs it; nothing about trust is decided here.
public struct Certificate: Hashable, Sendable {
    /// The certificate in DER, as `x5c` of RFC 7515, 4.1.6 carries it.
    public let der: [UInt8]
    /// From when it holds, in seconds since 1970.
    public let notBeforeSeconds: Int64
    /// Until when it holds, in seconds since 1970.
    public let notAfterSeconds: Int64

    /// SHA-1 of the DER: `x5t` of RFC 7515, 4.1.7, before its Base64URL.
    public var sha1Thumbprint: [UInt8] { SHA1.hash(der) }
    /// SHA-256 of the DER: `x5t#S256` of RFC 7515, 4.1.8, before its Base64URL.
    public var sha256Thumbprint: [UInt8] { SHA256.hash(der) }

    /// Reads the first certificate of a PEM text; private keys and other blocks may stand beside it.
    public init(pem: String) throws(CryptoError) {
        guard let first = try Self.all(pem: pem).first else { throw .noCertificate }
        self = first
    }

    /// Reads all certificates of a PEM text in their order.
    ///
    /// - Throws: ``CryptoError/noCertificate`` where there is none, ``CryptoError/unreadableCertificate(number:)`` for
    ///   the first that is damaged.
    public static func all(pem: String) throws(CryptoError) -> [Certificate] {
        try read(pem).map(\.certificate)
    }

    /// Reads the certificates of a PEM text, the one that belongs to `key` first, the others in their order after it:
    /// the chain as `x5c` wants it, wherever the key's own stands in the file.
    public static func chain(pem: String, key: RSAPrivateKey) throws(CryptoError) -> [Certificate] {
        var found = try read(pem)
        guard let own = found.firstIndex(where: { $0.publicKey?.hasPublicKey(of: key.key) == true }) else {
            throw .noCertificateForKey
        }
        found.insert(found.remove(at: own), at: 0)
        return found.map(\.certificate)
    }

    /// The certificate's public key; nil where it is not an RSA key of at least 2048 bits.
    public static func publicKey(pem: String) throws(CryptoError) -> RSAPublicKey? {
        try read(pem).first?.publicKey.map(RSAPublicKey.init)
    }

    private struct Read {
        var certificate: Certificate
        var publicKey: EVPKey?
    }

    private init(der: [UInt8], notBeforeSeconds: Int64, notAfterSeconds: Int64) {
        self.der = der
        self.notBeforeSeconds = notBeforeSeconds
        self.notAfterSeconds = notAfterSeconds
    }

    private static func read(_ pem: String) throws(CryptoError) -> [Read] {
        guard let text = MemoryBIO(), text.write(pem) else { throw .noCertificate }
        var found: [Read] = []
        while true {
            switch unsafe text.withRaw({ unsafe X509Handle.next(in: $0) }) {
            case .end:
                if found.isEmpty { throw .noCertificate }
                return found
            case .damaged: throw .unreadableCertificate(number: found.count + 1)
            case .certificate(let handle):
                guard let certificate = handle.value() else { throw .unreadableCertificate(number: found.count + 1) }
                found.append(Read(certificate: certificate, publicKey: handle.publicKey()))
            }
        }
    }

    /// Sole owner of one `X509`.
    @safe private final class X509Handle {
        private let raw: OpaquePointer

        enum Next {
            case certificate(X509Handle)
            case end
            case damaged
        }

        private init(owning raw: OpaquePointer) { unsafe self.raw = raw }

        deinit { unsafe X509_free(raw) }

        static func next(in bio: OpaquePointer) -> Next {
            if let raw = unsafe ccrypto_read_certificate(bio) { return .certificate(unsafe X509Handle(owning: raw)) }
            return ccrypto_is_at_end_of_pem() == 1 ? .end : .damaged
        }

        func value() -> Certificate? {
            guard let notBefore = unsafe Self.seconds(X509_get0_notBefore(raw)),
                let notAfter = unsafe Self.seconds(X509_get0_notAfter(raw)), let der = der()
            else { return nil }
            return Certificate(der: der, notBeforeSeconds: notBefore, notAfterSeconds: notAfter)
        }

        func publicKey() -> EVPKey? {
            guard let key = unsafe X509_get_pubkey(raw) else { return nil }
            return try? unsafe EVPKey(owning: key)
        }

        private func der() -> [UInt8]? {
            let length = Int(unsafe i2d_X509(raw, nil))
            guard length > 0 else { return nil }
            return unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                var end = buffer.baseAddress
                count = Int(unsafe i2d_X509(raw, &end))
            }
        }

        /// Seconds since 1970 of an ASN.1 time.
        private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
            guard let time = unsafe time, let epoch = unsafe ASN1_TIME_set(nil, 0) else { return nil }
            defer { unsafe ASN1_TIME_free(epoch) }
            var days: Int32 = 0
            var seconds: Int32 = 0
            guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
            return Int64(days) * 86400 + Int64(seconds)
        }
    }
}
