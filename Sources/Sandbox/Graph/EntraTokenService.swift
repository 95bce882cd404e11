internal import Crypto
internal import HTTPServer

/// The token endpoint of the Microsoft identity platform for applications, and the metadata service's for machines.
///
/// Source: Microsoft identity platform, "OAuth 2.0 client credentials flow", "Certificate credentials", "Workload
/// identity federation", "Microsoft Entra authentication and authorization error codes".
struct EntraTokenService: CloudService {
    static let metadataPath = "/metadata/identity/oauth2/token"
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    func call(for request: ServerRequest) -> Call? {
        if request.rawPath == Self.metadataPath {
            return Call(service: "entra", operation: "managedIdentity", request: request)
        }
        let segments = request.segments
        guard segments.count == 4, Array(segments[1...]) == ["oauth2", "v2.0", "token"], request.method == "POST" else {
            return nil
        }
        let parameters: [String: JSONValue] = ["tenant": .string(segments[0])]
        return Call(service: "entra", operation: "token", parameters: parameters, request: request)
    }

    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        if call.operation == "managedIdentity" { return try managedIdentity(call, &state) }
        let form = Dictionary(call.request.form.map { ($0.name, $0.value) }) { first, _ in first }
        let entra = state.world.entra
        let tenant = call.text("tenant")?.lowercased() ?? ""
        guard [entra.tenantID, entra.domain].contains(tenant) else {
            throw .aadsts(90002, "Tenant '\(tenant)' not found.", error: "invalid_request")
        }
        guard form["grant_type"] == "client_credentials" else {
            throw .aadsts(70003, "The grant type is not supported.", error: "unsupported_grant_type")
        }
        guard let application = entra.applications.first(where: { $0.clientID == form["client_id"]?.lowercased() })
        else {
            let message = "Application with identifier '\(form["client_id"] ?? "")' was not found in the directory."
            throw .aadsts(700016, message, error: "unauthorized_client")
        }
        guard form["scope"] == state.baseURL + "/.default" else {
            throw .aadsts(1002012, "The provided value for scope is not valid.", error: "invalid_scope")
        }
        // A proxy that speaks TLS before the sandbox gives assertions its own address as their audience.
        let origin = call.request.header("X-Forwarded-Host").map { "https://\($0)" } ?? state.baseURL
        try prove(form, application, endpoint: "\(origin)/\(tenant)/oauth2/v2.0/token", state)
        let seconds = state.world.entra.behaviour.tokenSeconds
        let token = try newToken(application, seconds: seconds, &state)
        return .json([
            "token_type": "Bearer", "expires_in": .integer(seconds), "ext_expires_in": .integer(seconds),
            "access_token": .string(token),
        ])
    }

    // MARK: - Proof

    private func prove(
        _ form: [String: String],
        _ application: World.EntraApplication,
        endpoint: String,
        _ state: SandboxState
    ) throws(Refusal) {
        if let secret = form["client_secret"] {
            if application.secrets.contains(secret) { return }
            if application.expiredSecrets.contains(secret) {
                throw .aadsts(7000222, "The provided client secret keys for app are expired.", status: 401)
            }
            let message =
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value."
            throw .aadsts(7000215, message, status: 401)
        }
        guard form["client_assertion_type"] == Self.assertionType, let text = form["client_assertion"] else {
            throw .aadsts(7000218, "The request body must contain 'client_assertion' or 'client_secret'.", status: 401)
        }
        guard let token = SignedText(text) else {
            throw .aadsts(50027, "JWT token is invalid or malformed.", error: "invalid_request")
        }
        if token.claims["iss"]?.text == application.clientID {
            try check(token, application, endpoint: endpoint, state)
        } else {
            try checkFederated(token, application, now: state.now)
        }
    }

    private func check(
        _ token: SignedText,
        _ application: World.EntraApplication,
        endpoint: String,
        _ state: SandboxState
    ) throws(Refusal) {
        var known = application.certificates
        if application.hasSandboxCertificate, let own = try? ApplicationCertificate.shared.get() {
            known.append(own.pem)
        }
        let isSigned = known.contains { pem in
            guard let certificate = try? Certificate(pem: pem), let key = try? Certificate.publicKey(pem: pem) else {
                return false
            }
            return token.names(certificate) && token.isSigned(by: key)
        }
        guard isSigned else {
            let message = "Client assertion contains an invalid signature. The key was not found."
            throw .aadsts(700027, message, status: 401)
        }
        try checkTimes(token, now: state.now)
        guard token.claims["sub"]?.text == application.clientID, token.claims["jti"]?.text?.isEmpty == false else {
            throw .aadsts(
                700021,
                "Client assertion application identifier doesn't match 'client_id' parameter.",
                status: 401
            )
        }
        guard token.claims["aud"]?.text == endpoint else {
            throw .aadsts(700023, "Client assertion audience claim does not match Realm issuer.", status: 401)
        }
    }

    private func checkTimes(_ token: SignedText, now: Double) throws(Refusal) {
        let begin = token.seconds("nbf") ?? token.seconds("iat") ?? 0
        let end = token.seconds("exp") ?? 0
        // A certificate's assertion holds for ten minutes at most, with five for clocks.
        guard begin <= now + 300, end > now - 300, end - begin <= 86_400 else {
            throw .aadsts(700024, "Client assertion is not within its valid time range.", status: 401)
        }
    }

    private func checkFederated(
        _ token: SignedText,
        _ application: World.EntraApplication,
        now: Double
    ) throws(Refusal) {
        let issued = application.federated.filter { $0.issuer == token.claims["iss"]?.text }
        guard !issued.isEmpty else {
            throw .aadsts(
                700211,
                "No matching federated identity record found for presented assertion issuer.",
                status: 401
            )
        }
        let named = issued.filter { $0.subject == token.claims["sub"]?.text }
        guard !named.isEmpty else {
            throw .aadsts(
                700213,
                "No matching federated identity record found for presented assertion subject.",
                status: 401
            )
        }
        guard named.contains(where: { $0.audience == token.claims["aud"]?.text }) else {
            throw .aadsts(
                700212,
                "No matching federated identity record found for presented assertion audience.",
                status: 401
            )
        }
        guard token.seconds("exp") ?? 0 > now else {
            throw .aadsts(700024, "Client assertion is not within its valid time range.", status: 401)
        }
    }

    // MARK: - Tokens

    private func newToken(
        _ application: World.EntraApplication,
        seconds: Int,
        _ state: inout SandboxState
    ) throws(Refusal) -> String {
        let header: JSONValue = ["alg": "RS256", "typ": "JWT"]
        let claims: JSONValue = [
            "aud": .string(state.baseURL), "appid": .string(application.clientID),
            "exp": .integer(Int(state.now) + seconds), "roles": .array(application.roles.sorted().map { .string($0) }),
            "tid": .string(state.world.entra.tenantID), "uti": .string(state.newSecret("graph")),
        ]
        let text = [header, claims].map { Base64URL.encode(Array($0.description.utf8)) }.joined(separator: ".")
        guard let signature = try? state.key.signRS256(Array(text.utf8)) else {
            throw .aadsts(90033, "A transient error has occurred.", error: "temporarily_unavailable", status: 503)
        }
        let token = "\(text).\(Base64URL.encode(signature))"
        state.graph.grants[token] = GraphState.Grant(roles: application.roles, expiresAt: state.now + Double(seconds))
        return token
    }

    /// Source: "How to use managed identities on an Azure VM to acquire an access token"; App Service's form of it.
    private func managedIdentity(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        let request = call.request
        let version = request.parameter("api-version")
        let isMachine = request.header("Metadata") == "true" && version == "2018-02-01"
        let isService = request.header("X-IDENTITY-HEADER") == Sandbox.identityHeader && version == "2019-08-01"
        guard isMachine || isService, request.parameter("resource") == state.baseURL else {
            throw Refusal("invalid_request", "Required metadata header not specified", status: 400)
        }
        let wanted = request.parameter("client_id") ?? state.world.entra.managedIdentity
        guard let id = state.world.entra.managedIdentity, wanted == id,
            let application = state.world.entra.applications.first(where: { $0.clientID == id })
        else { throw Refusal("invalid_request", "Identity not found", status: 400) }
        let seconds = 86_399
        let token = try newToken(application, seconds: seconds, &state)
        return .json(
            .members([
                "access_token": .string(token), "client_id": .string(id),
                "expires_in": isMachine ? .string(String(seconds)) : nil,
                "expires_on": .string(String(Int(state.now) + seconds)), "resource": .string(state.baseURL),
                "token_type": "Bearer",
            ])
        )
    }

    // MARK: - Refusals

    func render(_ refusal: Refusal, requestID: String) -> Reply {
        var members: [String: JSONValue] = [
            "error": .string(refusal.members["error"]?.text ?? refusal.code),
            "error_description": .string(refusal.message),
            "trace_id": .string(requestID), "correlation_id": .string(requestID),
        ]
        if refusal.code.hasPrefix("AADSTS"), let number = Int(refusal.code.dropFirst(6)) {
            let trailer = " Trace ID: \(requestID) Correlation ID: \(requestID) Timestamp: 2026-11-24 10:00:00Z"
            members["error_description"] = .string("\(refusal.code): \(refusal.message)\(trailer)")
            members["error_codes"] = [.integer(number)]
        }
        var reply = Reply.json(.object(members), status: refusal.status)
        reply.headers = refusal.headers
        return reply
    }

    func throttled(retryAfter: Int?) -> Refusal {
        Refusal("temporarily_unavailable", "Too many requests.", status: 429).retrying(after: retryAfter)
    }

    func failed(status: Int) -> Refusal { Refusal("server_error", "The server failed.", status: status) }

    var requestIDField: String? { "x-ms-request-id" }
}

/// A signed JWT, read.
private struct SignedText {
    var header: JSONValue
    var claims: JSONValue
    private var signed: [UInt8]
    private var signature: [UInt8]

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3, let header = Base64URL.decode(parts[0]).flatMap({ JSONValue(parsing: $0) }),
            let claims = Base64URL.decode(parts[1]).flatMap({ JSONValue(parsing: $0) }),
            let signature = Base64URL.decode(parts[2])
        else { return nil }
        (self.header, self.claims, self.signature) = (header, claims, signature)
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// A claim that is a time; msal writes fractions of a second.
    func seconds(_ claim: String) -> Double? {
        switch claims[claim] {
        case .integer(let seconds)?: Double(seconds)
        case .number(let seconds)?: seconds
        default: nil
        }
    }

    /// Whether the header names the certificate by one of its thumbprints; azure-identity writes `x5t` with padding.
    func names(_ certificate: Certificate) -> Bool {
        func equals(_ text: String?, _ bytes: [UInt8]) -> Bool {
            text.map { String($0.prefix { $0 != "=" }) } == Base64URL.encode(bytes)
        }
        return equals(header["x5t#S256"]?.text, certificate.sha256Thumbprint)
            || equals(header["x5t"]?.text, certificate.sha1Thumbprint)
    }

    func isSigned(by key: RSAPublicKey) -> Bool {
        switch header["alg"]?.text {
        case "PS256": key.verifyPS256(signature, of: signed)
        case "RS256": key.verifyRS256(signature, of: signed)
        default: false
        }
    }
}

extension Refusal {
    /// A refusal of the identity platform.
    static func aadsts(
        _ number: Int,
        _ message: String,
        error: String = "invalid_client",
        status: Int = 400
    ) -> Refusal {
        Refusal("AADSTS\(number)", message, status: status, members: ["error": .string(error)])
    }
}
