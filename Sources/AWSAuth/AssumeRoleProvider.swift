public import HTTP

/// The credentials of a role, got with those of another source: the configuration's `target.role`.
public struct AssumeRoleProvider: CredentialsProvider {
    private struct Source: CredentialsProvider {
        let request: RoleRequest
        let client: AWSQueryClient

        func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials {
            try await request.assumed(with: client, origin: "role \(request.roleARN)")
        }
    }

    private let cached: CachedCredentials

    /// A role on top of other credentials.
    ///
    /// - Parameters:
    ///   - roleARN: the role; what is no ARN of a role is refused when credentials are asked for.
    ///   - sessionName: shown in CloudTrail, 2 to 64 of `[A-Za-z0-9_+=,.@-]`.
    ///   - externalID: what the role's trust policy asks for as `sts:ExternalId`.
    ///   - durationSeconds: 900 up to the role's maximum; nil for the service's default of one hour.
    ///   - source: whose credentials ask for the role.
    ///   - endpoint: from ``AWSEnvironment/endpoint(_:region:)``, of ``AWSService/sts``.
    public init(
        roleARN: String,
        sessionName: String = "idbridge",
        externalID: String? = nil,
        durationSeconds: Int? = nil,
        source: any CredentialsProvider,
        endpoint: AWSEndpoint,
        http: HTTPClient,
        clock: AWSClock
    ) {
        let request = RoleRequest(
            roleARN: roleARN,
            sessionName: sessionName,
            externalID: externalID,
            durationSeconds: durationSeconds
        )
        let client = AWSQueryClient(service: .sts, endpoint: endpoint, http: http, credentials: source, clock: clock)
        cached = CachedCredentials(Source(request: request, client: client), clock: clock)
    }

    /// The role's credentials, kept until shortly before their end.
    public func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials {
        try await cached.credentials(renew: renew)
    }

    /// Other credentials than those that a service called expired.
    public func credentials(replacing expired: AWSCredentials) async throws(AWSAuthError) -> AWSCredentials {
        try await cached.credentials(replacing: expired)
    }
}
