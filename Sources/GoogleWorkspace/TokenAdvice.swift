internal import Model

/// Who asks for a token by an assertion, for advice.
struct Grantee: Hashable, Sendable {
    /// The service account.
    var email: String
    /// Its numeric client id, where the credentials file has it.
    var clientID: String?
    /// The administrator to act as.
    var subject: String?

    /// The failure with what to do next, and its kind set to what the code means.
    ///
    /// Source: Google Identity, "JWT error codes".
    func advised(_ failure: CallFailure) -> CallFailure {
        guard let status = failure.status, (400..<500).contains(status), failure.error.kind != .throttled else {
            return failure
        }
        var failure = failure
        if status == 400 { failure.error.kind = .refused }
        failure.error.advice = advice(code: failure.body?.code, message: failure.body?.message ?? "")
        return failure
    }

    private var clientText: String {
        clientID.map { "client id \($0)" } ?? "the numeric client id (the Unique ID) of \(email)"
    }

    private func advice(code: String?, message: String) -> String? {
        switch code {
        case "unauthorized_client", "invalid_scope":
            "in the Admin console, Security > API controls > Domain-wide delegation, authorise \(clientText) for exactly"
                + " these scopes: \(GoogleScope.all.joined(separator: ",")); a new grant can take minutes, at most 24 hours"
        case "invalid_grant": grantAdvice(message)
        case "access_denied", "admin_policy_enforced", "org_internal":
            "an administrator of the Workspace has switched off access for \(email) (\(clientText))"
        case "invalid_client", "deleted_client", "disabled_client":
            "the service account \(email) is deleted or disabled: enable it, or make a new one with a new key"
        default: nil
        }
    }

    private func grantAdvice(_ message: String) -> String {
        let message = message.lowercased()
        if message.contains("signature") {
            return "the key was deleted, or belongs to another service account than \(email): download a new JSON key"
        }
        if message.contains("email") || message.contains("account not found") || message.contains("user id") {
            let who = subject.map { "`impersonate: \($0)`" } ?? "the service account \(email)"
            return "\(who) must be the primary address of a user who is an administrator and not suspended"
        }
        if message.contains("iat") || message.contains("short-lived") {
            return "set this machine's clock"
        }
        return "check `impersonate`, the key and this machine's clock"
    }
}

extension CallFailure {
    /// The failure of the token exchange, with what to do next.
    func advisedForExchange() -> CallFailure {
        guard let status, (400..<500).contains(status), error.kind != .throttled else { return self }
        var failure = self
        failure.error.kind = .refused
        failure.error.advice =
            "check the `audience` of the credentials file, the provider's attribute mapping and condition,"
            + " and that the workload's own token is fresh"
        return failure
    }

    /// The failure of a call to the IAM Service Account Credentials API, with what to do next.
    func advisedForIAM(account: String) -> CallFailure {
        guard let status, (400..<500).contains(status), error.kind != .throttled else { return self }
        var failure = self
        if status == 400 || status == 404 { failure.error.kind = .refused }
        failure.error.advice =
            body?.code == "SERVICE_DISABLED" || body?.code == "accessNotConfigured"
            ? "enable the IAM Service Account Credentials API in the project of \(account)"
            : "grant the federated identity `roles/iam.serviceAccountTokenCreator` on \(account)"
        return failure
    }
}
