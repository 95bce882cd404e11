/// What a permission set can do of what a guardrail is about.
public enum Verdict: String, Hashable, Sendable, CaseIterable, Comparable {
    /// There is no way to it.
    case denied
    /// Only an Allow with a Condition reaches it, in the policies or in the boundary.
    case conditional
    /// It rests on a document that could not be read.
    case unknown
    /// It is allowed.
    case allowed

    /// From the harmless to the worst.
    public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What a permission set can do of one action.
public struct ActionJudgement: Hashable, Sendable {
    /// The action as the guardrail writes it.
    public let action: String
    /// The verdict.
    public let verdict: Verdict
    /// The policy that the verdict rests on: an ARN, `inline`, `boundary`; nil where it is denied.
    public let policy: String?
    /// The statement that allows it; nil where it is denied, and where the policy could not be read.
    public let statement: StatementID?
    /// The verdict in words; nil where it is denied.
    public let reason: String?
}

/// What a permission set can do of all that a guardrail is about.
public struct Judgement: Hashable, Sendable {
    /// The guardrail's name.
    public let guardrail: String
    /// In the guardrail's order.
    public let actions: [ActionJudgement]

    /// The worst of the actions' verdicts.
    public var verdict: Verdict { actions.map(\.verdict).max() ?? .denied }

    /// Why it is so: the reason of the first of the worst actions; nil where all are denied.
    public var reason: String? { actions.first { $0.verdict == verdict }?.reason }
}

/// Holds the policies of a permission set against a guardrail.
///
/// An action is allowed when there is a resource among the guardrail's that an Allow reaches and no Deny covers, in the
/// policies and, where there is one, in the boundary too. Service control policies are not looked at.
///
/// Source: IAM user guide, "Policy evaluation logic".
public func judge(_ set: PermissionSetPolicies, by guardrail: Guardrail) -> Judgement {
    let evaluation = Evaluation(set)
    let actions = guardrail.rules.flatMap { rule in
        rule.actions.map { evaluation.judgement($0, on: rule.resources) }
    }
    return Judgement(guardrail: guardrail.name, actions: actions)
}
