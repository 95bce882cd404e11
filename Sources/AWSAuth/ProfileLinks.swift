/// The links of the chain that rest on a profile of the shared files.
struct ProfileLinks {
    let context: AWSAuthContext
    /// The profiles on the way here, this one last: the chain of `source_profile`.
    let path: [String]

    private var name: String { path.last ?? "default" }

    private var profile: Profile {
        context.environment.shared.profiles[name] ?? Profile(name: name, properties: [:])
    }

    /// In the order in which they count; web identity from the environment stands among them for the first profile.
    func find(_ trail: inout [String]) async throws(AWSAuthError) -> AWSCredentials? {
        let isSource = path.count > 1
        // The source of a role takes its own static keys before its own role, so that a profile may name itself.
        if !isSource || !hasStaticKeys, let found = note(try await assumedRole(), &trail) { return found }
        let webIdentity = WebIdentityLink(context: context, profile: profile, usesEnvironment: !isSource)
        if let found = note(try await webIdentity.find(), &trail) { return found }
        if let found = note(try await SSOLink(context: context, profile: profile).find(), &trail) { return found }
        if let found = note(try staticKeys(inCredentialsFile: true), &trail) { return found }
        if profile["login_session"] != nil { throw loginSession }
        if let found = note(try await ProcessLink(context: context, profile: profile).find(), &trail) { return found }
        return note(try staticKeys(inCredentialsFile: false), &trail)
    }

    private func note(_ outcome: LinkOutcome, _ trail: inout [String]) -> AWSCredentials? {
        switch outcome {
        case .found(let credentials): return credentials
        case .absent(let reason):
            trail.append(reason)
            return nil
        }
    }

    // MARK: Static keys

    private var hasStaticKeys: Bool {
        profile["aws_access_key_id"] != nil || profile["aws_secret_access_key"] != nil
    }

    private func staticKeys(inCredentialsFile: Bool) throws(AWSAuthError) -> LinkOutcome {
        let environment = context.environment
        let file = inCredentialsFile ? environment.credentialsPath : environment.configPath
        let isThere = profile.credentialsFileKeys.contains("aws_access_key_id") == inCredentialsFile
        guard hasStaticKeys, isThere else { return .absent("\(file): no keys for profile '\(name)'") }
        guard let id = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"] else {
            throw failure(
                "one of aws_access_key_id and aws_secret_access_key is missing",
                advice: "give both in \(environment.credentialsPath), or none"
            )
        }
        return .found(
            AWSCredentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: profile["aws_session_token"] ?? profile["aws_security_token"],
                origin: "profile \(name) in \(file)"
            )
        )
    }

    // MARK: Roles

    private func assumedRole() async throws(AWSAuthError) -> LinkOutcome {
        guard let roleARN = profile["role_arn"], profile["web_identity_token_file"] == nil else {
            return .absent("assume role: profile '\(name)' has no role_arn")
        }
        if profile["mfa_serial"] != nil {
            throw failure(
                "mfa_serial asks for a code at each renewal, and nobody is there to type it",
                advice: "use an IAM Identity Center profile, or a role that does not ask for MFA"
            )
        }
        var request = RoleRequest(roleARN: roleARN, sessionName: RoleRequest.defaultSessionName)
        request.sessionName = profile["role_session_name"] ?? request.sessionName
        request.externalID = profile["external_id"]
        request.durationSeconds = profile["duration_seconds"].flatMap { Int($0) }
        let region = context.environment.region ?? profile["region"]
        let client = AWSQueryClient(
            service: .sts,
            endpoint: try context.environment.endpoint(.sts, region: region),
            http: context.http,
            credentials: StaticCredentials(try await source()),
            clock: context.clock
        )
        return .found(try await request.assumed(with: client, origin: "profile \(name), role \(roleARN)"))
    }

    private func source() async throws(AWSAuthError) -> AWSCredentials {
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let source?, nil): return try await sourceProfile(source)
        case (nil, let source?): return try await named(source)
        case (_?, _?):
            throw failure("both source_profile and credential_source are given", advice: "keep one of them")
        case (nil, nil):
            throw failure(
                "role_arn is given without source_profile or credential_source",
                advice: "say whose credentials assume the role"
            )
        }
    }

    private func sourceProfile(_ source: String) async throws(AWSAuthError) -> AWSCredentials {
        guard context.environment.shared.profiles[source] != nil else {
            throw failure(
                "source_profile names '\(source)', which is in no file",
                advice: "add the profile '\(source)'"
            )
        }
        // A profile may name itself for its own static keys; every other way back is a circle.
        guard !path.contains(source) || source == name && hasStaticKeys else {
            let circle = (path + [source]).joined(separator: " → ")
            throw failure(
                "source_profile goes in a circle: \(circle)",
                advice: "let one of them have its own credentials"
            )
        }
        var trail: [String] = []
        let links = ProfileLinks(context: context, path: path + [source])
        if let found = try await links.find(&trail) { return found }
        throw failure(
            "source_profile '\(source)' has no credentials (tried: \(trail.joined(separator: "; ")))",
            advice: "give '\(source)' keys, sso_ keys, a credential_process or a role"
        )
    }

    private func named(_ source: String) async throws(AWSAuthError) -> AWSCredentials {
        let outcome: LinkOutcome
        switch source {
        case "Environment": outcome = try EnvironmentLink(environment: context.environment).find()
        case "EcsContainer": outcome = try await ContainerLink(context: context).find()
        case "Ec2InstanceMetadata": outcome = try await InstanceMetadataLink(context: context).find()
        default:
            throw failure(
                "credential_source is '\(source)'",
                advice: "one of Environment, EcsContainer and Ec2InstanceMetadata"
            )
        }
        switch outcome {
        case .found(let credentials): return credentials
        case .absent(let reason):
            throw failure(
                "credential_source \(source) has no credentials: \(reason)",
                advice: "check that this machine has them",
                kind: .refused
            )
        }
    }

    // MARK: Failures

    private var loginSession: AWSAuthError {
        failure(
            "login_session ('aws login') cannot be used here",
            advice:
                "use an IAM Identity Center profile, or let 'aws configure export-credentials' be the credential_process"
        )
    }

    private func failure(
        _ message: String,
        advice: String,
        kind: AWSAuthError.Kind = .misconfigured
    ) -> AWSAuthError {
        AWSAuthError(kind, service: "aws-config", object: "profile '\(name)'", message: message, advice: advice)
    }
}
