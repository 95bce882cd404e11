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
}

/// `{"access_token", "expires_in", "token_type"}` of the token endpoint and of the token exchange.
///
/// Source: RFC 6749, 5.1; RFC 8693, 2.2.1. `expires_in` was seen as text too (google-auth, `_client.py`).
struct TokenAnswer: Decodable {
    var token: IssuedToken

    private enum Keys: String, CodingKey { case access_token, expires_in, token_type }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        let text = try container.decode(String.self, forKey: .access_token)
        if let type = try container.decodeIfPresent(String.self, forKey: .token_type), type.lowercased() != "bearer" {
            throw MalformedAnswer("the token is of a type other than Bearer")
        }
        let seconds = try TokenAnswer.seconds(container)
        guard let token = IssuedToken(text: text, lifetimeSeconds: seconds) else {
            throw MalformedAnswer("the token, or its lifetime, cannot be used")
        }
        self.token = token
    }

    private static func seconds(_ container: KeyedDecodingContainer<Keys>) throws -> Double {
        guard container.contains(.expires_in) else { return 3600 }
        if let number = try? container.decode(Double.self, forKey: .expires_in) { return number }
        guard let number = Double(try container.decode(String.self, forKey: .expires_in)), number.isFinite else {
            throw MalformedAnswer("`expires_in` is not a number")
        }
        return number
    }
}

/// `{"accessToken", "expireTime"}` of `generateAccessToken`.
struct ImpersonationAnswer: Decodable {
    var accessToken: String
    var expireTime: String
}

/// `{"keyId", "signedJwt"}` of `signJwt`.
struct SignedJWTAnswer: Decodable {
    var signedJwt: String
}

/// An answer that is JSON and yet not what it should be; the text never holds any of its values.
struct MalformedAnswer: Error, Hashable {
    var message: String
    init(_ message: String) { self.message = message }
}
