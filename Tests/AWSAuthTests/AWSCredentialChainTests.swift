import HTTP
import Testing

@testable import AWSAuth

@Suite("AWSCredentialChain")
struct AWSCredentialChainTests {
    private static let keys = ["AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s"]

    @Test("keys in the environment come first, also before AWS_PROFILE")
    func environment() async throws {
        let chain = try Chain(credentials: "[a]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n")
        let found = try await chain.find(
            Self.keys.merging(["AWS_SESSION_TOKEN": "t", "AWS_CREDENTIAL_EXPIRATION": "2026-11-23T21:15:00Z"]) { $1 }
        )
        #expect(
            found
                == AWSCredentials(
                    accessKeyID: "AKIDENV",
                    secretAccessKey: "s",
                    sessionToken: "t",
                    expiration: FakeTime.start + 3600,
                    origin: "environment"
                )
        )
        #expect(try await chain.find(Self.keys.merging(["AWS_PROFILE": "a"]) { $1 }).accessKeyID == "AKIDENV")
        #expect(try await chain.find(Self.keys.merging(["AWS_PROFILE": "gone"]) { $1 }).accessKeyID == "AKIDENV")
        #expect(try await chain.find(Self.keys.merging(["AWS_SECURITY_TOKEN": "old"]) { $1 }).sessionToken == "old")
    }

    @Test("a profile that was named by hand comes before the keys in the environment")
    func givenProfile() async throws {
        let chain = try Chain(credentials: "[a]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n")
        #expect(try await chain.find(Self.keys, profile: "a").accessKeyID == "AKIDFILE")
    }

    @Test("one key of two in the environment, or in a profile, is a mistake; empty ones are none")
    func partial() async throws {
        let chain = try Chain(
            config: "[profile half]\naws_access_key_id = AKIDHALF\n",
            credentials: "[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n"
        )
        let missing = await chain.failure(["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": ""])
        #expect(
            missing?.kind == .misconfigured
                && missing?.message == "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"
        )
        let other = await chain.failure(["AWS_SECRET_ACCESS_KEY": "hush"])
        #expect(other?.kind == .misconfigured && other?.description.contains("hush") == false)
        #expect(try await chain.find(["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]).accessKeyID == "AKIDFILE")
        #expect(await chain.failure(["AWS_PROFILE": "half"])?.object == "profile 'half'")
    }

    @Test("the credentials file comes before credential_process, and that before keys in the configuration file")
    func fileOrder() async throws {
        let config = """
            [profile a]
            aws_access_key_id = AKIDCONFIG
            aws_secret_access_key = s
            [profile b]
            aws_access_key_id = AKIDCONFIG
            aws_secret_access_key = s
            credential_process = echo '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"s"}'
            [profile c]
            credential_process = false
            """
        let chain = try Chain(
            config: config,
            credentials: "[c]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\naws_session_token = t\n"
        )
        #expect(try await chain.find(["AWS_PROFILE": "a"]).accessKeyID == "AKIDCONFIG")
        #expect(try await chain.find(["AWS_PROFILE": "b"]).accessKeyID == "AKIDPROCESS")
        let found = try await chain.find(["AWS_PROFILE": "c"])
        #expect(found.accessKeyID == "AKIDFILE" && found.sessionToken == "t")
        #expect(found.origin == "profile c in \(chain.home.path)/.aws/credentials")
    }

    @Test("nothing at all: every link is named, in order")
    func nothing() async throws {
        let chain = try Chain()
        let error = await chain.failure()
        #expect(error?.kind == .refused && error?.advice?.contains("AWS_PROFILE") == true)
        let names = error?.tried.compactMap { $0.split(separator: ":").first.map(String.init) }
        #expect(
            names == [
                "environment", "assume role", "web identity", "sso", "\(chain.home.path)/.aws/credentials",
                "credential_process", "\(chain.home.path)/.aws/config", "container", "instance metadata",
            ]
        )
        #expect(error?.description.contains("tried: environment: AWS_ACCESS_KEY_ID is not set; assume role") == true)
    }

    @Test("a profile that is in no file is named, with those that are")
    func missingProfile() async throws {
        let chain = try Chain(config: "[profile b]\n[profile a]\n")
        let error = await chain.failure(["AWS_PROFILE": "gone"])
        #expect(error?.kind == .misconfigured && error?.object == "profile 'gone'")
        #expect(error?.message.contains("AWS_PROFILE names a profile") == true && error?.advice == "known are: a, b")
    }

    @Test("'aws login' cannot be used, and the error says what can")
    func login() async throws {
        let chain = try Chain(config: "[default]\nlogin_session = arn:aws:iam::1:user/a\n")
        let error = await chain.failure()
        #expect(error?.kind == .misconfigured && error?.advice?.contains("export-credentials") == true)
    }

    @Test("keys that another tool has renewed in the file are read when the old ones have expired")
    func rereads() async throws {
        func file(_ id: String) -> String { "[default]\naws_access_key_id = \(id)\naws_secret_access_key = s\n" }
        let chain = try Chain(credentials: file("AKIDOLD"))
        let provider = try chain.provider()
        let old = try await provider.credentials(renew: false)
        try chain.home.write(".aws/credentials", file("AKIDNEW"))
        #expect(try await provider.credentials(renew: false).accessKeyID == "AKIDOLD")
        #expect(try await provider.credentials(replacing: old).accessKeyID == "AKIDNEW")
        #expect(try await provider.credentials(replacing: old).accessKeyID == "AKIDNEW")
    }

    @Test("a broken file stops a renewal, with its line")
    func brokenLater() async throws {
        let chain = try Chain(credentials: "[default]\naws_access_key_id = A\naws_secret_access_key = s\n")
        let provider = try chain.provider()
        _ = try await provider.credentials(renew: false)
        try chain.home.write(".aws/credentials", "[default\n")
        let error = await #expect(throws: AWSAuthError.self) { try await provider.credentials(renew: true) }
        #expect(error?.object == "\(chain.home.path)/.aws/credentials:1")
    }
}
