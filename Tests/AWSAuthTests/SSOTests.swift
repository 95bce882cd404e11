import Foundation
import HTTP
import Testing

@testable import AWSAuth

@Suite("Identity Center profiles")
struct SSOTests {
    private static let config = """
        [sso-session corp]
        sso_region = ap-northeast-1
        sso_start_url = https://d-1.awsapps.com/start
        [profile new]
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Read Only
        [profile old]
        sso_start_url = https://d-1.awsapps.com/start
        sso_region = ap-northeast-1
        sso_account_id = 111122223333
        sso_role_name = Read Only
        """

    /// SHA-1 of `corp` and of the start URL, worked out by `sha1sum`.
    private static let sessionFile = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
    private static let startURLFile = ".aws/sso/cache/0c54b6c27e90660baa89eaad85ac1d5dae26cb7d.json"

    private static let portal = "https://portal.sso.ap-northeast-1.amazonaws.com/federation/credentials"
    private static let oidc = "https://oidc.ap-northeast-1.amazonaws.com/token"

    private static func token(_ access: String, minutes: Double, refresh: String? = nil) -> String {
        let expires = AWSTime.extended(FakeTime.start + minutes * 60)
        let registered = AWSTime.extended(FakeTime.start + 86400)
        let renewal = refresh.map { #","refreshToken":"\#($0)","clientId":"c","clientSecret":"cs""# } ?? ""
        return """
            {"startUrl":"https://d-1.awsapps.com/start","region":"ap-northeast-1","accessToken":"\(access)",
             "expiresAt":"\(expires)","registrationExpiresAt":"\(registered)"\(renewal)}
            """
    }

    private static let role = """
        {"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"s","sessionToken":"t","expiration":1795468500000}}
        """

    private static func answer(_ request: HTTPRequest) -> Result<HTTPResponse, TransportError> {
        if request.url == oidc {
            return .reply(200, #"{"accessToken":"fresh","expiresIn":3600,"refreshToken":"r2","tokenType":"Bearer"}"#)
        }
        guard request.url == portal + "?role_name=Read%20Only&account_id=111122223333" else { return .reply(404) }
        let held = request.header("x-amz-sso_bearer_token") ?? ""
        return ["good", "fresh", "ending"].contains(held)
            ? .reply(200, role)
            : .reply(
                401,
                #"{"message":"Session token not found or invalid"}"#,
                [("x-amzn-ErrorType", "UnauthorizedException:http://internal.amazon.com/")]
            )
    }

    private func chain(
        _ answer: @escaping @Sendable (HTTPRequest) -> Result<HTTPResponse, TransportError> = Self.answer
    ) throws -> Chain {
        try Chain(config: Self.config, answer: answer)
    }

    @Test("the token of a session, and of a start URL, gives the role's keys")
    func found() async throws {
        for (profile, file) in [("new", Self.sessionFile), ("old", Self.startURLFile)] {
            let chain = try chain()
            try chain.home.write(file, Self.token("good", minutes: 60))
            let found = try await chain.find(["AWS_PROFILE": profile])
            #expect(found.accessKeyID == "ASIASSO" && found.secretAccessKey == "s" && found.sessionToken == "t")
            #expect(found.expiration == FakeTime.start + 3600)
            #expect(found.origin == "profile \(profile) (sso)")
            #expect(chain.transport.requests.count == 1)
            #expect(chain.transport.requests[0].header("Authorization") == nil)
        }
    }

    @Test("a token that ends soon is renewed, and written back for the AWS CLI, for its owner alone")
    func renewed() async throws {
        let chain = try chain()
        try chain.home.write(Self.sessionFile, Self.token("ending", minutes: 14, refresh: "r1"))
        _ = try await chain.find(["AWS_PROFILE": "new"])
        let request = try #require(chain.transport.requests.first { $0.url == Self.oidc })
        let sent = try JSONDecoder().decode([String: String].self, from: Data(request.body))
        #expect(
            sent == ["grantType": "refresh_token", "clientId": "c", "clientSecret": "cs", "refreshToken": "r1"]
        )
        #expect(chain.transport.requests.last?.header("x-amz-sso_bearer_token") == "fresh")
        let kept = try JSONDecoder().decode([String: String].self, from: Data(chain.home.read(Self.sessionFile).utf8))
        #expect(
            kept == [
                "startUrl": "https://d-1.awsapps.com/start", "region": "ap-northeast-1", "accessToken": "fresh",
                "expiresAt": "2026-11-23T21:15:00Z", "clientId": "c", "clientSecret": "cs", "refreshToken": "r2",
                "registrationExpiresAt": "2026-11-24T20:15:00Z",
            ]
        )
        let path = chain.home.path + "/" + Self.sessionFile
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let folder = try FileManager.default.contentsOfDirectory(atPath: chain.home.path + "/.aws/sso/cache")
        #expect(folder.count == 1)
    }

    @Test("a token that cannot be renewed is used to its end")
    func usedToItsEnd() async throws {
        let refused = try chain { $0.url == Self.oidc ? .reply(400, #"{"error":"invalid_grant"}"#) : Self.answer($0) }
        try refused.home.write(Self.sessionFile, Self.token("ending", minutes: 5, refresh: "r1"))
        #expect(try await refused.find(["AWS_PROFILE": "new"]).accessKeyID == "ASIASSO")

        let old = try chain()
        try old.home.write(Self.startURLFile, Self.token("ending", minutes: 5, refresh: "r1"))
        _ = try await old.find(["AWS_PROFILE": "old"])
        #expect(old.transport.requests.map(\.url).contains(Self.oidc) == false)
    }

    @Test("without a sign-in that holds, the person is told the command")
    func signIn() async throws {
        let chain = try chain { request in
            request.url == Self.oidc
                ? .reply(400, #"{"error":"invalid_grant"}"#, [("x-amzn-ErrorType", "InvalidGrantException")])
                : Self.answer(request)
        }
        let nobody = await chain.failure(["AWS_PROFILE": "new"])
        #expect(nobody?.kind == .refused && nobody?.advice == "run 'aws sso login --sso-session corp'")
        #expect(nobody?.message == "nobody has signed in")

        try chain.home.write(Self.sessionFile, Self.token("gone", minutes: -1, refresh: "r1"))
        let expired = await chain.failure(["AWS_PROFILE": "new"])
        #expect(expired?.message == "the sign-in has expired, and cannot be renewed: InvalidGrantException")

        try chain.home.write(Self.sessionFile, Self.token("revoked", minutes: 60))
        let revoked = await chain.failure(["AWS_PROFILE": "new"])
        #expect(revoked?.code == "UnauthorizedException" && revoked?.advice == "run 'aws sso login --sso-session corp'")

        let legacy = await chain.failure(["AWS_PROFILE": "old"])
        #expect(legacy?.advice == "run 'aws sso login --profile old'")
        try chain.home.write(Self.sessionFile, "not json")
        #expect(await chain.failure(["AWS_PROFILE": "new"])?.kind == .refused)
    }

    @Test("a role that is not assigned says so")
    func forbidden() async throws {
        let chain = try chain { _ in
            .reply(403, #"{"message":"No access"}"#, [("x-amzn-ErrorType", "ForbiddenException")])
        }
        try chain.home.write(Self.sessionFile, Self.token("good", minutes: 60))
        let error = await chain.failure(["AWS_PROFILE": "new"])
        #expect(error?.kind == .refused && error?.advice?.contains("not assigned") == true)
        #expect(error?.object == "profile 'new'")
        let rest = try chain.home.read(Self.sessionFile)
        #expect(error.map { "\($0)".contains("good") } == false && rest.contains("good"))
    }

    @Test("profiles that lack a key, contradict their session, or name one that is not there")
    func mistakes() async throws {
        let chain = try Chain(
            config: Self.config + """

                [profile half]
                sso_session = corp
                sso_role_name = r
                [profile other]
                sso_session = corp
                sso_region = eu-west-1
                sso_account_id = 1
                sso_role_name = r
                [profile dangling]
                sso_session = gone
                sso_account_id = 1
                sso_role_name = r
                """
        )
        let expected = ["half": "sso_account_id is missing", "other": "sso_region", "dangling": "'gone'"]
        for (profile, message) in expected {
            let error = await chain.failure(["AWS_PROFILE": profile])
            #expect(error?.kind == .misconfigured && error?.message.contains(message) == true, "\(profile)")
        }
    }
}
