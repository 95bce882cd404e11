/// A pattern of an action or a resource, taken apart.
struct Glob: Hashable, Sendable {
    enum Token: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        /// `?`; within one of an ARN's first five parts it is no colon.
        case one(crossesColons: Bool)
        /// `*`; within one of an ARN's first five parts it holds no colon.
        case many(crossesColons: Bool)
    }

    let tokens: [Token]

    /// Whether one text alone fits.
    var isLiteral: Bool {
        tokens.allSatisfy { token in
            if case .scalar = token { true } else { false }
        }
    }
}

extension Glob {
    /// An action: `*` and `?`, without regard to case.
    init(action: String) {
        tokens = action.lowercased().unicodeScalars.map { Piece($0).token(crossesColons: true) }
    }

    /// A resource without variables: `*` and `?`, with regard to case.
    ///
    /// A pattern of six parts and more is one of an ARN, part for part: a wildcard in the first five does not reach over
    /// the colon, so `arn:aws:iam::*:role/*` is no user, whatever the user's path. In a shorter one the wildcards do:
    /// `arn:aws:iam::*` is all of IAM.
    ///
    /// Source: IAM user guide, "IAM JSON policy elements: Resource".
    init(resource: String) { self.init(resource.unicodeScalars.map(Piece.init)) }

    /// A resource that may hold variables; nil where it does and variables are to match nothing.
    ///
    /// Source: IAM user guide, "IAM policy elements: Variables and tags".
    init?(resource: String, variablesMatchAll: Bool) {
        var pieces: [Piece] = []
        var rest = Array(resource.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            guard scalar == "$", rest.first == "{", let end = rest.firstIndex(of: "}") else {
                pieces.append(Piece(scalar))
                continue
            }
            let name = rest[(rest.startIndex + 1)..<end]
            rest = rest[(end + 1)...]
            if name.count == 1, let scalar = name.first, "*?$".unicodeScalars.contains(scalar) {
                pieces.append(.scalar(scalar))
            } else if variablesMatchAll {
                pieces.append(.variable)
            } else {
                return nil
            }
        }
        self.init(pieces)
    }

    private enum Piece: Equatable {
        case scalar(Unicode.Scalar)
        case one, many
        /// It matches anything, colons too.
        case variable

        init(_ scalar: Unicode.Scalar) {
            switch scalar {
            case "*": self = .many
            case "?": self = .one
            default: self = .scalar(scalar)
            }
        }

        func token(crossesColons: Bool) -> Token {
            switch self {
            case .scalar(let scalar): .scalar(scalar)
            case .one: .one(crossesColons: crossesColons)
            case .many: .many(crossesColons: crossesColons)
            case .variable: .many(crossesColons: true)
            }
        }
    }

    private init(_ pieces: [Piece]) {
        let colons = pieces.indices.filter { pieces[$0] == .scalar(":") }
        let isARN = colons.count >= 5 && pieces.starts(with: "arn:".unicodeScalars.map(Piece.init))
        let resource = isARN ? colons[4] : 0
        tokens = pieces.indices.map { pieces[$0].token(crossesColons: $0 >= resource) }
    }
}

extension Glob {
    /// Whether a text fits.
    func matches(_ text: some Sequence<Unicode.Scalar>) -> Bool {
        var active = Set([0])
        close(&active)
        for scalar in text {
            var next: Set<Int> = []
            for position in active where position < tokens.count {
                switch tokens[position] {
                case .scalar(let own): if own == scalar { next.insert(position + 1) }
                case .one(let crosses): if crosses || scalar != ":" { next.insert(position + 1) }
                case .many(let crosses): if crosses || scalar != ":" { next.insert(position) }
                }
            }
            close(&next)
            if next.isEmpty { return false }
            active = next
        }
        return active.contains(tokens.count)
    }

    /// A `*` may hold nothing.
    private func close(_ positions: inout Set<Int>) {
        for start in positions {
            var position = start
            while position < tokens.count, case .many = tokens[position] {
                position += 1
                positions.insert(position)
            }
        }
    }
}
