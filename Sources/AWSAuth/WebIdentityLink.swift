internal import HTTP

/// A role for a token that an identity provider wrote into a file: EKS service accounts, CI systems.
struct WebIdentityLink {
    let context: AWSAuthContext
    let profile: Profile
    /// Whether the environment's variables count; not for the source of another profile.
    let usesEnvironment: Bool

    func find() async throws(AWSAuthError) -> LinkOutcome {
        guard let path = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
            return .absent("web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        }
        guard let roleARN = setting("AWS_ROLE_ARN", "role_arn") else {
            throw AWSAuthError(
                .misconfigured,
                service: AWSService.sts.name,
                operation: "AssumeRoleWithWebIdentity",
                message: "a web identity token file is given, and no role",
                advice: "set AWS_ROLE_ARN, or role_arn in profile '\(profile.name)'"
            )
        }
        let request = RoleRequest(
            roleARN: roleARN,
            sessionName: setting("AWS_ROLE_SESSION_NAME", "role_session_name") ?? RoleRequest.defaultSessionName,
            durationSeconds: profile["duration_seconds"].flatMap { Int($0) }
        )
        let client = AWSQueryClient(
            service: .sts,
            endpoint: try context.environment.endpoint(.sts),
            http: context.http,
            credentials: nil,
            clock: context.clock
        )
        let token = try token(expanded(path, home: context.environment.home))
        return .found(try await request.assumed(withToken: token, client: client, origin: "web identity \(roleARN)"))
    }

    private func setting(_ variable: String, _ key: String) -> String? {
        (usesEnvironment ? context.environment.variable(variable) : nil) ?? profile[key]
    }

    /// The file is read for each request: who writes it renews it.
    private func token(_ path: String) throws(AWSAuthError) -> String {
        var problem = "there is no such file"
        do {
            if let bytes = try readFile(path, limit: 65536) {
                let token = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
                if token.count == 1 { return String(token[0]) }
                problem = "the file does not hold one token"
            }
        } catch { problem = "the file \(error.message)" }
        throw AWSAuthError(
            .misconfigured,
            service: AWSService.sts.name,
            operation: "AssumeRoleWithWebIdentity",
            object: path,
            message: "the web identity token cannot be had: \(problem)",
            advice: "check AWS_WEB_IDENTITY_TOKEN_FILE and who writes the file"
        )
    }
}
