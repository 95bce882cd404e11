/// The columns that a text takes on a terminal; the text holds no hidden characters.
func displayWidth(of text: String) -> Int {
    var width = 0
    for scalar in text.unicodeScalars { width += displayWidth(of: scalar) }
    return width
}

/// The columns that a character takes: none for what combines with the one before it, two for wide ones.
///
/// Source: Unicode, UAX #11 "East Asian Width", and UTS #51 (Emoji_Presentation).
func displayWidth(of scalar: Unicode.Scalar) -> Int {
    guard scalar.value >= 0x300 else { return 1 }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    // Two of the letters that flags are spelled with show as one wide sign.
    if regionalIndicators.contains(scalar.value) { return 1 }
    let isWide = wideRanges.contains { $0.contains(scalar.value) } || properties.isEmojiPresentation
    return isWide ? 2 : 1
}

private let regionalIndicators: ClosedRange<UInt32> = 0x1F1E6...0x1F1FF

/// The blocks that are wide as a whole, rising.
private let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x3FFFD,
]

/// The text with spaces behind it up to a width; unchanged where it is as wide already.
func padded(_ text: String, to width: Int) -> String {
    let missing = width - displayWidth(of: text)
    return missing > 0 ? text + String(repeating: " ", count: missing) : text
}

/// The words of a text in lines of at most a width; a longer word has a line of its own.
func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ") {
        let wordWidth = displayWidth(of: String(word))
        if !line.isEmpty, used + 1 + wordWidth > width {
            lines.append(line)
            line = ""
            used = 0
        }
        line += line.isEmpty ? String(word) : " " + word
        used += wordWidth + (used > 0 ? 1 : 0)
    }
    if !line.isEmpty { lines.append(line) }
    return lines
}
