internal import Crypto
internal import HTTP

/// Turns the keys of a credentials file into credentials, or says what is wrong with them.
struct CredentialsCheck {
    let fields: CredentialsFields
    let path: String

    /// A service-account key.
    func key() throws(GoogleCredentialsError) -> ServiceAccountKey {
        try checkUniverse()
        let pem = try required(fields.private_key, "private_key")
        let privateKey: RSAPrivateKey
        do {
            privateKey = try RSAPrivateKey(pem: pem)
        } catch {
            let advice = "download a new JSON key of the service account"
            throw GoogleCredentialsError(
                .malformed,
                path: path,
                message: "`private_key`: \(error.message)",
                advice: advice
            )
        }
        return ServiceAccountKey(
            email: try required(fields.client_email, "client_email"),
            clientID: fields.client_id,
            keyID: fields.private_key_id,
            privateKey: privateKey,
            tokenURL: try url(fields.token_uri, "token_uri")
        )
    }

    /// An external account.
    func federation() throws(GoogleCredentialsError) -> ExternalAccount {
        try checkUniverse()
        let exchangeURL = try url(fields.token_url, "token_url")
        let impersonationURL = try impersonationURL()
        return ExternalAccount(
            audience: try required(fields.audience, "audience"),
            subjectTokenType: try required(fields.subject_token_type, "subject_token_type"),
            exchangeURL: exchangeURL,
            impersonationURL: impersonationURL.url,
            email: impersonationURL.email,
            tokenURL: try assertionURL(exchangeURL: exchangeURL),
            source: try source()
        )
    }

    /// The error for a file of another type.
    func unsupportedType() -> GoogleCredentialsError {
        guard fields.type != nil else { return missing("type") }
        let supported = "`service_account` and `external_account` are supported"
        return GoogleCredentialsError(
            .unsupported,
            path: path,
            message: "its `type` is not supported",
            advice: supported
        )
    }

    // MARK: - Parts

    /// Domain-wide delegation exists in Google's own universe only. Source: google-auth, `impersonated_credentials.py`.
    private func checkUniverse() throws(GoogleCredentialsError) {
        guard let universe = fields.universe_domain, universe != "googleapis.com" else { return }
        let message = "`universe_domain` is not googleapis.com, and Google Workspace is only there"
        throw GoogleCredentialsError(.unsupported, path: path, message: message)
    }

    private func impersonationURL() throws(GoogleCredentialsError) -> (url: String, email: String) {
        guard fields.service_account_impersonation_url != nil else {
            var error = missing("service_account_impersonation_url")
            error.advice =
                "the Directory API is read as a service account: make the file with"
                + " `gcloud iam workload-identity-pools create-cred-config … --service-account=ADDRESS`"
            throw error
        }
        let name = "service_account_impersonation_url"
        let text = try url(fields.service_account_impersonation_url, name)
        let verb = ExternalAccount.impersonationVerb
        let email = text.split(separator: "/").last?.dropLast(verb.count) ?? ""
        guard text.hasSuffix(verb), email.contains("@") else {
            throw malformed("`\(name)` does not end with `/serviceAccounts/ADDRESS\(verb)`")
        }
        return (text, String(email))
    }

    /// Where the signed assertion goes: `token_uri` where the file has one, Google's endpoint otherwise, and on loopback
    /// the same server as the token exchange, so that a sandbox never sends an assertion out.
    private func assertionURL(exchangeURL: String) throws(GoogleCredentialsError) -> String {
        if fields.token_uri != nil { return try url(fields.token_uri, "token_uri") }
        guard let url = HTTPURL(exchangeURL), isLoopback(host: url.host) else { return googleTokenEndpoint }
        return url.origin + "/token"
    }

    private func source() throws(GoogleCredentialsError) -> ExternalAccount.SubjectSource {
        guard let source = fields.credential_source else { throw missing("credential_source") }
        if let environment = source.environment_id { return try aws(source, environment: environment) }
        if source.executable != nil || source.certificate != nil {
            let advice = "`file`, `url` and AWS (`environment_id: aws1`) are supported"
            let message = "`credential_source` is an executable or a certificate"
            throw GoogleCredentialsError(.unsupported, path: path, message: message, advice: advice)
        }
        let format = try format(source.format)
        switch (source.file, source.url) {
        case (let file?, nil) where !file.isEmpty: return .file(path: file, format)
        case (nil, let text?):
            return .url(try subjectURL(text), headers: try headers(source.headers ?? [:]), format)
        default: throw malformed("`credential_source` must have one of `file`, `url` and `environment_id`")
        }
    }

    private func aws(
        _ source: CredentialsFields.Source,
        environment: String
    ) throws(GoogleCredentialsError) -> ExternalAccount.SubjectSource {
        guard environment == "aws1" else { throw malformed("`credential_source.environment_id` is not `aws1`") }
        let name = "credential_source.regional_cred_verification_url"
        let verification = try required(source.regional_cred_verification_url, name)
        let sample = verification.replacing("{region}", with: "us-east-1")
        guard let url = HTTPURL(sample), url.isSecure else {
            throw malformed("`\(name)` is not an https URL")
        }
        for (text, key) in [
            (source.region_url, "region_url"), (source.imdsv2_session_token_url, "imdsv2_session_token_url"),
        ] {
            guard let text else { continue }
            guard let url = HTTPURL(text), isMetadataAddress(host: url.host) || isLoopback(host: url.host) else {
                throw malformed("`credential_source.\(key)` is not a metadata address")
            }
        }
        return .aws(
            verificationURL: verification,
            regionURL: source.region_url,
            sessionTokenURL: source.imdsv2_session_token_url
        )
    }

    private func format(
        _ format: CredentialsFields.Source.Format?
    ) throws(GoogleCredentialsError) -> ExternalAccount.TokenFormat {
        switch format?.type {
        case nil, "text": return .text
        case "json":
            let name = "credential_source.format.subject_token_field_name"
            return .json(field: try required(format?.subject_token_field_name, name))
        default: throw malformed("`credential_source.format.type` is neither `text` nor `json`")
        }
    }

    private func subjectURL(_ text: String) throws(GoogleCredentialsError) -> String {
        guard plainHTTPIsAllowed(url: text, isMetadata: true) else {
            throw malformed(
                "`credential_source.url` is not an https URL (plain http only on loopback and metadata hosts)"
            )
        }
        return text
    }

    private func headers(_ headers: [String: String]) throws(GoogleCredentialsError) -> [String: String] {
        for (name, value) in headers {
            let isToken = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            guard isToken, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw malformed("`credential_source.headers` holds a name or value that no HTTP field can have")
            }
        }
        return headers
    }

    private func url(_ text: String?, _ name: String) throws(GoogleCredentialsError) -> String {
        let text = try required(text, name)
        guard HTTPURL(text) != nil else { throw malformed("`\(name)` is not a URL") }
        guard plainHTTPIsAllowed(url: text, isMetadata: false) else {
            throw malformed("`\(name)` is plain http, which is allowed on loopback only")
        }
        return text
    }

    private func required(_ text: String?, _ name: String) throws(GoogleCredentialsError) -> String {
        guard let text, !text.isEmpty else { throw missing(name) }
        return text
    }

    private func missing(_ name: String) -> GoogleCredentialsError { malformed("`\(name)` is missing") }

    private func malformed(_ message: String) -> GoogleCredentialsError {
        GoogleCredentialsError(.malformed, path: path, message: message)
    }
}
