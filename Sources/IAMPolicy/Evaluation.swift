/// The statements of a permission set, sorted by what they do.
struct Evaluation {
    /// A statement that allows, or a policy that might.
    struct Way: Hashable {
        let policy: String
        /// Nil for a policy that could not be read: it might allow everything.
        let statement: Statement?
        let problem: String?

        var isConditional: Bool { statement?.isConditional ?? false }
    }

    private let ways: [Way]
    /// Nil where there is no boundary.
    private let boundary: [Way]?
    /// Those without Condition, from everywhere.
    private let denies: [Statement]

    init(_ set: PermissionSetPolicies) {
        ways = set.policies.flatMap(Self.ways)
        boundary = set.boundary.map(Self.ways)
        denies = (set.policies + [set.boundary].compactMap { $0 }).flatMap { policy -> [Statement] in
            guard case .document(let document) = policy.content else { return [] }
            return document.statements.filter { $0.effect == .deny && !$0.isConditional }
        }
    }

    private static func ways(_ policy: AttachedPolicy) -> [Way] {
        switch policy.content {
        case .unreadable(let problem): [Way(policy: policy.name, statement: nil, problem: problem)]
        case .document(let document):
            document.statements.filter { $0.effect == .allow }
                .map { Way(policy: policy.name, statement: $0, problem: nil) }
        }
    }

    func judgement(_ action: String, on resources: [Glob]) -> ActionJudgement {
        let question = Question(action: action, resources: resources, denies: denies)
        for verdict in [Verdict.allowed, .unknown, .conditional] {
            switch way(question, verdict) {
            case .found(let way): return judgement(action, verdict, way)
            case .none: continue
            case .undecided(let policy):
                return ActionJudgement(
                    action: action,
                    verdict: .unknown,
                    policy: policy,
                    statement: nil,
                    reason: "\(action): the patterns of \(policy) and of what denies it are too many to be decided"
                )
            }
        }
        return ActionJudgement(action: action, verdict: .denied, policy: nil, statement: nil, reason: nil)
    }

    private func judgement(_ action: String, _ verdict: Verdict, _ way: Way) -> ActionJudgement {
        let statement = way.statement?.id
        let place = "\(way.policy)" + (statement.map { ", statement \($0)" } ?? "")
        let words =
            switch verdict {
            case .allowed: "\(place) allows \(action)"
            case .conditional: "\(place) allows \(action) under a Condition"
            case .unknown, .denied: "\(action) rests on \(place): \(way.problem ?? "")"
            }
        return ActionJudgement(
            action: action,
            verdict: verdict,
            policy: way.policy,
            statement: statement,
            reason: words
        )
    }

    private enum Outcome {
        case found(Way)
        case none
        case undecided(policy: String)
    }

    /// The first pair of ways, through the policies and through the boundary, that together give just this verdict.
    private func way(_ question: Question, _ verdict: Verdict) -> Outcome {
        var undecided: String?
        for way in ways {
            for limit in boundary.map({ $0.map(Optional.some) }) ?? [nil] {
                let pair = [way, limit].compactMap { $0 }
                guard Self.verdict(pair) == verdict else { continue }
                do throws(GlobSearch.TooComplex) {
                    guard try question.isReached(by: pair.compactMap(\.statement)) else { continue }
                    return .found(Self.decisive(pair, verdict) ?? way)
                } catch { undecided = undecided ?? way.policy }
            }
        }
        return undecided.map(Outcome.undecided) ?? .none
    }

    /// What a way through all of these comes to at the most: a Condition is not made good by what is unknown.
    private static func verdict(_ pair: [Way]) -> Verdict {
        if pair.contains(where: \.isConditional) { return .conditional }
        return pair.contains { $0.statement == nil } ? .unknown : .allowed
    }

    /// The one that the verdict hangs on.
    private static func decisive(_ pair: [Way], _ verdict: Verdict) -> Way? {
        switch verdict {
        case .conditional: pair.first(where: \.isConditional)
        case .unknown: pair.first { $0.statement == nil }
        case .allowed, .denied: pair.first
        }
    }
}
