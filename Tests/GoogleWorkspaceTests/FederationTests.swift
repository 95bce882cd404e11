import HTTP
import Model
import Testing

@testable import GoogleWorkspace

@Suite("Tokens by workload identity federation")
struct FederationTests {
    private func harness(
        source: JSON,
        _ changes: [String: JSON?] = [:],
        identity: FakeIdentity = FakeIdentity(),
        subject: String? = FakeIdentity.subject,
        environment: [String: String] = [:],
        faults: @escaping @Sendable (FakeGoogle.Call, Int, Int) -> FakeGoogle.Fault? = { _, _, _ in nil }
    ) throws -> Harness {
        try Harness(
            FakeGoogle(.of(users: 1, groups: 0), identity: identity, faults: faults),
            credentials: Harness.federationFile(source: source, changes),
            subject: subject,
            environment: environment
        )
    }

    private func operations(_ harness: Harness) -> [String] { harness.google.calls.map(\.operation) }

    @Test("the federated identity signs the delegation itself where it may")
    func oneHop() async throws {
        let token = try TemporaryFile("workload-token\n")
        var identity = FakeIdentity()
        identity.subjectToken = "workload-token"
        let harness = try harness(source: ["file": .text(token.path)], identity: identity)
        #expect(try await harness.source.userStates().count == 1)
        #expect(operations(harness) == ["sts.token", "signJwt", "token", "users.list"])
        let body = try #require(JSON.read(harness.google.calls[1].request.body))
        #expect(body["delegates"] == [])
        let claims = try #require(body["payload"]?.text.flatMap { JSON.read(Array($0.utf8)) })
        #expect(claims["iss"]?.text == FakeIdentity.email)
        #expect(claims["sub"]?.text == FakeIdentity.subject)
        #expect(claims["aud"] == "https://oauth2.googleapis.com/token")
    }

    @Test("where it may only be the service account, that one signs")
    func twoHops() async throws {
        let token = try TemporaryFile("{\"id\":{\"x\":1},\"token\":\"workload-token\"}")
        var identity = FakeIdentity()
        identity.subjectToken = "workload-token"
        identity.federatedMaySign = false
        let source: JSON = [
            "file": .text(token.path), "format": ["type": "json", "subject_token_field_name": "token"],
        ]
        let harness = try harness(source: source, identity: identity)
        #expect(try await harness.source.userStates().count == 1)
        #expect(
            operations(harness) == ["sts.token", "signJwt", "generateAccessToken", "signJwt", "token", "users.list"]
        )
    }

    @Test("without a subject the service account's own token is used, with the read-only scopes")
    func noSubject() async throws {
        let token = try TemporaryFile("workload-token")
        let harness = try harness(source: ["file": .text(token.path)], subject: nil)
        #expect(try await harness.source.userStates().count == 1)
        #expect(operations(harness) == ["sts.token", "generateAccessToken", "users.list"])
        let body = try #require(JSON.read(harness.google.calls[1].request.body))
        #expect(body["scope"] == .list(GoogleScope.all.map { .text($0) }))
        harness.time.pass(seconds: 3600 - 299)
        _ = try await harness.source.userStates()
        #expect(harness.google.counts["sts.token"] == 2)
    }

    @Test("a URL source is asked with its headers, and only its answer's token is used")
    func url() async throws {
        var identity = FakeIdentity()
        identity.subjectToken = "workload-token"
        let source: JSON = [
            "url": .text(FakeGoogle.origin + "/subject?audience=x"), "headers": ["Authorization": "bearer r"],
        ]
        let text = try harness(source: source, identity: identity)
        #expect(try await text.source.userStates().count == 1)
        #expect(text.google.calls[0].operation == "subject")
        #expect(text.google.calls[0].request.header("Authorization") == "bearer r")
        #expect(text.google.calls[0].request.isMetadata == false)
        identity.subjectAnswer = .json(["value": "workload-token"])
        let json: JSON = [
            "url": .text(FakeGoogle.origin + "/subject"),
            "format": ["type": "json", "subject_token_field_name": "value"],
        ]
        #expect(try await harness(source: json, identity: identity).source.userStates().count == 1)
    }

    @Test("a subject token that cannot be had is said, without what the URL's query holds")
    func noSubjectToken() async throws {
        let url: JSON = ["url": .text(FakeGoogle.origin + "/subject?secret=hidden")]
        let json: JSON = [
            "url": .text(FakeGoogle.origin + "/subject?secret=hidden"),
            "format": ["type": "json", "subject_token_field_name": "value"],
        ]
        let cases: [(JSON, HTTPResponse, UpstreamError.Kind)] = [
            (["file": "/nonexistent/token"], HTTPResponse(status: 200), .refused),
            (url, HTTPResponse(status: 403), .refused), (url, HTTPResponse(status: 200), .malformed),
            (url, HTTPResponse(status: 200, body: [0xFF]), .malformed), (json, .json(["other": "x"]), .malformed),
            (json, .json(["value": 5]), .malformed), (json, .json([]), .malformed),
        ]
        for (source, answer, kind) in cases {
            var identity = FakeIdentity()
            identity.subjectAnswer = answer
            let harness = try harness(source: source, identity: identity)
            let error = await #expect(throws: UpstreamError.self) { try await harness.source.userStates() }
            #expect(error?.kind == kind, "\(source.written)")
            #expect(error?.operation == "subjectToken")
            #expect(error?.description.contains("hidden") == false)
        }
    }

    @Test("what the exchange and the IAM API refuse is said with what to do")
    func refusals() async throws {
        let token = try TemporaryFile("workload-token")
        let disabled: JSON = [
            "error": [
                "code": 403, "message": "API not enabled", "status": "PERMISSION_DENIED",
                "details": [["@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"]],
            ]
        ]
        let denied: JSON = ["error": ["code": 403, "message": "denied", "status": "PERMISSION_DENIED"]]
        let cases: [(String, HTTPResponse, String, String?)] = [
            ("sts.token", .tokenRefusal(400, "invalid_grant", "Unable to verify"), "sts.token", nil),
            ("signJwt", .json(disabled, status: 403), "iamcredentials.signJwt", "enable the IAM Service Account"),
            (
                "generateAccessToken", .json(denied, status: 403), "iamcredentials.generateAccessToken",
                "serviceAccountTokenCreator"
            ),
            ("signJwt", .json(["signedJwt": "nonsense"]), "iamcredentials.signJwt", nil),
            ("signJwt", .json([:]), "iamcredentials.signJwt", nil),
        ]
        for (operation, answer, failing, advice) in cases {
            var identity = FakeIdentity()
            identity.federatedMaySign = operation != "generateAccessToken"
            let harness = try harness(source: ["file": .text(token.path)], identity: identity) { call, _, _ in
                call.operation == operation ? .answer(answer) : nil
            }
            let error = await #expect(throws: UpstreamError.self) { try await harness.source.userStates() }
            #expect(error?.operation == failing)
            #expect(error?.kind == (answer.status == 200 ? .malformed : .refused))
            if let advice { #expect(error?.advice?.contains(advice) == true) }
        }
    }

    @Test("passing faults of each step are tried again")
    func passing() async throws {
        let token = try TemporaryFile("workload-token")
        for step in ["sts.token", "signJwt", "token"] {
            let harness = try harness(source: ["file": .text(token.path)]) { call, _, number in
                call.operation == step && number == 1 ? .answer(HTTPResponse(status: 503)) : nil
            }
            #expect(try await harness.source.userStates().count == 1)
            #expect(harness.google.counts[step] == 2)
        }
    }
}

@Suite("Tokens by the AWS role of a workload")
struct AWSFederationTests {
    private let source: JSON = [
        "environment_id": "aws1", "url": "http://169.254.169.254/latest/meta-data/iam/security-credentials",
        "region_url": .text(FakeGoogle.origin + "/subject/zone"),
        "imdsv2_session_token_url": .text(FakeGoogle.origin + "/subject/token"),
        "regional_cred_verification_url":
            "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
    ]
    private let keys = [
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session",
        "HOME": "/nonexistent",
    ]

    private func harness(_ environment: [String: String], zone: String = "eu-west-1b") throws -> Harness {
        let file = Harness.federationFile(
            source: source,
            ["subject_token_type": "urn:ietf:params:aws:token-type:aws4_request"]
        )
        let google = FakeGoogle(.of(users: 1, groups: 0)) { call, _, _ in
            switch call.path {
            case ["subject", "token"]: .answer(HTTPResponse(status: 200, body: Array("imds-token".utf8)))
            case ["subject", "zone"]: .answer(HTTPResponse(status: 200, body: Array(zone.utf8)))
            default: nil
            }
        }
        return try Harness(google, credentials: file, environment: environment)
    }

    @Test("the signed request names the region, the session and the audience, and is sent to nobody but Google")
    func signed() async throws {
        let harness = try harness(keys.merging(["AWS_REGION": "ap-northeast-1"]) { $1 })
        #expect(try await harness.source.userStates().count == 1)
        #expect(harness.google.calls.map(\.operation) == ["sts.token", "signJwt", "token", "users.list"])
        let call = harness.google.calls[0]
        #expect(call.form["subject_token_type"] == "urn:ietf:params:aws:token-type:aws4_request")
        let request = try #require(JSON.read(Array(decoded(call.form["subject_token"] ?? "").utf8)))
        #expect(request["method"] == "POST")
        let url = "https://sts.ap-northeast-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
        #expect(request["url"] == .text(url))
        let headers = try #require(request["headers"]?.list)
        let names = headers.map { $0["key"]?.text }
        #expect(
            names == ["Authorization", "host", "x-amz-date", "x-amz-security-token", "x-goog-cloud-target-resource"]
        )
        #expect(headers[3]["value"] == "session")
        #expect(headers[4]["value"] == .text(FakeIdentity.audience))
    }

    @Test("without a region in the environment the instance is asked, by the session's token")
    func region() async throws {
        let harness = try harness(keys)
        #expect(try await harness.source.userStates().count == 1)
        let asked = harness.google.calls.prefix(2)
        #expect(asked.map(\.path) == [["subject", "token"], ["subject", "zone"]])
        #expect(asked.map(\.request.method) == ["PUT", "GET"])
        #expect(asked.map(\.request.isMetadata) == [true, true])
        #expect(asked.first?.request.header("X-aws-ec2-metadata-token-ttl-seconds") == "300")
        #expect(asked.last?.request.header("X-aws-ec2-metadata-token") == "imds-token")
        let token = decoded(harness.google.calls[2].form["subject_token"] ?? "")
        #expect(token.contains("https://sts.eu-west-1.amazonaws.com?"))
    }

    @Test(
        "a zone that is none, and credentials that are not there, are said",
        arguments: ["", "a b", "eu-west-1", "EVIL/.x"]
    )
    func noRegion(zone: String) async throws {
        let harness = try harness(keys, zone: zone)
        let error = await #expect(throws: UpstreamError.self) { try await harness.source.userStates() }
        #expect(error?.operation == "subjectToken")
        let none = try self.harness([
            "AWS_REGION": "eu-west-1", "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true",
        ])
        let second = await #expect(throws: UpstreamError.self) { try await none.source.userStates() }
        #expect(second?.kind == .refused)
        #expect(second?.message.contains("no AWS credentials") == true)
    }
}
