import Model

/// What the values of an entry may name: sources, and placeholders where it stands under a pattern.
struct Scope {
    /// The placeholders that a value may use.
    enum Words {
        /// Outside patterns braces are text.
        case none
        /// The pattern's source value has these.
        case known(Set<String>)
        /// The pattern's source value is itself an error, so that nothing can be said of placeholders.
        case unknown
        /// Under `only`, which bounds the placeholders, none may stand.
        case forbidden
    }
    var sources: [String: SourceKind]
    var words: Words = .none
    /// What the source value's key is, for messages.
    var sourceKey = ""

    var isPattern: Bool {
        if case .none = words { false } else { true }
    }
    var sourceNames: [String] { sources.keys.sorted() }
}
