/// Makes damaged texts of sound ones, for tests that must hold for anything; the same seed makes the same texts.
public struct TextMutator {
    private var generator: SeededGenerator
    private let pieces: [[UInt8]]

    /// A mutator that inserts these pieces, besides single bytes and parts of the text itself.
    public init(seed: UInt64, pieces: [String]) {
        generator = SeededGenerator(seed: seed)
        self.pieces = pieces.map { Array($0.utf8) }
    }

    /// A number from zero, below a limit.
    public mutating func next(below limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &generator) }

    /// A text after one to four changes.
    public mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        var result = text
        for _ in 0...next(below: 4) { change(&result) }
        return result
    }

    private mutating func change(_ text: inout [UInt8]) {
        let at = next(below: text.count + 1)
        let end = min(text.count, at + next(below: 12))
        switch next(below: 7) {
        case 0: text.removeSubrange(at..<end)
        case 1: text.insert(UInt8(next(below: 256)), at: at)
        case 2: text.insert(contentsOf: pieces[next(below: pieces.count)], at: at)
        case 3: text.replaceSubrange(at..<end, with: pieces[next(below: pieces.count)])
        case 4: text.insert(contentsOf: Array(text[at..<end]), at: next(below: text.count + 1))
        case 5: duplicateLine(&text, at)
        default: if at < text.count { text[at] = UInt8(next(below: 128)) }
        }
    }

    private mutating func duplicateLine(_ text: inout [UInt8], _ at: Int) {
        let start = text[..<at].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = text[at...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
        text.insert(contentsOf: Array(text[start..<end]), at: end)
    }
}
