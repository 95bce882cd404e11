/// An IAM policy document of the identity kind, ready to be evaluated.
public struct PolicyDocument: Hashable, Sendable {
    /// The statements in order.
    let statements: [Statement]
}

/// Why a document is not a policy.
public struct PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and in which statement.
    public let reason: String
    /// What is wrong, and in which statement.
    public var description: String { reason }

    init(_ reason: String) { self.reason = reason }
}

/// How a statement is named: by its Sid, or by its place.
public enum StatementID: Hashable, Sendable, CustomStringConvertible {
    /// The Sid.
    case sid(String)
    /// The place in the document, from 0, of a statement without Sid.
    case index(Int)

    /// The Sid, or the place in figures.
    public var description: String {
        switch self {
        case .sid(let sid): sid
        case .index(let index): String(index)
        }
    }
}

/// One statement.
struct Statement: Hashable, Sendable {
    enum Effect: String, Hashable, Sendable {
        case allow = "Allow"
        case deny = "Deny"
    }

    let id: StatementID
    let effect: Effect
    /// Whether it holds under a Condition only.
    let isConditional: Bool
    let actions: Scope
    let resources: Scope
}

/// What a statement is about: what fits one of the patterns, or all the rest.
struct Scope: Hashable, Sendable {
    let patterns: [Glob]
    /// Whether it is a `Not…` element.
    let isComplement: Bool

    /// To be in it.
    var inside: GlobSearch.Wish {
        isComplement ? .init(none: patterns) : .init(all: [patterns])
    }

    /// To be outside.
    var outside: GlobSearch.Wish {
        isComplement ? .init(all: [patterns]) : .init(none: patterns)
    }

    func contains(_ text: String.UnicodeScalarView) -> Bool {
        patterns.contains { $0.matches(text) } != isComplement
    }
}
