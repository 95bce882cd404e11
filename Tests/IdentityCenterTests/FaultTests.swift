import Model
import Testing

@testable import IdentityCenter

/// Every fault at every call of every reading.
@Suite("Faults of reads")
struct FaultTests {
    /// A reading, and what it gave as text.
    struct Reading: Sendable, CustomTestStringConvertible {
        var name: String
        var read: @Sendable (IdentityCenter) async throws(UpstreamError) -> String
        var testDescription: String { name }
    }

    static let readings: [Reading] = [
        Reading(name: "identity") { (target) async throws(UpstreamError) in "\(try await target.identity())" },
        Reading(name: "users") { (target) async throws(UpstreamError) in "\(try await target.users())" },
        Reading(name: "memberships") { (target) async throws(UpstreamError) in
            let groups = try await target.groups().map(\.id)
            let members = try await target.memberships(of: groups)
            return members.values.flatMap { $0 }.map { "\($0)" }.sorted().joined()
        },
        Reading(name: "organization") { (target) async throws(UpstreamError) in
            let organization = try await target.organization(withTags: true)
            return
                "\(organization.accounts.map { "\($0.id) \($0.organizationalUnit) \($0.tags.sorted { $0.key < $1.key })" })"
        },
        Reading(name: "permission sets") { (target) async throws(UpstreamError) in
            "\(try await target.permissionSets())"
        },
        Reading(name: "assignments by principal") { (target) async throws(UpstreamError) in
            let groups = try await target.groups().map(\.id)
            return "\(try await target.assignments(of: groups, accounts: accounts, permissionSets: [], including: []))"
        },
        Reading(name: "every assignment") { (target) async throws(UpstreamError) in
            "\(try await target.everyAssignment(accounts: accounts, permissionSets: []))"
        },
        Reading(name: "application assignments") { (target) async throws(UpstreamError) in
            let groups = try await target.groups().map(\.id)
            return "\(try await target.hasApplicationAssignments(groups).sorted { $0.key < $1.key })"
        },
        Reading(name: "holdings") { (target) async throws(UpstreamError) in
            guard let user = try await target.user(named: "user1@example.com") else { return "nobody" }
            let holdings = await target.holdings(of: user.id) { () async throws(UpstreamError) in (accounts, []) }
            if let problem = holdings.problems.first { throw problem }
            return "\(holdings)"
        },
        Reading(name: "group by name") { (target) async throws(UpstreamError) in
            "\(String(describing: try await target.group(named: "group4")))"
        },
    ]

    static let accounts: [AccountID] = ["111111111111", "222222222222", "333333333333", "444444444444"]

    /// What passes by itself, or by another attempt.
    static let passing: [FakeAWS.Fault] = [
        .lostBefore, .lostAfter, .error("ThrottlingException"), .error("TooManyRequestsException"),
        .error("InternalServerException", status: 500), .error("", status: 503), .error("ExpiredTokenException"),
        .skewed, .cut, .body("<html>a proxy's page</html>"),
    ]

    @Test("a passing fault at any call changes nothing in what is read", arguments: readings)
    func passingFaults(reading: Reading) async throws {
        let clean = FakeAWS()
        let expected = try await reading.read(target(clean))
        let calls = clean.log.count
        #expect(calls > 0)
        for number in 0..<calls {
            for fault in FaultTests.passing {
                let aws = FakeAWS()
                aws.change { $0.faultsByNumber = [number: fault] }
                let read = try await reading.read(target(aws))
                #expect(read == expected, "\(fault) at call \(number)")
                #expect(aws.violations.isEmpty)
            }
        }
    }

    /// What does not pass, with the kind of failure that it makes.
    static let lasting: [(FakeAWS.Fault, UpstreamError.Kind)] = [
        (.lostBefore, .unreachable), (.error("ThrottlingException"), .throttled),
        (.error("InternalServerException", status: 500), .unreachable),
        (.error("UnrecognizedClientException"), .refused), (.error("ExpiredTokenException"), .refused),
        (.error("ValidationException"), .rejected), (.cut, .malformed), (.body("[]"), .malformed),
        (.body("{}"), .malformed),
    ]

    @Test("a lasting fault of any listing is an error with its request id, never a shorter list", arguments: readings)
    func lastingFaults(reading: Reading) async throws {
        let clean = FakeAWS()
        _ = try await reading.read(target(clean))
        for operation in Set(clean.log.map(\.operation)).sorted() {
            for (fault, kind) in FaultTests.lasting where FaultTests.counts(fault, operation) {
                let calls = clean.calls(operation).count
                for nth in 0..<calls {
                    let aws = FakeAWS()
                    aws.change { state in
                        for later in nth..<(calls + 400) {
                            state.faultsByOperation[operation, default: [:]][later] = fault
                        }
                    }
                    let error = await failure { () async throws(UpstreamError) in
                        try await reading.read(lenient(target(aws)))
                    }
                    #expect(error?.kind == kind, "\(fault) at \(operation) from call \(nth)")
                    #expect(error?.operation == operation)
                    if case .error = fault { #expect(error?.requestID?.hasPrefix("request-") == true) }
                }
            }
        }
    }

    /// Whether a fault is one for the operation: GetUserId takes a refused value for nobody's name, and an answer
    /// without its optional members is a whole one.
    private static func counts(_ fault: FakeAWS.Fault, _ operation: String) -> Bool {
        if operation == "GetUserId", case .error("ValidationException", _, _) = fault { return false }
        return true
    }

    @Test("a refused listing is an error too, but where another way is there")
    func denied() async throws {
        for operation in ["ListUsers", "ListGroupMemberships", "ListAccounts", "ListRoots", "ListPermissionSets"] {
            let aws = FakeAWS()
            aws.change { $0.faultsByOperation[operation] = [-1: .error("AccessDeniedException")] }
            let target = try target(aws)
            let error = await failure { () async throws(UpstreamError) in
                _ = try await target.users()
                _ = try await target.memberships(of: try await target.groups().map(\.id))
                _ = try await target.organization(withTags: false)
                _ = try await target.permissionSets()
            }
            #expect(error?.kind == .refused)
            #expect(error?.code == "AccessDeniedException")
            #expect(error?.operation == operation)
            let calls = aws.calls(operation)
            #expect(Set(calls).count == calls.count, "what is refused is not tried again")
        }
    }
}

private func lenient(_ target: @autoclosure () throws -> IdentityCenter) throws(UpstreamError) -> IdentityCenter {
    do { return try target() } catch {
        throw UpstreamError(.rejected, service: "test", operation: "init", message: "\(error)")
    }
}
