internal import Configuration
internal import IAMPolicy
internal import IdentityCenter
internal import Model
internal import Planner

/// What plans hear of the permission sets that they newly give (`ACCESS.md` 4).
struct GuardrailHook: Sendable {
    private let target: IdentityCenter
    private let configuration: GuardrailConfiguration
    private let cache: PolicyCache

    init(_ target: IdentityCenter, _ configuration: GuardrailConfiguration, cache: PolicyCache) {
        self.target = target
        self.configuration = configuration
        self.cache = cache
    }

    /// The hook; nil where no guardrail is in force.
    var closure: (@Sendable (Set<PermissionSetARN>) async -> [PermissionSetARN: [GuardrailFinding]])? {
        // The partition changes nothing about which are in force.
        guard !GuardrailAssessor.guardrails(configuration, partition: "aws").isEmpty else { return nil }
        return { await findings($0) }
    }

    private func findings(_ sets: Set<PermissionSetARN>) async -> [PermissionSetARN: [GuardrailFinding]] {
        let texts = await target.policies(of: sets.sorted(), cache: cache)
        var result: [PermissionSetARN: [GuardrailFinding]] = [:]
        for set in sets.sorted() {
            let guardrails = GuardrailAssessor.guardrails(configuration, partition: GuardrailHook.partition(of: set))
            let assessor = GuardrailAssessor(target: target, guardrails: guardrails, cache: cache)
            let name = await target.name(of: set) ?? ""
            result[set] = assessor.findings(of: name, texts[set] ?? PolicyTexts(policies: [])).compactMap(finding)
        }
        return result
    }

    /// Only what is allowed breaks; what is not known warns, whatever the guardrail says.
    private func finding(_ finding: SetAssessment.Finding) -> GuardrailFinding? {
        if finding.isBreach {
            return GuardrailFinding(
                guardrail: finding.guardrail.name,
                consequence: finding.guardrail.enforce == .hold ? .hold : .warn,
                statement: finding.judgement.statementText
            )
        }
        guard finding.isUnknown else { return nil }
        return GuardrailFinding(
            guardrail: finding.guardrail.name,
            consequence: .warn,
            statement: "whether it is broken is not known: \(finding.judgement.reason ?? "a policy could not be read")"
        )
    }

    private static func partition(of set: PermissionSetARN) -> String {
        let parts = set.value.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 1 ? String(parts[1]) : "aws"
    }
}

extension Judgement {
    /// What is allowed, and the statement that allows it.
    var statementText: String {
        guard let worst = actions.first(where: { $0.verdict == verdict }) else { return "" }
        let more = actions.count { $0.verdict == verdict } - 1
        let others = more == 0 ? "" : " and \(more) more"
        let statement = worst.statement.map { " statement \($0)" } ?? ""
        return "\(worst.action)\(others) \(verdict.rawValue) by \(worst.policy ?? "")\(statement)"
    }
}
