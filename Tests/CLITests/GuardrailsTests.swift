import Foundation
import Sandbox
import Synchronization
import Testing

@Suite("guardrails against the loopback clouds", .serialized)
struct GuardrailsTests {
    static let admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    static let view = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    static let everything = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
    static let inline =
        #"{"Statement":{"Sid":"Own","Effect":"Allow","Action":["iam:CreateUser","s3:*"],"Resource":"*"}}"#
    static let mapping = """
        version: 1
        groups:
          g:
            members: [{ user: hana@example.com }]
            access:
              - { permissionSets: [Breaks, Reads, Rests], accounts: [{ name: web }] }
        """

    /// The seeded company with permission sets of the test's own.
    static func world(_ names: Set<String>? = nil) -> World {
        var world = Company.seeded()
        world.identityCenter.permissionSets = []
        world.identityCenter.groups = []
        world.identityCenter.assignments = []
        world.identityCenter.lingering = []
        world.identityCenter.outdated = []
        world.identityCenter.managedPolicies = [admin: everything, view: readable]
        for (index, set) in sets.enumerated() where names?.contains(set.name) ?? true {
            var set = set
            set.arn = "arn:aws:sso:::permissionSet/ssoins-5a4d8c0b12345678/ps-000000000000000\(index)"
            world.identityCenter.permissionSets.append(set)
            guard set.name != "Nowhere" else { continue }
            world.identityCenter.lingering.insert(.init(account: "100000000003", permissionSet: set.arn))
        }
        return world
    }

    private static let readable =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:List*","Resource":"*"}]}"#

    private static var sets: [World.PermissionSet] {
        [
            World.PermissionSet(arn: "", name: "Breaks", managedPolicies: [admin]),
            World.PermissionSet(arn: "", name: "BreaksInline", inlinePolicy: inline, managedPolicies: [view]),
            World.PermissionSet(arn: "", name: "Nowhere", inlinePolicy: inline),
            World.PermissionSet(arn: "", name: "Reads", managedPolicies: [view]),
            World.PermissionSet(arn: "", name: "Bounded", managedPolicies: [admin], boundary: .managed(view)),
            World.PermissionSet(arn: "", name: "May", managedPolicies: [admin]),
        ]
    }

    private static let configuration = "guardrails: { iamUsers: { allow: [May] } }\n"

    private func start(
        _ configuration: String = GuardrailsTests.configuration,
        _ world: World = GuardrailsTests.world()
    ) async throws -> ConfiguredSandbox {
        try await ConfiguredSandbox(mapping: GuardrailsTests.mapping, configuration: configuration, world: world)
    }

    @Test("the document has a verdict for each set, guardrail and action")
    func document() async throws {
        let world = try await start()
        defer { world.stop() }
        let run = try await world.run(["guardrails", "--format", "json"])
        #expect(run.exit == 6, "\(run.errors)")
        let document = try Document(run.output)
        #expect(document.format == "idbridge.guardrails/1")
        #expect(
            document.permissionSets.map(\.permissionSet) == [
                "Bounded", "Breaks", "BreaksInline", "May", "Nowhere", "Reads",
            ]
        )
        #expect(document.permissionSets.map(\.provisioned) == Array(repeating: true, count: 6))
        let verdicts = document.permissionSets.map { $0.guardrails[0].verdict }
        #expect(verdicts == ["denied", "allowed", "allowed", "allowed", "allowed", "denied"])
        #expect(
            document.permissionSets.map { $0.guardrails[0].exception } == [false, false, false, true, false, false]
        )
        let action = try #require(document.permissionSets[1].guardrails[0].actions.first)
        #expect(action.action == "iam:CreateUser")
        #expect(action.policy == GuardrailsTests.admin)
        #expect(document.permissionSets[2].guardrails[0].actions.first?.policy == "inline")
        #expect(run.output.contains(#""statement": 0"#) || run.output.contains(#""statement":0"#))
        for form in ["text", "markdown"] {
            let shown = try await world.run(["guardrails", "--format", form])
            #expect(shown.exit == 6)
            #expect(shown.output.contains("BreaksInline"))
            #expect(shown.output.contains("Service control policies are not looked at"))
        }
    }

    @Test("documents are read once and then taken from the ledger")
    func cache() async throws {
        let world = try await start()
        defer { world.stop() }
        _ = try await world.run(["guardrails"])
        func versions() -> Int { world.sandbox.world.count("iam", "GetPolicyVersion") }
        #expect(versions() == 2)
        _ = try await world.run(["guardrails"])
        #expect(versions() == 2)
    }

    @Test("what rests on customer managed policies or on refused reads is unknown, exit 4; off leaves a guardrail out")
    func unknown() async throws {
        var company = GuardrailsTests.world()
        company.identityCenter.permissionSets = company.identityCenter.permissionSets.filter { $0.name == "Reads" }
        company.identityCenter.permissionSets[0].customerManagedPolicies = [World.CustomerManagedPolicy("Local")]
        let world = try await start("", company)
        defer { world.stop() }
        #expect(try await world.run(["guardrails"]).exit == 4)
        let off = try await start("guardrails: { iamUsers: { enforce: off } }\n")
        defer { off.stop() }
        #expect(try await off.run(["guardrails"]).exit == 0)
    }

    @Test("--fix puts a Deny statement, keeps the policies, provisions, and is done")
    func fix() async throws {
        let world = try await start()
        defer { world.stop() }
        #expect(try await world.run(["guardrails", "--fix"]).exit == 64)
        for names in [["Nobody"], ["May"]] {
            #expect(try await world.run(["guardrails", "--fix", "--yes", "--set"] + names).exit == 64)
        }
        #expect(try await world.run(["guardrails", "--fix", "--yes", "--set", "Breaks"]).exit == 6)
        #expect(GuardrailsTests.mended(world) == ["Breaks"])
        let run = try await world.run(["guardrails", "--fix", "--yes"])
        #expect(run.exit == 0, "\(run.errors) \(run.output)")
        #expect(GuardrailsTests.mended(world) == ["Breaks", "BreaksInline", "Nowhere"])
        #expect(GuardrailsTests.problems(world) == [])
        let writes = world.sandbox.world.log.count { $0.isWrite }
        #expect(try await world.run(["guardrails", "--fix", "--yes"]).exit == 0)
        #expect(world.sandbox.world.log.count { $0.isWrite } == writes)
    }

    @Test("provisioning that fails is told, exit 4, and mended by the next run")
    func failedProvisioning() async throws {
        let world = try await start()
        defer { world.stop() }
        world.sandbox.world.inject(
            Fault(.operation("sso-admin", "ProvisionPermissionSet"), .nth(1), .failedOperation(reason: "no role"))
        )
        let run = try await world.run(["guardrails", "--fix", "--yes", "--set", "Breaks"])
        #expect(run.errors.contains("no role"), "\(run.errors)")
        #expect(run.exit == 6)
        #expect(try await world.run(["guardrails", "--fix", "--yes"]).exit == 0)
        #expect(GuardrailsTests.problems(world) == [])
    }

    @Test("killed at every call and run again, the end is the same, and no set ever has less Deny than before")
    func killed() async throws {
        // The number of calls differs from run to run: what ended first decides what is asked next.
        let calls = try await callsOfFix()
        var kills = 0
        try await withThrowingTaskGroup(of: (number: Int, wasKilled: Bool, problems: [String]).self) { group in
            var rest = (1...calls)[...]
            for _ in 0..<6 {
                if let number = rest.popFirst() { group.addTask { try await converge(killedAt: number) } }
            }
            while let end = try await group.next() {
                if end.wasKilled { kills += 1 }
                #expect(end.problems == [], "killed at call \(end.number)")
                if let number = rest.popFirst() { group.addTask { try await converge(killedAt: number) } }
            }
        }
        #expect(kills >= calls - 3, "\(kills) kills for \(calls) calls")
    }

    private func small() async throws -> ConfiguredSandbox {
        try await start("", GuardrailsTests.world(["Breaks", "BreaksInline"]))
    }

    private func callsOfFix() async throws -> Int {
        let world = try await small()
        defer { world.stop() }
        #expect(try await world.run(["guardrails", "--fix", "--yes"]).exit == 0)
        return world.sandbox.world.log.count
    }

    private func converge(killedAt number: Int) async throws -> (number: Int, wasKilled: Bool, problems: [String]) {
        let world = try await small()
        defer { world.stop() }
        let wasKilled = try await GuardrailsTests.runAndKill(world, atCall: number)
        let denied = Set(GuardrailsTests.mended(world))
        let second = try await world.run(["guardrails", "--fix", "--yes"])
        var problems = GuardrailsTests.problems(world)
        if second.exit != 0 { problems.append("exit \(second.exit): \(second.errors)") }
        if !denied.isSubset(of: GuardrailsTests.mended(world)) { problems.append("a statement is gone") }
        if GuardrailsTests.mended(world) != ["Breaks", "BreaksInline"] { problems.append("not mended") }
        return (number, wasKilled, problems)
    }

    /// Runs `--fix` and kills it while the nth call is under way: it has been carried out and is never answered.
    private static func runAndKill(_ world: ConfiguredSandbox, atCall number: Int) async throws -> Bool {
        let process = ProcessID()
        let calls = Mutex(0)
        world.sandbox.world.afterCall { _ in
            let isHit = calls.withLock { calls in
                calls += 1
                return calls >= number
            }
            if isHit { await process.send(SIGKILL) }
        }
        let ended = try await BuiltProgram.run(
            ["guardrails", "--fix", "--yes", "--config", "\(world.folder)/idbridge.yaml"],
            environment: world.sandbox.environment,
            started: { process.set($0) }
        )
        world.sandbox.world.clearHooks()
        return ended.wasKilled
    }

    /// The sets that carry the statement.
    private static func mended(_ world: ConfiguredSandbox) -> [String] {
        world.sandbox.world.snapshot().identityCenter.permissionSets
            .filter { $0.inlinePolicy?.contains("IdbridgeGuardrailIamUsers") ?? false }.map(\.name).sorted()
    }

    /// What is not as it shall be after all is mended.
    private static func problems(_ world: ConfiguredSandbox) -> [String] {
        let center = world.sandbox.world.snapshot().identityCenter
        var problems = center.outdated.map { "outdated: \($0.permissionSet)" }
        for set in center.permissionSets {
            let before = sets.first { $0.name == set.name }
            if set.managedPolicies != before?.managedPolicies { problems.append("\(set.name): managed policies") }
            if set.boundary != before?.boundary { problems.append("\(set.name): boundary") }
            let isOwnKept = set.inlinePolicy?.contains(#""Sid": "Own""#) ?? false
            if before?.inlinePolicy != nil, !isOwnKept { problems.append("\(set.name): its own statement") }
        }
        return problems
    }

    @Test("plans warn by default and hold where that is wanted, and read policies only for what they newly give")
    func plans() async throws {
        let mapping = """
            version: 1
            groups:
              g:
                members: [{ user: hana@example.com }]
                access: [{ permissionSets: [Breaks, Reads], accounts: [{ name: web }] }]
            """
        let warning = try await ConfiguredSandbox(mapping: mapping, world: GuardrailsTests.world())
        defer { warning.stop() }
        let plan = try await warning.run(["plan", "--format", "json", "--detailed-exitcode"])
        #expect(plan.exit == 2, "\(plan.errors)")
        #expect(plan.output.contains("iam:CreateUser and 16 more allowed by \(GuardrailsTests.admin) statement 0"))
        #expect(!plan.output.contains("permission set Reads"))
        #expect(try await warning.run(["sync"]).exit == 0)
        let before = warning.sandbox.world.log.count
        #expect(try await warning.run(["plan", "--detailed-exitcode"]).exit == 0)
        let asked = warning.sandbox.world.log.dropFirst(before).map(\.operation)
        #expect(!asked.contains { $0.contains("Polic") || $0.contains("Boundary") })

        let holding = try await ConfiguredSandbox(
            mapping: mapping,
            configuration: "guardrails: { iamUsers: { enforce: hold } }\n",
            world: GuardrailsTests.world()
        )
        defer { holding.stop() }
        #expect(try await holding.run(["sync"]).exit == 4)
        let given = holding.sandbox.world.snapshot().identityCenter.assignments.count
        #expect(given == 1)
    }

    @Test("a missing permission to read policies never fails a plan")
    func refused() async throws {
        let mapping = """
            version: 1
            groups:
              g:
                members: [{ user: hana@example.com }]
                access: [{ permissionSets: [Breaks], accounts: [{ name: web }] }]
            """
        let world = try await ConfiguredSandbox(
            mapping: mapping,
            configuration: "guardrails: { iamUsers: { enforce: hold } }\n",
            world: GuardrailsTests.world()
        )
        defer { world.stop() }
        world.sandbox.world.inject(Fault(.service("iam"), .every, .refused(code: "AccessDenied", status: 403)))
        let sync = try await world.run(["sync"])
        #expect(sync.exit == 0, "\(sync.errors)")
    }
}

/// What the tests read of `idbridge.guardrails/1`.
private struct Document: Decodable {
    struct Set: Decodable {
        var permissionSet: String
        var arn: String
        var provisioned: Bool
        var guardrails: [Guardrail]
    }
    struct Guardrail: Decodable {
        var guardrail: String
        var verdict: String
        var exception: Bool
        var actions: [Action]
        var reason: String?
    }
    struct Action: Decodable {
        var action: String
        var verdict: String
        var policy: String?
    }
    var format: String
    var permissionSets: [Set]

    init(_ text: String) throws { self = try JSONDecoder().decode(Document.self, from: Data(text.utf8)) }
}
