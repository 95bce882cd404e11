public import AWSAuth
public import HTTP
public import Model

/// AWS IAM Identity Center as the target: its identity store, permission sets and account assignments, and the accounts
/// of the organization.
///
/// Callers may start as many calls at once as they like: pacing by the documented quotas, the limits of the service on
/// assignment operations, retries and polling are kept here.
public final class IdentityCenter: Target {
    let settings: IdentityCenterSettings
    let identityStore: ServiceClient
    let ssoAdmin: ServiceClient
    let organizations: ServiceClient
    let policyDocuments: PolicyDocuments
    let scim: SCIMClient?
    let pauses: Pauses
    let counts = CallCounts()
    let forms = IdentifierForms()
    let memory = Memory()
    let operations: AssignmentOperations

    let chosenInstance = Once<InstanceRow>()
    let managementAccount = Once<AccountID?>()
    let caller = Once<AccountID>()
    let sts: STS
    /// All users by folded name, for names whose case GetUserId does not match; see `user(named:)`.
    let names = NameIndex()

    /// A target.
    ///
    /// - Parameters:
    ///   - settings: the `target` part of the configuration.
    ///   - environment: where the services are asked.
    ///   - credentials: what the calls are signed with; where `settings.roleARN` is set, what asks for that role.
    ///   - transport: what sends the requests.
    ///   - clock: the services' time; shared by everything that signs.
    /// - Throws: `misconfigured` for an endpoint that may not be asked.
    public init(
        settings: IdentityCenterSettings,
        environment: AWSEnvironment,
        credentials: any CredentialsProvider,
        transport: any HTTPTransport,
        clock: AWSClock,
        time: any TimeSource = SystemTime(),
        random: any RandomSource = SystemRandom()
    ) throws(AWSAuthError) {
        self.settings = settings
        let pauses = Pauses(time: time, random: random)
        let counts = self.counts
        let http = HTTPClient(transport: counts.counting("sts", over: transport), time: time, random: random)
        let endpoint = try environment.endpoint(.sts, region: settings.region)
        var signing = credentials
        if let role = settings.roleARN {
            signing = AssumeRoleProvider(
                roleARN: role,
                source: credentials,
                endpoint: endpoint,
                http: http,
                clock: clock
            )
        }
        let credentials = signing
        sts = STS(endpoint: endpoint, http: http, credentials: credentials, clock: clock)
        func client(_ service: AWSService, _ pace: Pace) throws(AWSAuthError) -> ServiceClient {
            ServiceClient(
                service: service,
                endpoint: try environment.endpoint(service, region: settings.region),
                credentials: credentials,
                clock: clock,
                transport: counts.counting(service.name, over: transport),
                pace: pace,
                gate: Gate(width: settings.maxParallel),
                pauses: pauses
            )
        }
        self.pauses = pauses
        identityStore = try client(.identityStore, .identityCenter(share: settings.rateShare, time: time))
        let ssoAdmin = try client(.ssoAdmin, .identityCenter(share: settings.rateShare, time: time))
        self.ssoAdmin = ssoAdmin
        organizations = try client(.organizations, .organizations(share: settings.rateShare, time: time))
        operations = AssignmentOperations(ssoAdmin: ssoAdmin, forms: forms, memory: memory, pauses: pauses)
        policyDocuments = PolicyDocuments(
            client: AWSQueryClient(
                service: .iam,
                endpoint: try environment.endpoint(.iam, region: settings.region),
                http: HTTPClient(
                    transport: counts.counting(AWSService.iam.name, over: transport),
                    limiter: RateLimiter(perSecond: 10 * settings.rateShare, burst: 10, time: time),
                    policy: RetryPolicy(maximumAttempts: 3),
                    time: time,
                    random: random
                ),
                credentials: signing,
                clock: clock
            ),
            gate: Gate(width: settings.maxParallel)
        )
        scim = settings.scim.map {
            SCIMClient(
                settings: $0,
                transport: counts.counting(SCIMClient.service, over: transport),
                limiter: Pace.identityCenter(share: settings.rateShare, time: time).limiter(for: ""),
                pauses: pauses
            )
        }
    }

    /// How many calls of each service were made so far, attempts counted one by one: `identitystore`, `sso-admin`,
    /// `organizations`, `scim`, `sts`.
    public func callCounts() -> [String: Int] { counts.byService }

    /// Does work for each item, as many at a time as the settings allow.
    func inParallel<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        _ work: @escaping @Sendable (Item) async throws(UpstreamError) -> Value
    ) async throws(UpstreamError) -> [Value] {
        try await allInParallel(items, width: settings.maxParallel, work)
    }
}
