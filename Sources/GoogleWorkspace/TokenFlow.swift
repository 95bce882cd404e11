internal import Crypto
internal import HTTP
internal import Model

/// One way from a credentials file to an access token of the Directory API.
struct TokenFlow: Sendable {
    let path: String
    let subject: String?
    let calls: GoogleCalls
    let subjects: SubjectTokens
    let time: any TimeSource

    /// Keeps the tokens that the flow gets; an assertion that was refused is signed once more where the clocks differ.
    var tokens: AccessTokens<UpstreamError> {
        let cancelled = UpstreamError(.cancelled, service: "google", operation: "token", message: "cancelled")
        return AccessTokens(time: time, cancelled: cancelled) { skew, _ throws(TokenFailure<UpstreamError>) in
            do throws(CallFailure) {
                return try await issue(skew: skew)
            } catch {
                throw TokenFailure(
                    error.error,
                    serviceTime: error.body?.code == "invalid_grant" ? error.serverDate : nil,
                    isCancelled: error.error.kind == .cancelled
                )
            }
        }
    }

    /// Asks for a new token.
    ///
    /// - Parameter skew: seconds to add to this machine's clock to have the service's.
    func issue(skew: Double) async throws(CallFailure) -> IssuedToken {
        let credentials: GoogleCredentials
        do {
            credentials = try CredentialsFile.read(path)
        } catch {
            throw CallFailure(
                UpstreamError(
                    .refused,
                    service: "google",
                    operation: "credentials",
                    code: error.kind.rawValue,
                    message: error.description
                )
            )
        }
        switch credentials {
        case .key(let key): return try await issue(key: key, skew: skew)
        case .federation(let account): return try await issue(account: account, skew: skew)
        }
    }

    // MARK: - Service-account key

    private func issue(key: ServiceAccountKey, skew: Double) async throws(CallFailure) -> IssuedToken {
        let grantee = Grantee(email: key.email, clientID: key.clientID, subject: subject)
        return try await grant(at: key.tokenURL, for: grantee) { () throws(UpstreamError) in
            try assertion(key: key, skew: skew)
        }
    }

    private func assertion(key: ServiceAccountKey, skew: Double) throws(UpstreamError) -> String {
        let now = time.now() + skew
        let claims = AssertionClaims(account: key.email, subject: subject, scopes: GoogleScope.all, at: now)
        do {
            return try Assertion(claims, with: key).text
        } catch {
            let name = CallName(operation: "token", object: key.email)
            throw name.error(.refused, message: error.message)
        }
    }

    /// Exchanges an assertion for a token.
    ///
    /// Source: RFC 7523, 2.1.
    private func grant(
        at url: String,
        for grantee: Grantee,
        assertion: @escaping @Sendable () throws(UpstreamError) -> String
    ) async throws(CallFailure) -> IssuedToken {
        let secrets = SecretTexts()
        do {
            let answer = try await calls.send(
                CallName(operation: "token", object: grantee.email),
                as: TokenAnswer.self,
                secrets: secrets,
                refusal: tokenRefusal
            ) { _, _ throws(UpstreamError) in
                let text = try assertion()
                secrets.note(text)
                return .form(url, [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", text)])
            }
            return try usable(answer, CallName(operation: "token", object: grantee.email))
        } catch {
            throw grantee.advised(error)
        }
    }

    /// The token of an answer; it holds an hour where the answer does not say.
    private func usable(_ answer: TokenAnswer, _ name: CallName) throws(CallFailure) -> IssuedToken {
        if let token = answer.token(now: time.now(), lifetimeSeconds: 3600) { return token }
        throw CallFailure(name.error(.malformed, message: "the token, or its lifetime, cannot be used"))
    }

    // MARK: - Workload identity federation

    /// The delegation account signs at the hand of the federated identity itself where that may sign, and of its own
    /// token where it may only be impersonated.
    private func issue(account: ExternalAccount, skew: Double) async throws(CallFailure) -> IssuedToken {
        let federated = try await exchange(account, skew: skew)
        guard let subject else {
            return try await impersonate(account, scopes: GoogleScope.all, caller: federated, skew: skew)
        }
        let now = time.now() + skew
        let claims = AssertionClaims(account: account.email, subject: subject, scopes: GoogleScope.all, at: now)
        let signed: String
        do {
            signed = try await sign(claims, account, caller: federated)
        } catch  where error.status == 403 || error.status == 401 {
            let own: IssuedToken
            do {
                own = try await impersonate(account, scopes: [GoogleScope.cloudPlatform], caller: federated, skew: skew)
            } catch {
                throw error
            }
            signed = try await sign(claims, account, caller: own)
        }
        let grantee = Grantee(email: account.email, clientID: nil, subject: subject)
        return try await grant(at: account.tokenURL, for: grantee) { () throws(UpstreamError) in signed }
    }

    /// Exchanges the workload's own token for one of Google's.
    ///
    /// Source: RFC 8693, 2.1; Google Cloud, "Security Token Service API".
    private func exchange(_ account: ExternalAccount, skew: Double) async throws(CallFailure) -> IssuedToken {
        let secrets = SecretTexts()
        let name = CallName(operation: "sts.token", object: account.audience)
        do {
            let answer = try await calls.send(name, as: TokenAnswer.self, secrets: secrets, refusal: tokenRefusal) {
                _,
                _ throws(UpstreamError) in
                let token = try await subjects.token(for: account, skew: skew)
                secrets.note(token)
                return .form(account.exchangeURL, account.exchangeFields(subjectToken: token))
            }
            return try usable(answer, name)
        } catch {
            throw error.advisedForExchange()
        }
    }

    /// Gets a token of the service account itself.
    ///
    /// Source: IAM Service Account Credentials API, `projects.serviceAccounts.generateAccessToken`.
    private func impersonate(
        _ account: ExternalAccount,
        scopes: [String],
        caller: IssuedToken,
        skew: Double
    ) async throws(CallFailure) -> IssuedToken {
        struct Body: Encodable {
            var delegates: [String] = []
            var lifetime = "3600s"
            var scope: [String]
        }
        let name = CallName(operation: "iamcredentials.generateAccessToken", object: account.email)
        let body = compactJSON(Body(scope: scopes))
        let answer: ImpersonationAnswer = try await callIAM(name, url: account.impersonationURL, body, caller: caller)
        let now = time.now() + skew
        guard let end = Timestamp(rfc3339: answer.expireTime),
            let token = IssuedToken(text: answer.accessToken, lifetimeSeconds: Double(end.seconds) - now)
        else { throw CallFailure(name.error(.malformed, message: "the token, or its end, cannot be used")) }
        return token
    }

    /// Has the claims signed by the service account.
    ///
    /// Source: IAM Service Account Credentials API, `projects.serviceAccounts.signJwt`.
    private func sign(
        _ claims: AssertionClaims,
        _ account: ExternalAccount,
        caller: IssuedToken
    ) async throws(CallFailure) -> String {
        struct Body: Encodable {
            var delegates: [String] = []
            var payload: String
        }
        let name = CallName(operation: "iamcredentials.signJwt", object: account.email)
        let body = compactJSON(Body(payload: claims.json))
        let answer: SignedJWTAnswer = try await callIAM(name, url: account.signJwtURL, body, caller: caller)
        guard answer.signedJwt.split(separator: ".", omittingEmptySubsequences: false).count == 3 else {
            throw CallFailure(name.error(.malformed, message: "`signedJwt` is no signed token"))
        }
        return answer.signedJwt
    }

    private func callIAM<Answer: Decodable & Sendable>(
        _ name: CallName,
        url: String,
        _ body: [UInt8],
        caller: IssuedToken
    ) async throws(CallFailure) -> Answer {
        let secrets = SecretTexts()
        secrets.note(caller.text)
        do {
            return try await calls.send(name, as: Answer.self, secrets: secrets, refusal: tokenRefusal) {
                _,
                _ throws(UpstreamError) in
                HTTPRequest(
                    method: "POST",
                    url: url,
                    headers: [
                        HTTPField("Authorization", "Bearer \(caller.text)"),
                        HTTPField("Content-Type", "application/json"), HTTPField("Accept", "application/json"),
                    ],
                    body: body,
                    timeoutSeconds: 30,
                    maximumResponseBytes: 1 << 20
                )
            }
        } catch {
            throw error.advisedForIAM(account: name.object ?? "")
        }
    }
}

extension ExternalAccount {
    fileprivate func exchangeFields(subjectToken: String) -> [(String, String)] {
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("audience", audience),
            ("scope", GoogleScope.cloudPlatform),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"), ("subject_token", subjectToken),
            ("subject_token_type", subjectTokenType),
        ]
    }
}

extension HTTPRequest {
    /// A form posted to a token endpoint.
    fileprivate static func form(_ url: String, _ fields: [(String, String)]) -> HTTPRequest {
        HTTPRequest(
            method: "POST",
            url: url,
            headers: [
                HTTPField("Content-Type", "application/x-www-form-urlencoded"), HTTPField("Accept", "application/json"),
            ],
            body: PercentEncoding.form(fields),
            timeoutSeconds: 30,
            maximumResponseBytes: 1 << 20
        )
    }
}

/// What an answer other than 200 of a token endpoint means for the attempt.
///
/// Source: google-auth, `_client._can_retry` and `transport.DEFAULT_RETRYABLE_STATUS_CODES`; asking again is always
/// safe.
@Sendable
private func tokenRefusal(status: Int, body: GoogleErrorBody?, after: Double?) -> Verdict {
    switch status {
    case 429: .throttled(after: after)
    case 403 where body?.code.map(throttlingCodes.contains) ?? false: .throttled(after: after)
    case 408, 500, 502, 503, 504: .transient(after: after)
    case _ where ["internal_failure", "server_error", "temporarily_unavailable"].contains(body?.code):
        .transient(after: after)
    default: .done
    }
}
