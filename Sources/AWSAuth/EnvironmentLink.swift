/// The keys in the environment.
struct EnvironmentLink {
    let environment: AWSEnvironment

    /// - Throws: `misconfigured` where one of the two keys is there without the other: going on would take another
    ///   identity than the one meant.
    func find() throws(AWSAuthError) -> LinkOutcome {
        let id = environment.variable("AWS_ACCESS_KEY_ID")
        let secret = environment.variable("AWS_SECRET_ACCESS_KEY")
        if id == nil, secret == nil { return .absent("environment: AWS_ACCESS_KEY_ID is not set") }
        guard let id, let secret else {
            let (there, missing) =
                id == nil
                ? ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID") : ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            throw AWSAuthError(
                .misconfigured,
                service: "environment",
                message: "\(there) is set and \(missing) is not",
                advice: "set both, or none"
            )
        }
        let token = environment.variable("AWS_SESSION_TOKEN") ?? environment.variable("AWS_SECURITY_TOKEN")
        let expiration = environment.variable("AWS_CREDENTIAL_EXPIRATION").flatMap(AWSTime.seconds)
        return .found(
            AWSCredentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: token,
                expiration: expiration,
                origin: "environment"
            )
        )
    }
}
