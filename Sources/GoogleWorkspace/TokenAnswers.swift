/// `{"accessToken", "expireTime"}` of `generateAccessToken`.
struct ImpersonationAnswer: Decodable {
    var accessToken: String
    var expireTime: String
}

/// `{"keyId", "signedJwt"}` of `signJwt`.
struct SignedJWTAnswer: Decodable {
    var signedJwt: String
}
