internal import Crypto
internal import FoundationEssentials
internal import HTTP

extension IssuedToken {
    /// The application permissions that the token's `roles` claim lists; empty where it cannot be read.
    ///
    /// The signature is not looked at: the claim only decides which lists are believed, never who may call.
    var roles: Set<String> {
        struct Claims: Decodable { var roles: [String]? }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decode(String(parts[1])),
            let claims = try? JSONDecoder().decode(Claims.self, from: Data(bytes))
        else { return [] }
        return Set(claims.roles ?? [])
    }
}
