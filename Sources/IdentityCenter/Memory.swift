internal import Model
internal import Synchronization

/// What one process remembers between calls. Losing it costs calls, never correctness.
final class Memory: Sendable {
    private struct State {
        var made: Set<String> = []
        var groups: [GroupID: TargetGroup] = [:]
        var refusesPrincipals = false
    }

    private let state = Mutex(State())

    /// Remembers that this process made an object: others may not know it yet for some seconds.
    func noteMade(_ id: String) { state.withLock { _ = $0.made.insert(id) } }

    /// Whether this process made one of the objects.
    func madeAny(of ids: [String]) -> Bool { state.withLock { state in ids.contains { state.made.contains($0) } } }

    /// Remembers groups as they were read.
    func noteRead(_ groups: [TargetGroup]) {
        state.withLock { state in
            for group in groups { state.groups[group.id] = group }
        }
    }

    /// The group as it was last read.
    func lastRead(_ group: GroupID) -> TargetGroup? { state.withLock { $0.groups[group] } }

    /// Whether the listings by principal were refused: they work in the management account alone.
    var refusesPrincipals: Bool { state.withLock { $0.refusesPrincipals } }

    /// Remembers that the listings by principal were refused.
    func noteRefusedPrincipals() { state.withLock { $0.refusesPrincipals = true } }
}
