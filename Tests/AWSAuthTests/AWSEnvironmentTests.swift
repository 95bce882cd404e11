import Foundation
import Testing

@testable import AWSAuth

@Suite("AWSEnvironment")
struct AWSEnvironmentTests {
    private struct Vector: Decodable {
        let service, region, sts, url, signingRegion: String
        let fips, dualStack: Bool
    }

    private static let services: [AWSService] = [
        .identityStore, .ssoAdmin, .organizations, .sts, .iam, .ssoPortal, .ssoOIDC,
    ]

    @Test("finds the hosts that botocore finds")
    func endpoints() throws {
        let home = try Home()
        let services = Dictionary(uniqueKeysWithValues: Self.services.map { ($0.name, $0) })
        for vector in try Vectors.load("endpoints", as: Vector.self) {
            let service = try #require(services[vector.service])
            let environment = try home.environment([
                "AWS_REGION": vector.region,
                "AWS_USE_FIPS_ENDPOINT": "\(vector.fips)",
                "AWS_USE_DUALSTACK_ENDPOINT": "\(vector.dualStack)",
                "AWS_STS_REGIONAL_ENDPOINTS": vector.sts,
            ])
            let endpoint = try environment.endpoint(service)
            #expect(endpoint.url == vector.url, "\(vector)")
            #expect(endpoint.signingRegion == vector.signingRegion, "\(vector)")
            #expect(endpoint.override == nil)
        }
    }

    private static let files = """
        [profile dev]
        region = eu-west-1
        services = local
        endpoint_url = https://profile.example
        ca_bundle = ~/ca.pem
        [services local]
        sso_admin =
          endpoint_url = https://services.example/
        """

    @Test("the more particular endpoint wins, and the environment before the file")
    func precedence() throws {
        let home = try Home(config: Self.files)
        func url(_ variables: [String: String], _ service: AWSService = .ssoAdmin) throws -> String {
            try home.environment(variables.merging(["AWS_PROFILE": "dev"]) { own, _ in own }).endpoint(service).url
        }
        let own = "AWS_ENDPOINT_URL_SSO_ADMIN"
        #expect(
            try url([own: "https://own.example", "AWS_ENDPOINT_URL": "https://all.example"]) == "https://own.example"
        )
        #expect(try url(["AWS_ENDPOINT_URL": "https://all.example"]) == "https://all.example")
        #expect(try url([own: "", "AWS_ENDPOINT_URL": ""]) == "https://services.example")
        #expect(try url([:], .sts) == "https://profile.example")
        #expect(
            try url(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", own: "https://own.example"])
                == "https://sso.eu-west-1.amazonaws.com"
        )
        #expect(try url(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"], .sts) == "https://sts.eu-west-1.amazonaws.com")
    }

    @Test("an override keeps its port and path, and names where it comes from")
    func overrides() throws {
        let environment = try Home().environment([
            "AWS_REGION": "ap-northeast-1", "AWS_ENDPOINT_URL_IAM": "http://LocalHost:5000/aws/",
            "AWS_ENDPOINT_URL_ORGANIZATIONS": "http://[::1]:80", "AWS_ENDPOINT_URL_STS": "http://127.9.8.7:1",
        ])
        let iam = try environment.endpoint(.iam)
        #expect(
            iam
                == AWSEndpoint(
                    url: "http://localhost:5000/aws",
                    signingRegion: "us-east-1",
                    override: "AWS_ENDPOINT_URL_IAM"
                )
        )
        #expect(try environment.endpoint(.organizations).url == "http://[::1]")
        #expect(try environment.endpoint(.organizations).signingRegion == "us-east-1")
        #expect(try environment.endpoint(.sts).signingRegion == "ap-northeast-1")
    }

    @Test(
        "plain http elsewhere, and what is no URL, is refused",
        arguments: [
            "http://example.com", "http://169.254.169.254", "http://127.0.0.1.example.com", "http://127.1",
            "http://127.0.0.256", "http://localhost.example.com", "http://user@127.0.0.1",
            "http://127.0.0.1@example.com",
            "http://0.0.0.0", "ftp://127.0.0.1", "127.0.0.1:5000", "https://", "https://a?b=c", "http://127.0.0.1:0",
            "http://127.0.0.1:99999", "http://[::1", "http://[::2]", "https://exa mple.com",
            "http://localhost\\@example.com",
        ]
    )
    func refusedOverrides(url: String) throws {
        let environment = try Home().environment(["AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": url])
        let error = #expect(throws: AWSAuthError.self) { try environment.endpoint(.identityStore) }
        #expect(error?.kind == .misconfigured)
        #expect(error?.message.contains("AWS_ENDPOINT_URL") == true)
    }

    @Test("the region: given, AWS_REGION, AWS_DEFAULT_REGION, the profile's")
    func region() throws {
        let home = try Home(config: "[default]\nregion = from-profile # comment\n")
        #expect(try home.environment().region == "from-profile")
        #expect(try home.environment(["AWS_DEFAULT_REGION": "b", "AWS_REGION": ""]).region == "b")
        #expect(try home.environment(["AWS_DEFAULT_REGION": "b", "AWS_REGION": "a"]).region == "a")
        let variables = home.variables(["AWS_REGION": "a"])
        #expect(try AWSEnvironment(variables: variables, region: "given").region == "given")
    }

    @Test("a region that cannot be part of a host name is refused", arguments: ["evil.com/#", "a b", "é", "a.b", ""])
    func badRegion(region: String) throws {
        let error = #expect(throws: AWSAuthError.self) {
            try Home().environment().endpoint(.sts, region: region)
        }
        #expect(error?.kind == .misconfigured)
    }

    @Test("no region, a broken file and a services section that is not there say what to do")
    func misconfigured() throws {
        let none = #expect(throws: AWSAuthError.self) { try Home().environment().endpoint(.sts) }
        #expect(none?.kind == .misconfigured && none?.advice?.contains("AWS_REGION") == true)

        let home = try Home(config: "[default]\nregion eu-west-1\n")
        let broken = #expect(throws: AWSAuthError.self) { try home.environment() }
        #expect(broken?.kind == .misconfigured && broken?.object == "\(home.path)/.aws/config:2")

        let dangling = try Home(config: "[default]\nregion = r\nservices = gone\n").environment()
        let error = #expect(throws: AWSAuthError.self) { try dangling.endpoint(.sts) }
        #expect(error?.message.contains("'gone'") == true)
    }

    @Test("files are found by variable, and a repeated section is no error")
    func files() throws {
        let home = try Home(config: "[default]\nregion = a\n[default]\nregion = b\n")
        #expect(try home.environment().region == "b")
        try home.write("elsewhere", "[profile x]\nregion = c\nca_bundle = ~/ca.pem\n")
        let moved = try home.environment(["AWS_CONFIG_FILE": "~/elsewhere", "AWS_PROFILE": "x"])
        #expect(moved.region == "c" && moved.configPath == "\(home.path)/elsewhere")
        #expect(moved.caBundlePath == "\(home.path)/ca.pem")
        #expect(try home.environment(["AWS_CA_BUNDLE": "/b.pem"]).caBundlePath == "/b.pem")
    }

    @Test("the partition follows from the region")
    func partitions() {
        let expected = [
            "eu-west-1": "aws", "cn-north-1": "aws-cn", "us-gov-east-1": "aws-us-gov", "us-iso-east-1": "aws-iso",
            "us-isob-east-1": "aws-iso-b", "eu-isoe-west-1": "aws-iso-e", "us-isof-south-1": "aws-iso-f",
            "eusc-de-east-1": "aws-eusc", "mx-central-1": "aws",
        ]
        for (region, partition) in expected { #expect(AWSPartition(region: region).id == partition) }
    }
}
