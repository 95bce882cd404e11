/// An access token as an endpoint issued it; nothing that describes it shows its text.
public struct IssuedToken: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// What stands after `Bearer`.
    public var text: String
    /// How long it holds from when it was asked for, in seconds.
    public var lifetimeSeconds: Double

    /// A token's text; nil for what cannot stand in a header field, or holds no longer.
    public init?(text: String, lifetimeSeconds: Double) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), lifetimeSeconds > 0 else { return nil }
        self.text = text
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// How long it holds.
    public var description: String { "access token for \(lifetimeSeconds) s" }
    /// How long it holds.
    public var debugDescription: String { description }
    /// Nothing of it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// `{"access_token", "expires_in", "token_type"}` of token endpoints, and of metadata services, which may write numbers
/// as texts and give `expires_on` alone.
///
/// Source: RFC 6749, 5.1; RFC 8693, 2.2.1; "How to use managed identities on an Azure VM to acquire an access token".
public struct TokenAnswer: Decodable, Sendable {
    private let text: String
    /// In seconds.
    private let expiresIn: Double?
    /// In seconds since 1970.
    private let expiresOn: Double?

    private enum Keys: String, CodingKey { case access_token, expires_in, expires_on, token_type }

    /// Reads an answer; throws ``MalformedAnswer`` for a token of another type than Bearer.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        text = try container.decode(String.self, forKey: .access_token)
        if let type = try container.decodeIfPresent(String.self, forKey: .token_type), type.lowercased() != "bearer" {
            throw MalformedAnswer("the token is of a type other than Bearer")
        }
        expiresIn = try TokenAnswer.seconds(container, .expires_in)
        expiresOn = try TokenAnswer.seconds(container, .expires_on)
    }

    private static func seconds(_ container: KeyedDecodingContainer<Keys>, _ key: Keys) throws -> Double? {
        guard container.contains(key) else { return nil }
        if let number = try? container.decode(Double.self, forKey: key) { return number }
        guard let number = Double(try container.decode(String.self, forKey: key)), number.isFinite else {
            throw MalformedAnswer("`\(key.rawValue)` is not a number")
        }
        return number
    }

    /// The token, asked for at a time by this machine's clock; nil where it, or its lifetime, cannot be used.
    ///
    /// - Parameter standard: how long it holds in seconds where the answer does not say.
    public func token(now: Double, lifetimeSeconds standard: Double? = nil) -> IssuedToken? {
        guard let seconds = expiresIn ?? expiresOn.map({ $0 - now }) ?? standard else { return nil }
        return IssuedToken(text: text, lifetimeSeconds: seconds)
    }
}
