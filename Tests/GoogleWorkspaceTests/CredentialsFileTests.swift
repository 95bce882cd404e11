import FoundationEssentials
import HTTP
import Model
import Testing

@testable import GoogleWorkspace

@Suite("Credentials files")
struct CredentialsFileTests {
    private func error(_ text: String) throws -> GoogleCredentialsError? {
        let file = try TemporaryFile(text)
        do {
            _ = try CredentialsFile.read(file.path)
            return nil
        } catch {
            return error
        }
    }

    @Test("a service-account key is read with all that assertions need")
    func key() throws {
        let file = try TemporaryFile(try Harness.keyFile())
        guard case .key(let key) = try CredentialsFile.read(file.path) else {
            Issue.record("not a key")
            return
        }
        #expect(key.email == FakeIdentity.email)
        #expect(key.clientID == FakeIdentity.clientID)
        #expect(key.keyID == FakeIdentity.keyID)
        #expect(key.tokenURL == FakeGoogle.origin + "/token")
    }

    @Test("what is wrong with a key file is said by its key, and never with its values")
    func malformedKeys() throws {
        let cases: [(String, JSON?, String)] = [
            ("type", nil, "`type` is missing"), ("type", "authorized_user", "its `type` is not supported"),
            ("type", 5, "`type` has the wrong type"), ("client_email", nil, "`client_email` is missing"),
            ("client_email", "", "`client_email` is missing"),
            ("client_email", [], "`client_email` has the wrong type"),
            ("private_key", nil, "`private_key` is missing"), ("private_key", "rubbish", "`private_key`: no readable"),
            ("token_uri", nil, "`token_uri` is missing"), ("token_uri", "ftp://x/", "`token_uri` is not a URL"),
            ("token_uri", "http://example.com/token", "`token_uri` is plain http"),
            ("token_uri", "http://127.0.0.1.example.com/token", "`token_uri` is plain http"),
            ("token_uri", "http://localhost@example.com/token", "`token_uri` is not a URL"),
            ("universe_domain", "example.com", "`universe_domain` is not googleapis.com"),
        ]
        for (key, value, message) in cases {
            let found = try error(try Harness.keyFile([key: value]))
            #expect(found?.message.contains(message) == true, "\(key): \(found?.description ?? "accepted")")
            #expect(found?.description.contains("rubbish") == false)
            #expect(found?.description.contains("PRIVATE KEY-----") == false)
        }
    }

    @Test("loopback token endpoints may speak plain http")
    func loopback() throws {
        for url in ["http://localhost:1/token", "http://[::1]:80/t", "http://127.1.2.3/", "https://oauth2.example/"] {
            #expect(try error(try Harness.keyFile(["token_uri": .text(url)])) == nil)
        }
    }

    @Test(
        "files that are not there, cannot be read or are no JSON are told apart",
        arguments: ["", "{", "[]", "5", "{\"type\":"]
    )
    func notJSON(text: String) throws {
        #expect(try error(text)?.kind == .malformed)
    }

    @Test("a missing file, a folder, and no path at all")
    func missing() throws {
        let folder = FileManager.default.temporaryDirectory.path
        for (path, kind) in [
            ("/nonexistent/x.json", GoogleCredentialsError.Kind.missing), ("", .missing), (folder, .unreadable),
        ] {
            do {
                _ = try CredentialsFile.read(path)
                Issue.record("read \(path)")
            } catch {
                #expect(error.kind == kind)
            }
        }
    }

    @Test("a file too large is not read as credentials")
    func large() throws {
        let found = try error(String(repeating: " ", count: CredentialsFile.maximumBytes + 1))
        #expect(found?.message.contains("larger") == true)
    }

    @Test("prepare() throws what is wrong with the file before any call, and the token flow refuses it later")
    func prepare() async throws {
        let harness = try Harness(FakeGoogle(.of(users: 1, groups: 0)))
        let identity = try harness.source.prepare()
        let subject = FakeIdentity.subject
        #expect(
            identity
                == GoogleIdentity(
                    account: FakeIdentity.email,
                    clientID: FakeIdentity.clientID,
                    subject: subject,
                    isKeyless: false
                )
        )
        try harness.file.write(Harness.federationFile(source: ["file": "/t"]))
        #expect(
            try harness.source.prepare()
                == GoogleIdentity(account: FakeIdentity.email, clientID: nil, subject: subject, isKeyless: true)
        )
        try harness.file.write("{}")
        #expect(throws: GoogleCredentialsError.self) { try harness.source.prepare() }
        let error = await #expect(throws: UpstreamError.self) { try await harness.source.listing() }
        #expect(error?.kind == .refused)
        #expect(error?.operation == "credentials")
        #expect(harness.google.calls.isEmpty)
    }

    @Test("the file is read anew for each token")
    func rotation() async throws {
        let harness = try Harness(FakeGoogle(.of(users: 1, groups: 0)))
        try harness.file.write("{}")
        _ = await #expect(throws: UpstreamError.self) { try await harness.source.userStates() }
        try harness.file.write(try Harness.keyFile())
        harness.time.pass(seconds: 31)
        #expect(try await harness.source.userStates().count == 1)
    }

    @Test("what is wrong with an external account is said by its key")
    func malformedFederation() throws {
        let cases: [(JSON, [String: JSON?], String)] = [
            (["file": "/t"], ["audience": nil], "`audience` is missing"),
            (["file": "/t"], ["subject_token_type": nil], "`subject_token_type` is missing"),
            (["file": "/t"], ["token_url": nil], "`token_url` is missing"),
            (["file": "/t"], ["token_url": "http://sts.example.com/"], "`token_url` is plain http"),
            (
                ["file": "/t"], ["service_account_impersonation_url": nil],
                "`service_account_impersonation_url` is missing"
            ),
            (["file": "/t"], ["service_account_impersonation_url": "https://x/y"], "does not end with"),
            (["file": "/t"], ["credential_source": nil], "`credential_source` is missing"),
            ([:], [:], "must have one of"), (["file": "/t", "url": "https://x/"], [:], "must have one of"),
            (["file": ""], [:], "must have one of"),
            (["file": "/t", "format": ["type": "xml"]], [:], "neither `text` nor `json`"),
            (["file": "/t", "format": ["type": "json"]], [:], "subject_token_field_name` is missing"),
            (["url": "http://example.com/"], [:], "plain http only on loopback and metadata hosts"),
            (["url": "https://x/", "headers": ["a b": "c"]], [:], "no HTTP field"),
            (["url": "https://x/", "headers": ["a": "c\r\nd"]], [:], "no HTTP field"),
            (["executable": ["command": "x"]], [:], "an executable or a certificate"),
            (["environment_id": "aws2"], [:], "is not `aws1`"),
            (["environment_id": "aws1"], [:], "regional_cred_verification_url` is missing"),
            (
                ["environment_id": "aws1", "regional_cred_verification_url": "http://sts.{region}.amazonaws.com"], [:],
                "is not an https URL"
            ),
            (
                [
                    "environment_id": "aws1", "regional_cred_verification_url": "https://sts.{region}.amazonaws.com",
                    "region_url": "http://example.com/",
                ], [:], "is not a metadata address"
            ),
        ]
        for (source, changes, message) in cases {
            let found = try error(Harness.federationFile(source: source, changes))
            #expect(found?.message.contains(message) == true, "\(source.written): \(found?.description ?? "accepted")")
        }
    }

    @Test("an external account's assertions go to Google, to token_uri, or on loopback to the exchange's own server")
    func assertionURL() throws {
        let google: [String: JSON?] = ["token_url": "https://sts.googleapis.com/v1/token"]
        let cases: [([String: JSON?], String)] = [
            (google, "https://oauth2.googleapis.com/token"), ([:], FakeGoogle.origin + "/token"),
            (google.merging(["token_uri": "https://oauth2.example/token"]) { $1 }, "https://oauth2.example/token"),
        ]
        for (changes, url) in cases {
            let file = try TemporaryFile(Harness.federationFile(source: ["file": "/t"], changes))
            guard case .federation(let account) = try CredentialsFile.read(file.path) else {
                Issue.record("no federation")
                return
            }
            #expect(account.tokenURL == url)
            #expect(account.email == FakeIdentity.email)
            #expect(account.signJwtURL.hasSuffix("/serviceAccounts/\(FakeIdentity.email):signJwt"))
        }
    }
}
