internal import Crypto
internal import FoundationEssentials
internal import HTTP
internal import Model

/// The way from a credential to an access token of Graph.
struct TokenFlow: Sendable {
    let identity: Identity
    let calls: JSONCalls
    let time: any TimeSource

    /// Keeps the tokens that the flow gets; an assertion refused for its time is signed once more.
    var tokens: AccessTokens<UpstreamError> {
        let cancelled = UpstreamError(.cancelled, service: "entra", operation: "token", message: "cancelled")
        return AccessTokens(time: time, cancelled: cancelled) { skew, claims throws(TokenFailure<UpstreamError>) in
            do throws(CallFailure) {
                return try await issue(skew: skew, claims: claims)
            } catch {
                throw TokenFailure(
                    error.error,
                    serviceTime: error.body?.code == "AADSTS700024" ? error.serverDate : nil,
                    isCancelled: error.error.kind == .cancelled
                )
            }
        }
    }

    /// Asks for a new token.
    ///
    /// - Parameters:
    ///   - skew: seconds to add to this machine's clock to have the service's.
    ///   - claims: what a claims challenge wants, as JSON.
    func issue(skew: Double, claims: String?) async throws(CallFailure) -> IssuedToken {
        switch identity.proof {
        case .managedIdentity: return try await ManagedIdentity(flow: self).token()
        case .secret(let secret):
            return try await grant(claims) { () throws(UpstreamError) in Proof(field: "client_secret", text: secret) }
        case .certificate(let path):
            // Signed anew for each attempt, since an assertion that was seen may be refused as a repetition.
            return try await grant(claims) { () throws(UpstreamError) in
                Proof(assertion: try assertion(path, skew: skew))
            }
        case .federatedToken(let path):
            return try await grant(claims) { () throws(UpstreamError) in
                Proof(assertion: try read { () throws(EntraCredentialError) in try federatedToken(path) })
            }
        }
    }

    /// What a request for a token proves the application by.
    private struct Proof {
        /// The fields of the form.
        var fields: [(String, String)]
        /// What must not be shown.
        var secret: String

        init(field: String, text: String) { (fields, secret) = ([(field, text)], text) }

        init(assertion: String) {
            self.init(field: "client_assertion", text: assertion)
            fields.insert(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), at: 0)
        }
    }

    private func assertion(_ path: String, skew: Double) throws(UpstreamError) -> String {
        let certificate = try read { () throws(EntraCredentialError) in try ClientCertificate.read(path) }
        do {
            return try ClientAssertion(
                client: identity.client,
                endpoint: identity.tokenURL,
                id: newUUID(),
                at: time.now() + skew,
                with: certificate
            ).text
        } catch {
            throw identity.tokenCall.error(.refused, message: error.message)
        }
    }

    private func read<Value>(_ body: () throws(EntraCredentialError) -> Value) throws(UpstreamError) -> Value {
        do {
            return try body()
        } catch {
            let name = CallName(service: "entra", operation: "credential", object: identity.client)
            throw name.error(.refused, code: error.kind.rawValue, message: error.description)
        }
    }

    /// Source: Microsoft identity platform, "OAuth 2.0 client credentials flow".
    private func grant(
        _ claims: String?,
        _ proof: @Sendable () throws(UpstreamError) -> Proof
    ) async throws(CallFailure) -> IssuedToken {
        let secrets = SecretTexts()
        do {
            let answer = try await calls.send(
                identity.tokenCall,
                as: TokenAnswer.self,
                secrets: secrets,
                refusal: tokenRefusal
            ) { _, _ throws(UpstreamError) in
                let proof = try proof()
                secrets.note(proof.secret)
                return request(proof, claims)
            }
            return try usable(answer)
        } catch {
            throw identity.advised(error)
        }
    }

    private func request(_ proof: Proof, _ claims: String?) -> HTTPRequest {
        var fields = [
            ("client_id", identity.client), ("grant_type", "client_credentials"),
            ("scope", identity.resource + "/.default"),
        ]
        fields += proof.fields
        if let claims { fields.append(("claims", claims)) }
        return HTTPRequest(
            method: "POST",
            url: identity.tokenURL,
            headers: [
                HTTPField("Content-Type", "application/x-www-form-urlencoded"), HTTPField("Accept", "application/json"),
            ],
            body: PercentEncoding.form(fields),
            timeoutSeconds: 30,
            maximumResponseBytes: 1 << 20
        )
    }

    /// The token of an answer.
    func usable(_ answer: TokenAnswer) throws(CallFailure) -> IssuedToken {
        if let token = answer.token(now: time.now()) { return token }
        throw CallFailure(identity.tokenCall.error(.malformed, message: "the token, or its lifetime, cannot be used"))
    }
}

/// The token of a federated identity provider, without the white space around it.
func federatedToken(_ path: String) throws(EntraCredentialError) -> String {
    let token = try readText(path).filter { !$0.isWhitespace }
    guard token.split(separator: ".", omittingEmptySubsequences: false).count == 3,
        token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw EntraCredentialError(.malformed, path: path, message: "the file holds no signed token (JWT)") }
    return token
}

/// What an answer other than 200 of the token endpoint means for the attempt; asking again is always safe.
///
/// Source: Microsoft identity platform, "Handling error codes".
@Sendable
private func tokenRefusal(response: HTTPResponse, body: GraphErrorBody?, after: Double?) -> Verdict {
    switch response.status {
    case 429: .throttled(after: after)
    case 408, 500, 502, 503, 504: .transient(after: after)
    case _ where ["AADSTS90033", "AADSTS90006"].contains(body?.code): .transient(after: after)
    case _ where ["temporarily_unavailable", "server_error"].contains(body?.oauthCode): .transient(after: after)
    default: .done
    }
}
