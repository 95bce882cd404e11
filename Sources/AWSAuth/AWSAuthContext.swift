internal import HTTP

/// What every link of the chain needs: how to send, and what time it is.
struct AWSAuthContext: Sendable {
    let environment: AWSEnvironment
    let transport: any HTTPTransport
    let clock: AWSClock
    let time: any TimeSource
    let random: any RandomSource

    /// A client for AWS's own services.
    var http: HTTPClient {
        client(
            RetryPolicy(
                maximumAttempts: environment.maximumAttempts ?? 4,
                maximumTotalSeconds: 60,
                transientBaseSeconds: 0.25,
                capSeconds: 10
            )
        )
    }

    func client(_ policy: RetryPolicy) -> HTTPClient {
        HTTPClient(transport: transport, policy: policy, time: time, random: random)
    }

    func with(_ environment: AWSEnvironment) -> AWSAuthContext {
        AWSAuthContext(environment: environment, transport: transport, clock: clock, time: time, random: random)
    }
}

/// What a link of the chain found.
enum LinkOutcome: Sendable {
    case found(AWSCredentials)
    /// Nothing is set up for this link: why, for a person.
    case absent(String)
}
