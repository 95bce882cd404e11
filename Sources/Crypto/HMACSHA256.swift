internal import CCrypto

/// HMAC with SHA-256: RFC 2104, RFC 4231.
public enum HMACSHA256 {
    /// The code of a message under a key of any length: 32 bytes.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        // OpenSSL takes a nil key for none at all, so that an empty one needs an address.
        let keyBytes = key.isEmpty ? [0] : key
        return unsafe [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            var length = 0
            let done = unsafe EVP_Q_mac(
                nil,
                "HMAC",
                nil,
                "SHA256",
                nil,
                keyBytes,
                key.count,
                message,
                message.count,
                output.baseAddress,
                32,
                &length
            )
            // An HMAC over bytes in memory fails only for want of memory.
            guard unsafe done != nil, length == 32 else { preconditionFailure("OpenSSL could not compute an HMAC") }
            count = length
        }
    }

    /// The code of a text's UTF-8.
    public static func authenticate(_ message: String, key: [UInt8]) -> [UInt8] {
        authenticate([UInt8](message.utf8), key: key)
    }
}

/// Whether two byte strings are equal, in a time that tells nothing about where they differ; their lengths are not
/// secret.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe CRYPTO_memcmp(left, right, left.count) == 0
}

/// Unpredictable bytes from the kernel.
public func randomBytes(_ count: Int) -> [UInt8] {
    var kernel = SystemRandomNumberGenerator()
    return (0..<max(0, count)).map { _ in UInt8.random(in: 0...255, using: &kernel) }
}
