public import Sandbox
internal import Synchronization

/// Counts the sequential round trips of an offboarding against the sandbox, with some time added to each call.
public struct OffboardRoundTrips: Sendable {
    /// What was counted. A call is one round trip later than the latest one that was answered before it came.
    public struct Figures: Sendable {
        /// The round trip of the first request that withdraws something.
        public var firstWithdrawal: Int
        /// The round trip of the last request that withdraws something.
        public var lastWithdrawal: Int
        /// The round trip of the last reading that proves that nothing is left.
        public var proof: Int
        /// The round trip of the last call: running sessions are told.
        public var last: Int
        /// How many calls were made.
        public var calls: Int
        /// How long a round trip took on the average, up to the last withdrawal request.
        public var milliseconds: Double
        /// What the person still holds.
        public var left: Int
    }

    /// A company with one person who holds so much.
    public struct Company: Sendable {
        /// The company.
        public var world: World
        /// The person's id in Identity Center.
        public var user: String
    }

    /// The user name of the person.
    public static let person = "leaver@example.com"

    /// How many groups the person is in.
    public let memberships: Int
    /// How many account assignments the person has directly.
    public let assignments: Int

    /// The round trips of taking out a person who holds so much.
    public init(memberships: Int, assignments: Int) {
        self.memberships = memberships
        self.assignments = assignments
    }

    /// A company with the person in it, linked to a Google user.
    public func company() -> Company {
        var world = World()
        for name in ["AdministratorAccess", "ViewOnlyAccess"] { world.addPermissionSet(name) }
        if world.google.users.allSatisfy({ $0.primaryEmail != world.google.serviceAccount.delegate }) {
            world.addGoogleUser(world.google.serviceAccount.delegate)
        }
        let source = world.addGoogleUser(OffboardRoundTrips.person)
        let user = world.addUser(OffboardRoundTrips.person, externalID: source.id)
        for number in 0..<memberships { world.addGroup("group-\(number)", members: [user.id]) }
        for number in 0..<assignments {
            let account = String(300_000_000_000 + number)
            world.addAccount(account, name: "account-\(number)")
            let set = number.isMultiple(of: 2) ? "AdministratorAccess" : "ViewOnlyAccess"
            world.assign(.user(user.id), account: account, permissionSet: set)
        }
        world.behaviour.operationSeconds = 0
        return Company(world: world, user: user.id)
    }

    /// The variables of a sandbox, with AWS under another name than Google, as it is outside: libcurl lets the first calls
    /// to one plain host wait for each other.
    public static func environment(of sandbox: Sandbox) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: sandbox.environment.map { name, value in
                let isEndpoint = name.hasPrefix("AWS_ENDPOINT_URL")
                return (name, isEndpoint ? value.replacing("127.0.0.1", with: "localhost") : value)
            }
        )
    }

    /// Counts while something runs the program's `offboard`.
    ///
    /// - Parameters:
    ///   - milliseconds: what is added to each call.
    ///   - offboard: takes ``person`` out.
    public func count(
        _ sandbox: Sandbox,
        user: String,
        milliseconds: Int,
        offboard: () async throws -> Void
    ) async throws -> Figures {
        let trips = Trips()
        sandbox.world.onCall { trips.came($0) }
        sandbox.world.afterCall { call in
            try? await Task.sleep(for: .milliseconds(milliseconds))
            trips.answered(call)
        }
        try await offboard()
        sandbox.world.clearHooks()
        let center = sandbox.world.snapshot().identityCenter
        var figures = trips.figures
        figures.calls = sandbox.world.log.count
        figures.left =
            center.groups.count { $0.memberships.contains { $0.userID == user } }
            + center.assignments.count { $0.principal == .user(user) }
        return figures
    }

    /// The least number of round trips to the last withdrawal request.
    ///
    /// Five rest on each other: the instance tells the identity store; the name tells the user's id; the id its external
    /// ids; the mark, which holds their digests, stands before the first withdrawal; the withdrawals. Where more calls go
    /// to a service than a burst takes, its quota says when the last one may go.
    ///
    /// - Parameter milliseconds: how long one round trip lasts; nil: without a quota.
    public func leastToLastWithdrawal(milliseconds: Double?) -> Int {
        guard let milliseconds else { return OffboardRoundTrips.chain }
        // Besides the withdrawals, the same quotas take: ListInstances and the list of direct assignments; the user by
        // name and by id, the list of memberships and the mark.
        let later = max(wait(calls: assignments + 2), wait(calls: memberships + 4))
        return max(OffboardRoundTrips.chain, Int(later * 1000 / milliseconds) + 1)
    }

    private static let chain = 5

    /// One more: the reading that proves it.
    public func leastToProof(milliseconds: Double?) -> Int { leastToLastWithdrawal(milliseconds: milliseconds) + 1 }

    /// The seconds until the last of so many calls may go: nine tenths of 20 a second, and as many at once.
    /// Source: IAM Identity Center user guide, "Quotas"; `target.rateShare` of the contract.
    private func wait(calls: Int) -> Double { max(0, Double(calls) - 18) / 18 }

    /// The figures in words, with the least beside them.
    public func sentence(_ figures: Figures, milliseconds: Int, isWithinBurst: Bool) -> String {
        let bound = isWithinBurst ? nil : max(Double(milliseconds), figures.milliseconds)
        let quota = isWithinBurst ? "no quota in the way" : "quota of 18 calls a second to each service"
        return """
            offboard, \(memberships) memberships and \(assignments) direct assignments, \(milliseconds) ms a call, \(quota): \
            first withdrawal request in round trip \(figures.firstWithdrawal) (lower bound \(OffboardRoundTrips.chain)), \
            the last in \(figures.lastWithdrawal) (\(leastToLastWithdrawal(milliseconds: bound))), \
            proven gone after \(figures.proof) (\(leastToProof(milliseconds: bound))); \
            running sessions told after \(figures.last); \(figures.calls) calls
            """
    }
}

/// What hears of each call.
private final class Trips: Sendable {
    private struct State {
        var answered = 0
        var numbers: [Int: Int] = [:]
        var firstWithdrawal: Int?
        var start: ContinuousClock.Instant?
        var figures = OffboardRoundTrips.Figures(
            firstWithdrawal: 0,
            lastWithdrawal: 0,
            proof: 0,
            last: 0,
            calls: 0,
            milliseconds: 0,
            left: 0
        )
    }
    private let state = Mutex(State())

    func came(_ call: Call) {
        state.withLock { state in
            let number = state.answered + 1
            state.numbers[call.number] = number
            let start = state.start ?? .now
            state.start = start
            state.figures.last = max(state.figures.last, number)
            let isReading = call.operation == "ListGroupMembershipsForMember" || call.text("PrincipalType") == "USER"
            if isReading, !call.isWrite { state.figures.proof = max(state.figures.proof, number) }
            guard call.isWrite, call.operation.hasPrefix("Delete") else { return }
            state.firstWithdrawal = state.firstWithdrawal ?? number
            state.figures.lastWithdrawal = max(state.figures.lastWithdrawal, number)
            let time = start.duration(to: .now).components
            let seconds = Double(time.seconds) + Double(time.attoseconds) / 1e18
            state.figures.milliseconds = seconds * 1000 / Double(max(1, state.figures.lastWithdrawal - 1))
        }
    }

    func answered(_ call: Call) {
        state.withLock { state in state.answered = max(state.answered, state.numbers[call.number] ?? 0) }
    }

    var figures: OffboardRoundTrips.Figures {
        state.withLock { state in
            var figures = state.figures
            figures.firstWithdrawal = state.firstWithdrawal ?? 0
            return figures
        }
    }
}
