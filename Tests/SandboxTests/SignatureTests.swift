import AWSAuth
import Foundation
import HTTP
import Sandbox
import Testing

@Suite struct SignatureTests {
    private func expect(_ request: HTTPRequest, _ code: String?, on sandbox: Sandbox) async throws {
        let answer = try await sandbox.send(request)
        #expect(answer.code == code)
        #expect(answer.status == (code == nil ? 200 : 400))
    }

    @Test("a good signature passes; each part that is wrong has its own error")
    func signatures() async throws {
        let sandbox = try await Sandbox.start()
        let now = Date().timeIntervalSince1970
        let good = sandbox.request(.organizations, "DescribeOrganization")
        try await expect(good, nil, on: sandbox)

        var unsigned = good
        unsigned.headers.removeAll { $0.name == "Authorization" }
        try await expect(unsigned, "MissingAuthenticationTokenException", on: sandbox)

        var tampered = good
        tampered.body = Array("{ }".utf8)
        try await expect(tampered, "InvalidSignatureException", on: sandbox)

        var added = good
        added.headers.append(HTTPField("X-Amz-Extra", "not signed"))
        try await expect(added, "InvalidSignatureException", on: sandbox)

        let stranger = AWSCredentials(accessKeyID: "AKIASTRANGER", secretAccessKey: "x", sessionToken: nil)
        try await expect(
            sandbox.request(.organizations, "DescribeOrganization", credentials: stranger),
            "UnrecognizedClientException",
            on: sandbox
        )
        let wrong = AWSCredentials(
            accessKeyID: sandbox.credentials.accessKeyID,
            secretAccessKey: "another",
            sessionToken: nil
        )
        try await expect(
            sandbox.request(.organizations, "DescribeOrganization", credentials: wrong),
            "InvalidSignatureException",
            on: sandbox
        )
        for seconds in [now - 400, now + 400] {
            try await expect(
                sandbox.request(.organizations, "DescribeOrganization", at: seconds),
                "InvalidSignatureException",
                on: sandbox
            )
        }
        try await expect(
            sandbox.request(.organizations, "DescribeOrganization", region: "eu-west-1"),
            "InvalidSignatureException",
            on: sandbox
        )
        try await expect(
            sandbox.request(.organizations, "NoSuchOperation"),
            "UnknownOperationException",
            status: 404,
            on: sandbox
        )
    }

    private func expect(_ request: HTTPRequest, _ code: String, status: Int, on sandbox: Sandbox) async throws {
        let answer = try await sandbox.send(request)
        #expect(answer.code == code)
        #expect(answer.status == status)
    }

    @Test("the Date field tells the sandbox's clock")
    func date() async throws {
        let sandbox = try await Sandbox.start(configuration: .init(clock: { 1_795_464_900 }))
        let answer = try await sandbox.send(sandbox.request(.organizations, "DescribeOrganization"))
        #expect(answer.code == "InvalidSignatureException")
        #expect(answer.header("Date") == "Mon, 23 Nov 2026 20:15:00 GMT")
        #expect(answer.headers.count { $0.name == "Date" } == 1)
    }

    @Test("a session's token must come with its key, and ends")
    func sessions() async throws {
        var world = World()
        world.access.roles = [World.Role("arn:aws:iam::100000000001:role/idbridge")]
        let sandbox = try await Sandbox.start(world: world)
        let form =
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::100000000001:role/idbridge&RoleSessionName=test"
        let answer = try await sandbox.query("sts", form)
        #expect(answer.status == 200)
        let session = AWSCredentials(
            accessKeyID: answer.xml("AccessKeyId") ?? "",
            secretAccessKey: answer.xml("SecretAccessKey") ?? "",
            sessionToken: answer.xml("SessionToken")
        )
        #expect(try await sandbox.aws(.organizations, "DescribeOrganization", credentials: session).status == 200)
        let without = AWSCredentials(
            accessKeyID: session.accessKeyID,
            secretAccessKey: session.secretAccessKey,
            sessionToken: nil
        )
        let refused = try await sandbox.aws(.organizations, "DescribeOrganization", credentials: without)
        #expect(refused.code == "UnrecognizedClientException")
        let who = try await sandbox.query("sts", "Action=GetCallerIdentity&Version=2011-06-15", credentials: session)
        #expect(who.xml("Arn") == "arn:aws:sts::100000000001:assumed-role/idbridge/test")
        #expect(who.xml("Account") == "100000000001")
    }

    @Test("keys that have ended are refused as such")
    func expiredKey() async throws {
        var world = World()
        world.access.keys = [World.Key(token: "t", expiration: 1000)]
        let sandbox = try await Sandbox.start(world: world)
        let answer = try await sandbox.aws(.organizations, "DescribeOrganization")
        #expect(answer.code == "ExpiredTokenException")
    }

    @Test("STS refuses what it should, in XML")
    func sts() async throws {
        var world = World()
        world.access.roles = [
            World.Role("arn:aws:iam::200000000002:role/guarded", externalID: "secret-id", maximumSeconds: 3600)
        ]
        world.access.webIdentityTokens = ["a-token"]
        let sandbox = try await Sandbox.start(world: world)
        let role = "Version=2011-06-15&RoleSessionName=test&RoleArn=arn:aws:iam::200000000002:role/guarded"
        let cases: [(form: String, signed: Bool, status: Int, code: String?)] = [
            ("Action=AssumeRole&\(role)", true, 403, "AccessDenied"),
            ("Action=AssumeRole&ExternalId=secret-id&\(role)", true, 200, nil),
            ("Action=AssumeRole&ExternalId=secret-id&DurationSeconds=7200&\(role)", true, 400, "ValidationError"),
            ("Action=AssumeRole&ExternalId=secret-id&DurationSeconds=100&\(role)", true, 400, "ValidationError"),
            ("Action=AssumeRole&ExternalId=secret-id&\(role)", false, 403, "MissingAuthenticationToken"),
            ("Action=AssumeRoleWithWebIdentity&WebIdentityToken=a-token&\(role)", false, 200, nil),
            ("Action=AssumeRoleWithWebIdentity&WebIdentityToken=b-token&\(role)", false, 400, "InvalidIdentityToken"),
            ("Action=Nonsense&Version=2011-06-15", true, 400, "InvalidAction"),
        ]
        for (form, signed, status, code) in cases {
            let answer = try await sandbox.query("sts", form, signed: signed)
            #expect(answer.status == status, "\(form)")
            #expect(answer.xml("Code") == code, "\(form)")
        }
        #expect(!sandbox.world.log.description.contains("a-token"))
    }

    @Test("the metadata and container endpoints give credentials that work")
    func metadata() async throws {
        let sandbox = try await Sandbox.start()
        let token = try await sandbox.ask(
            "PUT",
            "/latest/api/token",
            headers: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")]
        )
        let root = "/latest/meta-data/iam/security-credentials/"
        #expect(try await sandbox.ask("GET", root).status == 401)
        let header = [(name: "x-aws-ec2-metadata-token", value: token.body)]
        let role = try await sandbox.ask("GET", root, headers: header).body
        let instance = try await sandbox.ask("GET", root + role, headers: header).json
        #expect(try await sandbox.ask("GET", "/container/credentials").status == 401)
        let container = try await sandbox.ask(
            "GET",
            "/container/credentials",
            headers: [("Authorization", "sandbox-container-token")]
        ).json
        for json in [instance, container] {
            let session = AWSCredentials(
                accessKeyID: json["AccessKeyId"]?.text ?? "",
                secretAccessKey: json["SecretAccessKey"]?.text ?? "",
                sessionToken: json["Token"]?.text
            )
            #expect(try await sandbox.aws(.organizations, "ListRoots", credentials: session).status == 200)
        }
    }
}
