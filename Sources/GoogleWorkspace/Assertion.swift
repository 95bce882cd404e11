internal import Crypto
internal import HTTP

/// The claims by which a service account asks for a token in the name of an administrator.
///
/// Source: Google Identity, "Using OAuth 2.0 for server to server applications"; RFC 7523.
struct AssertionClaims: Encodable, Hashable {
    /// How long an assertion holds: Google accepts no more.
    static let lifetimeSeconds: Int64 = 3600
    /// How far back `iat` is put, so that a clock a little ahead of Google's does no harm.
    static let toleranceSeconds: Int64 = 10

    /// The service account.
    var iss: String
    /// The administrator to act as.
    var sub: String?
    /// The scopes, with spaces between.
    var scope: String
    /// Google's token endpoint, whatever host the assertion is posted to.
    var aud = googleTokenEndpoint
    /// When it was made, in seconds since 1970.
    var iat: Int64
    /// When it ends.
    var exp: Int64

    /// The claims at a time, in seconds since 1970 by the service's clock.
    init(account: String, subject: String?, scopes: [String], at seconds: Double) {
        iss = account
        sub = subject
        scope = scopes.joined(separator: " ")
        iat = Int64(seconds) - AssertionClaims.toleranceSeconds
        exp = iat + AssertionClaims.lifetimeSeconds
    }

    /// The claims as compact JSON, keys sorted.
    var json: String { String(decoding: compactJSON(self), as: UTF8.self) }
}

/// A JSON Web Token signed with a service account's own key.
///
/// Source: RFC 7515, 3.1 and 7.1; RFC 7518, 3.3.
struct Assertion {
    private struct Header: Encodable {
        var alg = "RS256"
        var typ = "JWT"
        var kid: String?
    }

    /// The token: header, claims and signature, in base64url with dots between.
    let text: String

    /// Signs the claims.
    init(_ claims: AssertionClaims, with key: ServiceAccountKey) throws(CryptoError) {
        let header = compactJSON(Header(kid: key.keyID))
        let signed = Base64URL.encode(header) + "." + Base64URL.encode(Array(claims.json.utf8))
        text = try signed + "." + Base64URL.encode(key.privateKey.signRS256(Array(signed.utf8)))
    }
}
