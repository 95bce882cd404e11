internal import Mapping
internal import Model

/// Finds the ways in which a text fits a template (`MAPPING.md` 36, 37).
struct TemplateMatching {
    let template: Template
    /// Whether literal text compares without case.
    let ignoresCase: Bool
    /// What a placeholder's text may stand for: the object's own spellings; nil: any text of the placeholder's characters.
    let spellings: (_ word: String, _ text: String) -> [String]?

    /// The values of the placeholders for every way to fit, in a fixed order, each once.
    func ways(of text: String) -> [[String: String]] {
        var found: [[String: String]] = []
        var raw: [String: String] = [:]
        let characters = Array(text)
        walk(0, 0, characters, &raw) { values in
            for way in expand(values) where !found.contains(way) { found.append(way) }
        }
        return found
    }

    /// Whether the text fits in any way.
    func fits(_ text: String) -> Bool {
        var isFit = false
        var raw: [String: String] = [:]
        walk(0, 0, Array(text), &raw) { _ in isFit = true }
        return isFit
    }

    private func walk(
        _ piece: Int,
        _ at: Int,
        _ text: [Character],
        _ values: inout [String: String],
        _ report: ([String: String]) -> Void
    ) {
        guard piece < template.pieces.count else {
            if at == text.count { report(values) }
            return
        }
        switch template.pieces[piece] {
        case .literal(let literal):
            let characters = Array(literal)
            guard text.count - at >= characters.count else { return }
            for (offset, character) in characters.enumerated() where !equal(character, text[at + offset]) { return }
            walk(piece + 1, at + characters.count, text, &values, report)
        case .placeholder(let word):
            if let known = values[word] {
                let characters = Array(known)
                guard text.count - at >= characters.count else { return }
                for (offset, character) in characters.enumerated() where !equal(character, text[at + offset]) { return }
                walk(piece + 1, at + characters.count, text, &values, report)
                return
            }
            var end = at
            while end < text.count, TemplateMatching.isPlaceholderCharacter(text[end]) {
                end += 1
                let value = String(text[at..<end])
                if let objects = spellings(word, value), objects.isEmpty { continue }
                values[word] = value
                walk(piece + 1, end, text, &values, report)
                values[word] = nil
            }
        }
    }

    private func expand(_ values: [String: String]) -> [[String: String]] {
        var ways: [[String: String]] = [[:]]
        for (word, text) in values.sorted(by: { $0.key < $1.key }) {
            let spelled = spellings(word, text) ?? [text]
            ways = ways.flatMap { way in spelled.map { way.merging([word: $0]) { $1 } } }
        }
        return ways
    }

    private func equal(_ left: Character, _ right: Character) -> Bool {
        left == right || ignoresCase && String(left).folded == String(right).folded
    }

    private static func isPlaceholderCharacter(_ character: Character) -> Bool {
        guard let byte = character.asciiValue else { return false }
        let letter = byte | 0x20
        return (letter >= 0x61 && letter <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
            || [0x5F, 0x2E, 0x2B, 0x2D].contains(byte)
    }
}
