import AWSAuth
import HTTP
import Model
import Testing

@testable import IdentityCenter

/// An environment that reads no files and names no endpoints.
func emptyEnvironment(_ variables: [String: String] = [:]) throws -> AWSEnvironment {
    let none = [
        "HOME": "/nonexistent", "AWS_CONFIG_FILE": "/nonexistent/c", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/d",
    ]
    return try AWSEnvironment(variables: none.merging(variables) { _, new in new })
}

let testCredentials = StaticCredentials(AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret"))

/// The target over the fake clouds, with a clock that waits for nobody.
func target(
    _ aws: FakeAWS,
    _ settings: IdentityCenterSettings = IdentityCenterSettings(region: "eu-west-1"),
    over transport: (any HTTPTransport)? = nil
) throws -> IdentityCenter {
    try IdentityCenter(
        settings: settings,
        environment: emptyEnvironment(),
        credentials: testCredentials,
        transport: transport ?? aws,
        clock: AWSClock(time: aws.time),
        time: aws.time,
        random: ConstantRandom()
    )
}

/// What a call threw, or nil.
func failure<Value>(_ work: () async throws(UpstreamError) -> Value) async -> UpstreamError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error
    }
}
