internal import Crypto

/// A credentials file, read and checked.
enum GoogleCredentials: Sendable {
    /// A service-account key (`"type": "service_account"`).
    case key(ServiceAccountKey)
    /// Workload identity federation (`"type": "external_account"`).
    case federation(ExternalAccount)
}

/// The key of a service account, as its JSON file gives it.
struct ServiceAccountKey: Sendable {
    /// The account's address: the issuer of assertions.
    var email: String
    /// The numeric client id: what the Workspace administrator enters for domain-wide delegation.
    var clientID: String?
    /// The id of the key, for the `kid` of assertions.
    var keyID: String?
    /// The private key.
    var privateKey: RSAPrivateKey
    /// Where assertions are exchanged for tokens.
    var tokenURL: String
}

/// An `external_account` file: who vouches for the workload, and which service account it may act as.
struct ExternalAccount: Hashable, Sendable {
    /// How a subject token is had.
    enum SubjectSource: Hashable, Sendable {
        /// A file that something else keeps fresh.
        case file(path: String, TokenFormat)
        /// A URL that answers with the token.
        case url(String, headers: [String: String], TokenFormat)
        /// A signed request to AWS STS that is not sent.
        case aws(verificationURL: String, regionURL: String?, sessionTokenURL: String?)
    }

    /// How the token stands in a file or answer.
    enum TokenFormat: Hashable, Sendable {
        /// The whole is the token.
        case text
        /// A JSON object has it under this key.
        case json(field: String)
    }

    /// The full name of the workload identity provider.
    var audience: String
    /// What kind of token the subject token is.
    var subjectTokenType: String
    /// Where subject tokens are exchanged.
    var exchangeURL: String
    /// `…/serviceAccounts/ADDRESS:generateAccessToken`.
    var impersonationURL: String
    /// The service account of the impersonation URL.
    var email: String
    /// Where assertions are exchanged for tokens.
    var tokenURL: String
    /// How a subject token is had.
    var source: SubjectSource

    /// The URL that signs a JWT as the service account.
    ///
    /// Source: IAM Service Account Credentials API, `projects.serviceAccounts.signJwt`.
    var signJwtURL: String { impersonationURL.dropLast(ExternalAccount.impersonationVerb.count) + ":signJwt" }

    static let impersonationVerb = ":generateAccessToken"
}

/// Google's own token endpoint: the audience of every assertion, whatever host it is posted to.
///
/// Source: google-auth, `service_account._GOOGLE_OAUTH2_TOKEN_ENDPOINT`.
let googleTokenEndpoint = "https://oauth2.googleapis.com/token"
