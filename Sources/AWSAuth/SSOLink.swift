internal import FoundationEssentials
internal import HTTP

/// A role that IAM Identity Center gives to the person who signed in with `aws sso login`.
///
/// Source: AWS SDKs and tools reference, "IAM Identity Center credential provider"; rules as in botocore.
struct SSOLink {
    let context: AWSAuthContext
    let profile: Profile

    private struct Settings {
        let startURL, region, accountID, roleName: String
        let session: String?
    }

    func find() async throws(AWSAuthError) -> LinkOutcome {
        guard let settings = try settings() else { return .absent("sso: profile '\(profile.name)' has no sso_ keys") }
        let token = try await token(settings)
        return .found(try await roleCredentials(settings, token))
    }

    // MARK: Settings

    private func settings() throws(AWSAuthError) -> Settings? {
        guard profile["sso_account_id"] != nil || profile["sso_role_name"] != nil else { return nil }
        let session = try session()
        func value(_ key: String) throws(AWSAuthError) -> String {
            let own = profile[key]
            let shared = session?[key]
            if let own, let shared, own != shared {
                throw misconfigured("\(key) of the profile and of its sso-session differ", "keep it in one of them")
            }
            guard let value = own ?? shared else {
                throw misconfigured("\(key) is missing", "run 'aws configure sso --profile \(profile.name)'")
            }
            return value
        }
        return Settings(
            startURL: try value("sso_start_url"),
            region: try value("sso_region"),
            accountID: try value("sso_account_id"),
            roleName: try value("sso_role_name"),
            session: session?.name
        )
    }

    private func session() throws(AWSAuthError) -> Profile? {
        guard let name = profile["sso_session"] else { return nil }
        guard let session = context.environment.shared.ssoSessions[name] else {
            throw misconfigured(
                "the sso-session '\(name)' is not there",
                "add [sso-session \(name)] to \(context.environment.configPath)"
            )
        }
        return session
    }

    private func misconfigured(_ message: String, _ advice: String) -> AWSAuthError {
        AWSAuthError(
            .misconfigured,
            service: AWSService.ssoPortal.name,
            object: "profile '\(profile.name)'",
            message: message,
            advice: advice
        )
    }

    // MARK: The token

    /// The cached token; a new one where it ends soon and the cache holds what is needed for that.
    private func token(_ settings: Settings) async throws(AWSAuthError) -> SSOToken {
        let path = SSOToken.path(settings.session ?? settings.startURL, home: context.environment.home)
        let cached: SSOToken?
        do { cached = try SSOToken.read(path) } catch { throw signIn(settings, "the token \(path) \(error.message)") }
        guard let cached else { throw signIn(settings, "nobody has signed in") }
        let now = context.clock.now()
        let remaining = cached.remaining(at: now)
        if remaining >= 900 { return cached }
        var problem = "the sign-in has expired"
        if settings.session != nil, cached.isRenewable(at: now) {
            do throws(AWSAuthError) {
                let token = try await renewed(cached, settings)
                // Without the file the next run renews once more, or asks for a sign-in: no reason to end this one.
                try? token.write(path)
                return token
            } catch {
                if error.kind == .cancelled || error.kind == .misconfigured { throw error }
                problem += ", and cannot be renewed: \(error.code ?? error.message)"
            }
        }
        if remaining > 0 { return cached }
        throw signIn(settings, problem)
    }

    private struct Exchange: Encodable {
        let grantType = "refresh_token"
        let clientId, clientSecret, refreshToken: String?
    }

    private struct Exchanged: Decodable {
        let accessToken: String
        let expiresIn: Double
        let refreshToken: String?
    }

    private func renewed(_ token: SSOToken, _ settings: Settings) async throws(AWSAuthError) -> SSOToken {
        let endpoint = try context.environment.endpoint(.ssoOIDC, region: settings.region)
        let exchange = Exchange(
            clientId: token.clientID,
            clientSecret: token.clientSecret,
            refreshToken: token.refreshToken
        )
        let request = HTTPRequest(
            method: "POST",
            url: endpoint.url + "/token",
            headers: [HTTPField("Content-Type", "application/json")],
            body: (try? JSONEncoder().encode(exchange)).map { [UInt8]($0) } ?? []
        )
        // A refresh token holds once: after a lost answer it may be gone, and asking again does no harm.
        let reply = try await send(request, .ssoOIDC, "CreateToken")
        guard let answer = try? JSONDecoder().decode(Exchanged.self, from: Data(reply.body)) else {
            throw AWSAuthError(
                .malformed,
                service: AWSService.ssoOIDC.name,
                operation: "CreateToken",
                message: "the answer lacks a token",
                requestID: reply.requestID
            )
        }
        var new = token
        new.startURL = settings.startURL
        new.region = settings.region
        new.accessToken = answer.accessToken
        new.expiresAt = AWSTime.extended(context.clock.now() + answer.expiresIn)
        new.refreshToken = answer.refreshToken
        return new
    }

    // MARK: The role

    private struct RoleCredentials: Decodable {
        struct Keys: Decodable {
            let accessKeyId, secretAccessKey, sessionToken: String
            let expiration: Double
        }
        let roleCredentials: Keys
    }

    private func roleCredentials(_ settings: Settings, _ token: SSOToken) async throws(AWSAuthError) -> AWSCredentials {
        let endpoint = try context.environment.endpoint(.ssoPortal, region: settings.region)
        let query = PercentEncoding.query([("role_name", settings.roleName), ("account_id", settings.accountID)])
        let request = HTTPRequest(
            url: "\(endpoint.url)/federation/credentials?\(query)",
            headers: [
                HTTPField("Accept", "application/json"), HTTPField("x-amz-sso_bearer_token", token.accessToken),
            ]
        )
        let reply: AWSReply
        do throws(AWSAuthError) { reply = try await send(request, .ssoPortal, "GetRoleCredentials") } catch {
            throw explained(error, settings)
        }
        guard let keys = (try? JSONDecoder().decode(RoleCredentials.self, from: Data(reply.body)))?.roleCredentials
        else {
            throw AWSAuthError(
                .malformed,
                service: AWSService.ssoPortal.name,
                operation: "GetRoleCredentials",
                message: "the answer lacks credentials",
                requestID: reply.requestID
            )
        }
        return AWSCredentials(
            accessKeyID: keys.accessKeyId,
            secretAccessKey: keys.secretAccessKey,
            sessionToken: keys.sessionToken,
            expiration: keys.expiration / 1000,
            origin: "profile \(profile.name) (sso)"
        )
    }

    private func send(
        _ request: HTTPRequest,
        _ service: AWSService,
        _ operation: String
    ) async throws(AWSAuthError) -> AWSReply {
        let call = AWSCall(
            service,
            operation,
            clock: context.clock,
            parse: { AWSErrorBody(json: $0) },
            isPassing: { _ in false }
        )
        do {
            return try await call.send(request, signedFor: "", by: nil, through: context.http, isRepeatable: true)
        } catch { throw AWSAuthError(error) }
    }

    private func explained(_ error: AWSAuthError, _ settings: Settings) -> AWSAuthError {
        var error = error
        error.object = "profile '\(profile.name)'"
        switch error.code {
        case "UnauthorizedException", "HTTP 401": error.advice = signInAdvice(settings)
        case "ForbiddenException", "HTTP 403", "ResourceNotFoundException":
            error.advice =
                "the permission set \(settings.roleName) is not assigned to this person in account \(settings.accountID)"
        default: break
        }
        return error
    }

    private func signIn(_ settings: Settings, _ message: String) -> AWSAuthError {
        AWSAuthError(
            .refused,
            service: AWSService.ssoPortal.name,
            object: "profile '\(profile.name)'",
            message: message,
            advice: signInAdvice(settings)
        )
    }

    private func signInAdvice(_ settings: Settings) -> String {
        settings.session.map { "run 'aws sso login --sso-session \($0)'" }
            ?? "run 'aws sso login --profile \(profile.name)'"
    }
}
