internal import Crypto
internal import HTTPServer

/// What a Google access token may do, and for whom.
struct GoogleGrant {
    var subject: String?
    var scopes: Set<String>
    var expiresAt: Double
}

/// Google's token endpoint for service accounts with domain-wide delegation.
///
/// Source: developers.google.com, "Using OAuth 2.0 for Server to Server Applications"; the wording of errors as the
/// real endpoint has it.
struct GoogleTokenService: CloudService {
    static let path = "/google/token"
    static let audience = "https://oauth2.googleapis.com/token"

    func call(for request: ServerRequest) -> Call? {
        guard request.rawPath == Self.path, request.method == "POST" else { return nil }
        let grant = request.form.first { $0.name == "grant_type" }?.value
        return Call(
            service: "google-token",
            operation: "token",
            parameters: ["grant_type": .string(grant ?? "")],
            request: request
        )
    }

    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        let form = Dictionary(call.request.form.map { ($0.name, $0.value) }) { first, _ in first }
        guard call.request.header("Content-Type")?.hasPrefix("application/x-www-form-urlencoded") == true else {
            throw Refusal("invalid_request", "The request body must be a form.")
        }
        guard form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" else {
            throw Refusal("unsupported_grant_type", "Invalid grant_type: \(form["grant_type"] ?? "")")
        }
        let assertion = try Assertion(form["assertion"] ?? "", key: state.key)
        let grant = try accept(assertion, state)
        let token = "ya29.\(state.newSecret("google"))"
        state.googleGrants[token] = grant
        let seconds = state.world.behaviour.googleTokenSeconds
        return .json([
            "access_token": .string(token),
            "expires_in": state.world.behaviour.expiresInIsText ? .string(String(seconds)) : .integer(seconds),
            "token_type": "Bearer",
        ])
    }

    private func accept(_ assertion: Assertion, _ state: SandboxState) throws(Refusal) -> GoogleGrant {
        let account = state.world.google.serviceAccount
        if account.isDeleted { throw Refusal("invalid_client", "The OAuth client was not found.", status: 401) }
        guard assertion.issuer == account.email else {
            throw Refusal("invalid_grant", "Invalid grant: account not found")
        }
        guard assertion.isSigned, assertion.keyID ?? account.keyID == account.keyID else {
            throw Refusal("invalid_grant", "Invalid JWT Signature.")
        }
        guard [Self.audience, state.baseURL + Self.path].contains(assertion.audience) else {
            throw Refusal("invalid_grant", "Invalid JWT: Failed audience check. The right audience is \(Self.audience)")
        }
        try checkTimes(assertion, now: state.now)
        guard !assertion.scopes.isEmpty else { throw Refusal("invalid_scope", "Empty or missing scope not allowed.") }
        if let subject = assertion.subject {
            try checkDelegation(to: subject, assertion.scopes, state.world)
        }
        return GoogleGrant(
            subject: assertion.subject,
            scopes: Set(assertion.scopes),
            expiresAt: state.now + Double(state.world.behaviour.googleTokenSeconds)
        )
    }

    private func checkTimes(_ assertion: Assertion, now: Double) throws(Refusal) {
        let isShort = assertion.expires - assertion.issued <= 3600
        guard isShort, assertion.issued <= now + 300, assertion.expires > now - 300 else {
            throw Refusal(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                    + "Check your iat and exp values in the JWT claim."
            )
        }
    }

    private func checkDelegation(to subject: String, _ scopes: [String], _ world: World) throws(Refusal) {
        guard Set(scopes).isSubset(of: world.google.serviceAccount.authorizedScopes) else {
            throw Refusal(
                "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any "
                    + "of the scopes requested.",
                status: 401
            )
        }
        if World.Google.same(subject, world.google.serviceAccount.delegate) { return }
        guard let user = world.google.user(subject), !user.isSuspended, !user.isArchived else {
            throw Refusal("invalid_grant", "Invalid email or User ID")
        }
    }

    func render(_ refusal: Refusal, requestID: String) -> Reply {
        .json(
            ["error": .string(refusal.code), "error_description": .string(refusal.message)],
            status: refusal.status
        )
    }

    func throttled(retryAfter: Int?) -> Refusal {
        Refusal("rate_limit_exceeded", "Too many requests.", status: 429).retrying(after: retryAfter)
    }

    func failed(status: Int) -> Refusal {
        Refusal("internal_failure", "The server failed.", status: status)
    }
}

/// The claims of a JWT bearer assertion (RFC 7523).
private struct Assertion {
    var isSigned: Bool
    var keyID: String?
    var issuer: String
    var subject: String?
    var audience: String
    var scopes: [String]
    var issued: Double
    var expires: Double

    init(_ text: String, key: RSAPrivateKey) throws(Refusal) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3, let header = Self.json(parts[0]), let claims = Self.json(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw Refusal("invalid_grant", "Bad Request") }
        guard header["alg"] == "RS256" else {
            throw Refusal("invalid_grant", "Invalid JWT: the signing algorithm must be RS256.")
        }
        isSigned = key.publicKey.verifyRS256(signature, of: Array("\(parts[0]).\(parts[1])".utf8))
        keyID = header["kid"]?.text
        issuer = claims["iss"]?.text ?? ""
        subject = claims["sub"]?.text
        audience = claims["aud"]?.text ?? ""
        scopes = (claims["scope"]?.text ?? "").split(separator: " ").map { String($0) }
        issued = Double(claims["iat"]?.integer ?? 0)
        expires = Double(claims["exp"]?.integer ?? 0)
    }

    private static func json(_ part: String) -> JSONValue? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        return JSONValue(parsing: bytes)
    }
}

extension Refusal {
    /// The same with a `Retry-After` field.
    func retrying(after seconds: Int?) -> Refusal {
        guard let seconds else { return self }
        var refusal = self
        refusal.headers.append(("Retry-After", String(seconds)))
        return refusal
    }
}
