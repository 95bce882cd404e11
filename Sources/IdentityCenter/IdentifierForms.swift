internal import Synchronization

/// The ids of the identity store in the form in which it gave them.
///
/// Its own documentation has ids compared without case, so outside this module they are in lower case throughout, and
/// a call gets back the form that the store itself used.
final class IdentifierForms: Sendable {
    private let given = Mutex<[String: String]>([:])

    /// The id in lower case; remembers the given form where that is another.
    func folded(_ id: String) -> String {
        let lower = id.lowercased()
        if lower != id { given.withLock { $0[lower] = id } }
        return lower
    }

    /// The form in which the store knows the id.
    func wire(_ id: String) -> String { given.withLock { $0[id] } ?? id }
}
