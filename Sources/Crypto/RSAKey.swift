internal import CCrypto

/// An RSA private key of at least 2048 bits; it has no description that would show it.
public final class RSAPrivateKey: Sendable {
    let key: EVPKey

    /// Reads the first private key of a PEM text: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`). Certificates and
    /// other blocks may stand beside it.
    public init(pem: String) throws(CryptoError) { key = try EVPKey(privatePEM: pem) }

    /// Makes a new key.
    public init(generatingBits bits: Int) throws(CryptoError) {
        guard bits >= 2048, bits <= 16384, let raw = unsafe ccrypto_generate_rsa(bits) else {
            throw .failed(operation: "make an RSA key of \(bits) bits")
        }
        key = try unsafe EVPKey(owning: raw)
    }

    /// The signature of a message for the algorithm `RS256` (RSASSA-PKCS1-v1_5 with SHA-256: RFC 7518, 3.3).
    public func signRS256(_ message: [UInt8]) throws(CryptoError) -> [UInt8] { try sign(message, .pkcs1) }

    /// The signature of a message for the algorithm `PS256` (RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32
    /// bytes: RFC 7518, 3.5). It differs from call to call.
    public func signPS256(_ message: [UInt8]) throws(CryptoError) -> [UInt8] { try sign(message, .pss) }

    /// The key's public half.
    public var publicKey: RSAPublicKey { RSAPublicKey(key) }

    /// The key in PEM, PKCS#8, not encrypted: a secret.
    public func secretPEM() throws(CryptoError) -> String {
        let text = unsafe key.withRaw { raw -> String? in
            guard let output = MemoryBIO(), unsafe output.withRaw({ unsafe ccrypto_write_private_key($0, raw) }) == 1
            else {
                return nil
            }
            return output.text()
        }
        guard let text else { throw .failed(operation: "write the private key") }
        return text
    }

    private func sign(_ message: [UInt8], _ padding: RSAPadding) throws(CryptoError) -> [UInt8] {
        guard let signature = SignatureContext(key)?.sign(message, padding) else {
            ERR_clear_error()
            throw .failed(operation: "sign with the private key")
        }
        return signature
    }
}

/// An RSA public key of at least 2048 bits.
public final class RSAPublicKey: Sendable {
    private let key: EVPKey

    /// The public half of a key.
    init(_ key: EVPKey) { self.key = key }

    /// Reads the first public key of a PEM text (`PUBLIC KEY`, a SubjectPublicKeyInfo).
    public init(pem: String) throws(CryptoError) { key = try EVPKey(publicPEM: pem) }

    /// Whether a signature of the algorithm `RS256` fits the message.
    public func verifyRS256(_ signature: [UInt8], of message: [UInt8]) -> Bool { verify(signature, message, .pkcs1) }

    /// Whether a signature of the algorithm `PS256` fits the message.
    public func verifyPS256(_ signature: [UInt8], of message: [UInt8]) -> Bool { verify(signature, message, .pss) }

    /// The key in PEM (`PUBLIC KEY`).
    public func pem() throws(CryptoError) -> String {
        let text = unsafe key.withRaw { raw -> String? in
            guard let output = MemoryBIO(), unsafe output.withRaw({ unsafe PEM_write_bio_PUBKEY($0, raw) }) == 1 else {
                return nil
            }
            return output.text()
        }
        guard let text else { throw .failed(operation: "write the public key") }
        return text
    }

    private func verify(_ signature: [UInt8], _ message: [UInt8], _ padding: RSAPadding) -> Bool {
        defer { ERR_clear_error() }
        return SignatureContext(key)?.verify(signature, of: message, padding) ?? false
    }
}
