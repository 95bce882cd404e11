internal import Crypto
internal import FoundationEssentials
internal import HTTP

/// A token as an endpoint issued it; it has no description that would show it to anybody but the transport.
struct IssuedToken: Hashable, Sendable {
    /// What stands after `Bearer`.
    var text: String
    /// How long it holds from when it was asked for, in seconds.
    var lifetimeSeconds: Double

    /// A token's text; nil for what cannot stand in a header field.
    init?(text: String, lifetimeSeconds: Double) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), lifetimeSeconds > 0 else { return nil }
        self.text = text
        self.lifetimeSeconds = lifetimeSeconds
    }

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

/// `{"access_token", "expires_in", "token_type"}` of the identity platform, and of metadata services, which write
/// numbers as texts and may give `expires_on` alone.
///
/// Source: Microsoft identity platform, "OAuth 2.0 client credentials flow"; "How to use managed identities on an Azure
/// VM to acquire an access token"; App Service, "REST endpoint reference".
struct TokenAnswer: Decodable, Sendable {
    var text: String
    /// In seconds.
    var expiresIn: Double?
    /// In seconds since 1970.
    var expiresOn: Double?

    private enum Keys: String, CodingKey { case access_token, expires_in, expires_on, token_type }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        text = try container.decode(String.self, forKey: .access_token)
        if let type = try container.decodeIfPresent(String.self, forKey: .token_type), type.lowercased() != "bearer" {
            throw MalformedAnswer("the token is of a type other than Bearer")
        }
        expiresIn = try TokenAnswer.seconds(container, .expires_in)
        expiresOn = try TokenAnswer.seconds(container, .expires_on)
        guard expiresIn != nil || expiresOn != nil else {
            throw MalformedAnswer("the answer does not say how long it holds")
        }
    }

    private static func seconds(_ container: KeyedDecodingContainer<Keys>, _ key: Keys) throws -> Double? {
        guard container.contains(key) else { return nil }
        if let number = try? container.decode(Double.self, forKey: key) { return number }
        guard let number = Double(try container.decode(String.self, forKey: key)), number.isFinite else {
            throw MalformedAnswer("`\(key.rawValue)` is not a number")
        }
        return number
    }

    /// The token, asked for at a time by this machine's clock; nil where it cannot be used.
    func token(now: Double) -> IssuedToken? {
        IssuedToken(text: text, lifetimeSeconds: expiresIn ?? ((expiresOn ?? 0) - now))
    }
}
