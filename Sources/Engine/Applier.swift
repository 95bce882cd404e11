public import Model
internal import Planner

/// Performs actions in parallel, each only after those it rests on have succeeded.
public struct Applier: Sendable {
    private let environment: RunEnvironment
    private let run: Int64
    private let isAllowed: Bool
    private let maxParallel: Int
    private let identifiers: [UserID: Departure.Identifiers]
    private let ended: Set<String>

    /// An applier for one run.
    ///
    /// - Parameters:
    ///   - run: the run in the ledger.
    ///   - isAllowed: whether a person allowed what is taken.
    ///   - maxParallel: how many actions are in flight at most.
    ///   - identifiers: by what a departure made meanwhile would name the people who get something.
    ///   - ended: the ids of found departures that a source has ended.
    public init(
        _ environment: RunEnvironment,
        run: Int64,
        isAllowed: Bool,
        maxParallel: Int,
        identifiers: [UserID: Departure.Identifiers],
        ended: Set<String> = []
    ) {
        self.environment = environment
        self.run = run
        self.isAllowed = isAllowed
        self.maxParallel = max(1, maxParallel)
        self.identifiers = identifiers
        self.ended = ended
    }

    /// Performs the actions: first the withdrawals that come before everything else, then the rest.
    ///
    /// A failed action stops what rests on it and nothing else.
    public func apply(_ actions: [Action]) async -> [ActionOutcome] {
        var schedule = Schedule(actions)
        var outcomes: [ActionOutcome] = []
        for isFirst in [true, false] {
            schedule.open(actions.indices.filter { actions[$0].comesFirst == isFirst })
            await withTaskGroup(of: ActionOutcome.self) { group in
                var inFlight = 0
                while true {
                    while inFlight < maxParallel, let next = schedule.next() {
                        inFlight += 1
                        let action = schedule.resolved(next)
                        group.addTask { await self.perform(action) }
                    }
                    guard inFlight > 0, let outcome = await group.next() else { break }
                    inFlight -= 1
                    schedule.settle(outcome)
                    outcomes.append(outcome)
                    await note(outcome, done: outcomes.count, of: actions.count)
                }
            }
        }
        for (action, blocker) in schedule.unbegun() {
            let outcome = ActionOutcome(action: action, status: .skipped(restsOn: blocker), at: environment.clock())
            outcomes.append(outcome)
            await note(outcome, done: outcomes.count, of: actions.count)
        }
        return outcomes
    }

    private func note(_ outcome: ActionOutcome, done: Int, of count: Int) async {
        environment.listener.heard(.finished(outcome, done: done, of: count))
        do {
            try await environment.ledger.note([outcome.record(run: run, isAllowed: isAllowed)])
        } catch {
            environment.listener.heard(.notice("the ledger could not note \(outcome.action.id): \(error)"))
        }
    }

    // MARK: One action

    private func perform(_ action: Action) async -> ActionOutcome {
        func outcome(_ status: ActionOutcome.Status) -> ActionOutcome {
            ActionOutcome(action: action, status: status, at: environment.clock())
        }
        if environment.stop.raisedBy != nil { return outcome(.stopped) }
        if let reason = await SecondLook(environment).objection(to: action) { return outcome(.kept(reason)) }
        do throws(LedgerError) {
            if let reason = try await departureSince(action) { return outcome(.kept(reason)) }
            let begun = action.record(run: run, status: .begun, at: environment.clock(), isAllowed: isAllowed)
            try await environment.ledger.note([begun])
        } catch {
            return outcome(.failed(Applier.unwritable(action, error)))
        }
        guard let write = action.write else { return outcome(.failed(Applier.incomplete(action))) }
        do throws(UpstreamError) {
            return outcome(.done(try await environment.target.perform(write)))
        } catch {
            return outcome(.failed(error))
        }
    }

    /// A person who has departed since the plan was made gets nothing (`DESIGN.md`, Departures 6).
    private func departureSince(_ action: Action) async throws(LedgerError) -> String? {
        guard action.kind == .addMember, let user = action.userID else { return nil }
        let person = identifiers[user] ?? Departure.Identifiers(userID: user)
        let departures = try await environment.ledger.departures().filter { !ended.contains($0.id) }
        guard let departure = DepartureMatching(departures).departure(of: person) else { return nil }
        return "\(action.user ?? user.value) has departed since the plan was made (\(departure.since))"
    }

    private static func unwritable(_ action: Action, _ error: LedgerError) -> UpstreamError {
        UpstreamError(
            .rejected,
            service: "ledger",
            operation: "note",
            object: action.id,
            message: "\(error), so the action was not begun"
        )
    }

    private static func incomplete(_ action: Action) -> UpstreamError {
        UpstreamError(
            .rejected,
            service: "idbridge",
            operation: action.kind.rawValue,
            object: action.group ?? action.user,
            message: "an object that this action needs is not known",
            advice: "run again: the next plan finds it"
        )
    }
}

/// Which actions may begin, and what those that were made are called.
private struct Schedule {
    private let actions: [Action]
    private let place: [String: Int]
    private var unmet: [Int]
    private var dependents: [[Int]]
    private var isOpen: [Bool]
    private var begun: [Bool]
    private var blocked: [Int: String] = [:]
    private var ready: [Int] = []
    private var made: [String: GroupID] = [:]

    init(_ actions: [Action]) {
        self.actions = actions
        place = Dictionary(actions.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        unmet = Array(repeating: 0, count: actions.count)
        dependents = Array(repeating: [], count: actions.count)
        isOpen = Array(repeating: false, count: actions.count)
        begun = isOpen
        for (index, action) in actions.enumerated() {
            for id in action.after {
                guard let other = place[id] else { continue }
                unmet[index] += 1
                dependents[other].append(index)
            }
        }
    }

    mutating func open(_ indices: [Int]) {
        for index in indices {
            isOpen[index] = true
            if unmet[index] == 0, blocked[index] == nil, !begun[index] { ready.append(index) }
        }
        ready.sort(by: >)
    }

    mutating func next() -> Int? {
        guard let index = ready.popLast() else { return nil }
        begun[index] = true
        return index
    }

    /// The action with the id of its group, where that was made in this run.
    func resolved(_ index: Int) -> Action {
        var action = actions[index]
        if action.groupID == nil, let group = action.group { action.groupID = made[group] }
        return action
    }

    mutating func settle(_ outcome: ActionOutcome) {
        guard let index = place[outcome.action.id] else { return }
        if case .done(let receipt) = outcome.status {
            if outcome.action.kind == .createGroup, let group = outcome.action.group, let id = receipt.createdID {
                made[group] = GroupID(id)
            }
            for other in dependents[index] {
                unmet[other] -= 1
                if unmet[other] == 0, isOpen[other], blocked[other] == nil, !begun[other] { insert(other) }
            }
        } else {
            block(dependents[index], by: outcome.action.id)
        }
    }

    private mutating func insert(_ index: Int) {
        let at = ready.firstIndex { $0 < index } ?? ready.count
        ready.insert(index, at: at)
    }

    private mutating func block(_ indices: [Int], by id: String) {
        var pending = indices
        while let index = pending.popLast() {
            guard blocked[index] == nil else { continue }
            blocked[index] = id
            pending += dependents[index]
        }
    }

    /// The actions that were never begun, with what they rest on.
    func unbegun() -> [(Action, String)] {
        actions.indices.filter { !begun[$0] }.map { (actions[$0], blocked[$0] ?? actions[$0].after.first ?? "") }
    }
}

extension Action {
    /// The call that the action comes to; nil where an id that it needs is not known.
    var write: Write? {
        switch kind {
        case .createGroup: return group.map { .createGroup(displayName: $0, description: description ?? "") }
        case .updateGroup:
            guard let groupID else { return nil }
            return .updateGroup(
                groupID,
                displayName: changes["displayName"]?.to,
                description: changes["description"].map(\.to),
                revision: revision
            )
        case .deleteGroup: return groupID.map { .deleteGroup($0, revision: nil) }
        case .addMember:
            guard let groupID, let userID else { return nil }
            return .addMember(groupID, userID)
        case .removeMember:
            guard let groupID, let userID else { return nil }
            return .removeMember(groupID, userID, membership: membership)
        case .createAssignment: return assignment.map { .createAssignment($0) }
        case .deleteAssignment: return assignment.map { .deleteAssignment($0) }
        case .createUser: return newUser.map { .createUser($0) }
        case .disableUser: return userID.map { .disableUser($0) }
        case .enableUser: return userID.map { .enableUser($0) }
        case .deleteUser: return userID.map { .deleteUser($0) }
        case .updateUser:
            return userID.map {
                .updateUser(
                    $0,
                    userName: changes["userName"]?.to,
                    displayName: changes["displayName"]?.to,
                    givenName: changes["givenName"]?.to,
                    familyName: changes["familyName"]?.to,
                    email: changes["email"]?.to
                )
            }
        }
    }

    private var assignment: AccountAssignment? {
        guard let groupID, let account, let permissionSetARN else { return nil }
        return AccountAssignment(principal: .group(groupID), account: account, permissionSet: permissionSetARN)
    }
}
