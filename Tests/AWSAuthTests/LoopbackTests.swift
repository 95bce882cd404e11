import HTTP
import HTTPServer
import Sandbox
import Testing

@testable import AWSAuth

/// The sandbox verifies every signature on its own, and libcurl carries the requests.
@Suite("Against the sandbox, over sockets")
struct LoopbackTests {
    private static let roleARN = "arn:aws:iam::111122223333:role/idbridge"
    private let time = FakeTime()
    private let clock: AWSClock
    private let home: Home
    private let sandbox: Sandbox
    private let transport = CurlTransport(configuration: .init(environment: [:]))

    init() async throws {
        var world = World()
        world.access.roles = [.init(Self.roleARN, externalID: "x")]
        world.access.webIdentityTokens = ["a.b.c"]
        home = try Home()
        clock = AWSClock(time: time)
        sandbox = try await Sandbox.start(world: world, configuration: .init(clock: { [time] in time.now() }))
    }

    private var http: HTTPClient { HTTPClient(transport: transport, time: time, random: FixedRandom()) }

    /// The environment of the sandbox with these changes; an empty value takes a variable out.
    private func environment(_ changes: [String: String] = [:]) throws -> AWSEnvironment {
        var variables = home.variables(sandbox.environment).merging(changes) { $1 }
        variables = variables.filter { !$0.value.isEmpty }
        return try AWSEnvironment(variables: variables)
    }

    private func chain(_ environment: AWSEnvironment) -> AWSCredentialChain {
        AWSCredentialChain(
            environment: environment,
            transport: transport,
            clock: clock,
            time: time,
            random: FixedRandom()
        )
    }

    private func sts(_ credentials: any CredentialsProvider) throws -> STS {
        STS(endpoint: try environment().endpoint(.sts), http: http, credentials: credentials, clock: clock)
    }

    private func identity(_ environment: AWSEnvironment) async throws -> CallerIdentity {
        try await sts(chain(environment)).callerIdentity()
    }

    private static let noKeys = ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""]

    @Test("keys of the environment are accepted, and a wrong secret is not")
    func environmentKeys() async throws {
        let key = try #require(sandbox.world.snapshot().access.keys.first)
        let identity = try await identity(try environment())
        #expect(
            identity.arn == key.principal && identity.account == sandbox.world.snapshot().organization.managementAccount
        )

        let error = await #expect(throws: AWSServiceError.self) {
            try await self.identity(try environment(["AWS_SECRET_ACCESS_KEY": "wrong"]))
        }
        #expect(error?.kind == .refused && error?.requestID != nil)
        #expect(sandbox.world.count("sts") == 2)
    }

    @Test("a JSON service accepts the signature too, and gives its errors their codes")
    func json() async throws {
        let environment = try environment()
        let client = AWSJSONClient(
            service: .ssoAdmin,
            endpoint: try environment.endpoint(.ssoAdmin),
            http: http,
            credentials: chain(environment),
            clock: clock
        )
        let reply = try await client.call("ListInstances", isRepeatable: true)
        #expect(String(decoding: reply.body, as: UTF8.self).contains("Instances") && reply.requestID != nil)
        sandbox.world.inject(Fault(.service("sso-admin"), .first(2), .throttled(retryAfter: 2)))
        _ = try await client.call("ListInstances", isRepeatable: true)
        #expect(time.slept.count == 2)
        let error = await #expect(throws: AWSServiceError.self) {
            try await client.call("DescribePermissionSet", body: Array("{}".utf8), isRepeatable: true)
        }
        #expect(error?.code == "ValidationException" && error?.kind == .rejected)
    }

    @Test("a clock that is twenty minutes off is set right by the service", arguments: [-1200.0, 1200.0])
    func skew(seconds: Double) async throws {
        let clock = AWSClock(time: FakeTime(FakeTime.start + seconds))
        let environment = try environment()
        let sts = STS(
            endpoint: try environment.endpoint(.sts),
            http: http,
            credentials: chain(environment),
            clock: clock
        )
        _ = try await sts.callerIdentity()
        #expect(clock.offsetSeconds == -seconds)
        #expect(sandbox.world.count("sts") == 2)
    }

    @Test("the container's endpoint gives credentials that are accepted")
    func container() async throws {
        let variables = home.variables(sandbox.containerEnvironment)
        let identity = try await identity(try AWSEnvironment(variables: variables))
        #expect(identity.arn.contains(":assumed-role/"))
        let refused = await #expect(throws: AWSServiceError.self) {
            let changed = variables.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "wrong"]) { $1 }
            return try await self.identity(try AWSEnvironment(variables: changed))
        }
        #expect(refused?.service == "container" && refused?.message.contains("HTTP 401") == true)
    }

    @Test("the instance's metadata service gives credentials that are accepted, and renews them")
    func instance() async throws {
        let endpoint = [
            "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": sandbox.baseURL,
            // The default of one second is short for a machine that is busy with other tests.
            "AWS_METADATA_SERVICE_TIMEOUT": "30", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3",
        ]
        let chain = chain(try environment(Self.noKeys.merging(endpoint) { $1 }))
        let sts = try sts(chain)
        #expect(try await sts.callerIdentity().arn.contains(":assumed-role/sandbox-instance/"))
        let first = try await chain.credentials(renew: false)
        time.advance(21_000)
        _ = try await sts.callerIdentity()
        #expect(try await chain.credentials(renew: false) != first)
        #expect(sandbox.world.count("sts") == 2)
    }

    @Test("the configuration's role is assumed, and renewed when the service calls it expired")
    func role() async throws {
        let environment = try environment()
        func provider(_ externalID: String?) throws -> AssumeRoleProvider {
            AssumeRoleProvider(
                roleARN: Self.roleARN,
                externalID: externalID,
                source: chain(environment),
                endpoint: try environment.endpoint(.sts),
                http: http,
                clock: clock
            )
        }
        let role = try provider("x")
        let sts = try sts(role)
        #expect(try await sts.callerIdentity().arn == "arn:aws:sts::111122223333:assumed-role/idbridge/idbridge")
        sandbox.world.inject(
            Fault(.operation("sts", "GetCallerIdentity"), .first(1), .refused(code: "ExpiredToken", status: 403))
        )
        _ = try await sts.callerIdentity()
        #expect(sandbox.world.count("sts", "AssumeRole") == 2)
        let error = await #expect(throws: AWSAuthError.self) { try await provider(nil).credentials(renew: false) }
        #expect(error?.code == "AccessDenied" && error?.object == Self.roleARN)
    }

    @Test("a web identity gives the role, without keys")
    func webIdentity() async throws {
        try home.write("token", "a.b.c")
        let variables = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": "\(home.path)/token", "AWS_ROLE_ARN": Self.roleARN,
            "AWS_ROLE_SESSION_NAME": "job-1",
        ]
        let all = Self.noKeys.merging(variables) { $1 }
        #expect(try await identity(try environment(all)).arn == "arn:aws:sts::111122223333:assumed-role/idbridge/job-1")
        try home.write("token", "x.y.z")
        let error = await #expect(throws: AWSServiceError.self) { try await identity(try environment(all)) }
        #expect(error?.code == "InvalidIdentityToken" && error?.operation == "AssumeRoleWithWebIdentity")
    }

    @Test("resets, closed connections and server errors are overcome")
    func faults() async throws {
        sandbox.world.inject(
            Fault(.service("sts"), .nth(1), .reset(performed: false)),
            Fault(.service("sts"), .nth(2), .serverError(503)),
            Fault(.service("sts"), .nth(3), .closed(performed: true)),
            Fault(.service("sts"), .nth(4), .throttled())
        )
        _ = try await identity(try environment())
        #expect(sandbox.world.count("sts") == 5)
    }

    @Test("an Identity Center profile: the token is renewed and the role's keys are accepted")
    func sso() async throws {
        let key = try #require(sandbox.world.snapshot().access.keys.first)
        let portal = try HTTPServer { request in
            switch (request.method, request.target, request.header("x-amz-sso_bearer_token")) {
            case ("POST", "/token", nil):
                .json(#"{"accessToken":"fresh","expiresIn":28800,"tokenType":"Bearer"}"#)
            case ("GET", "/federation/credentials?role_name=Admin&account_id=111122223333", "fresh"):
                .json(
                    #"{"roleCredentials":{"accessKeyId":"\#(key.id)","secretAccessKey":"\#(key.secret)","#
                        + #""sessionToken":"","expiration":1795468500000}}"#
                )
            default: .json(#"{"message":"no"}"#, status: 401)
            }
        }
        defer { portal.stop() }
        try home.write(
            ".aws/config",
            """
            [sso-session corp]
            sso_region = eu-west-1
            sso_start_url = https://d-1.awsapps.com/start
            [profile admin]
            sso_session = corp
            sso_account_id = 111122223333
            sso_role_name = Admin
            """
        )
        try home.write(
            ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
            """
            {"accessToken":"old","expiresAt":"2026-11-23T20:16:00Z","refreshToken":"r","clientId":"c","clientSecret":"s",
             "registrationExpiresAt":"2027-01-01T00:00:00Z"}
            """
        )
        let changes = Self.noKeys.merging([
            "AWS_CONFIG_FILE": "", "AWS_PROFILE": "admin", "AWS_ENDPOINT_URL_SSO": portal.baseURL,
            "AWS_ENDPOINT_URL_SSO_OIDC": portal.baseURL,
        ]) { $1 }
        #expect(try await identity(try environment(changes)).arn == key.principal)
    }
}
