public import HTTP

/// The standard chain of AWS: the first place that credentials are set up in counts.
///
/// Environment; a profile's role; web identity; IAM Identity Center; the credentials file; `credential_process`; the
/// configuration file; the container's endpoint; the instance's metadata service. A place that is set up and fails ends
/// the search: another identity than the one meant would be worse than none.
///
/// Source: botocore's order (1.44), which the AWS CLI follows.
public struct AWSCredentialChain: CredentialsProvider {
    private let cached: CachedCredentials

    /// The chain of an environment.
    ///
    /// - Parameters:
    ///   - clock: shared by all that signs.
    ///   - time, random: for pauses between attempts.
    public init(
        environment: AWSEnvironment,
        transport: any HTTPTransport,
        clock: AWSClock,
        time: any TimeSource = SystemTime(),
        random: any RandomSource = SystemRandom()
    ) {
        let context = AWSAuthContext(
            environment: environment,
            transport: transport,
            clock: clock,
            time: time,
            random: random
        )
        cached = CachedCredentials(Search(context: context), clock: clock)
    }

    /// The credentials, kept until shortly before their end.
    ///
    /// - Throws: ``AWSAuthError`` with the places that were looked at in `tried`.
    public func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials {
        try await cached.credentials(renew: renew)
    }

    /// Other credentials than those that a service called expired.
    public func credentials(replacing expired: AWSCredentials) async throws(AWSAuthError) -> AWSCredentials {
        try await cached.credentials(replacing: expired)
    }
}

/// One walk along the chain.
private struct Search: CredentialsProvider {
    let context: AWSAuthContext

    /// A renewal reads the shared files again: other tools write new keys into them.
    func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials {
        let context = renew ? context.with(try context.environment.reread()) : context
        var trail: [String] = []
        do throws(AWSAuthError) {
            if let found = try await find(context, &trail) { return found }
        } catch {
            var error = error
            error.tried = trail + error.tried
            throw error
        }
        throw AWSAuthError(
            .refused,
            service: "aws",
            message: "no AWS credentials are set up",
            advice: "set AWS_PROFILE to a profile of \(context.environment.configPath), or run where a role is given",
            tried: trail
        )
    }

    private func find(_ context: AWSAuthContext, _ trail: inout [String]) async throws(AWSAuthError) -> AWSCredentials?
    {
        let environment = context.environment
        if environment.profileNamedBy != "given" {
            switch try EnvironmentLink(environment: environment).find() {
            case .found(let credentials): return credentials
            case .absent(let reason): trail.append(reason)
            }
        }
        if environment.isProfileMissing { throw missingProfile(environment) }
        let links = ProfileLinks(context: context, path: [environment.profileName])
        if let found = try await links.find(&trail) { return found }
        for outcome in [ContainerLink(context: context).find, InstanceMetadataLink(context: context).find] {
            switch try await outcome() {
            case .found(let credentials): return credentials
            case .absent(let reason): trail.append(reason)
            }
        }
        return nil
    }

    private func missingProfile(_ environment: AWSEnvironment) -> AWSAuthError {
        let known = environment.shared.profiles.keys.sorted().prefix(20)
        return AWSAuthError(
            .misconfigured,
            service: "aws-config",
            object: "profile '\(environment.profileName)'",
            message:
                "\(environment.profileNamedBy ?? "") names a profile that is in neither \(environment.configPath) nor "
                + environment.credentialsPath,
            advice: known.isEmpty ? "no file has any profile" : "known are: \(known.joined(separator: ", "))"
        )
    }
}
