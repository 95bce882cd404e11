internal import CCrypto

/// The owner of one `EVP_PKEY` that holds an RSA key of at least 2048 bits.
@safe final class EVPKey: @unchecked Sendable {
    // Safe because the key is never changed after it was read, and OpenSSL allows many threads to use such a key, each
    // with a context of its own (openssl-threads(7)).
    private let raw: OpaquePointer

    /// Takes over the key.
    init(owning raw: OpaquePointer) throws(CryptoError) {
        unsafe self.raw = raw
        guard unsafe EVP_PKEY_get_base_id(raw) == EVP_PKEY_RSA else { throw .notRSA(unsafe Self.kind(of: raw)) }
        let bits = Int(unsafe EVP_PKEY_get_bits(raw))
        guard bits >= 2048 else { throw .keyTooShort(bits: bits) }
    }

    deinit { unsafe EVP_PKEY_free(raw) }

    /// The first private key of a PEM text.
    convenience init(privatePEM pem: String) throws(CryptoError) {
        guard let text = MemoryBIO(), text.write(pem),
            let key = unsafe text.withRaw({ unsafe ccrypto_read_private_key($0) })
        else { throw pem.contains("ENCRYPTED") ? .encryptedKey : .unreadableKey }
        try unsafe self.init(owning: key)
    }

    /// The first public key of a PEM text.
    convenience init(publicPEM pem: String) throws(CryptoError) {
        guard let text = MemoryBIO(), text.write(pem),
            let key = unsafe text.withRaw({ unsafe ccrypto_read_public_key($0) })
        else { throw .unreadableKey }
        try unsafe self.init(owning: key)
    }

    func withRaw<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(raw) }

    /// Whether both hold the same public key.
    func hasPublicKey(of other: EVPKey) -> Bool { unsafe EVP_PKEY_eq(raw, other.raw) == 1 }

    private static func kind(of key: OpaquePointer) -> String {
        guard let name = unsafe EVP_PKEY_get0_type_name(key) else { return "unknown" }
        return unsafe String(cString: name)
    }
}

/// How a message is signed with an RSA key, always over its SHA-256.
enum RSAPadding {
    /// PKCS#1 v1.5: `RS256` of RFC 7518, 3.3.
    case pkcs1
    /// PSS with MGF1 over SHA-256 and a salt of 32 bytes: `PS256` of RFC 7518, 3.5.
    case pss
}

/// Sole owner of one context in which a signature is made or checked.
@safe struct SignatureContext: ~Copyable {
    private let raw: OpaquePointer
    private let key: EVPKey

    private enum Purpose { case sign, verify }

    init?(_ key: EVPKey) {
        guard let raw = unsafe EVP_MD_CTX_new() else { return nil }
        unsafe self.raw = raw
        self.key = key
    }

    deinit { unsafe EVP_MD_CTX_free(raw) }

    func sign(_ message: [UInt8], _ padding: RSAPadding) -> [UInt8]? {
        var length = 0
        guard start(padding, .sign), unsafe EVP_DigestSign(raw, nil, &length, message, message.count) == 1 else {
            return nil
        }
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestSign(raw, &signature, &length, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(length))
    }

    func verify(_ signature: [UInt8], of message: [UInt8], _ padding: RSAPadding) -> Bool {
        guard start(padding, .verify) else { return false }
        return unsafe EVP_DigestVerify(raw, signature, signature.count, message, message.count) == 1
    }

    private func start(_ padding: RSAPadding, _ purpose: Purpose) -> Bool {
        var options: OpaquePointer?
        let begun = unsafe DigestAlgorithm.sha256.withRaw { digest in
            unsafe key.withRaw { key in
                switch purpose {
                case .sign: unsafe EVP_DigestSignInit(raw, &options, digest, nil, key)
                case .verify: unsafe EVP_DigestVerifyInit(raw, &options, digest, nil, key)
                }
            }
        }
        guard begun == 1, let options = unsafe options else { return false }
        // The context owns `options`. MGF1 takes the digest of the signature where none is set.
        switch padding {
        case .pkcs1: return unsafe EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PADDING) == 1
        case .pss:
            return unsafe EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1
        }
    }
}
