internal import HTTP
internal import Model
internal import Synchronization

/// Asks how the outstanding operations stand, for all of them together, until each has ended.
///
/// One listing tells of a hundred operations, so with two or more of a kind it is the listing that is asked; it has no
/// reasons for failures, and those that it lacks or that failed are asked for one by one. It is no older than the
/// service cares to keep it: what it shows running again and again is asked for by itself too, and a listing that goes
/// on showing what has ended is not asked any more.
final class StatusPoller: Sendable {
    private struct Outstanding: Sendable {
        var operation: AssignmentOperation
        var id: String
        var call: Call
        var instance: InstanceRow
        var since: Double
        var polls = 0
        var due: Double
        /// Since when the service has not known it, or has answered with what cannot be read.
        var unknownSince: Double?
        /// Why it was not known the last time how it stands.
        var problem: UpstreamError?
        var end = Latch<Result<OperationStanding, CallFailure>>()
    }

    private struct State {
        var outstanding: [Key: Outstanding] = [:]
        var isRunning = false
        var schedule = PollSchedule()
        /// The kinds whose listing the service does not have, or does not let us see.
        var unlisted: Set<AssignmentOperation> = []
        /// The kinds whose listing begins with so many old operations that it is asked for the running ones alone.
        var crowded: Set<AssignmentOperation> = []
        /// Operations that had ended by their own word when the listing showed them running.
        var doubted: [AssignmentOperation: Set<String>] = [:]
    }

    /// moto gives a deletion the id of the creation.
    private struct Key: Hashable, Sendable {
        var operation: AssignmentOperation
        var id: String
    }

    private let ssoAdmin: ServiceClient
    private let pauses: Pauses
    private let state = Mutex(State())

    /// After so long an operation is left to itself.
    static let patienceSeconds = 600.0
    /// More rows of the listing are not read.
    static let longestListing = 300
    /// Right after its beginning the service may not know an operation yet.
    static let unknownSeconds = 30.0

    init(ssoAdmin: ServiceClient, pauses: Pauses) {
        self.ssoAdmin = ssoAdmin
        self.pauses = pauses
    }

    /// Waits until an operation has ended, and tells how.
    ///
    /// - Throws: `notFound` where the service does not know it; `unreachable` where it has not ended after ten minutes.
    func end(
        of id: String,
        _ operation: AssignmentOperation,
        _ call: Call,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> OperationStanding {
        let key = Key(operation: operation, id: id)
        let now = pauses.now
        let (end, starts) = state.withLock { state in
            let due = now + state.schedule.pause(afterPolls: 0)
            let outstanding = Outstanding(
                operation: operation,
                id: id,
                call: call,
                instance: instance,
                since: now,
                due: due
            )
            state.outstanding[key] = outstanding
            defer { state.isRunning = true }
            return (outstanding.end, !state.isRunning)
        }
        if starts { Task { await run() } }
        guard let result = await end.value() else {
            state.withLock { _ = $0.outstanding.removeValue(forKey: key) }
            throw CallFailure(call.cancelled)
        }
        return try result.get()
    }

    private func run() async {
        while let due = nextDue() {
            let pause = due - pauses.now
            if pause > 0 { try? await pauses.time.sleep(seconds: pause) }
            for operation in AssignmentOperation.allCases { await poll(operation) }
        }
    }

    /// When the next operation is to be asked for; nil, and the end of the run, when none is outstanding.
    private func nextDue() -> Double? {
        state.withLock { state in
            let due = state.outstanding.values.map(\.due).min()
            if due == nil { state.isRunning = false }
            return due
        }
    }

    private func poll(_ operation: AssignmentOperation) async {
        let now = pauses.now
        let (all, isListed) = state.withLock { state in
            (state.outstanding.values.filter { $0.operation == operation }, !state.unlisted.contains(operation))
        }
        let due = all.filter { $0.due <= now }
        guard let instance = due.first?.instance else { return }
        guard isListed, all.count > 1 else {
            await describe(due)
            return
        }
        let listed: [String: OperationStanding]
        do { listed = try await list(operation, all, instance) } catch {
            note(error, on: operation)
            await describe(due)
            return
        }
        if isStale(listed, operation) {
            await describe(due)
            return
        }
        var unclear: [Outstanding] = []
        var slow: [Outstanding] = []
        for outstanding in all {
            switch listed[outstanding.id] {
            case .inProgress? where outstanding.polls > 0 && outstanding.polls.isMultiple(of: 2):
                slow.append(outstanding)
            case .inProgress?: again(outstanding)
            case .succeeded?: finish(outstanding, .success(.succeeded))
            // The listing has no reasons; what it lacks may be too new for it, or too old.
            case .failed?, nil: unclear.append(outstanding)
            }
        }
        await describe(unclear)
        let ended = await describe(slow)
        state.withLock { $0.doubted[operation, default: []].formUnion(ended) }
    }

    /// A listing that goes on showing as running what has ended is not asked any more.
    private func isStale(_ listed: [String: OperationStanding], _ operation: AssignmentOperation) -> Bool {
        state.withLock { state in
            let doubted = state.doubted[operation] ?? []
            guard doubted.contains(where: { listed[$0] == .inProgress }) else { return false }
            state.unlisted.insert(operation)
            return true
        }
    }

    /// How operations stand by the listing: it is read until it has told of all, three pages at most.
    ///
    /// It has the operations of days, in an order that is not documented. Where ours do not come first, the running ones
    /// alone are asked for; then those of ours that are missing have ended.
    private func list(
        _ operation: AssignmentOperation,
        _ all: [Outstanding],
        _ instance: InstanceRow
    ) async throws(CallFailure) -> [String: OperationStanding] {
        let wanted = Set(all.map(\.id))
        let isCrowded = state.withLock { $0.crowded.contains(operation) }
        let listing = Listing<OperationRow>(
            operation: operation.list,
            rows: operation.rows,
            input: instance.input(isCrowded ? ["Filter": ["Status": "IN_PROGRESS"]] : [:]),
            attempts: 2
        ) { $0.requestID }
        let rows = try await ssoAdmin.walk(listing) { rows in
            rows.count < StatusPoller.longestListing && !wanted.isSubset(of: rows.map(\.requestID))
        }
        let standings = Dictionary(rows.map { ($0.requestID, $0.standing) }) { first, _ in first }
        let found = wanted.count { standings[$0] != nil }
        if rows.count >= StatusPoller.longestListing, found < wanted.count {
            state.withLock { _ = $0.crowded.insert(operation) }
        }
        return standings
    }

    /// A listing that is not there, or not for us, is not asked again.
    private func note(_ error: CallFailure, on operation: AssignmentOperation) {
        let isMissing = error.isUnknownOperation || error.kind == .refused
        let isAnsweredByNoService = error.status == 500 && error.upstream.code == "HTTP 500"
        guard isMissing || isAnsweredByNoService else { return }
        state.withLock { _ = $0.unlisted.insert(operation) }
    }

    /// Asks for each by itself.
    ///
    /// - Returns: the ids of those that have ended.
    @discardableResult
    private func describe(_ outstanding: [Outstanding]) async -> Set<String> {
        await withTaskGroup(of: String?.self) { group in
            for one in outstanding { group.addTask { await self.describe(one) ? one.id : nil } }
            return await group.reduce(into: []) { ended, id in if let id { ended.insert(id) } }
        }
    }

    private func describe(_ outstanding: Outstanding) async -> Bool {
        let operation = outstanding.operation
        let input = outstanding.instance.input([operation.requestMember: .text(outstanding.id)])
        do {
            let answer = try await ssoAdmin.call(
                operation.describe,
                input,
                object: outstanding.call.object,
                attempts: 4,
                as: OperationAnswer.self
            )
            let standing = answer.value.operation.standing
            if standing == .inProgress { again(outstanding) } else { finish(outstanding, .success(standing)) }
            return standing != .inProgress
        } catch {
            again(outstanding, error)
            return false
        }
    }

    /// Puts an operation off until the next time, unless it has been waited for long enough.
    private func again(_ asked: Outstanding, _ failure: CallFailure? = nil) {
        let now = pauses.now
        var asked = asked
        asked.problem = failure?.upstream
        let tellsNothing = failure.map { [.notFound, .malformed].contains($0.kind) } ?? false
        asked.unknownSince = tellsNothing ? asked.unknownSince ?? now : nil
        if let failure, [.refused, .rejected].contains(failure.kind) {
            return finish(asked, .failure(failure))
        }
        if let failure, let since = asked.unknownSince, now - since >= StatusPoller.unknownSeconds {
            return finish(asked, .failure(failure))
        }
        if now - asked.since >= StatusPoller.patienceSeconds { return finish(asked, .failure(stillRunning(asked))) }
        asked.polls += 1
        let key = Key(operation: asked.operation, id: asked.id)
        state.withLock { state in
            guard state.outstanding[key] != nil else { return }
            asked.due = now + state.schedule.pause(afterPolls: asked.polls)
            state.outstanding[key] = asked
        }
    }

    private func stillRunning(_ outstanding: Outstanding) -> CallFailure {
        let why = outstanding.problem.map { "; the last question after it failed: \($0)" } ?? ""
        return CallFailure(
            outstanding.call.error(
                .unreachable,
                code: "IN_PROGRESS",
                message: "still running after 10 minutes\(why)",
                requestID: outstanding.id,
                advice: "the next run sees what came of it"
            )
        )
    }

    private func finish(_ outstanding: Outstanding, _ result: Result<OperationStanding, CallFailure>) {
        let key = Key(operation: outstanding.operation, id: outstanding.id)
        let took = pauses.now - outstanding.since
        state.withLock { state in
            _ = state.outstanding.removeValue(forKey: key)
            if case .success = result { state.schedule.note(seconds: took) }
        }
        outstanding.end.fill(result)
    }
}
