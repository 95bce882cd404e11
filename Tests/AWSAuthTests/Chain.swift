import Foundation
import HTTP

@testable import AWSAuth

/// A credential chain over a home folder, a fake transport and a fake clock.
struct Chain {
    let home: Home
    let transport: FakeTransport
    let time = FakeTime()
    let clock: AWSClock

    init(
        config: String? = nil,
        credentials: String? = nil,
        answer: @escaping @Sendable (HTTPRequest) -> Result<HTTPResponse, TransportError> = {
            .failure(.cannotConnect("nothing at \($0.url)"))
        }
    ) throws {
        home = try Home(config: config, credentials: credentials)
        transport = FakeTransport(answer)
        clock = AWSClock(time: time)
    }

    func provider(_ variables: [String: String] = [:], profile: String? = nil) throws -> AWSCredentialChain {
        let base = ["AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"]
        let all = home.variables(variables.merging(base) { own, _ in own })
        return AWSCredentialChain(
            environment: try AWSEnvironment(variables: all, profile: profile),
            transport: transport,
            clock: clock,
            time: time,
            random: FixedRandom()
        )
    }

    func find(_ variables: [String: String] = [:], profile: String? = nil) async throws -> AWSCredentials {
        try await provider(variables, profile: profile).credentials(renew: false)
    }

    func failure(_ variables: [String: String] = [:], profile: String? = nil) async -> AWSAuthError? {
        do {
            let found = try await find(variables, profile: profile)
            return AWSAuthError(.malformed, service: "test", message: "there are credentials: \(found)")
        } catch { return error as? AWSAuthError }
    }
}

/// STS's answer to both ways of assuming a role.
func assumed(_ action: String, _ id: String, expiration: String = "2026-11-23T21:15:00Z") -> String {
    """
    <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials>
      <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>secret-\(id)</SecretAccessKey>
      <SessionToken>token-\(id)</SessionToken><Expiration>\(expiration)</Expiration>
    </Credentials><AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser></\(action)Result>
    <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></\(action)Response>
    """
}

/// An STS that gives each role credentials named after it: `role/b` gives `ASIA-b-OF-` and the asking key.
func fakeSTS(_ request: HTTPRequest) -> Result<HTTPResponse, TransportError> {
    let form = request.form
    guard request.url == "https://sts.eu-west-1.amazonaws.com/", let action = form["Action"], let role = form["RoleArn"]
    else { return .failure(.cannotConnect("nothing at \(request.url)")) }
    let asking = request.header("Authorization")?.split(separator: "=")[1].split(separator: "/")[0] ?? "WEB"
    return .reply(200, assumed(action, "ASIA-\(role.split(separator: "/").last ?? "")-OF-\(asking)"))
}
