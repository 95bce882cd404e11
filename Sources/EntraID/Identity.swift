internal import HTTP
internal import Model

/// Who asks for tokens, where, and how it proves itself.
struct Identity: Sendable {
    /// How the application proves itself.
    enum Proof: Sendable {
        case secret(String)
        case certificate(path: String)
        case federatedToken(path: String)
        case managedIdentity
    }

    /// The tenant's id or domain; empty for managed identities.
    let tenant: String
    /// The client id, where one is given.
    let clientID: String?
    let proof: Proof
    /// `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`: also the audience of assertions.
    let tokenURL: String
    /// `https://graph.microsoft.com`.
    let resource: String
    let environment: [String: String]

    /// The client id; empty for a system-assigned managed identity.
    var client: String { clientID ?? "" }

    /// Takes what the settings leave out from the environment, and checks the files.
    init(_ settings: EntraIDSettings, environment: [String: String]) throws(EntraCredentialError) {
        self.environment = environment
        resource = settings.graph.withoutSlashes
        if case .managedIdentity = settings.credential {
            (tenant, clientID, proof, tokenURL) = (settings.tenant ?? "", settings.client, .managedIdentity, "")
            return
        }
        let tenant = try Self.value("tenant", settings.tenant, environment["AZURE_TENANT_ID"])
        clientID = try Self.value("client", settings.client, environment["AZURE_CLIENT_ID"])
        self.tenant = tenant
        tokenURL = settings.authority.withoutSlashes + "/\(PercentEncoding.encodeSegment(tenant))/oauth2/v2.0/token"
        switch settings.credential {
        case .secret(let secret): proof = .secret(try Self.value("credential.secret", secret, nil))
        case .certificate(let path): proof = .certificate(path: path)
        case .federatedToken(let path):
            let known = environment["AZURE_FEDERATED_TOKEN_FILE"]
            proof = .federatedToken(path: try Self.value("credential.federatedToken", path, known))
        case .managedIdentity: proof = .managedIdentity
        }
    }

    private static func value(_ key: String, _ given: String?, _ known: String?) throws(EntraCredentialError) -> String
    {
        for value in [given, known] {
            if let value, !value.isEmpty { return value }
        }
        throw EntraCredentialError(.incomplete, message: "`\(key)` is not given")
    }

    /// Reads what the proof needs, without a call.
    func check() throws(EntraCredentialError) {
        switch proof {
        case .certificate(let path): _ = try ClientCertificate.read(path)
        case .federatedToken(let path): _ = try federatedToken(path)
        case .managedIdentity: try ManagedIdentity.check(environment)
        case .secret: return
        }
    }

    /// The call for a token, for errors.
    var tokenCall: CallName { CallName(service: "entra", operation: "token", object: client) }

    /// A failed token request with what to do next, and its kind set to what the code means.
    ///
    /// Source: Microsoft identity platform, "Microsoft Entra authentication and authorization error codes".
    func advised(_ failure: CallFailure) -> CallFailure {
        guard let status = failure.status, (400..<500).contains(status), failure.error.kind != .throttled,
            failure.body != nil
        else { return failure }
        var failure = failure
        failure.error.kind = .refused
        failure.error.advice = advice(failure.body?.code ?? "")
        return failure
    }

    private func advice(_ code: String) -> String? {
        switch code {
        case "AADSTS7000215": "the secret is wrong: take the secret's value, not its id, of app \(client)"
        case "AADSTS7000222": "the secret has expired: make a new one for app \(client)"
        case "AADSTS700016":
            "app \(client) is not in tenant \(tenant): check `client` and `tenant`, or give consent there"
        case "AADSTS90002", "AADSTS900023": "there is no tenant \(tenant): check `tenant` and `authority`"
        case "AADSTS700027": "upload the certificate of the PEM file to app \(client); it may also have expired"
        case "AADSTS700024": "set this machine's clock"
        case "AADSTS70021", "AADSTS700213", "AADSTS700211", "AADSTS700212":
            "issuer, subject and audience of the federated credential of app \(client) must equal the token's, letter by"
                + " letter; a new one takes minutes to work"
        case "AADSTS53003": "a Conditional Access policy blocks the workload identity \(client)"
        case "AADSTS1002012", "AADSTS70011", "AADSTS500011": "check `graph` and `authority`: they belong to one cloud"
        default: nil
        }
    }
}

extension String {
    /// The text without slashes at its end.
    var withoutSlashes: String {
        var text = self
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
