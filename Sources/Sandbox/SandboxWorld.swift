internal import Crypto
public import HTTPServer
internal import Synchronization

/// The running world of a sandbox: what it holds, what was asked of it, and what goes wrong on purpose.
public final class SandboxWorld: Sendable {
    /// Looks at a call; may change the world, wait, or end the process under test.
    public typealias Hook = @Sendable (Call) async -> Void

    private struct Shared {
        var state: SandboxState
        var log: [CallRecord] = []
        var calls = 0
        var faults: [(fault: Fault, matches: Int)] = []
        var before: [Hook] = []
        var after: [Hook] = []
        var keepsHistory = false
        var history: [World] = []
    }
    private let shared: Mutex<Shared>
    private let services: [any CloudService]
    private let clock: @Sendable () -> Double

    init(world: World, key: RSAPrivateKey, services: [any CloudService], clock: @escaping @Sendable () -> Double) {
        shared = Mutex(Shared(state: SandboxState(world: world, key: key)))
        self.services = services
        self.clock = clock
    }

    func setBaseURL(_ url: String) {
        shared.withLock { $0.state.baseURL = url }
    }

    // MARK: For tests

    /// The world as it stands now, with every operation that is due carried out.
    public func snapshot() -> World {
        shared.withLock { shared in
            shared.state.now = clock()
            shared.state.settleOperations()
            return shared.state.world
        }
    }

    /// Changes the world, as somebody else would.
    public func update<Result: Sendable>(_ change: (inout World) throws -> Result) rethrows -> Result {
        try shared.withLock { try change(&$0.state.world) }
    }

    /// Every call so far, in the order in which they came.
    public var log: [CallRecord] { shared.withLock { $0.log } }

    /// The calls that changed something, carried out, whether or not their answers arrived.
    public var writes: [CallRecord] { log.filter { $0.isWrite && $0.wasPerformed && $0.code == nil } }

    /// How many calls of a service, or of one of its operations, came so far.
    public func count(_ service: String, _ operation: String? = nil) -> Int {
        log.count { $0.service == service && (operation ?? $0.operation) == $0.operation }
    }

    /// Forgets the calls so far.
    public func clearLog() {
        shared.withLock { $0.log = [] }
    }

    /// Adds faults; each counts its own matches from now on.
    public func inject(_ faults: Fault...) {
        shared.withLock { shared in
            shared.faults += faults.map { (fault: $0, matches: 0) }
            if faults.contains(where: \.effect.isStale) { shared.keepsHistory = true }
        }
    }

    /// Takes all faults back.
    public func clearFaults() {
        shared.withLock { $0.faults = [] }
    }

    /// Calls this before each call is carried out.
    public func onCall(_ hook: @escaping Hook) {
        shared.withLock { $0.before.append(hook) }
    }

    /// Calls this after each call was carried out and before it is answered.
    public func afterCall(_ hook: @escaping Hook) {
        shared.withLock { $0.after.append(hook) }
    }

    /// Takes all hooks back.
    public func clearHooks() {
        shared.withLock { shared in
            shared.before = []
            shared.after = []
        }
    }

    // MARK: For the server

    /// Answers one request.
    public func answer(_ request: ServerRequest) async -> ServerResponse {
        for service in services {
            if let call = service.call(for: request) { return await answer(begun(call), of: service) }
        }
        let unknown = Call(service: "unknown", operation: "\(request.method) \(request.rawPath)", request: request)
        let call = begun(unknown)
        finish(call, status: 404, code: "NoSuchService", performed: false)
        return .text("the sandbox has nothing at \(request.method) \(request.rawPath)\n", status: 404)
    }

    private func answer(_ call: Call, of service: any CloudService) async -> ServerResponse {
        for hook in shared.withLock({ $0.before }) { await hook(call) }
        let effects = effects(on: call)
        var outcome = carryOut(call, of: service, effects: effects)
        for hook in shared.withLock({ $0.after }) { await hook(call) }
        await FaultyAnswer.wait(effects)
        outcome.response = FaultyAnswer.damaged(outcome.reply, by: effects)
        outcome.response.setHeader("Date", CivilTime(secondsSince1970: clock()).httpDate)
        let isSent = outcome.response.behaviour != .closeBefore && outcome.response.behaviour != .reset
        finish(
            call,
            status: isSent ? outcome.response.status : nil,
            code: outcome.code,
            performed: outcome.wasPerformed
        )
        return outcome.response
    }

    private func begun(_ call: Call) -> Call {
        let time = clock()
        return shared.withLock { shared in
            shared.calls += 1
            var call = call
            call.number = shared.calls
            call.time = time
            shared.log.append(CallRecord(beginning: call))
            return call
        }
    }

    private func finish(_ call: Call, status: Int?, code: String?, performed: Bool) {
        shared.withLock { shared in
            guard let index = shared.log.lastIndex(where: { $0.number == call.number }) else { return }
            shared.log[index].status = status
            shared.log[index].code = code
            shared.log[index].wasPerformed = performed
        }
    }

    /// The effects of the faults whose turn it is.
    private func effects(on call: Call) -> [Fault.Effect] {
        shared.withLock { shared in
            var effects: [Fault.Effect] = []
            for index in shared.faults.indices where shared.faults[index].fault.match.fits(call) {
                shared.faults[index].matches += 1
                let fault = shared.faults[index].fault
                if fault.occurrence.includes(shared.faults[index].matches) { effects.append(fault.effect) }
            }
            return effects
        }
    }

    struct Outcome {
        var reply: Reply
        var response = ServerResponse()
        var code: String?
        var wasPerformed: Bool
    }

    private func carryOut(_ call: Call, of service: any CloudService, effects: [Fault.Effect]) -> Outcome {
        let requestID = Identifier.uuid("request", String(call.number))
        var outcome: Outcome
        if let refusal = effects.lazy.compactMap({ $0.refusal(by: service) }).first {
            outcome = Outcome(
                reply: service.render(refusal, requestID: requestID),
                code: refusal.code,
                wasPerformed: false
            )
        } else if effects.contains(where: { !$0.performs }) {
            outcome = Outcome(reply: Reply(content: .none), wasPerformed: false)
        } else {
            outcome = shared.withLock { Self.perform(call, of: service, effects, requestID, &$0, clock()) }
        }
        if let field = service.requestIDField { outcome.reply.headers.append((field, requestID)) }
        return outcome
    }

    private static func perform(
        _ call: Call,
        of service: any CloudService,
        _ effects: [Fault.Effect],
        _ requestID: String,
        _ shared: inout Shared,
        _ now: Double
    ) -> Outcome {
        shared.state.now = now
        shared.state.effects = effects
        shared.state.settleOperations()
        let present = shared.state.world
        let staleBy = effects.lazy.compactMap(\.stalenessInWrites).first ?? 0
        if staleBy > 0, !call.isWrite, !shared.history.isEmpty {
            shared.state.world = shared.history[max(0, shared.history.count - staleBy)]
        }
        defer {
            if staleBy > 0, !call.isWrite { shared.state.world = present }
            shared.state.effects = []
        }
        do throws(Refusal) {
            try service.authenticate(call, &shared.state)
            let reply = try service.perform(call, &shared.state)
            if call.isWrite && shared.keepsHistory { shared.history.append(present) }
            return Outcome(reply: reply, wasPerformed: true)
        } catch {
            return Outcome(
                reply: service.render(error, requestID: requestID),
                code: error.code,
                wasPerformed: true
            )
        }
    }
}

extension CallRecord {
    init(beginning call: Call) {
        number = call.number
        service = call.service
        operation = call.operation
        parameters = call.parameters
        isWrite = call.isWrite
        time = call.time
        wasPerformed = false
    }
}
