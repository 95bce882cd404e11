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
}

/// Withdraws everything that a user holds, wherever it hangs: memberships, direct account and application assignments.
public struct Withdrawal: Sendable {
    private let environment: RunEnvironment
    private static let mostRounds = 5

    /// A withdrawal over an environment.
    public init(_ environment: RunEnvironment) { self.environment = environment }

    /// What a user holds now.
    public func holdings(of user: UserID) async -> Holdings {
        let target = environment.target
        return await target.holdings(of: user) { () async throws(UpstreamError) in
            let organization = try await target.organization(withTags: false)
            let sets = try await target.permissionSets()
            return (organization.accounts.map(\.id), sets.map(\.arn))
        }
    }

    /// Withdraws all in parallel and reads again, until nothing is left or nothing more can be done.
    ///
    /// - Parameters:
    ///   - known: assignments that the ledger knows, which go before the reading.
    ///   - first: what a reading that is done already showed; nil: read now.
    public func withdraw(
        _ user: UserID,
        known: [AccountAssignment] = [],
        first: Holdings? = nil
    ) async -> WithdrawalResult {
        var result = WithdrawalResult()
        if !known.isEmpty {
            await perform(known.map { .deleteAssignment($0) }, &result, isSure: false)
        }
        var holdings = first
        for _ in 0..<Withdrawal.mostRounds {
            let found: Holdings
            if let given = holdings { found = given } else { found = await self.holdings(of: user) }
            holdings = nil
            result.standing = found.problems.map { StandingAccess(write: nil, error: $0) }
            let writes = Withdrawal.writes(for: found)
            guard !writes.isEmpty else {
                result.isProven = found.problems.isEmpty
                return result
            }
            let before = result.withdrawn.count
            await perform(writes, &result, isSure: true)
            if result.withdrawn.count == before { return result }
        }
        return result
    }

    /// The calls that withdraw what was found.
    public static func writes(for holdings: Holdings) -> [Write] {
        holdings.memberships.map { .removeMember($0.group, $0.user, membership: $0.id) }
            + holdings.assignments.map { .deleteAssignment($0) }
            + holdings.applicationAssignments.map {
                .deleteApplicationAssignment(applicationARN: $0.applicationARN, $0.principal)
            }
    }

    private func perform(_ writes: [Write], _ result: inout WithdrawalResult, isSure: Bool) async {
        let target = environment.target
        let answers = await withTaskGroup(of: (Write, Result<Receipt, UpstreamError>).self) { group in
            for write in writes {
                group.addTask {
                    (write, await Result { () async throws(UpstreamError) in try await target.perform(write) })
                }
            }
            var answers: [(Write, Result<Receipt, UpstreamError>)] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        for (write, answer) in answers {
            switch answer {
            case .success(let receipt):
                if isSure || !receipt.stoodAlready {
                    result.withdrawn.append(WithdrawnAccess(write: write, receipt: receipt, at: environment.clock()))
                }
            case .failure(let error): if isSure { result.standing.append(StandingAccess(write: write, error: error)) }
            }
        }
    }
}
