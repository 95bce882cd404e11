internal import HTTP
internal import Model

/// Tokens of the machine's own identity, from App Service's endpoint where there is one, else from the metadata service.
///
/// Source: "How to use managed identities on an Azure VM to acquire an access token"; App Service, "REST endpoint
/// reference"; azure-identity for `AZURE_POD_IDENTITY_AUTHORITY_HOST`.
struct ManagedIdentity {
    let flow: TokenFlow

    /// Asks for a token.
    func token() async throws(CallFailure) -> IssuedToken {
        let request = self.request
        do {
            let answer = try await flow.calls.send(
                name,
                as: TokenAnswer.self,
                secrets: SecretTexts(),
                refusal: metadataRefusal
            ) { _, _ throws(UpstreamError) in request }
            return try flow.usable(answer)
        } catch {
            throw advised(error)
        }
    }

    private var name: CallName {
        CallName(service: "entra", operation: "managedIdentity", object: flow.identity.clientID)
    }

    /// The endpoint to ask, by the environment.
    ///
    /// Throws where it is one that would send the identity's secret in plain text to another machine.
    static func check(_ environment: [String: String]) throws(EntraCredentialError) {
        for name in ["IDENTITY_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"] {
            guard let url = environment[name], !plainHTTPIsAllowed(url: url, isMetadata: true) else { continue }
            throw EntraCredentialError(
                .malformed,
                message: "`\(name)` must be https, on this machine, or the metadata service's address"
            )
        }
    }

    private var request: HTTPRequest {
        let environment = flow.identity.environment
        var query = [("resource", flow.identity.resource)]
        if let client = flow.identity.clientID { query.append(("client_id", client)) }
        if let endpoint = environment["IDENTITY_ENDPOINT"], let secret = environment["IDENTITY_HEADER"] {
            // Azure Automation wants the other header beside it; App Service does not mind.
            let fields = [HTTPField("X-IDENTITY-HEADER", secret), HTTPField("Metadata", "true")]
            return metadata(endpoint, [("api-version", "2019-08-01")] + query, fields)
        }
        let host = environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] ?? "http://169.254.169.254"
        let endpoint = host.withoutSlashes + "/metadata/identity/oauth2/token"
        return metadata(endpoint, [("api-version", "2018-02-01")] + query, [HTTPField("Metadata", "true")])
    }

    private func metadata(_ endpoint: String, _ query: [(String, String)], _ fields: [HTTPField]) -> HTTPRequest {
        HTTPRequest(
            url: "\(endpoint)?\(PercentEncoding.query(query))",
            headers: fields + [HTTPField("Accept", "application/json")],
            timeoutSeconds: 10,
            maximumResponseBytes: 1 << 20,
            isMetadata: true
        )
    }

    private func advised(_ failure: CallFailure) -> CallFailure {
        var failure = failure
        if failure.status == 400 { failure.error.kind = .refused }
        failure.error.advice =
            switch failure.status {
            case 400: "give the machine the identity that `client` names, or leave `client` out for its own"
            case nil: "managed identities work on Azure only; elsewhere use another `credential`"
            default: nil
            }
        return failure
    }
}

/// What an answer other than 200 of the metadata service means for the attempt: 404 and 410 pass while it is updated,
/// which takes up to 70 seconds.
///
/// Source: "How to use managed identities on an Azure VM to acquire an access token", error handling.
@Sendable
private func metadataRefusal(response: HTTPResponse, body: GraphErrorBody?, after: Double?) -> Verdict {
    switch response.status {
    case 429: .throttled(after: after)
    case 410: .transient(after: after ?? 10)
    case 404, 408, 500...: .transient(after: after)
    default: .done
    }
}
