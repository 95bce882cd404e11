import Crypto
import HTTP
import Model

@testable import GoogleWorkspace

/// A source over the fake Google, with the credentials file that it needs.
struct Harness {
    let google: FakeGoogle
    let source: GoogleWorkspace
    let file: TemporaryFile
    var time: StoppedTime { google.time }

    init(
        _ google: FakeGoogle,
        credentials: String? = nil,
        subject: String? = FakeIdentity.subject,
        environment: [String: String] = [:],
        policy: RetryPolicy = RetryPolicy()
    ) throws {
        self.google = google
        file = try TemporaryFile(try credentials ?? Harness.keyFile())
        google.keep(file)
        source = GoogleWorkspace(
            settings: GoogleWorkspaceSettings(
                name: "google",
                credentialsPath: file.path,
                subject: subject,
                endpoint: FakeGoogle.origin
            ),
            transport: google,
            policy: policy,
            time: google.time,
            random: FixedRandom(),
            environment: environment
        )
    }

    /// A service-account key file of the fake service.
    static func keyFile(_ changes: [String: JSON?] = [:]) throws -> String {
        let pem = try FakeIdentity.key.map { try $0.secretPEM() } ?? ""
        var fields: [String: JSON] = [
            "type": "service_account", "project_id": "project", "private_key_id": .text(FakeIdentity.keyID),
            "private_key": .text(pem), "client_email": .text(FakeIdentity.email),
            "client_id": .text(FakeIdentity.clientID), "token_uri": .text(FakeGoogle.origin + "/token"),
            "universe_domain": "googleapis.com",
        ]
        for (name, value) in changes { fields[name] = value }
        return JSON.object(fields).written
    }

    /// An `external_account` file of the fake service.
    static func federationFile(source: JSON, _ changes: [String: JSON?] = [:]) -> String {
        let path = "/v1/projects/-/serviceAccounts/\(FakeIdentity.email):generateAccessToken"
        var fields: [String: JSON] = [
            "type": "external_account", "audience": .text(FakeIdentity.audience),
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": .text(FakeGoogle.origin + "/v1/token"),
            "service_account_impersonation_url": .text(FakeGoogle.origin + path), "credential_source": source,
        ]
        for (name, value) in changes { fields[name] = value }
        return JSON.object(fields).written
    }
}

/// RFC 3339 in UTC.
func timeText(_ seconds: Double) -> String { Timestamp(seconds: Int64(seconds)).description }
