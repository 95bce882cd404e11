import Crypto
import HTTP

@testable import GoogleWorkspace

/// Who may have tokens of the fake Google, and what its token endpoints answer.
struct FakeIdentity: Sendable {
    static let email = "bridge@project.iam.gserviceaccount.com"
    static let clientID = "117900000000000000001"
    static let keyID = "0123456789abcdef"
    static let audience = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/aws"
    static let subject = "reader@example.com"
    /// Made once: making one takes a while.
    static let key: RSAPrivateKey? = try? RSAPrivateKey(generatingBits: 2048)

    /// How long tokens hold, as `expires_in` says.
    var lifetime: JSON = 3599
    /// Whether the federated identity may sign as the service account, or only be it.
    var federatedMaySign = true
    /// The subject token that the exchange takes; nil: any.
    var subjectToken: String?
    /// How far `iat` may be from the service's clock.
    var clockTolerance = 60.0
    /// What stands behind the URL source.
    var subjectAnswer = HTTPResponse(status: 200, body: Array("workload-token\n".utf8))

    func answer(_ call: FakeGoogle.Call, _ google: FakeGoogle) -> HTTPResponse {
        switch call.operation {
        case "token": return grant(call, google)
        case "sts.token": return exchange(call)
        case "generateAccessToken": return impersonate(call, google)
        case "signJwt": return sign(call)
        default: return subjectAnswer
        }
    }

    // MARK: - Token endpoint

    private func grant(_ call: FakeGoogle.Call, _ google: FakeGoogle) -> HTTPResponse {
        guard call.request.method == "POST",
            call.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer",
            let assertion = call.form["assertion"], let claims = FakeIdentity.verified(assertion)
        else { return .tokenRefusal(400, "invalid_grant", "Invalid JWT Signature.") }
        guard claims["iss"]?.text == FakeIdentity.email, claims["sub"]?.text == FakeIdentity.subject,
            claims["aud"]?.text == "https://oauth2.googleapis.com/token"
        else { return .tokenRefusal(400, "invalid_grant", "Invalid email or User ID") }
        let readOnly = ["user", "group", "group.member"].map {
            "https://www.googleapis.com/auth/admin.directory.\($0).readonly"
        }
        guard claims["scope"]?.text == readOnly.joined(separator: " ") else {
            return .tokenRefusal(401, "unauthorized_client", "Client is unauthorized for any of the scopes requested.")
        }
        guard let made = claims["iat"]?.number, let end = claims["exp"]?.number, end - made == 3600,
            Double(made) <= google.now, Double(made) >= google.now - clockTolerance
        else {
            let text = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            return .tokenRefusal(400, "invalid_grant", text)
        }
        return .json(["access_token": .text(google.issueToken()), "expires_in": lifetime, "token_type": "Bearer"])
    }

    /// The claims of an assertion whose header and signature are right.
    static func verified(_ assertion: String) -> JSON? {
        let parts = assertion.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let key, let header = Base64URL.decode(parts[0]).flatMap(JSON.read),
            header == ["alg": "RS256", "typ": "JWT", "kid": .text(keyID)],
            let signature = Base64URL.decode(parts[2]),
            key.publicKey.verifyRS256(signature, of: Array("\(parts[0]).\(parts[1])".utf8))
        else { return nil }
        return Base64URL.decode(parts[1]).flatMap(JSON.read)
    }

    // MARK: - Federation

    private func exchange(_ call: FakeGoogle.Call) -> HTTPResponse {
        guard call.form["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange",
            call.form["requested_token_type"] == "urn:ietf:params:oauth:token-type:access_token",
            call.form["audience"] == FakeIdentity.audience,
            call.form["scope"] == "https://www.googleapis.com/auth/cloud-platform",
            call.form["subject_token_type"]?.isEmpty == false, let token = call.form["subject_token"],
            subjectToken == nil || token == subjectToken
        else { return .tokenRefusal(400, "invalid_grant", "The audience or the subject token is wrong.") }
        return .json([
            "access_token": "federated", "expires_in": 3600, "token_type": "Bearer",
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        ])
    }

    private func impersonate(_ call: FakeGoogle.Call, _ google: FakeGoogle) -> HTTPResponse {
        guard call.request.header("Authorization") == "Bearer federated", let body = JSON.read(call.request.body),
            body["lifetime"] == "3600s", let scopes = body["scope"]?.list
        else { return .refusal(403, reason: "forbidden", message: "Permission denied") }
        let wide = scopes == ["https://www.googleapis.com/auth/cloud-platform"]
        let token = wide ? "own" : google.issueToken()
        return .json(["accessToken": .text(token), "expireTime": .text(timeText(google.now + 3600))])
    }

    private func sign(_ call: FakeGoogle.Call) -> HTTPResponse {
        let callers = federatedMaySign ? ["Bearer federated", "Bearer own"] : ["Bearer own"]
        guard callers.contains(call.request.header("Authorization") ?? "") else {
            let message = "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist)."
            return .json(
                ["error": ["code": 403, "message": .text(message), "status": "PERMISSION_DENIED"]],
                status: 403
            )
        }
        guard let payload = JSON.read(call.request.body)?["payload"]?.text, let key = FakeIdentity.key,
            let signed = FakeIdentity.signed(payload, with: key)
        else { return .refusal(400, reason: "badRequest", message: "Bad payload") }
        return .json(["keyId": .text(FakeIdentity.keyID), "signedJwt": .text(signed)])
    }

    private static func signed(_ payload: String, with key: RSAPrivateKey) -> String? {
        let header: JSON = ["alg": "RS256", "typ": "JWT", "kid": .text(keyID)]
        let text = Base64URL.encode(header.bytes) + "." + Base64URL.encode(Array(payload.utf8))
        guard let signature = try? key.signRS256(Array(text.utf8)) else { return nil }
        return text + "." + Base64URL.encode(signature)
    }
}
