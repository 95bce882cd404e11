import Crypto
import HTTP
import HTTPServer
import Model
import Sandbox
import Synchronization
import Testing

@testable import EntraID

@Suite struct TokenTests {
    private func federated(_ claims: [String: JSONValue] = [:]) -> String {
        var all: [String: JSONValue] = [
            "iss": "https://tokens.sandbox.example", "sub": "system:serviceaccount:idbridge:idbridge",
            "aud": "api://AzureADTokenExchange", "exp": 1_795_600_000,
        ]
        all.merge(claims) { $1 }
        let parts = [JSONValue.object(["alg": "RS256"]), .object(all)].map {
            Base64URL.encode(Array($0.description.utf8))
        }
        return parts.joined(separator: ".") + ".c2ln"
    }

    @Test("a secret, a certificate, a federated token and a managed identity each get a token")
    func ways() async throws {
        let file = try TemporaryFile(federated() + "\n")
        let probe = try await Sandbox.start()
        let tenants = [
            try await Tenant(.tenant),
            try await Tenant(.tenant, credential: .certificate(path: probe.entraCertificateFile)),
            try await Tenant(.tenant, credential: .federatedToken(path: file.path)),
            try await Tenant(
                .tenant,
                credential: .federatedToken(path: nil),
                environment: [
                    "AZURE_FEDERATED_TOKEN_FILE": file.path, "AZURE_TENANT_ID": World.Entra().tenantID,
                    "AZURE_CLIENT_ID": World.EntraApplication().clientID,
                ]
            ) { settings in (settings.tenant, settings.client) = (nil, nil) },
        ]
        for tenant in tenants {
            try tenant.source.prepare()
            #expect(try await tenant.source.listing().users.count == 5)
            #expect(tenant.sandbox.world.count("entra") == 1)
        }
        let named = try await Tenant(.tenant) { $0.tenant = "example.onmicrosoft.com" }
        #expect(try await named.source.listing().users.count == 5)
    }

    @Test("a managed identity is asked for at the metadata service, or at App Service's endpoint")
    func managedIdentity() async throws {
        let first = try await Sandbox.start(world: .tenant)
        for isService in [false, true] {
            let environment =
                isService
                ? [
                    "IDENTITY_ENDPOINT": first.baseURL + "/metadata/identity/oauth2/token",
                    "IDENTITY_HEADER": Sandbox.identityHeader,
                ]
                : ["AZURE_POD_IDENTITY_AUTHORITY_HOST": first.baseURL]
            let source = EntraID(
                settings: EntraIDSettings(
                    name: "entra",
                    tenant: nil,
                    client: nil,
                    credential: .managedIdentity,
                    authority: first.baseURL,
                    graph: first.baseURL
                ),
                transport: CurlTransport(configuration: TransportConfiguration(environment: [:])),
                environment: environment
            )
            try source.prepare()
            #expect(try await source.listing().users.count == 5)
        }
    }

    @Test("wrong proofs are refused with their AADSTS code, advice and trace id, and never shown")
    func refusals() async throws {
        let wrongSubject = try TemporaryFile(federated(["sub": "system:serviceaccount:other:other"]))
        let wrongIssuer = try TemporaryFile(federated(["iss": "https://elsewhere.example"]))
        let wrongAudience = try TemporaryFile(federated(["aud": "api://azureadtokenexchange"]))
        let probe = try await Sandbox.start()
        let secret = "a-secret-that-must-not-be-shown"
        var unregistered = World.tenant
        unregistered.entra.applications[0].hasSandboxCertificate = false
        var expired = World.tenant
        expired.entra.applications[0].expiredSecrets = ["old"]
        let cases: [(Tenant, String)] = [
            (try await Tenant(.tenant, credential: .secret(secret)), "AADSTS7000215"),
            (try await Tenant(expired, credential: .secret("old")), "AADSTS7000222"),
            (try await Tenant(.tenant) { $0.client = World.id(99) }, "AADSTS700016"),
            (try await Tenant(.tenant) { $0.tenant = "nowhere.example" }, "AADSTS90002"),
            (
                try await Tenant(unregistered, credential: .certificate(path: probe.entraCertificateFile)),
                "AADSTS700027"
            ),
            (try await Tenant(.tenant, credential: .federatedToken(path: wrongSubject.path)), "AADSTS700213"),
            (try await Tenant(.tenant, credential: .federatedToken(path: wrongIssuer.path)), "AADSTS700211"),
            (try await Tenant(.tenant, credential: .federatedToken(path: wrongAudience.path)), "AADSTS700212"),
        ]
        for (tenant, code) in cases {
            let error = await #expect(throws: UpstreamError.self) { try await tenant.source.listing() }
            #expect(error?.kind == .refused, "\(code)")
            #expect(error?.code == code)
            #expect(error?.advice != nil && error?.requestID != nil, "\(code)")
            #expect(error?.description.contains(secret) == false)
            #expect(error?.message.contains("Trace ID") == false)
        }
    }

    @Test("a clock that is wrong is corrected once by the service's time")
    func skew() async throws {
        let probe = try await Sandbox.start()
        for skew in [-7200.0, 7200, 0] {
            let tenant = try await Tenant(
                .tenant,
                credential: .certificate(path: probe.entraCertificateFile),
                skew: skew
            )
            #expect(try await tenant.source.listing().users.count == 5)
            #expect(tenant.sandbox.world.count("entra") == (skew == 0 ? 1 : 2))
        }
    }

    @Test("one token serves all calls until five minutes before its end; a refused one is renewed once")
    func lifetime() async throws {
        let tenant = try await Tenant(.tenant)
        _ = try await tenant.directory()
        tenant.time.pass(seconds: 3290)
        _ = try await tenant.directory()
        #expect(tenant.sandbox.world.count("entra") == 1)
        tenant.time.pass(seconds: 30)
        _ = try await tenant.directory()
        #expect(tenant.sandbox.world.count("entra") == 2)
        tenant.sandbox.world.inject(
            Fault(.operation("graph", "users.list"), .nth(1), .refused(code: "InvalidAuthenticationToken", status: 401))
        )
        #expect(try await tenant.source.listing().usersProblem == nil)
        #expect(tenant.sandbox.world.count("entra") == 3)
        tenant.sandbox.world.inject(
            Fault(.service("graph"), .every, .refused(code: "InvalidAuthenticationToken", status: 401))
        )
        let error = await #expect(throws: UpstreamError.self) { try await tenant.source.listing() }
        #expect(error?.kind == .refused)
    }

    @Test("each attempt brings an assertion of its own")
    func attempts() async throws {
        let probe = try await Sandbox.start()
        let tenant = try await Tenant(.tenant, credential: .certificate(path: probe.entraCertificateFile))
        let seen = Mutex<[String]>([])
        tenant.sandbox.world.onCall { call in
            guard call.service == "entra" else { return }
            let assertion = call.request.form.first { $0.name == "client_assertion" }?.value
            seen.withLock { $0.append(assertion ?? "") }
        }
        tenant.sandbox.world.inject(Fault(.service("entra"), .first(2), .serverError(503)))
        let listing = try await tenant.source.listing()
        #expect(listing.users.count == 5)
        let end = try ClientCertificate.read(probe.entraCertificateFile).certificate.notAfterSeconds
        #expect(listing.credentialExpiresAt == Timestamp(seconds: end))
        #expect(Set(seen.withLock { $0 }).count == 3)
    }

    @Test("a federated token is read from its file again whenever a token is asked for")
    func rotation() async throws {
        let file = try TemporaryFile(federated())
        let tenant = try await Tenant(.tenant, credential: .federatedToken(path: file.path))
        _ = try await tenant.source.listing()
        try file.write(federated(["sub": "system:serviceaccount:other:other"]))
        _ = try await tenant.source.listing()
        tenant.time.pass(seconds: 3500)
        let error = await #expect(throws: UpstreamError.self) { try await tenant.source.listing() }
        #expect(error?.code == "AADSTS700213")
        try file.write(federated())
        tenant.time.pass(seconds: 60)
        #expect(try await tenant.source.listing().users.count == 5)
    }

    @Test("files that are missing or malformed are mistakes of the configuration, without their contents")
    func configurationErrors() async throws {
        let nonsense = try TemporaryFile("-----BEGIN PRIVATE KEY-----\nnonsense-secret\n-----END PRIVATE KEY-----\n")
        let cases: [(EntraIDSettings.Credential, EntraCredentialError.Kind)] = [
            (.certificate(path: "/nonexistent/entra.pem"), .missing), (.certificate(path: nonsense.path), .malformed),
            (.federatedToken(path: "/nonexistent/token"), .missing), (.federatedToken(path: nonsense.path), .malformed),
            (.federatedToken(path: nil), .incomplete), (.secret(""), .incomplete),
            (.certificate(path: "/"), .unreadable),
        ]
        for (credential, kind) in cases {
            let tenant = try await Tenant(.tenant, credential: credential)
            let error = #expect(throws: EntraCredentialError.self) { try tenant.source.prepare() }
            #expect(error?.kind == kind, "\(credential)")
            #expect(error?.description.contains("nonsense-secret") == false)
            let refused = await #expect(throws: UpstreamError.self) { try await tenant.source.listing() }
            #expect(refused?.kind == .refused)
        }
    }

    @Test("settings show no secret")
    func descriptions() {
        let settings = EntraIDSettings(name: "entra", tenant: nil, client: nil, credential: .secret("hidden~value"))
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped, "\(settings.credential)"] {
            #expect(!text.contains("hidden~value"))
        }
    }

    @Test("an assertion holds ten minutes, names the certificate by SHA-256, and is signed with PS256")
    func assertion() async throws {
        let probe = try await Sandbox.start()
        let certificate = try ClientCertificate.read(probe.entraCertificateFile)
        let made = try ClientAssertion(
            client: "client",
            endpoint: "https://login.example/t/oauth2/v2.0/token",
            id: "one",
            at: 1_795_514_400.7,
            with: certificate
        )
        let parts = made.text.split(separator: ".").map { String($0) }
        let header = try #require(Base64URL.decode(parts[0])), claims = try #require(Base64URL.decode(parts[1]))
        let thumbprint = Base64URL.encode(SHA256.hash(certificate.certificate.der))
        #expect(String(decoding: header, as: UTF8.self) == #"{"alg":"PS256","typ":"JWT","x5t#S256":"\#(thumbprint)"}"#)
        #expect(
            String(decoding: claims, as: UTF8.self)
                == #"{"aud":"https://login.example/t/oauth2/v2.0/token","exp":1795515000,"iat":1795514400,"iss":"client","jti":"one","nbf":1795514400,"sub":"client"}"#
        )
        let signature = try #require(Base64URL.decode(parts[2]))
        #expect(certificate.key.publicKey.verifyPS256(signature, of: Array("\(parts[0]).\(parts[1])".utf8)))
    }
}
