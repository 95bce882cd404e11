/// Whether there is a text that fits what is wanted of it and nothing of what is not: decided, not guessed.
///
/// All patterns run at once over the texts of growing length, as one automaton whose state is the set of positions
/// reached in each. A state from which less is possible than from one seen before is left out: fewer positions in what
/// is wanted, more in what is not. Only scalars that stand in some pattern tell texts apart; one more stands for the rest.
struct GlobSearch {
    /// The patterns are so many and so entangled that the answer was given up.
    struct TooComplex: Error, Hashable {}

    /// What a text shall fit.
    struct Wish: Hashable, Sendable {
        /// One pattern at least of each group.
        var all: [[Glob]] = []
        /// None of these.
        var none: [Glob] = []

        func and(_ other: Wish) -> Wish { Wish(all: all + other.all, none: none + other.none) }
    }

    static let stateLimit = 1024

    /// - Throws: ``TooComplex`` after `stateLimit` states.
    static func exists(_ wish: Wish) throws(TooComplex) -> Bool {
        if wish.all.contains(where: \.isEmpty) { return false }
        var search = GlobSearch(wish)
        return try search.run()
    }

    fileprivate typealias Bits = [UInt64]

    /// The positions of some patterns, and those of them that are ends.
    fileprivate struct Group {
        let range: Bits
        let ends: Bits
    }

    private let words: Int
    private let start: Bits
    private let groups: [Group]
    /// The positions of what is not wanted; its ends; and where an end can no longer be avoided.
    private let unwanted: Group
    private let hopeless: Bits
    private let stars: Bits
    /// By scalar: from where one goes on, and where one stays.
    private let steps: [(advance: Bits, stay: Bits)]
    private var seen: [Bits] = []

    private init(_ wish: Wish) {
        let layout = Layout(patterns: wish.all.flatMap { $0 } + wish.none)
        var first = 0
        var groups: [Group] = []
        for group in wish.all {
            groups.append(layout.group(first..<(first + group.count)))
            first += group.count
        }
        self.groups = groups
        unwanted = layout.group(first..<(first + wish.none.count))
        hopeless = layout.hopeless(first..<(first + wish.none.count))
        words = layout.words
        stars = layout.stars
        start = Self.closed(layout.starts, stars)
        steps = layout.steps()
    }

    private mutating func run() throws(TooComplex) -> Bool {
        var queue = [start]
        if isDead(start) { return false }
        seen = [start]
        var next = 0
        while next < queue.count {
            let state = queue[next]
            next += 1
            if isGoal(state) { return true }
            for step in steps {
                let reached = Self.closed(moved(state, step), stars)
                if isDead(reached) || isDominated(reached) { continue }
                if seen.count >= Self.stateLimit { throw TooComplex() }
                seen.append(reached)
                queue.append(reached)
            }
        }
        return false
    }

    private func isGoal(_ state: Bits) -> Bool {
        groups.allSatisfy { meets(state, $0.ends) } && !meets(state, unwanted.ends)
    }

    private func isDead(_ state: Bits) -> Bool {
        meets(state, hopeless) || !groups.allSatisfy { meets(state, $0.range) }
    }

    private func isDominated(_ state: Bits) -> Bool {
        for other in seen {
            var word = 0
            while word < words {
                let fewer = state[word] & ~other[word] & ~unwanted.range[word]
                let more = other[word] & ~state[word] & unwanted.range[word]
                if fewer | more != 0 { break }
                word += 1
            }
            if word == words { return true }
        }
        return false
    }

    private func meets(_ left: Bits, _ right: Bits) -> Bool {
        var word = 0
        while word < words {
            if left[word] & right[word] != 0 { return true }
            word += 1
        }
        return false
    }

    private func moved(_ state: Bits, _ step: (advance: Bits, stay: Bits)) -> Bits {
        var result = Self.shifted(state, step.advance)
        for word in 0..<words { result[word] |= state[word] & step.stay[word] }
        return result
    }

    /// The masked bits, one place on.
    private static func shifted(_ bits: Bits, _ mask: Bits) -> Bits {
        var result = bits
        var carry: UInt64 = 0
        for word in bits.indices {
            let masked = bits[word] & mask[word]
            result[word] = masked << 1 | carry
            carry = masked >> 63
        }
        return result
    }

    /// A `*` may hold nothing: from before it one is behind it too.
    private static func closed(_ state: Bits, _ stars: Bits) -> Bits {
        var state = state
        while true {
            let further = shifted(state, stars)
            var isSame = true
            for word in state.indices where further[word] & ~state[word] != 0 {
                state[word] |= further[word]
                isSame = false
            }
            if isSame { return state }
        }
    }
}

/// Where each pattern's positions lie in the bits: one before each token, and one at the end.
private struct Layout {
    let patterns: [Glob]
    let offsets: [Int]
    let count: Int
    var words: Int { count / 64 + 1 }

    init(patterns: [Glob]) {
        self.patterns = patterns
        var offsets: [Int] = []
        var count = 0
        for pattern in patterns {
            offsets.append(count)
            count += pattern.tokens.count + 1
        }
        self.offsets = offsets
        self.count = count
    }

    var starts: [UInt64] { bits(offsets) }

    var stars: [UInt64] {
        bits(
            positions { token in
                if case .many = token { true } else { false }
            }
        )
    }

    func group(_ range: Range<Int>) -> GlobSearch.Group {
        let all = range.flatMap { offsets[$0]...(offsets[$0] + patterns[$0].tokens.count) }
        return .init(range: bits(all), ends: bits(range.map { offsets[$0] + patterns[$0].tokens.count }))
    }

    /// Before a last `*` that holds everything: whatever follows fits.
    func hopeless(_ range: Range<Int>) -> [UInt64] {
        bits(
            range.filter { patterns[$0].tokens.last == .many(crossesColons: true) }
                .map { offsets[$0] + patterns[$0].tokens.count - 1 }
        )
    }

    /// For each scalar that stands in a pattern, for the colon, and for one that stands in none.
    func steps() -> [(advance: [UInt64], stay: [UInt64])] {
        var scalars: Set<Unicode.Scalar> = [":"]
        for case .scalar(let scalar) in patterns.lazy.flatMap(\.tokens) { scalars.insert(scalar) }
        return ([nil] + scalars.sorted()).map { scalar in
            let advance = positions { token in
                switch token {
                case .scalar(let own): own == scalar
                case .one(let crosses): crosses || scalar != ":"
                case .many: false
                }
            }
            let stay = positions { token in
                if case .many(let crosses) = token { crosses || scalar != ":" } else { false }
            }
            return (bits(advance), bits(stay))
        }
    }

    private func positions(_ fits: (Glob.Token) -> Bool) -> [Int] {
        zip(patterns, offsets).flatMap { pattern, offset in
            pattern.tokens.indices.filter { fits(pattern.tokens[$0]) }.map { offset + $0 }
        }
    }

    private func bits(_ positions: [Int]) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: words)
        for position in positions { bits[position / 64] |= 1 << UInt64(position % 64) }
        return bits
    }
}
