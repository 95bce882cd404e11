import Foundation
import HTTPServer
import Sandbox
import Testing

@Suite("credentials of Entra", .serialized)
struct EntraCredentialTests {
    private static let secretText = "a-wrong~secret.that_must-not-show"

    /// What one run is given besides the configuration of Entra alone.
    private struct Proof {
        var credential: String
        var client: String? = World.EntraApplication().clientID
        var tenant = World.Entra().tenantID
        var claims: [String: String] = [:]
        var variables: [String: String] = [:]
    }

    private func run(
        _ proof: Proof,
        sources: [String] = ["entra"],
        command: String = "plan",
        _ change: (inout World) -> Void = { _ in },
        fault: Fault? = nil
    ) async throws -> Ended {
        let place = try await DirectoriesTests.place(sources, change)
        defer { place.stop() }
        if let fault { place.world.inject(fault) }
        let credential = proof.credential.replacing("CERTIFICATE", with: place.sandbox.entraCertificateFile)
        try place.write(
            place.configuration(of: sources, credential: credential, client: proof.client, tenant: proof.tenant),
            to: "idbridge.yaml"
        )
        try place.write(try token(proof.claims), to: "token.jwt")
        for (name, value) in proof.variables {
            place.setVariable(name, value.replacing("SANDBOX", with: place.sandbox.baseURL))
        }
        let ended = try await place.run(command)
        for secret in [EntraCredentialTests.secretText, try place.read("token.jwt"), Sandbox.identityHeader] {
            #expect(!(ended.output + ended.errors).contains(secret))
        }
        return ended
    }

    /// A token of another identity provider; the sandbox does not look at its signature.
    private func token(_ claims: [String: String]) throws -> String {
        var all: [String: Any] = [
            "iss": "https://tokens.sandbox.example", "sub": "system:serviceaccount:idbridge:idbridge",
            "aud": "api://AzureADTokenExchange", "exp": Int(Date().timeIntervalSince1970) + 600,
        ]
        all.merge(claims) { $1 }
        return try [["alg": "RS256"], all].map { try JSONSerialization.data(withJSONObject: $0).base64URL }
            .joined(separator: ".") + ".c2ln"
    }

    @Test("every way to prove the application reads the tenant")
    func ways() async throws {
        let proofs = [
            Proof(credential: "{ secret: \"${env:AZURE_CLIENT_SECRET}\" }"),
            Proof(credential: "{ certificate: CERTIFICATE }"),
            Proof(credential: "{ federatedToken: token.jwt }"),
            Proof(
                credential: "{ federatedToken: \"${env:AZURE_FEDERATED_TOKEN_FILE}\" }",
                variables: ["AZURE_FEDERATED_TOKEN_FILE": "token.jwt"]
            ),
            Proof(
                credential: "{ managedIdentity: true }",
                client: nil,
                variables: ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "SANDBOX"]
            ),
            Proof(
                credential: "{ managedIdentity: true }",
                variables: [
                    "IDENTITY_ENDPOINT": "SANDBOX/metadata/identity/oauth2/token",
                    "IDENTITY_HEADER": Sandbox.identityHeader,
                ]
            ),
        ]
        for proof in proofs {
            let ended = try await run(proof, command: "sync")
            #expect(ended.exit == 0, "\(proof.credential): \(ended.errors)")
        }
    }

    @Test("every wrong proof ends 77 with its AADSTS code, and shows no secret")
    func refusals() async throws {
        let secret = "{ secret: \"${env:AZURE_CLIENT_SECRET}\" }"
        let wrong = ["AZURE_CLIENT_SECRET": EntraCredentialTests.secretText]
        let federated = "{ federatedToken: token.jwt }"
        let cases: [(Proof, String)] = [
            (Proof(credential: secret, variables: wrong), "AADSTS7000215"),
            (Proof(credential: secret, client: "c11e0000-0000-4000-8000-000000000099"), "AADSTS700016"),
            (Proof(credential: secret, tenant: "nowhere.example"), "AADSTS90002"),
            (Proof(credential: federated, claims: ["sub": "system:serviceaccount:other:other"]), "AADSTS700213"),
            (Proof(credential: federated, claims: ["iss": "https://elsewhere.example"]), "AADSTS700211"),
            (Proof(credential: federated, claims: ["aud": "api://azureadtokenexchange"]), "AADSTS700212"),
            (
                Proof(
                    credential: "{ managedIdentity: true }",
                    client: "c11e0000-0000-4000-8000-000000000099",
                    variables: ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "SANDBOX"]
                ), "Identity not found"
            ),
        ]
        for (proof, code) in cases {
            let ended = try await run(proof)
            #expect(ended.exit == 77, "\(code): \(ended.errors)")
            #expect(ended.errors.contains(code), "\(code): \(ended.errors)")
        }
        let expired = try await run(Proof(credential: secret, variables: wrong)) {
            $0.entra.applications[0].expiredSecrets = [EntraCredentialTests.secretText]
        }
        #expect(expired.exit == 77 && expired.errors.contains("AADSTS7000222"), "\(expired.errors)")
        let unregistered = try await run(Proof(credential: "{ certificate: CERTIFICATE }")) {
            $0.entra.applications[0].hasSandboxCertificate = false
        }
        #expect(unregistered.exit == 77 && unregistered.errors.contains("AADSTS700027"), "\(unregistered.errors)")
        for (code, advice) in [("AADSTS700024", "clock"), ("AADSTS53003", "Conditional Access")] {
            let refused = try await run(
                Proof(credential: "{ certificate: CERTIFICATE }"),
                fault: Fault(.service("entra"), .every, .refused(code: code, status: 401))
            )
            #expect(refused.exit == 77 && refused.errors.contains(code), "\(refused.errors)")
            #expect(refused.errors.contains(advice), "\(refused.errors)")
        }
    }

    @Test("a tenant without consent is 77; one of two sources that is refused is 4, with its code")
    func partly() async throws {
        let secret = "{ secret: \"${env:AZURE_CLIENT_SECRET}\" }"
        let silent = try await run(Proof(credential: secret), command: "sync") { $0.entra.applications[0].roles = [] }
        #expect(silent.exit == 77 && silent.errors.contains("User.Read.All"), "\(silent.errors)")
        let wrong = Proof(credential: secret, variables: ["AZURE_CLIENT_SECRET": EntraCredentialTests.secretText])
        let partly = try await run(wrong, sources: ["google", "entra"], command: "sync")
        #expect(partly.exit == 4, "\(partly.errors)")
        #expect((partly.output + partly.errors).contains("AADSTS7000215"), "\(partly.output)\(partly.errors)")
    }

    @Test("what is wrong with files, variables and endpoints is 78, before any call")
    func configuration() async throws {
        let cases = [
            Proof(credential: "{ certificate: /nonexistent/entra.pem }"),
            Proof(credential: "{ federatedToken: missing.jwt }"),
            Proof(credential: "{ secret: \"${env:NOT_SET}\" }"),
            Proof(credential: "{ secret: \(EntraCredentialTests.secretText) }"),
            Proof(
                credential: "{ managedIdentity: true }",
                variables: ["IDENTITY_ENDPOINT": "http://10.0.0.1/msi/token", "IDENTITY_HEADER": "h"]
            ),
        ]
        for proof in cases {
            let ended = try await run(proof)
            #expect(ended.exit == 78, "\(proof.credential): \(ended.exit) \(ended.errors)")
        }
    }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
