internal import AWSAuth
public import HTTP
public import Model
internal import Synchronization

/// A Google Workspace customer as a source: users, groups and members over the Directory API, read-only.
///
/// A run costs ⌈U/500⌉ calls for U users and ⌈G/200⌉ for G groups, one for each 200 members of a group that is asked
/// for, and one for each token. Source: Directory API, `users.list`, `groups.list`, `members.list`.
public final class GoogleWorkspace: Source {
    /// The source's name in the configuration.
    public var name: String { settings.name }
    /// A Google source.
    public var kind: SourceKind { .google }

    let settings: GoogleWorkspaceSettings
    let api: DirectoryAPI
    private let known = Mutex(Knowledge())

    /// A customer, of which nothing is read yet.
    ///
    /// - Parameters:
    ///   - transport: what sends requests.
    ///   - limiter: the quota of the Directory API, shared by all who use the same project and administrator; by default
    ///     the documented 2,400 calls a minute, of which the first 240 may go at once.
    ///   - policy: how often and how long a call is tried.
    ///   - time: the clocks.
    ///   - random: what jitter is made of.
    ///   - environment: the environment variables, for the AWS role of a workload.
    public init(
        settings: GoogleWorkspaceSettings,
        transport: any HTTPTransport,
        limiter: RateLimiter? = nil,
        policy: RetryPolicy = RetryPolicy(),
        time: any TimeSource = SystemTime(),
        random: any RandomSource = SystemRandom(),
        environment: [String: String] = [:]
    ) {
        self.settings = settings
        let limiter = limiter ?? RateLimiter(perSecond: 36, burst: 240, time: time)
        let plain = HTTPClient(transport: transport, policy: policy, time: time, random: random)
        let limited = HTTPClient(transport: transport, limiter: limiter, policy: policy, time: time, random: random)
        let aws = AWSIdentity(
            environment: environment,
            client: plain,
            provider: AWSProvider { () throws(AWSAuthError) in
                let variables = try AWSEnvironment(variables: environment)
                return AWSCredentialChain(
                    environment: variables,
                    transport: transport,
                    clock: AWSClock(time: time),
                    time: time,
                    random: random
                )
            }
        )
        let flow = TokenFlow(
            path: settings.credentialsPath,
            subject: settings.subject,
            calls: GoogleCalls(client: plain),
            subjects: SubjectTokens(client: plain, time: time, aws: aws),
            time: time
        )
        var endpoint = settings.endpoint
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        api = DirectoryAPI(
            endpoint: endpoint,
            subject: settings.subject,
            calls: GoogleCalls(client: limited),
            tokens: flow.tokens
        )
    }

    /// Reads and checks the credentials file, without a call: what is wrong there is a mistake of the configuration.
    ///
    /// The file is read again whenever a token is needed; what is wrong with it then is an `UpstreamError` of kind
    /// `refused` and operation `credentials`.
    ///
    /// - Returns: who the source will be, for people to check.
    @discardableResult
    public func prepare() throws(GoogleCredentialsError) -> GoogleIdentity {
        switch try CredentialsFile.read(settings.credentialsPath) {
        case .key(let key):
            GoogleIdentity(account: key.email, clientID: key.clientID, subject: settings.subject, isKeyless: false)
        case .federation(let account):
            GoogleIdentity(account: account.email, clientID: nil, subject: settings.subject, isKeyless: true)
        }
    }

    // MARK: - Source

    /// Reads all users and all groups, at the same time.
    public func listing() async throws(UpstreamError) -> Directory {
        async let readingUsers = users(fields: UserResource.fields)
        async let readingGroups = groups()
        let (users, groups) = await (readingUsers, readingGroups)
        if let failure = users.failure, groups.failure != nil { throw failure.error }
        if users.failure?.error.kind == .cancelled || groups.failure?.error.kind == .cancelled {
            throw UpstreamError(.cancelled, service: "google", operation: "listing", message: "cancelled")
        }
        let directory = Directory(
            name: name,
            kind: .google,
            users: users.items.map { $0.user() },
            usersProblem: users.failure?.error.description,
            groups: groups.items.map(\.group),
            groupsProblem: groups.failure?.error.description
        )
        learn(directory, counts: groups.items)
        return directory
    }

    /// Reads the direct members of groups, in parallel.
    public func members(of groups: [SourceGroupID]) async -> [SourceGroupID: MemberReading] {
        let groups = Array(Set(groups)).sorted()
        let readings = await inParallel(groups, width: settings.concurrency) { await self.members(of: $0) }
        return Dictionary(uniqueKeysWithValues: zip(groups, readings))
    }

    /// Reads the list of deleted users: those of the last 20 days.
    public func deletedUsers() async throws(UpstreamError) -> [SourceUser] {
        var call = usersCall
        call.query["showDeleted"] = "true"
        let fields = UserResource.fields
        let reading: ListReading<UserResource> = await api.list(call, fields: fields, pageSize: userPageSize)
        if let failure = reading.failure { throw failure.error }
        return reading.items.map { $0.user(state: .deleted) }
    }

    /// Reads one user by immutable id, primary address or alias; nil where Google says that there is none.
    public func user(_ key: String) async throws(UpstreamError) -> SourceUser? {
        do {
            return try await user(at: key).user()
        } catch {
            if error.isNotFound || error.saysNoSuchKey { return nil }
            throw error.error
        }
    }

    /// Reads the state of every user with the smallest answer that tells it: ⌈U/500⌉ calls.
    public func userStates() async throws(UpstreamError) -> [SourceUserState] {
        let reading = await users(fields: UserResource.stateFields)
        if let failure = reading.failure { throw failure.error }
        return reading.items.map {
            SourceUserState(id: SourceUserID($0.id.text), primaryAddress: $0.primaryEmail.text, state: $0.state)
        }
    }

    // MARK: - Lists

    private var userPageSize: Int { 500 }

    private var usersCall: DirectoryCall {
        DirectoryCall("users.list", path: ["users"], query: ["customer": settings.customer, "projection": "basic"])
    }

    /// All users but the deleted ones. The list is never empty: the administrator who reads it is one of them.
    private func users(fields: String) async -> ListReading<UserResource> {
        let call = usersCall
        var reading: ListReading<UserResource> = await api.list(call, fields: fields, pageSize: userPageSize)
        if reading.failure == nil, reading.items.isEmpty {
            let message = "the list of users is empty, but the administrator who reads it is one"
            reading.failure = CallFailure(call.name.error(.malformed, message: message))
        }
        return reading
    }

    /// All groups. A customer without any is so rare that the empty list is read a second time before it is believed.
    private func groups() async -> ListReading<GroupResource> {
        let call = DirectoryCall("groups.list", path: ["groups"], query: ["customer": settings.customer])
        let reading: ListReading<GroupResource> = await api.list(call, fields: GroupResource.fields, pageSize: 200)
        guard reading.failure == nil, reading.items.isEmpty else { return reading }
        return await api.list(call, fields: GroupResource.fields, pageSize: 200)
    }

    /// A user by any key.
    func user(at key: String) async throws(CallFailure) -> UserResource {
        let query = ["fields": UserResource.fields, "projection": "basic"]
        return try await api.get(DirectoryCall("users.get", object: key, path: ["users", key], query: query))
    }

    // MARK: - Knowledge

    /// What the last listing told, for later reads.
    private struct Knowledge {
        /// The domains of all addresses of users and groups, in lower case.
        var domains: Set<String> = []
        /// How many direct members each group says that it has.
        var counts: [SourceGroupID: Int] = [:]
        /// The addresses of groups, for messages.
        var addresses: [SourceGroupID: String] = [:]
    }

    private func learn(_ directory: Directory, counts: [GroupResource]) {
        var knowledge = Knowledge()
        for user in directory.users {
            for address in [user.primaryAddress] + user.aliases { knowledge.domains.insert(domain(of: address)) }
        }
        for group in directory.groups {
            for address in [group.shownName] + group.aliases { knowledge.domains.insert(domain(of: address)) }
            knowledge.addresses[group.id] = group.address
        }
        for group in counts { knowledge.counts[SourceGroupID(group.id.text)] = group.directMembersCount?.value }
        known.withLock { $0 = knowledge }
    }

    /// Whether an address lies outside the domains of the customer's users and groups; false while those are unknown.
    func isOutside(_ address: String) -> Bool {
        known.withLock { !$0.domains.isEmpty && !$0.domains.contains(domain(of: address)) }
    }

    /// How many direct members the listing says that a group has; nil where it does not say.
    func listedCount(of group: SourceGroupID) -> Int? { known.withLock { $0.counts[group] } }

    /// How a group is named in messages.
    func shownName(of group: SourceGroupID) -> String {
        known.withLock { $0.addresses[group] } ?? group.value
    }
}

/// What stands after the last `@`, in lower case; the whole where there is none.
private func domain(of address: String) -> String {
    String(address.folded.reversed().prefix { $0 != "@" }.reversed())
}
