internal import Configuration
internal import IAMPolicy
internal import IdentityCenter
internal import Model

/// What the guardrails say of one permission set.
struct SetAssessment: Sendable {
    /// One guardrail's word.
    struct Finding: Sendable {
        var guardrail: Guardrail
        var judgement: Judgement
        /// Whether the set may do it all the same.
        var isException: Bool

        /// Whether the guardrail is broken.
        var isBreach: Bool { !isException && judgement.verdict == .allowed }
        /// Whether it rests on what could not be read.
        var isUnknown: Bool { !isException && judgement.verdict == .unknown }
    }

    var set: PermissionSet
    var findings: [Finding]
    /// The inline policy as it was read.
    var inline: PolicyText?
    /// The accounts that have an older version of the set; or why that is not known.
    var outdated: Result<[AccountID], UpstreamError>

    /// Whether every account has the set as it is; nil where that is not known.
    var isProvisioned: Bool? { (try? outdated.get()).map(\.isEmpty) }

    /// Whether its inline policy carries a statement of ours.
    var hasOurStatement: Bool {
        if case .text(let text)? = inline?.content { DenyStatements.areIn(text) } else { false }
    }

    var breaches: [Guardrail] { findings.filter(\.isBreach).map(\.guardrail) }

    /// A set with our statement that some account has without it yet.
    var isHalfMended: Bool { hasOurStatement && isProvisioned != true }
}

extension [SetAssessment] {
    /// The exit code of `guardrails` (`ACCESS.md` 2).
    var exitCode: Int32 {
        if contains(where: { !$0.breaches.isEmpty }) { return 6 }
        return contains { $0.isHalfMended || $0.findings.contains(where: \.isUnknown) } ? 4 : 0
    }
}

/// Reads permission sets and holds them against the guardrails of the configuration.
struct GuardrailAssessor: Sendable {
    let target: IdentityCenter
    let guardrails: [Guardrail]
    let cache: PolicyCache

    /// The guardrails that are not `off`, for a partition.
    static func guardrails(_ configuration: GuardrailConfiguration, partition: String) -> [Guardrail] {
        var result = [
            Guardrail.iamUsers(
                partition: partition,
                allow: Set(configuration.iamUsersAllow),
                enforce: enforcement(configuration.iamUsersEnforce)
            )
        ]
        result += configuration.custom.map {
            Guardrail(
                name: $0.name,
                actions: $0.actions,
                resources: $0.resources,
                allow: Set($0.allow),
                enforce: enforcement($0.enforce)
            )
        }
        return result.filter { $0.enforce != .off }
    }

    private static func enforcement(_ enforcement: GuardrailConfiguration.Enforcement) -> Guardrail.Enforcement {
        switch enforcement {
        case .warn: .warn
        case .hold: .hold
        case .off: .off
        }
    }

    /// What the guardrails say of sets, by name.
    func assess(_ sets: [PermissionSet]) async -> [SetAssessment] {
        let texts = await target.policies(of: sets.map(\.arn), cache: cache)
        let outdated = await outdatedAccounts(sets.map(\.arn))
        return sets.sorted { $0.name < $1.name }.map { set in
            let mine = texts[set.arn] ?? PolicyTexts(policies: [])
            return SetAssessment(
                set: set,
                findings: findings(of: set.name, mine),
                inline: mine.inline,
                outdated: outdated[set.arn] ?? .success([])
            )
        }
    }

    private func outdatedAccounts(
        _ sets: [PermissionSetARN]
    ) async -> [PermissionSetARN: Result<[AccountID], UpstreamError>] {
        await withTaskGroup(of: (PermissionSetARN, Result<[AccountID], UpstreamError>).self) { group in
            for set in sets {
                group.addTask {
                    // The pair is made last: made around the call, the optimizer of Swift 6.3.1 lets go of the set.
                    let accounts: Result<[AccountID], UpstreamError>
                    do throws(UpstreamError) { accounts = .success(try await target.outdatedAccounts(of: set)) } catch {
                        accounts = .failure(error)
                    }
                    return (set, accounts)
                }
            }
            var result: [PermissionSetARN: Result<[AccountID], UpstreamError>] = [:]
            for await (set, accounts) in group { result[set] = accounts }
            return result
        }
    }

    /// What each guardrail says of a set of this name with these policies.
    func findings(of name: String, _ texts: PolicyTexts) -> [SetAssessment.Finding] {
        let policies = PermissionSetPolicies(
            policies: texts.policies.map(GuardrailAssessor.policy),
            boundary: texts.boundary.map(GuardrailAssessor.policy)
        )
        return guardrails.map {
            SetAssessment.Finding(guardrail: $0, judgement: judge(policies, by: $0), isException: $0.excepts(name))
        }
    }

    private static func policy(_ text: PolicyText) -> AttachedPolicy {
        switch text.content {
        case .text(let document): AttachedPolicy(name: text.name, text: document)
        case .unreadable(let reason): AttachedPolicy(name: text.name, content: .unreadable(reason))
        }
    }
}
