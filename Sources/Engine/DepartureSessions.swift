public import Model

/// Role sessions of one permission set in one account that may have begun before the withdrawal.
public struct StandingSession: Hashable, Sendable {
    /// The account and the permission set.
    public var pair: AccessPair
    /// The latest time that a session can last.
    public var until: Timestamp
}

/// How long role sessions that have begun can go on: by the session durations of what the person could reach.
struct DepartureSessions: Sendable {
    private let environment: RunEnvironment
    /// Source: IAM Identity Center user guide, "Set session duration for AWS accounts": an hour by default, twelve at most.
    private static let longestSeconds = 43_200

    init(_ environment: RunEnvironment) { self.environment = environment }

    /// Reads, after the withdrawal, what the groups that a person was in can reach.
    ///
    /// - Returns: the sessions, and why the list may not be whole.
    func of(_ person: OffboardedPerson, _ names: AccessNames) async -> (
        sessions: [StandingSession], problem: UpstreamError?
    ) {
        var pairs: [AccessPair: Timestamp] = [:]
        var groups: [GroupID: Timestamp] = [:]
        for access in person.withdrawn {
            switch access.write {
            case .deleteAssignment(let assignment): pairs[assignment.pair] = access.at
            case .removeMember(let group, _, _): groups[group] = access.at
            default: break
            }
        }
        var problem: UpstreamError?
        if !groups.isEmpty {
            do throws(UpstreamError) {
                for assignment in try await assignments(of: groups.keys.sorted(), names) {
                    guard case .group(let group) = assignment.principal, let at = groups[group] else { continue }
                    pairs[assignment.pair] = max(pairs[assignment.pair] ?? at, at)
                }
            } catch { problem = error }
        }
        let sessions = pairs.map { pair, at in
            let seconds = names.sets[pair.permissionSet]?.sessionSeconds ?? DepartureSessions.longestSeconds
            return StandingSession(pair: pair, until: at.adding(seconds: Int64(seconds)))
        }
        return (sessions.sorted { $0.pair < $1.pair }, problem)
    }

    private func assignments(of groups: [GroupID], _ names: AccessNames) async throws(UpstreamError)
        -> [AccountAssignment]
    {
        let target = environment.target
        let accounts = try await target.organization(withTags: false).accounts.filter(\.isActive).map(\.id).sorted()
        let sets = names.sets.keys.sorted()
        return try await target.assignments(of: groups, accounts: accounts, permissionSets: sets, including: [])
    }
}
