internal import Crypto
internal import FoundationEssentials
internal import HTTP

/// The key and certificate of an application.
struct ClientCertificate: Sendable {
    /// The private key.
    let key: RSAPrivateKey
    /// The certificate that belongs to it.
    let certificate: Certificate

    /// Reads a PEM file with both.
    static func read(_ path: String) throws(EntraCredentialError) -> ClientCertificate {
        let text = try readText(path)
        do {
            let key = try RSAPrivateKey(pem: text)
            guard let own = try Certificate.chain(pem: text, key: key).first else { throw CryptoError.noCertificate }
            return ClientCertificate(key: key, certificate: own)
        } catch let error as CryptoError {
            throw EntraCredentialError(.malformed, path: path, message: error.message)
        } catch {
            throw EntraCredentialError(.malformed, path: path, message: "the certificate cannot be read")
        }
    }
}

/// A token that an application signs to prove that it holds the key of its certificate.
///
/// Source: Microsoft identity platform, "Certificate credentials" (PS256, `x5t#S256`); RFC 7515; RFC 7523.
struct ClientAssertion {
    /// How long an assertion holds.
    static let lifetimeSeconds: Int64 = 600

    private struct Header: Encodable {
        var alg = "PS256"
        var typ = "JWT"
        var thumbprint: String
        enum CodingKeys: String, CodingKey {
            case alg, typ
            case thumbprint = "x5t#S256"
        }
    }

    private struct Claims: Encodable {
        var aud: String
        var exp: Int64
        var iat: Int64
        var iss: String
        var jti: String
        var nbf: Int64
        var sub: String
    }

    /// The token: header, claims and signature, in base64url with dots between.
    let text: String

    /// Signs an assertion.
    ///
    /// - Parameters:
    ///   - endpoint: the token endpoint, which is the audience.
    ///   - id: what no other assertion has.
    ///   - seconds: the time, in seconds since 1970 by the service's clock.
    init(
        client: String,
        endpoint: String,
        id: String,
        at seconds: Double,
        with certificate: ClientCertificate
    ) throws(CryptoError) {
        let now = Int64(seconds)
        let claims = Claims(
            aud: endpoint,
            exp: now + ClientAssertion.lifetimeSeconds,
            iat: now,
            iss: client,
            jti: id,
            nbf: now,
            sub: client
        )
        let header = Header(thumbprint: Base64URL.encode(certificate.certificate.sha256Thumbprint))
        let signed = Base64URL.encode(compactJSON(header)) + "." + Base64URL.encode(compactJSON(claims))
        text = try signed + "." + Base64URL.encode(certificate.key.signPS256(Array(signed.utf8)))
    }
}

/// The text of a small file.
func readText(_ path: String) throws(EntraCredentialError) -> String {
    let data: Data
    do {
        data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
        let isThere = FileManager.default.fileExists(atPath: path)
        throw EntraCredentialError(
            isThere ? .unreadable : .missing,
            path: path,
            message: isThere ? "the file cannot be read" : "there is no such file"
        )
    }
    guard data.count <= 1 << 20, let text = String(validating: data, as: UTF8.self) else {
        throw EntraCredentialError(.malformed, path: path, message: "the file is not text, or is larger than 1 MiB")
    }
    return text
}

/// A random UUID (RFC 9562, version 4).
func newUUID() -> String {
    var bytes = randomBytes(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array(bytes.hex)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
}
