import AWSAuth
import Crypto
import Foundation
import Testing

@testable import GoogleWorkspace

/// Vectors that `Tests/Conformance/google_auth_conformance.py` has google-auth make.
@Suite("What google-auth makes and accepts")
struct GoogleAuthVectorTests {
    private func data(_ name: String, _ kind: String) throws -> Data {
        let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: kind))
        return try Data(contentsOf: url)
    }

    private func vectors<Vector: Decodable>(_ name: String, of type: Vector.Type) throws -> [Vector] {
        let vectors = try JSONDecoder().decode([Vector].self, from: try data(name, "json"))
        try #require(!vectors.isEmpty)
        return vectors
    }

    private struct AssertionVector: Decodable {
        var email: String
        var keyID: String
        var subject: String?
        var seconds: Double
        var token: String
    }

    @Test("assertions are, byte for byte, what google-auth signs and accepts")
    func assertions() throws {
        let pem = String(decoding: try data("key", "pem"), as: UTF8.self)
        let privateKey = try RSAPrivateKey(pem: pem)
        for vector in try vectors("assertions", of: AssertionVector.self) {
            let key = ServiceAccountKey(
                email: vector.email,
                keyID: vector.keyID,
                privateKey: privateKey,
                tokenURL: "https://oauth2.googleapis.com/token"
            )
            let claims = AssertionClaims(
                account: vector.email,
                subject: vector.subject,
                scopes: GoogleScope.all,
                at: vector.seconds
            )
            #expect(try Assertion(claims, with: key).text == vector.token, "\(vector.subject ?? "no subject")")
        }
    }

    private struct SubjectTokenVector: Decodable {
        var accessKeyID: String
        var secretAccessKey: String
        var sessionToken: String?
        var region: String
        var verificationURL: String
        var audience: String
        var seconds: Double
        var token: String
    }

    @Test("subject tokens of AWS workloads are, byte for byte, google-auth's")
    func subjectTokens() throws {
        for vector in try vectors("aws-subject-tokens", of: SubjectTokenVector.self) {
            let token = AWSSubjectToken(
                verificationURL: vector.verificationURL,
                audience: vector.audience,
                credentials: AWSCredentials(
                    accessKeyID: vector.accessKeyID,
                    secretAccessKey: vector.secretAccessKey,
                    sessionToken: vector.sessionToken
                ),
                region: vector.region,
                at: vector.seconds
            )
            #expect(token.text == vector.token, "\(vector.region) \(vector.seconds)")
        }
    }
}
