/// How text for a terminal looks.
public struct TextStyle: Hashable, Sendable {
    /// Whether it is coloured.
    public var isColored: Bool
    /// The columns that prose is broken at.
    public var width: Int

    /// A style; 100 columns where the width is not known.
    public init(isColored: Bool = false, width: Int = 100) {
        self.isColored = isColored
        self.width = max(40, width)
    }

    /// Without colour, for files and pipes.
    public static let plain = TextStyle()

    /// What a piece of text says by its colour.
    enum Tone: String {
        case added = "32"
        case removed = "31"
        case changed = "33"
        case heading = "1"
        case faint = "2"
        case danger = "1;31"
    }

    /// The text in a colour, where there is colour; the text holds no hidden characters.
    func paint(_ text: String, _ tone: Tone) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// A count with its noun: `1 group`, `3 groups`.
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}
