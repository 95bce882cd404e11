public import Model

/// One access that was withdrawn.
public struct WithdrawnAccess: Hashable, Sendable {
    /// The call that withdrew it.
    public var write: Write
    /// What the call answered.
    public var receipt: Receipt
    /// When.
    public var at: Timestamp
}

/// One access that could not be withdrawn, or not be looked for.
public struct StandingAccess: Hashable, Sendable {
    /// The call that failed; nil where the access could not even be listed.
    public var write: Write?
    /// Why it stands.
    public var error: UpstreamError
}

/// What came of withdrawing all that one user holds.
public struct WithdrawalResult: Hashable, Sendable {
    /// What was withdrawn, in the order in which it ended.
    public var withdrawn: [WithdrawnAccess] = []
    /// What stands.
    public var standing: [StandingAccess] = []
    /// Whether a reading after the last write showed that nothing is left.
    public var isProven = false

    /// Takes in what another part, or a later look, came to.
    mutating func add(_ other: WithdrawalResult) {
        withdrawn += other.withdrawn
        standing += other.standing
        isProven = isProven && other.isProven
    }
}

/// The kinds of access that hang at a user: each is read, withdrawn and read back for itself, all at once.
enum AccessKind: CaseIterable, Sendable {
    case memberships, assignments, applications

    /// The calls that withdraw what the user holds of this kind now.
    ///
    /// - Parameter beforeWalk: called where direct assignments cannot be listed by principal, before the walk over the
    ///   pairs, which takes minutes.
    func read(
        _ user: UserID,
        of target: any Target,
        beforeWalk: @Sendable () async throws(UpstreamError) -> Void = {}
    ) async throws(UpstreamError) -> [Write] {
        switch self {
        case .memberships:
            return try await target.memberships(of: user).map { .removeMember($0.group, $0.user, membership: $0.id) }
        case .assignments:
            let assignments = try await target.directAssignments(of: user) { () async throws(UpstreamError) in
                try await beforeWalk()
                let organization = try await target.organization(withTags: false)
                return (organization.accounts.map(\.id), try await target.permissionSets().map(\.arn))
            }
            return assignments.map { .deleteAssignment($0) }
        case .applications:
            return try await target.applicationAssignments(of: user).map {
                .deleteApplicationAssignment(applicationARN: $0.applicationARN, $0.principal)
            }
        }
    }
}

/// A reading of all that a user holds, begun before it is known that it will be needed; it never walks.
final class EarlyReading: Sendable {
    private let tasks: [AccessKind: Task<[Write]?, Never>]

    init(_ user: UserID, of target: any Target) {
        tasks = Dictionary(
            uniqueKeysWithValues: AccessKind.allCases.map { kind in
                let task = Task { () async -> [Write]? in
                    try? await kind.read(user, of: target) { () async throws(UpstreamError) in throw .noWalk }
                }
                return (kind, task)
            }
        )
    }

    /// What the user held; nil where that could not be read.
    func writes(_ kind: AccessKind) async -> [Write]? { await tasks[kind]?.value }
}

/// Withdraws everything that a user holds, wherever it hangs: memberships, direct account and application assignments.
struct Withdrawal: Sendable {
    private let environment: RunEnvironment
    private let user: UserID
    private static let mostRounds = 10
    private static let longestPauseSeconds = 5.0

    init(_ environment: RunEnvironment, of user: UserID) {
        self.environment = environment
        self.user = user
    }

    /// What the user holds now, as the calls that would withdraw it.
    func preview(_ early: EarlyReading? = nil) async -> (writes: [Write], problems: [UpstreamError]) {
        var writes: [Write] = []
        var problems: [UpstreamError] = []
        for kind in AccessKind.allCases {
            if let known = await early?.writes(kind) {
                writes += known
                continue
            }
            do throws(UpstreamError) { writes += try await kind.read(user, of: environment.target) } catch {
                problems.append(error)
            }
        }
        return (writes, problems)
    }

    /// Withdraws all in parallel and reads again, until nothing is left or nothing more can be done.
    ///
    /// - Parameters:
    ///   - known: assignments known from earlier, which go before a walk.
    ///   - early: a reading that is under way already; nil: read now.
    ///   - ready: ends when the withdrawals it is given may begin.
    func withdraw(
        known: [AccountAssignment] = [],
        early: EarlyReading? = nil,
        ready: @escaping @Sendable ([Write]) async -> Void = { _ in }
    ) async -> WithdrawalResult {
        await withTaskGroup(of: WithdrawalResult.self) { group in
            for kind in AccessKind.allCases {
                let first = kind == .assignments ? known : []
                group.addTask { await self.withdraw(kind, first.map { .deleteAssignment($0) }, early, ready) }
            }
            var result = WithdrawalResult(isProven: true)
            for await part in group { result.add(part) }
            result.withdrawn.sort { ($0.at, $0.write.sortKey) < ($1.at, $1.write.sortKey) }
            return result
        }
    }

    private func withdraw(
        _ kind: AccessKind,
        _ known: [Write],
        _ early: EarlyReading?,
        _ ready: @Sendable ([Write]) async -> Void
    ) async -> WithdrawalResult {
        var result = WithdrawalResult()
        let early = await early?.writes(kind)
        for round in 0..<Withdrawal.mostRounds {
            let writes: [Write]
            do throws(UpstreamError) {
                if round > 0 {
                    writes = try await read(kind)
                } else if let early {
                    writes = early
                } else {
                    writes = try await read(kind, known, &result, ready)
                }
            } catch {
                result.standing.append(StandingAccess(write: nil, error: error))
                return result
            }
            result.standing = []
            // A reading that was begun before the departure was recorded proves nothing.
            if writes.isEmpty, round > 0 || early == nil {
                result.isProven = true
                return result
            }
            if environment.stop.raisedBy != nil, round > 0 {
                result.standing = writes.map { StandingAccess(write: $0, error: .unproven($0, user)) }
                return result
            }
            await ready(writes)
            let (done, failed) = await perform(writes)
            let fresh = done.filter { !$0.receipt.stoodAlready }
            result.note(done)
            result.standing = failed
            let isHopeless = !failed.isEmpty && done.isEmpty && round > 0
            if isHopeless { return result }
            // The service still lists what it says is gone: it needs some time.
            if fresh.isEmpty, !writes.isEmpty {
                await environment.departures.pause(min(Double(round + 1), Withdrawal.longestPauseSeconds))
            }
            if round == Withdrawal.mostRounds - 1, failed.isEmpty {
                result.standing = writes.map { StandingAccess(write: $0, error: .unproven($0, user)) }
            }
        }
        return result
    }

    private func read(_ kind: AccessKind) async throws(UpstreamError) -> [Write] {
        try await kind.read(user, of: environment.target)
    }

    /// Reads; where a walk is needed, what is known goes first.
    private func read(
        _ kind: AccessKind,
        _ known: [Write],
        _ result: inout WithdrawalResult,
        _ ready: @Sendable ([Write]) async -> Void
    ) async throws(UpstreamError) -> [Write] {
        guard !known.isEmpty else { return try await read(kind) }
        do throws(UpstreamError) {
            return try await kind.read(user, of: environment.target) { () async throws(UpstreamError) in throw .noWalk }
        } catch {
            guard error == .noWalk else { throw error }
        }
        await ready(known)
        // What is known from earlier may be gone by now: a failure says nothing, the walk does.
        result.withdrawn += await perform(known).done.filter { !$0.receipt.stoodAlready }
        return try await read(kind)
    }

    private func perform(_ writes: [Write]) async -> (done: [WithdrawnAccess], failed: [StandingAccess]) {
        let target = environment.target
        let clock = environment.clock
        return await withTaskGroup(of: (Write, Result<Receipt, UpstreamError>, Timestamp).self) { group in
            for write in writes {
                group.addTask {
                    let answer = await Result { () async throws(UpstreamError) in try await target.perform(write) }
                    return (write, answer, clock())
                }
            }
            var done: [WithdrawnAccess] = []
            var failed: [StandingAccess] = []
            for await (write, answer, at) in group {
                switch answer {
                case .success(let receipt): done.append(WithdrawnAccess(write: write, receipt: receipt, at: at))
                case .failure(let error): failed.append(StandingAccess(write: write, error: error))
                }
            }
            return (done, failed.sorted { ($0.write?.sortKey ?? "") < ($1.write?.sortKey ?? "") })
        }
    }
}

extension WithdrawalResult {
    /// Notes what was done; what a late reading showed once more is not noted twice.
    fileprivate mutating func note(_ done: [WithdrawnAccess]) {
        for access in done {
            let isKnown = withdrawn.contains { $0.write.sortKey == access.write.sortKey }
            if !access.receipt.stoodAlready || !isKnown { withdrawn.append(access) }
        }
    }
}

extension UpstreamError {
    /// Stops a reading that would need the walk.
    fileprivate static let noWalk = UpstreamError(
        .cancelled,
        service: "idbridge",
        operation: "walk",
        message: "direct assignments cannot be listed by principal"
    )

    fileprivate static func unproven(_ write: Write, _ user: UserID) -> UpstreamError {
        UpstreamError(
            .malformed,
            service: "idbridge",
            operation: write.kindName,
            object: user.value,
            message: "the access is still listed after it was withdrawn",
            advice: "run `idbridge departures` in a minute: it looks again"
        )
    }
}

extension Write {
    /// What the call is named in reports and in the ledger.
    var kindName: String {
        switch self {
        case .createUser: "createUser"
        case .updateUser: "updateUser"
        case .disableUser: "disableUser"
        case .enableUser: "enableUser"
        case .deleteUser: "deleteUser"
        case .createGroup: "createGroup"
        case .updateGroup: "updateGroup"
        case .deleteGroup: "deleteGroup"
        case .addMember: "addMember"
        case .removeMember: "removeMember"
        case .createAssignment: "createAssignment"
        case .deleteAssignment: "deleteAssignment"
        case .deleteApplicationAssignment: "deleteApplicationAssignment"
        }
    }

    /// What the call concerns: the same for the same object, whatever its membership id.
    var sortKey: String {
        switch self {
        case .removeMember(let group, let user, _), .addMember(let group, let user): "1 \(group) \(user)"
        case .deleteAssignment(let assignment), .createAssignment(let assignment):
            "2 \(assignment.account) \(assignment.permissionSet)"
        case .deleteApplicationAssignment(let application, _): "3 \(application)"
        case .createGroup(let name, _): "0 \(name)"
        case .deleteGroup(let group, _), .updateGroup(let group, _, _, _): "0 \(group)"
        case .deleteUser(let user), .disableUser(let user), .enableUser(let user), .updateUser(let user, _, _, _, _, _):
            "4 \(user)"
        case .createUser(let user): "4 \(user.address)"
        }
    }
}
