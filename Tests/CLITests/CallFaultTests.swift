import Foundation
import Sandbox
import Testing

@Suite("faults at any call of a sync", .serialized)
struct CallFaultTests {
    /// What goes wrong once, at one call.
    static let effects: [(String, Fault.Effect)] = [
        ("closed", .closed(performed: false)), ("closed after it was done", .closed(performed: true)),
        ("reset", .reset(performed: false)), ("reset after it was done", .reset(performed: true)),
        ("500", .serverError(500)), ("503", .serverError(503)), ("throttled", .throttled()),
        ("truncated", .truncated(after: 10)), ("cut JSON", .malformedJSON), ("wrong types", .wrongTypes),
        ("quota", .quotaExceeded()),
    ]

    @Test("one fault at each nth call: this run converges or says what it could not do, and the next one converges")
    func once() async throws {
        let place = try await Workplace.start()
        #expect(try await place.run("sync").exit == 0)
        let calls = place.world.log.count
        place.stop()
        // Every call meets some fault, and every fault is met by several calls.
        let cases = (1...calls).map { ($0, CallFaultTests.effects[$0 % CallFaultTests.effects.count]) }
        try await inParallel(cases) { number, effect in
            try await faulty("\(effect.0) at call \(number)") {
                $0.number == number
            } effect: {
                effect.1
            }
        }
    }

    @Test("a kind of write that always fails")
    func always() async throws {
        let operations = [
            "CreateGroup", "UpdateGroup", "DeleteGroup", "CreateGroupMembership", "DeleteGroupMembership",
            "CreateAccountAssignment", "DeleteAccountAssignment",
        ]
        let effects: [Fault.Effect] = [
            .refused(code: "AccessDeniedException"), .refused(code: "ValidationException"),
            .refused(code: "ServiceQuotaExceededException", status: 402), .closed(performed: true),
        ]
        let cases = operations.enumerated().map { ($0.offset, $0.element) }
        try await inParallel(cases) { place, operation in
            let effect = effects[place % effects.count]
            try await faulty("\(operation) \(effect)") {
                $0.operation == operation
            } effect: {
                effect
            }
        }
    }

    @Test("assignment operations that fail or dawdle")
    func operations() async throws {
        let cases: [(Int, Fault.Effect)] = [(0, .failedOperation()), (1, .slowOperation(polls: 5, seconds: 2))]
        try await inParallel(cases) { _, effect in
            try await faulty("\(effect)") {
                $0.operation == "CreateAccountAssignment"
            } effect: {
                effect
            }
        }
    }

    /// A sync under a fault, then one without: nothing wrong is done in the first, and the second converges.
    private func faulty(
        _ name: String,
        _ condition: @escaping @Sendable (Call) -> Bool,
        effect: () -> Fault.Effect
    ) async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        place.world.inject(Fault(Fault.Match(where: condition), .every, effect()))
        let first = try await place.run("sync")
        let outcome = place.world.snapshot().outcome
        switch first.exit {
        case 0: #expect(outcome == SmallCompany.outcome, "\(name): exit 0, and not all was done")
        case 4:
            let isTold = !first.errors.isEmpty || first.output.contains("\nHeld: ")
            #expect(isTold, "\(name): no word of what failed or is held")
        case 69, 77: #expect(!first.errors.isEmpty, "\(name): no word of what failed")
        default: Issue.record("\(name): exit \(first.exit) \(first.errors)")
        }
        if first.exit != 4 && first.exit != 0 { #expect(place.world.writes.isEmpty, "\(name)") }
        for line in SmallCompany.untouched { #expect(outcome.contains(line), "\(name): \(line) was touched") }
        place.world.clearFaults()
        let second = try await place.run("sync")
        #expect(second.exit == 0, "\(name), then: \(second.exit) \(second.errors)")
        #expect(place.world.snapshot().outcome == SmallCompany.outcome, "\(name), then")
    }

    private func inParallel<Value: Sendable>(
        _ cases: [(Int, Value)],
        _ body: @escaping @Sendable (Int, Value) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = cases[...]
            for _ in 0..<6 {
                if let next = rest.popFirst() { group.addTask { try await body(next.0, next.1) } }
            }
            while try await group.next() != nil {
                if let next = rest.popFirst() { group.addTask { try await body(next.0, next.1) } }
            }
        }
    }
}
