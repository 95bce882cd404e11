internal import Crypto
public import HTTP
public import Model
internal import Synchronization

/// A Microsoft Entra tenant as a source: users, groups and members over Microsoft Graph, read-only.
///
/// Without a cache each run reads ⌈U/999⌉ pages of users, ⌈G/999⌉ of groups, and the members of the groups asked for,
/// twenty groups in one batch. With one, the first run reads everything by delta queries, and later runs what has
/// changed since: two calls where nothing has. Source: Microsoft Graph, "List users", "List groups", "List group
/// members", "Use delta query to track changes".
public final class EntraID: Source {
    /// The source's name in the configuration.
    public var name: String { settings.name }
    /// An Entra source.
    public var kind: SourceKind { .entra }

    let settings: EntraIDSettings
    let api: Result<GraphAPI, EntraCredentialError>
    let cache: (any EntraCache)?
    let time: any TimeSource
    private let identity: Result<Identity, EntraCredentialError>
    private let known = Mutex(Knowledge())

    /// A tenant, of which nothing is read yet.
    ///
    /// - Parameters:
    ///   - cache: where the local copy is kept between runs; nil reads everything in each run.
    ///   - transport: what sends requests.
    ///   - policy: how often and how long a call is tried.
    ///   - time: the clocks.
    ///   - random: what jitter is made of.
    ///   - environment: the environment variables, for what the settings leave out and for managed identities.
    public init(
        settings: EntraIDSettings,
        cache: (any EntraCache)? = nil,
        transport: any HTTPTransport,
        policy: RetryPolicy = RetryPolicy(),
        time: any TimeSource = SystemTime(),
        random: any RandomSource = SystemRandom(),
        environment: [String: String] = [:]
    ) {
        self.settings = settings
        self.cache = cache
        self.time = time
        let identity = Result { () throws(EntraCredentialError) in try Identity(settings, environment: environment) }
        self.identity = identity
        api = identity.flatMap { identity in
            guard let base = HTTPURL(settings.graph.withoutSlashes + "/v1.0") else {
                return .failure(EntraCredentialError(.malformed, message: "`graph` is not a URL"))
            }
            // The smallest tenant has 350 resource units a second, and few of these calls cost more than two.
            // Source: Microsoft Graph, "Service-specific throttling limits".
            let limiter = RateLimiter(perSecond: 150, burst: 60, time: time)
            let plain = HTTPClient(transport: transport, policy: policy, time: time, random: random)
            let limited = HTTPClient(transport: transport, limiter: limiter, policy: policy, time: time, random: random)
            let flow = TokenFlow(identity: identity, calls: JSONCalls(client: plain), time: time)
            return .success(
                GraphAPI(
                    base: base,
                    calls: JSONCalls(client: limited),
                    tokens: flow.tokens,
                    limiter: limiter,
                    policy: policy,
                    time: time,
                    random: random
                )
            )
        }
    }

    /// Checks settings and files without a call: what is wrong there is a mistake of the configuration (78).
    ///
    /// Files are read again whenever a token is needed; what is wrong with them then is an `UpstreamError` of kind
    /// `refused` and operation `credential`.
    public func prepare() throws(EntraCredentialError) {
        try identity.get().check()
        _ = try api.get()
    }

    /// The way to Graph; what ``prepare()`` refuses is refused here too.
    func graph() throws(UpstreamError) -> GraphAPI {
        do {
            return try api.get()
        } catch {
            let name = CallName(service: "entra", operation: "credential")
            throw name.error(.refused, code: error.kind.rawValue, message: error.description)
        }
    }

    // MARK: - Source

    /// Reads all users and all groups, at the same time; by delta where there is a cache.
    ///
    /// Throws `refused` where the application may see users but not whether they are enabled.
    public func listing() async throws(UpstreamError) -> Directory {
        let api = try graph()
        let roles = try await api.roles()
        let reading = await cache == nil ? plainReading(api) : deltaReading(api, roles)
        if let failure = reading.users.failure, reading.groups.failure != nil { throw failure }
        for failure in [reading.users.failure, reading.groups.failure] {
            if let failure, failure.kind == .cancelled || failure.code == EntraID.missingPermission { throw failure }
        }
        learn(reading, roles)
        return Directory(
            name: name,
            kind: .entra,
            users: reading.users.records.map { $0.value.user(id: $0.key) }.sorted { $0.id < $1.id },
            usersProblem: reading.users.failure?.description,
            groups: reading.groups.records.map { $0.value.group(id: $0.key) }.sorted { $0.id < $1.id },
            groupsProblem: reading.groups.failure?.description,
            credentialExpiresAt: credentialExpiresAt
        )
    }

    /// When the certificate ends; nil for a credential that does not say so itself.
    private var credentialExpiresAt: Timestamp? {
        guard case .certificate(let path) = settings.credential, let own = try? ClientCertificate.read(path) else {
            return nil
        }
        return Timestamp(seconds: own.certificate.notAfterSeconds)
    }

    /// Reads the state of every user: by delta where there is a cache.
    public func userStates() async throws(UpstreamError) -> [SourceUserState] {
        let api = try graph()
        let reading = await cache == nil ? plainUsers(api) : deltaUsers(api)
        if let failure = reading.failure { throw failure }
        return reading.records.map { id, record in
            SourceUserState(
                id: SourceUserID(id),
                primaryAddress: record.userPrincipalName,
                state: record.accountEnabled ? .active : .suspended
            )
        }.sorted { $0.id < $1.id }
    }

    // MARK: - Knowledge

    /// What the last listing told, for later reads.
    struct Knowledge: Sendable {
        var users: Set<String> = []
        var groups: [String: GroupRecord] = [:]
        var seesHidden = false
        /// The copy that the listing came from, where there is one.
        var copy: DirectoryCopy?
    }

    private func learn(_ reading: DirectoryReading, _ roles: Set<String>) {
        let knowledge = Knowledge(
            users: Set(reading.users.records.keys),
            groups: reading.groups.records,
            seesHidden: roles.contains(EntraPermission.hiddenMembers),
            copy: reading.copy
        )
        known.withLock { $0 = knowledge }
    }

    /// What the last listing told.
    var knowledge: Knowledge { known.withLock { $0 } }

    /// Notes lists of members that were read for the copy.
    func note(_ copy: DirectoryCopy) { known.withLock { $0.copy = copy } }

    /// How a group is named in messages.
    func shownName(of group: String) -> String {
        let name = known.withLock { $0.groups[group]?.displayName }
        return name.flatMap { $0.isEmpty ? nil : "\($0), \(group)" } ?? group
    }
}

/// Objects by id as far as they came, and why they are not all.
struct RecordReading<Record: Sendable>: Sendable {
    var records: [String: Record] = [:]
    /// Nil when the records are whole.
    var failure: UpstreamError?
}

/// What a listing brought.
struct DirectoryReading: Sendable {
    var users: RecordReading<UserRecord>
    var groups: RecordReading<GroupRecord>
    /// The local copy as it stands now, where there is one.
    var copy: DirectoryCopy?
}
