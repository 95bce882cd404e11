internal import Model

/// Reads the facts that a withdrawal rests on a second time, by point reads (`DESIGN.md`, "Before a membership is
/// withdrawn").
struct SecondLook: Sendable {
    let environment: RunEnvironment

    init(_ environment: RunEnvironment) { self.environment = environment }

    /// Why the membership stays; nil: every fact stands.
    func objection(to action: Action) async -> String? {
        guard action.kind == .removeMember, !action.evidence.isEmpty else { return nil }
        for (name, evidence) in Dictionary(grouping: action.evidence, by: \.source).sorted(by: { $0.key < $1.key }) {
            guard let source = environment.sources.first(where: { $0.name == name }) else {
                return "the source \(name) cannot be asked a second time"
            }
            let facts = evidence.map(\.fact)
            let answers = await source.confirm(facts)
            for fact in facts {
                switch answers[fact] {
                case .confirmed?: continue
                case .refuted(let found)?: return "a second look at \(name) disagrees: \(found)"
                case .unanswered(let why)?: return "a second look at \(name) gave no answer: \(why)"
                case nil: return "a second look at \(name) gave no answer"
                }
            }
        }
        return nil
    }
}
