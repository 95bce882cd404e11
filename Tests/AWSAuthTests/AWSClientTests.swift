import HTTP
import Testing

@testable import AWSAuth

@Suite("AWSJSONClient and AWSQueryClient")
struct AWSClientTests {
    private let time = FakeTime()
    private let clock: AWSClock

    init() { clock = AWSClock(time: time) }

    private func http(_ transport: FakeTransport) -> HTTPClient {
        HTTPClient(transport: transport, policy: RetryPolicy(maximumAttempts: 4), time: time, random: FixedRandom())
    }

    private func json(_ transport: FakeTransport, _ credentials: (any CredentialsProvider)? = nil) -> AWSJSONClient {
        AWSJSONClient(
            service: .ssoAdmin,
            endpoint: AWSEndpoint(url: "https://sso.eu-west-1.amazonaws.com", signingRegion: "eu-west-1"),
            http: http(transport),
            credentials: credentials ?? StaticCredentials(testCredentials(1)),
            clock: clock
        )
    }

    private func sts(_ transport: FakeTransport) -> STS {
        STS(
            endpoint: AWSEndpoint(url: "http://127.0.0.1:5000/base", signingRegion: "eu-west-1"),
            http: http(transport),
            credentials: StaticCredentials(testCredentials(1)),
            clock: clock
        )
    }

    private func failure(_ status: Int, _ code: String, _ extra: String = "") -> Result<HTTPResponse, TransportError> {
        .reply(
            status,
            #"{"__type":"com.amazonaws.sso#\#(code)","Message":"m"\#(extra)}"#,
            [("x-amzn-RequestId", "r-1")]
        )
    }

    @Test("a call is a signed POST with its target, and gives back the bytes")
    func call() async throws {
        let transport = FakeTransport([.reply(200, #"{"Instances":[]}"#, [("x-amzn-requestid", "r-9")])])
        let reply = try await json(transport).call("ListInstances", body: Array("{}".utf8), isRepeatable: true)
        #expect(String(decoding: reply.body, as: UTF8.self) == #"{"Instances":[]}"#)
        #expect(reply.requestID == "r-9")
        let request = try #require(transport.requests.first)
        #expect(request.method == "POST" && request.url == "https://sso.eu-west-1.amazonaws.com/")
        #expect(request.header("X-Amz-Target") == "SWBExternalService.ListInstances")
        #expect(request.header("Content-Type") == "application/x-amz-json-1.1")
        #expect(request.header("X-Amz-Date") == "20261123T201500Z")
        #expect(request.header("X-Amz-Security-Token") == "token1")
        #expect(request.header("Authorization")?.contains("/20261123/eu-west-1/sso/aws4_request") == true)
        #expect(request.text == "{}")
    }

    @Test("an error has its code, message, request id and members")
    func errors() async throws {
        let body =
            #"{"__type":"com.amazonaws.identitystore#ConflictException:http://x","message":"exists","#
            + #""Reason":"UNIQUENESS_CONSTRAINT_VIOLATION","ResourceType":"GROUP","ResourceId":"g-1","RetryAfterSeconds":2}"#
        let transport = FakeTransport([.reply(400, body, [("x-amzn-RequestId", "r-2")])])
        let error = await #expect(throws: AWSServiceError.self) {
            try await json(transport).call("CreateGroup", isRepeatable: false)
        }
        #expect(
            error
                == AWSServiceError(
                    .conflict,
                    service: "sso-admin",
                    operation: "CreateGroup",
                    status: 400,
                    code: "ConflictException",
                    message: "exists",
                    requestID: "r-2",
                    reason: "UNIQUENESS_CONSTRAINT_VIOLATION",
                    resourceType: "GROUP",
                    resourceID: "g-1",
                    retryAfterSeconds: 2
                )
        )
    }

    @Test(
        "codes are sorted into kinds",
        arguments: [
            (400, "AccessDeniedException", AWSServiceError.Kind.refused), (403, "InvalidClientTokenId", .refused),
            (400, "ResourceNotFoundException", .notFound), (404, "NoSuchEntity", .notFound),
            (400, "ConflictException", .conflict), (409, "EntityAlreadyExists", .conflict),
            (400, "ServiceQuotaExceededException", .quotaExceeded), (400, "ValidationException", .rejected),
            (400, "UnrecognizedClientException", .refused), (400, "SomethingNew", .rejected),
            (413, "HTTP 413", .rejected), (403, "HTTP 403", .refused),
        ]
    )
    func kinds(status: Int, code: String, kind: AWSServiceError.Kind) async {
        let isBare = code.hasPrefix("HTTP ")
        let transport = FakeTransport([isBare ? .reply(status, "<html>no</html>") : failure(status, code)])
        let error = await #expect(throws: AWSServiceError.self) {
            try await json(transport).call("X", isRepeatable: true)
        }
        #expect(error?.kind == kind && error?.code == code && error?.status == status)
        #expect(transport.requests.count == 1)
    }

    @Test("the code may stand in a header, and members of wrong types count as missing")
    func codeInHeader() async {
        let reply = Result<HTTPResponse, TransportError>.reply(
            400,
            #"{"message":["no text"],"Reason":7}"#,
            [("x-amzn-ErrorType", "ValidationException:http://internal.amazon.com/")]
        )
        let error = await #expect(throws: AWSServiceError.self) {
            try await json(FakeTransport([reply])).call("X", isRepeatable: true)
        }
        #expect(error?.code == "ValidationException" && error?.message == "no message" && error?.reason == nil)
    }

    @Test("throttling is waited for, whatever the status, and as long as the service asks")
    func throttling() async throws {
        let transport = FakeTransport([
            failure(400, "ThrottlingException", #","RetryAfterSeconds":7"#),
            .reply(429, "", [("Retry-After", "3")]),
            .reply(503, #"{"__type":"SlowDown"}"#, [("x-amz-retry-after", "2500")]),
            .reply(200, "{}"),
        ])
        _ = try await json(transport).call("CreateUser", isRepeatable: false)
        #expect(transport.requests.count == 4)
        #expect(time.slept == [7, 3, 2.5])
    }

    @Test("a server error is tried again only where that is safe")
    func serverErrors() async throws {
        let twice = FakeTransport([failure(500, "InternalServerException"), .reply(200, "{}")])
        _ = try await json(twice).call("ListGroups", isRepeatable: true)
        #expect(twice.requests.count == 2)

        let once = FakeTransport([failure(500, "InternalServerException"), .reply(200, "{}")])
        let error = await #expect(throws: AWSServiceError.self) {
            try await json(once).call("CreateGroup", isRepeatable: false)
        }
        #expect(error?.kind == .unreachable && once.requests.count == 1)
    }

    @Test("what the caller says will pass is tried again")
    func passing() async throws {
        let transport = FakeTransport([failure(409, "ConflictException"), .reply(200, "{}")])
        _ = try await json(transport)
            .call("CreateAccountAssignment", isRepeatable: true) { $0.code == "ConflictException" }
        #expect(transport.requests.count == 2)
        #expect(time.slept == [1])
    }

    @Test("expired credentials are renewed once, and the call is signed anew")
    func expired() async throws {
        let provider = CountingProvider { .success(testCredentials($0)) }
        let cached = CachedCredentials(provider, clock: clock)
        let transport = FakeTransport([failure(400, "ExpiredTokenException"), .reply(200, "{}")])
        _ = try await json(transport, cached).call("ListGroups", isRepeatable: false)
        #expect(transport.requests.map { $0.header("X-Amz-Security-Token") } == ["token1", "token2"])
        #expect(provider.renewals == 1)

        let stubborn = FakeTransport { _ in failure(403, "ExpiredToken") }
        let error = await #expect(throws: AWSServiceError.self) {
            try await json(stubborn, cached).call("ListGroups", isRepeatable: true)
        }
        #expect(error?.kind == .refused && stubborn.requests.count == 2)
    }

    @Test("of many calls with the same expired credentials one renews")
    func expiredTogether() async throws {
        let provider = CountingProvider { .success(testCredentials($0)) }
        let cached = CachedCredentials(provider, clock: clock)
        let transport = FakeTransport { request in
            request.header("X-Amz-Security-Token") == "token1"
                ? failure(400, "ExpiredTokenException") : .reply(200, "{}")
        }
        let client = json(transport, cached)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await client.call("ListGroups", isRepeatable: true) } }
            try await group.waitForAll()
        }
        #expect(provider.renewals == 1)
    }

    @Test("a clock that is off is learned from the reply, and the call is signed by the right time")
    func skew() async throws {
        let date = ("Date", "Mon, 23 Nov 2026 20:35:00 GMT")
        for code in ["RequestTimeTooSkewed", "InvalidSignatureException"] {
            let clock = AWSClock(time: time)
            let transport = FakeTransport([.reply(403, #"{"__type":"\#(code)"}"#, [date]), .reply(200, "{}")])
            let client = AWSJSONClient(
                service: .identityStore,
                endpoint: AWSEndpoint(url: "https://a", signingRegion: "r"),
                http: http(transport),
                credentials: StaticCredentials(testCredentials(1)),
                clock: clock
            )
            _ = try await client.call("ListGroups", isRepeatable: false)
            #expect(transport.requests.map { $0.header("X-Amz-Date") } == ["20261123T201500Z", "20261123T203500Z"])
            #expect(clock.offsetSeconds == 1200)
        }
    }

    @Test("a wrong secret, where the clock is right, is not tried again")
    func wrongSecret() async {
        let reply = Result<HTTPResponse, TransportError>.reply(
            403,
            #"{"__type":"InvalidSignatureException","message":"does not match"}"#,
            [("Date", "Mon, 23 Nov 2026 20:15:30 GMT")]
        )
        let transport = FakeTransport { _ in reply }
        let error = await #expect(throws: AWSServiceError.self) {
            try await json(transport).call("X", isRepeatable: true)
        }
        #expect(transport.requests.count == 1)
        #expect(error?.kind == .refused && error?.advice?.contains("secret access key") == true)
        #expect(clock.offsetSeconds == 0)
    }

    @Test("no answer is unreachable, with what happened and how often")
    func unreachable() async {
        let transport = FakeTransport { _ in .failure(.cannotConnect("no route")) }
        let error = await #expect(throws: AWSServiceError.self) {
            try await json(transport).call("X", isRepeatable: false)
        }
        #expect(error?.kind == .unreachable && error?.message == "cannot connect: no route (4 attempts)")
        let untrusted = await #expect(throws: AWSServiceError.self) {
            try await json(FakeTransport([.failure(.untrusted("self-signed"))])).call("X", isRepeatable: true)
        }
        #expect(untrusted?.advice?.contains("AWS_CA_BUNDLE") == true)
    }

    @Test("no credentials is the failure of who should give them")
    func noCredentials() async {
        let auth = AWSAuthError(.refused, service: "sso", message: "expired", advice: "sign in", tried: ["environment"])
        let transport = FakeTransport([])
        let provider = CountingProvider { _ in .failure(auth) }
        let error = await #expect(throws: AWSServiceError.self) {
            try await json(transport, provider).call("X", isRepeatable: true)
        }
        #expect(error?.service == "sso" && error?.message == "expired (tried: environment)")
        #expect(error?.advice == "sign in" && transport.requests.isEmpty)
    }

    private static let identity = """
        <?xml version="1.0"?>
        <!-- who -->
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:sts::111122223333:assumed-role/a&amp;b/s</Arn>
            <UserId>AROA&#x3A;s</UserId><Account><![CDATA[111122223333]]></Account>
          </GetCallerIdentityResult>
          <ResponseMetadata><RequestId>r-3</RequestId></ResponseMetadata>
        </GetCallerIdentityResponse>

        """

    @Test("GetCallerIdentity: a signed form, and an XML reply")
    func callerIdentity() async throws {
        let transport = FakeTransport([.reply(200, Self.identity)])
        let identity = try await sts(transport).callerIdentity()
        #expect(
            identity
                == CallerIdentity(
                    account: "111122223333",
                    arn: "arn:aws:sts::111122223333:assumed-role/a&b/s",
                    userID: "AROA:s"
                )
        )
        let request = try #require(transport.requests.first)
        #expect(request.url == "http://127.0.0.1:5000/base/")
        #expect(request.text == "Action=GetCallerIdentity&Version=2011-06-15")
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded; charset=utf-8")
        #expect(request.header("Authorization")?.contains("/eu-west-1/sts/aws4_request") == true)
    }

    @Test("a query service's error has its code and message; throttling is waited for")
    func queryErrors() async {
        let throttled = """
            <ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>\
            <RequestId>r-4</RequestId></ErrorResponse>
            """
        let denied = throttled.replacing("Throttling", with: "AccessDenied").replacing(
            "Rate exceeded",
            with: "no &lt;way&gt;"
        )
        let transport = FakeTransport([.reply(400, throttled), .reply(403, denied)])
        let error = await #expect(throws: AWSServiceError.self) { try await sts(transport).callerIdentity() }
        #expect(transport.requests.count == 2)
        #expect(error?.kind == .refused && error?.code == "AccessDenied")
        #expect(error?.message == "no <way>" && error?.requestID == "r-4")
    }

    @Test(
        "what is not well-formed XML is malformed",
        arguments: [
            "", "text", "<a>", "<a></b>", "<a></a><b/>", "<a>&nope;</a>", "<a>&#0;</a>", "<a b></a>", "<a b='></a>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a><![CDATA[</a>", "<a><!-- </a>", "{}",
            String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100),
        ]
    )
    func malformedXML(text: String) async {
        #expect(XMLElement(Array(text.utf8)) == nil)
        let error = await #expect(throws: AWSServiceError.self) {
            try await sts(FakeTransport([.reply(200, text)])).callerIdentity()
        }
        #expect(error?.kind == .malformed)
    }

    @Test("lists are elements named member")
    func lists() throws {
        let text = "<r><Users><member><N>a</N></member><member><N>b</N></member></Users><E/><E a='1' b=\"&lt;\"/></r>"
        let root = try #require(XMLElement(Array(text.utf8)))
        #expect(root["Users"]?.members.compactMap { $0["N"]?.text } == ["a", "b"])
        #expect(root["Users", "member", "N"]?.text == "a" && root["Nothing"] == nil)
        #expect(root.children.count == 3)
    }
}
