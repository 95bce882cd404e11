import HTTP
import Testing

@testable import AWSAuth

@Suite("Roles")
struct AssumeRoleTests {
    private static let base = """
        [profile base]
        aws_access_key_id = AKIDBASE
        aws_secret_access_key = s

        """

    private static func role(_ name: String, _ lines: String...) -> String {
        "[profile \(name)]\nrole_arn = arn:aws:iam::111122223333:role/\(name)\n" + lines.joined(separator: "\n") + "\n"
    }

    @Test("a role is assumed with the source's keys and the profile's settings")
    func sourceProfile() async throws {
        let config =
            Self.base
            + Self.role(
                "a",
                "source_profile = base",
                "external_id = x/1",
                "role_session_name = me",
                "duration_seconds = 900"
            )
        let chain = try Chain(config: config, answer: fakeSTS)
        let found = try await chain.find(["AWS_PROFILE": "a"])
        #expect(found.accessKeyID == "ASIA-a-OF-AKIDBASE" && found.secretAccessKey == "secret-ASIA-a-OF-AKIDBASE")
        #expect(found.sessionToken == "token-ASIA-a-OF-AKIDBASE" && found.expiration == FakeTime.start + 3600)
        let request = try #require(chain.transport.requests.first)
        #expect(
            request.text
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fa"
                + "&RoleSessionName=me&DurationSeconds=900&ExternalId=x%2F1"
        )
        #expect(request.header("Authorization")?.contains("/eu-west-1/sts/aws4_request") == true)
    }

    @Test("a chain of roles is walked from its beginning")
    func chained() async throws {
        let config = Self.base + Self.role("b", "source_profile = base") + Self.role("c", "source_profile = b")
        let chain = try Chain(config: config, answer: fakeSTS)
        #expect(try await chain.find(["AWS_PROFILE": "c"]).accessKeyID == "ASIA-c-OF-ASIA-b-OF-AKIDBASE")
        #expect(chain.transport.requests.count == 2)
        #expect(chain.transport.requests[1].header("X-Amz-Security-Token") == "token-ASIA-b-OF-AKIDBASE")
    }

    @Test("a profile may name itself for its own keys; every other circle is refused and shown")
    func circles() async throws {
        let own = Self.role("own", "source_profile = own", "aws_access_key_id = AKIDOWN", "aws_secret_access_key = s")
        let config =
            own + Self.role("x", "source_profile = y") + Self.role("y", "source_profile = x")
            + Self.role("self", "source_profile = self")
        let chain = try Chain(config: config, answer: fakeSTS)
        #expect(try await chain.find(["AWS_PROFILE": "own"]).accessKeyID == "ASIA-own-OF-AKIDOWN")
        for (profile, circle) in [("x", "x → y → x"), ("self", "self → self")] {
            let error = await chain.failure(["AWS_PROFILE": profile])
            #expect(error?.kind == .misconfigured && error?.message.contains(circle) == true)
        }
    }

    @Test(
        "credentials by name: the environment's, the container's, the instance's",
        arguments: [
            ("Environment", "AKIDENV"), ("EcsContainer", "AKIDBOX"), ("Ec2InstanceMetadata", "AKIDVM"),
        ]
    )
    func credentialSource(source: String, id: String) async throws {
        let chain = try Chain(config: Self.role("a", "credential_source = \(source)")) { request in
            switch request.url {
            case "http://169.254.170.2/box":
                .reply(200, #"{"AccessKeyId":"AKIDBOX","SecretAccessKey":"s","Token":"t"}"#)
            case "http://169.254.169.254/latest/api/token": .reply(200, "imds-token")
            case "http://169.254.169.254/latest/meta-data/iam/security-credentials/": .reply(200, "r")
            case "http://169.254.169.254/latest/meta-data/iam/security-credentials/r":
                .reply(200, #"{"Code":"Success","AccessKeyId":"AKIDVM","SecretAccessKey":"s","Token":"t"}"#)
            default: fakeSTS(request)
            }
        }
        let found = try await chain.find(
            [
                "AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_EC2_METADATA_DISABLED": "false",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/box",
            ],
            profile: "a"
        )
        #expect(found.accessKeyID == "ASIA-a-OF-\(id)")
    }

    @Test("settings that cannot work are refused before anything is asked")
    func mistakes() async throws {
        let config =
            Self.base
            + Self.role("none") + Self.role("both", "source_profile = base", "credential_source = Environment")
            + Self.role("odd", "credential_source = Moon") + Self.role("gone", "source_profile = nowhere")
            + Self.role("mfa", "source_profile = base", "mfa_serial = arn:aws:iam::1:mfa/a")
            + "[profile name]\nrole_arn = idbridge\nsource_profile = base\n"
            + "[profile empty]\n" + Self.role("dry", "source_profile = empty")
        let chain = try Chain(config: config, answer: fakeSTS)
        let expected = [
            "none": "without source_profile", "both": "both source_profile", "odd": "'Moon'", "gone": "'nowhere'",
            "mfa": "mfa_serial", "name": "not the ARN of a role", "dry": "'empty' has no credentials",
        ]
        for (profile, message) in expected {
            let error = await chain.failure(["AWS_PROFILE": profile])
            #expect(error?.kind == .misconfigured, "\(profile)")
            #expect(error?.message.contains(message) == true, "\(profile): \(error.debugDescription)")
        }
        #expect(chain.transport.requests.isEmpty)
    }

    @Test("a source without credentials of the kind named says so")
    func drySource() async throws {
        let chain = try Chain(config: Self.role("a", "credential_source = Environment"), answer: fakeSTS)
        let error = await chain.failure(["AWS_PROFILE": "a"])
        #expect(error?.kind == .refused && error?.message.contains("AWS_ACCESS_KEY_ID is not set") == true)
    }

    private static let denied = """
        <ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User is not authorized</Message></Error>\
        <RequestId>r-5</RequestId></ErrorResponse>
        """

    @Test("a refusal names the role, the code, the request id, what was tried and what to do")
    func refused() async throws {
        let chain = try Chain(config: Self.base + Self.role("a", "source_profile = base")) { _ in
            .reply(403, Self.denied)
        }
        let error = await chain.failure(["AWS_PROFILE": "a"])
        #expect(error?.kind == .refused && error?.code == "AccessDenied" && error?.requestID == "r-5")
        #expect(error?.object == "arn:aws:iam::111122223333:role/a")
        #expect(error?.advice?.contains("trust policy") == true)
        #expect(error?.tried == ["environment: AWS_ACCESS_KEY_ID is not set"])
    }

    @Test("STS is asked where AWS_ENDPOINT_URL_STS says")
    func endpoint() async throws {
        let chain = try Chain(config: Self.base + Self.role("a", "source_profile = base")) { _ in
            .reply(200, assumed("AssumeRole", "ASIA"))
        }
        _ = try await chain.find(["AWS_PROFILE": "a", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:4566"])
        #expect(chain.transport.requests.map(\.url) == ["http://127.0.0.1:4566/"])
        let plain = await chain.failure(["AWS_PROFILE": "a", "AWS_ENDPOINT_URL_STS": "http://sts.example"])
        #expect(plain?.kind == .misconfigured && plain?.message.contains("AWS_ENDPOINT_URL_STS") == true)
    }

    // MARK: Web identity

    @Test("a web identity token is read anew for each renewal, and the request is not signed")
    func webIdentity() async throws {
        let chain = try Chain(answer: fakeSTS)
        try chain.home.write("token", "first.jwt\n")
        let provider = try chain.provider([
            "AWS_WEB_IDENTITY_TOKEN_FILE": "\(chain.home.path)/token",
            "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/web", "AWS_ROLE_SESSION_NAME": "pod",
        ])
        #expect(try await provider.credentials(renew: false).accessKeyID == "ASIA-web-OF-WEB")
        try chain.home.write("token", "second.jwt")
        chain.time.advance(3000)
        _ = try await provider.credentials(renew: false)
        #expect(chain.transport.requests.map { $0.form["WebIdentityToken"] } == ["first.jwt", "second.jwt"])
        let request = try #require(chain.transport.requests.first)
        #expect(request.form["Action"] == "AssumeRoleWithWebIdentity" && request.form["RoleSessionName"] == "pod")
        #expect(request.header("Authorization") == nil && request.header("X-Amz-Date") == nil)
    }

    @Test("a profile's web identity comes before its role, and may be the source of another profile")
    func webIdentityProfile() async throws {
        let home = try Home()
        try home.write("token", "jwt")
        let config =
            Self.role("w", "web_identity_token_file = \(home.path)/token", "source_profile = nowhere")
            + Self.role("over", "source_profile = w")
        let chain = try Chain(config: config, answer: fakeSTS)
        #expect(try await chain.find(["AWS_PROFILE": "w"]).accessKeyID == "ASIA-w-OF-WEB")
        #expect(try await chain.find(["AWS_PROFILE": "over"]).accessKeyID == "ASIA-over-OF-ASIA-w-OF-WEB")
    }

    @Test("a token file that is not there, holds none, or has no role to it is named")
    func webIdentityMistakes() async throws {
        let chain = try Chain(answer: fakeSTS)
        try chain.home.write("empty", "\n")
        let arn = "arn:aws:iam::111122223333:role/web"
        for name in ["gone", "empty"] {
            let path = "\(chain.home.path)/\(name)"
            let error = await chain.failure(["AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": arn])
            #expect(error?.kind == .misconfigured && error?.object == path)
        }
        let error = await chain.failure(["AWS_WEB_IDENTITY_TOKEN_FILE": "/token"])
        #expect(error?.advice?.contains("AWS_ROLE_ARN") == true)
        #expect(chain.transport.requests.isEmpty)
    }

    @Test("an identity provider that STS cannot reach is asked about again")
    func transientProvider() async throws {
        let chain = try Chain { request in
            request.header("Authorization") == nil
                ? .reply(400, Self.denied.replacing("AccessDenied", with: "IDPCommunicationError")) : .reply(500)
        }
        try chain.home.write("token", "jwt")
        let error = await chain.failure([
            "AWS_WEB_IDENTITY_TOKEN_FILE": "\(chain.home.path)/token",
            "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/web", "AWS_MAX_ATTEMPTS": "3",
        ])
        #expect(error?.kind == .unreachable && error?.code == "IDPCommunicationError")
        #expect(chain.transport.requests.count == 3)
    }

    // MARK: The configuration's role

    @Test("the configuration's role is kept, renewed, and asked for with credentials that hold")
    func provider() async throws {
        let time = FakeTime()
        let clock = AWSClock(time: time)
        let transport = FakeTransport { request in
            request.header("X-Amz-Security-Token") == "token1"
                ? .reply(403, Self.denied.replacing("AccessDenied", with: "ExpiredToken"))
                : .reply(200, assumed("AssumeRole", "ASIA", expiration: AWSTime.extended(time.now() + 3600)))
        }
        let source = CachedCredentials(CountingProvider { .success(testCredentials($0)) }, clock: clock)
        let role = AssumeRoleProvider(
            roleARN: "arn:aws-cn:iam::111122223333:role/path/idbridge",
            source: source,
            endpoint: AWSEndpoint(url: "https://sts", signingRegion: "cn-north-1"),
            http: HTTPClient(transport: transport, time: time, random: FixedRandom()),
            clock: clock
        )
        for _ in 0..<3 { #expect(try await role.credentials(renew: false).accessKeyID == "ASIA") }
        #expect(transport.requests.count == 2)
        #expect(transport.requests[1].header("X-Amz-Security-Token") == "token2")
        #expect(transport.requests[1].form["RoleSessionName"] == "idbridge")
        time.advance(3000)
        _ = try await role.credentials(renew: false)
        #expect(transport.requests.count == 3)
    }

    @Test(
        "an answer without credentials is malformed",
        arguments: ["<AssumeRoleResponse/>", "{}", assumed("AssumeRole", "")]
    )
    func malformed(body: String) async throws {
        let chain = try Chain(config: Self.base + Self.role("a", "source_profile = base")) { _ in .reply(200, body) }
        #expect(await chain.failure(["AWS_PROFILE": "a"])?.kind == .malformed)
    }
}
