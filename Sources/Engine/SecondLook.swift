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
            let answers = await source.confirm(evidence.map(\.fact))
            for piece in evidence {
                switch answers[piece.fact] {
                case .confirmed?: continue
                case .refuted? where await isKnown(piece, at: source): continue
                case .refuted(let found)?: return "a second look at \(name) disagrees: \(found)"
                case .unanswered(let why)?: return "a second look at \(name) gave no answer: \(why)"
                case nil: return "a second look at \(name) gave no answer"
                }
            }
        }
        return nil
    }

    /// Whether whoever bears the names is somebody whom the list had, and who is linked to another user.
    private func isKnown(_ evidence: Evidence, at source: any Source) async -> Bool {
        guard case .nobodyAlive(let ids, let name) = evidence.fact, !evidence.known.isEmpty else { return false }
        for key in ids + [name] {
            do throws(UpstreamError) {
                guard let user = try await source.user(key), user.state != .deleted else { continue }
                guard evidence.known.contains(user.id) else { return false }
            } catch {
                return false
            }
        }
        return true
    }
}
