import HTTP
import Synchronization
import Testing

@testable import AWSAuth

@Suite("Container and instance metadata")
struct MetadataTests {
    private static let keys = """
        {"Code":"Success","AccessKeyId":"ASIAMETA","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-23T23:15:00Z"}
        """

    // MARK: Container

    private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    @Test("the relative address counts before the full one, and the token goes along as it is")
    func container() async throws {
        let chain = try Chain { _ in .reply(200, Self.keys) }
        let found = try await chain.find([
            Self.relative: "/v2/credentials?id=1", Self.full: "http://127.0.0.1:1/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x y",
        ])
        #expect(found.accessKeyID == "ASIAMETA" && found.sessionToken == "t" && found.origin == "container")
        #expect(found.expiration == FakeTime.start + 3 * 3600)
        let request = try #require(chain.transport.requests.first)
        #expect(request.url == "http://169.254.170.2/v2/credentials?id=1" && request.method == "GET")
        #expect(request.header("Authorization") == "Basic x y" && request.header("Accept") == "application/json")
        #expect(request.isMetadata && request.timeoutSeconds == 2)
    }

    @Test(
        "the full address: https, this machine, and the addresses of ECS and EKS",
        arguments: [
            "https://example.com/x", "http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:80/x",
            "http://169.254.170.2/x", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
        ]
    )
    func fullAddress(url: String) async throws {
        let chain = try Chain { _ in .reply(200, Self.keys) }
        _ = try await chain.find([Self.full: url])
        #expect(chain.transport.requests.map(\.url) == [url])
        #expect(chain.transport.requests.map(\.isMetadata) == [!url.hasPrefix("https")])
    }

    @Test(
        "every other address is refused, and nothing is asked",
        arguments: [
            (full, "http://example.com/x"), (full, "http://169.254.169.254/x"),
            (full, "http://169.254.170.2.evil.com/"),
            (full, "http://169.254.170.2@evil.com/"), (full, "x"), (full, "ftp://localhost/"),
            (full, "http://10.0.0.1/"),
            (relative, "@evil.com/x"), (relative, ".evil.com/x"), (relative, ":80@evil.com"), (relative, "x"),
        ]
    )
    func refusedAddress(variable: String, value: String) async throws {
        let chain = try Chain { _ in .reply(200, Self.keys) }
        let error = await chain.failure([variable: value])
        #expect(error?.kind == .misconfigured && error?.service == "container")
        #expect(error?.message.contains(variable) == true)
        #expect(chain.transport.requests.isEmpty)
    }

    @Test("the token's file is read each time, and counts before the variable; a line break is refused")
    func tokenFile() async throws {
        let chain = try Chain { _ in .reply(200, Self.keys) }
        try chain.home.write("token", "one")
        let provider = try chain.provider([
            Self.full: "http://169.254.170.23/v1/credentials", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "\(chain.home.path)/token",
        ])
        _ = try await provider.credentials(renew: false)
        try chain.home.write("token", "two")
        _ = try await provider.credentials(renew: true)
        #expect(chain.transport.requests.map { $0.header("Authorization") } == ["one", "two"])

        for text in ["three\n", "a\r\nX-Evil: 1", "é"] {
            try chain.home.write("token", text)
            let error = await #expect(throws: AWSAuthError.self) { try await provider.credentials(renew: true) }
            #expect(error?.kind == .misconfigured && error?.description.contains("Evil") == false)
        }
        #expect(chain.transport.requests.count == 2)
    }

    @Test("it is asked three times, a second apart")
    func containerRetries() async throws {
        let rest = Mutex([500, 404, 200][...])
        let chain = try Chain { _ in .reply(rest.withLock { $0.popFirst() } ?? 400, Self.keys) }
        #expect(try await chain.find([Self.relative: "/x"]).accessKeyID == "ASIAMETA")
        #expect(chain.time.slept == [1, 1])

        let down = try Chain { _ in .reply(404, #"{"code":"x","message":"lower","Message":"no such id"}"#) }
        let error = await down.failure([Self.relative: "/x"])
        #expect(
            error?.kind == .refused && error?.message == "HTTP 404: no such id" && down.transport.requests.count == 3
        )

        let silent = try Chain()
        #expect(await silent.failure([Self.relative: "/x"])?.kind == .unreachable)
        let odd = try Chain { _ in .reply(200, #"{"AccessKeyId":"A"}"#) }
        #expect(await odd.failure([Self.relative: "/x"])?.kind == .malformed)
    }

    // MARK: Instance

    private static let on = ["AWS_EC2_METADATA_DISABLED": "false"]
    private static let base = "http://169.254.169.254/latest"
    private static let roles = base + "/meta-data/iam/security-credentials/"

    /// An instance whose token endpoint answers as told.
    private func instance(
        token: Result<HTTPResponse, TransportError> = .reply(200, "tok"),
        role: Result<HTTPResponse, TransportError> = .reply(200, "my role\nsecond\n".replacing(" ", with: "-")),
        keys: Result<HTTPResponse, TransportError> = .reply(200, MetadataTests.keys),
        prefix: String = MetadataTests.base
    ) throws -> Chain {
        let roles = prefix + "/meta-data/iam/security-credentials/"
        return try Chain { request in
            switch (request.method, request.url) {
            case ("PUT", prefix + "/api/token"): token
            case ("GET", roles): role
            case ("GET", roles + "my-role"): keys
            default: .failure(.failed("asked for \(request.url)"))
            }
        }
    }

    @Test("version 2: a token, the role's name, its keys")
    func versionTwo() async throws {
        let chain = try instance()
        let found = try await chain.find(Self.on)
        #expect(found.accessKeyID == "ASIAMETA" && found.origin == "instance metadata, role my-role")
        let requests = chain.transport.requests
        #expect(requests.map(\.method) == ["PUT", "GET", "GET"])
        #expect(requests[0].header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
        #expect(requests.map { $0.header("x-aws-ec2-metadata-token") } == [nil, "tok", "tok"])
        #expect(requests.allSatisfy { $0.isMetadata && $0.timeoutSeconds == 1 })
    }

    @Test("version 1, where the token is refused or does not come in time, unless it is disabled")
    func versionOne() async throws {
        for token: Result<HTTPResponse, TransportError> in [.reply(403), .reply(404), .reply(405), .failure(.timedOut)]
        {
            let chain = try instance(token: token)
            #expect(try await chain.find(Self.on).accessKeyID == "ASIAMETA")
            #expect(chain.transport.requests.allSatisfy { $0.header("x-aws-ec2-metadata-token") == nil })
            let strict = await chain.failure(Self.on.merging(["AWS_EC2_METADATA_V1_DISABLED": "true"]) { $1 })
            #expect(strict?.tried.last?.contains("version 1 is disabled") == true)
        }
    }

    @Test("a bad request for a token ends the search")
    func badRequest() async throws {
        let chain = try instance(token: .reply(400))
        let error = await chain.failure(Self.on)
        #expect(error?.kind == .refused && error?.service == "imds" && error?.code == "HTTP 400")
        #expect(error?.tried.isEmpty == false)
    }

    @Test("no instance, no role, and a disabled service are links without credentials")
    func absent() async throws {
        let cases: [(Chain, [String: String], String)] = [
            (try Chain(), Self.on, "nothing at http://169.254.169.254/latest/api/token"),
            (try instance(role: .reply(404)), Self.on, "no role is attached"),
            (try instance(role: .failure(.timedOut)), Self.on, "no answer"),
            (try instance(), ["AWS_EC2_METADATA_DISABLED": "TRUE"], "AWS_EC2_METADATA_DISABLED"),
        ]
        for (chain, variables, reason) in cases {
            let error = await chain.failure(variables)
            #expect(error?.kind == .refused && error?.tried.last?.contains(reason) == true, "\(reason)")
        }
    }

    @Test("a role whose keys cannot be had says why")
    func refusedRole() async throws {
        let unauthorized = #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume it"}"#
        let chain = try instance(keys: .reply(200, unauthorized))
        let error = await chain.failure(Self.on)
        #expect(
            error?.code == "AssumeRoleUnauthorizedAccess" && error?.message.contains("EC2 cannot assume it") == true
        )
        #expect(await (try instance(keys: .reply(200, "{}"))).failure(Self.on)?.kind == .malformed)
        #expect(await (try instance(keys: .reply(500))).failure(Self.on)?.kind == .refused)
        #expect(await (try instance(keys: .failure(.timedOut))).failure(Self.on)?.kind == .unreachable)
    }

    @Test("old keys, in an outage of the service, are used for a while longer")
    func outage() async throws {
        let chain = try instance(keys: .reply(200, Self.keys.replacing("23:15", with: "20:00")))
        #expect(try await chain.find(Self.on).expiration == FakeTime.start + 900)
    }

    @Test("timeout, attempts, address and address family can be set")
    func settings() async throws {
        let chain = try instance(token: .reply(500), prefix: "http://[fd00:ec2::254]/latest")
        _ = try await chain.find(
            Self.on.merging([
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6", "AWS_METADATA_SERVICE_TIMEOUT": "2.5",
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3",
            ]) { $1 }
        )
        #expect(chain.transport.requests.map(\.method) == ["PUT", "PUT", "PUT", "GET", "GET"])
        #expect(chain.transport.requests.allSatisfy { $0.timeoutSeconds == 2.5 })

        let local = try instance(prefix: "http://127.0.0.1:1338/latest")
        let endpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        _ = try await local.find(Self.on.merging([endpoint: "http://127.0.0.1:1338/"]) { $1 })
        for url in ["http://example.com", "x", "http://127.0.0.1/?a"] {
            let error = await local.failure(Self.on.merging([endpoint: url]) { $1 })
            #expect(error?.kind == .misconfigured && error?.message.contains(endpoint) == true)
        }
    }
}
