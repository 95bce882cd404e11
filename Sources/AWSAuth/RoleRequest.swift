internal import HTTP

/// What is asked of STS for a role.
struct RoleRequest: Sendable {
    var roleARN: String
    var sessionName: String
    var externalID: String?
    var durationSeconds: Int?

    static let defaultSessionName = "idbridge"

    /// Asks with the credentials of a principal that the role trusts.
    ///
    /// Source: AWS STS API, "AssumeRole".
    func assumed(with client: AWSQueryClient, origin: String) async throws(AWSAuthError) -> AWSCredentials {
        try check()
        var parameters = common
        if let externalID { parameters.append(("ExternalId", externalID)) }
        return try await call("AssumeRole", parameters, client, origin: origin)
    }

    /// Asks with a token of an identity provider that the role trusts. The request is not signed.
    ///
    /// Source: AWS STS API, "AssumeRoleWithWebIdentity".
    func assumed(
        withToken token: String,
        client: AWSQueryClient,
        origin: String
    ) async throws(AWSAuthError) -> AWSCredentials {
        try check()
        let parameters = common + [("WebIdentityToken", token)]
        return try await call("AssumeRoleWithWebIdentity", parameters, client, origin: origin)
    }

    private var common: [(name: String, value: String)] {
        var parameters = [(name: "RoleArn", value: roleARN), (name: "RoleSessionName", value: sessionName)]
        if let durationSeconds { parameters.append(("DurationSeconds", String(durationSeconds))) }
        return parameters
    }

    /// A name instead of an ARN is the usual slip, and STS's answer to it does not say so.
    private func check() throws(AWSAuthError) {
        let parts = roleARN.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[5].hasPrefix("role/") else {
            throw AWSAuthError(
                .misconfigured,
                service: AWSService.sts.name,
                operation: "AssumeRole",
                object: roleARN,
                message: "this is not the ARN of a role",
                advice: "give it as arn:aws:iam::ACCOUNT:role/NAME"
            )
        }
    }

    private func call(
        _ action: String,
        _ parameters: [(name: String, value: String)],
        _ client: AWSQueryClient,
        origin: String
    ) async throws(AWSAuthError) -> AWSCredentials {
        let reply: AWSQueryReply
        do { reply = try await client.call(action, parameters) } catch { throw failure(error, action) }
        guard let credentials = reply.result["Credentials"], let id = text("AccessKeyId", credentials),
            let secret = text("SecretAccessKey", credentials), let token = text("SessionToken", credentials),
            let expiration = text("Expiration", credentials).flatMap(AWSTime.seconds)
        else {
            throw AWSAuthError(
                .malformed,
                service: AWSService.sts.name,
                operation: action,
                object: roleARN,
                message: "the answer lacks credentials",
                requestID: reply.requestID
            )
        }
        return AWSCredentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: token,
            expiration: expiration,
            origin: origin
        )
    }

    private func text(_ name: String, _ element: XMLElement) -> String? {
        guard let text = element[name]?.text, !text.isEmpty else { return nil }
        return text
    }

    private func failure(_ error: AWSServiceError, _ action: String) -> AWSAuthError {
        var failure = AWSAuthError(error)
        // A failure of the source's credentials keeps its own name.
        guard error.service == AWSService.sts.name, error.operation == action else { return failure }
        failure.object = roleARN
        switch error.code {
        case "AccessDenied", "AccessDeniedException":
            failure.advice =
                action == "AssumeRole"
                ? "the role's trust policy, and the caller's own policies, have to allow sts:AssumeRole on \(roleARN)"
                : "the role's trust policy has to allow sts:AssumeRoleWithWebIdentity for the token's issuer and subject"
        case "InvalidIdentityToken", "IDPRejectedClaim":
            failure.advice = "check the identity provider in IAM: issuer, audience and thumbprint have to fit the token"
        case "ExpiredTokenException", "ExpiredToken":
            failure.advice =
                action == "AssumeRole"
                ? "renew the credentials that assume the role"
                : "the web identity token has expired: its file has to be renewed by who writes it"
        case "RegionDisabledException":
            failure.advice = "STS is switched off in this region: activate it in the account's settings"
        default: break
        }
        return failure
    }
}

extension AWSAuthError {
    /// A failed call, as the reason why there are no credentials.
    init(_ error: AWSServiceError) {
        let kind: Kind
        switch error.kind {
        case .unreachable, .throttled: kind = .unreachable
        case .malformed: kind = .malformed
        case .cancelled: kind = .cancelled
        case .misconfigured: kind = .misconfigured
        case .refused, .notFound, .conflict, .quotaExceeded, .rejected: kind = .refused
        }
        self.init(
            kind,
            service: error.service,
            operation: error.operation,
            code: error.code,
            message: error.message,
            advice: error.advice,
            requestID: error.requestID
        )
    }
}
