public import Model

/// Whose a group is, by the mark at the end of its description.
public enum Ownership: Hashable, Sendable {
    /// It carries this bridge's mark.
    case ours
    /// It carries the mark of a bridge with another owner, or is a departure's marker.
    case another(String)
    /// It carries no mark.
    case nobody

    private static let prefix = "[idbridge:"

    /// Reads the ownership of a group.
    public init(_ group: TargetGroup, owner: String) {
        if let marker = DepartureMarker(group) {
            self = .another(marker.owner)
        } else if let found = Ownership.owner(of: group.description) {
            self = found == owner ? .ours : .another(found)
        } else {
            self = .nobody
        }
    }

    /// The text of a description without the mark at its end and without outer white space.
    public static func text(of description: String?) -> String {
        guard let description else { return "" }
        let trimmed = description.trimmedTrailing
        guard owner(of: trimmed) != nil, let start = trimmed.range(ofLast: prefix) else { return description.trimmed }
        return String(trimmed[..<start.lowerBound]).trimmed
    }

    /// The description that a text and a mark make together.
    public static func description(_ text: String, mark: String) -> String {
        text.isEmpty ? mark : "\(text) \(mark)"
    }

    static func isOwner(_ text: Substring) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D }
    }

    private static func owner(of description: String?) -> String? {
        guard let text = description?.trimmedTrailing, text.hasSuffix("]"), let start = text.range(ofLast: prefix)
        else {
            return nil
        }
        let owner = text[start.upperBound...].dropLast()
        return isOwner(owner) ? String(owner) : nil
    }
}

extension StringProtocol {
    /// The text without white space at its end.
    var trimmedTrailing: String {
        var end = unicodeScalars.endIndex
        while end > unicodeScalars.startIndex {
            let before = unicodeScalars.index(before: end)
            guard unicodeScalars[before].properties.isWhitespace else { break }
            end = before
        }
        return String(self[..<end])
    }

    /// The text without white space at either end.
    var trimmed: String {
        let trailing = trimmedTrailing
        let start =
            trailing.unicodeScalars.firstIndex { !$0.properties.isWhitespace } ?? trailing.unicodeScalars.endIndex
        return String(trailing.unicodeScalars[start...])
    }

    /// Where a piece of ASCII text stands last.
    func range(ofLast piece: String) -> Range<Index>? {
        guard !piece.isEmpty else { return nil }
        var start = endIndex
        while start > startIndex {
            start = unicodeScalars.index(before: start)
            if utf8[start...].starts(with: piece.utf8) {
                return start..<utf8.index(start, offsetBy: piece.utf8.count)
            }
        }
        return nil
    }
}

extension String {
    /// An id in the form in which ids are compared: GUIDs without case, others as they are.
    var comparedID: String { isGUID ? folded : self }

    /// Whether the text has the form of a GUID.
    var isGUID: Bool {
        let bytes = utf8
        guard bytes.count == 36 else { return false }
        for (offset, byte) in bytes.enumerated() {
            switch offset {
            case 8, 13, 18, 23: guard byte == 0x2D else { return false }
            default:
                let isDigit = byte >= 0x30 && byte <= 0x39
                let letter = byte | 0x20
                guard isDigit || (letter >= 0x61 && letter <= 0x66) else { return false }
            }
        }
        return true
    }
}
