/// Lines of text for a terminal, collected.
struct TextPage {
    let style: TextStyle
    private(set) var text = ""

    init(style: TextStyle) { self.style = style }

    /// A line as it is.
    mutating func raw(_ line: String) {
        text += line
        text += "\n"
    }

    /// A line in one tone.
    mutating func line(_ line: String, _ tone: TextStyle.Tone? = nil) {
        raw(tone.map { style.paint(line, $0) } ?? line)
    }

    /// An empty line.
    mutating func gap() { text += "\n" }

    /// Prose, broken at the style's width, with a margin.
    mutating func prose(_ prose: String, indent: Int, tone: TextStyle.Tone? = nil) {
        let margin = String(repeating: " ", count: indent)
        for part in wrapped(prose, width: style.width - indent) {
            raw(margin + (tone.map { style.paint(part, $0) } ?? part))
        }
    }

    /// A group with its lines.
    mutating func block(_ block: OutlineBlock) {
        let mark = style.paint(block.mark.rawValue, block.mark.tone)
        var head = "\(mark) \(style.paint(block.title, .heading))"
        if !block.headline.isEmpty { head += "  " + style.paint(block.headline, block.mark.tone) }
        let reasons = block.reasons.map { [$0.text, $0.place].filter { !$0.isEmpty }.joined(separator: "  ") }
        if !reasons.isEmpty { head += "  " + style.paint(reasons.joined(separator: "; "), .faint) }
        raw(head)
        for detail in block.details { raw("    \(style.paint("~", .changed)) \(detail)") }
        table(block.lines, indent: 4)
        gap()
    }

    /// Lines in columns: mark and object, reason, place. A column is as wide as its widest, but for a few very wide ones.
    mutating func table(_ lines: [OutlineLine], indent: Int) {
        let margin = String(repeating: " ", count: indent)
        let first = columnWidth(lines.map(\.what), limit: 56)
        let second = columnWidth(lines.flatMap { $0.reasons.map(\.text) }, limit: 56)
        for line in lines {
            let head = "\(margin)\(style.paint(line.mark.rawValue, line.mark.tone)) "
            guard let reason = line.reasons.first else {
                raw(head + line.what)
                continue
            }
            raw(head + padded(line.what, to: first) + "  " + columns(reason, width: second))
            let blank = String(repeating: " ", count: indent + 2 + first + 2)
            for more in line.reasons.dropFirst() { raw(blank + columns(more, width: second)) }
        }
    }

    /// People with their groups, at most twenty, and an empty line.
    mutating func people(_ people: [(user: String, groups: [String], words: String)]) {
        let width = columnWidth(people.prefix(20).map { Printable.name($0.user) }, limit: 44)
        for person in people.prefix(20) {
            let named = person.groups.prefix(5).map(Printable.name).joined(separator: ", ")
            let rest = person.groups.count > 5 ? " and \(person.groups.count - 5) more" : ""
            raw(
                "    \(padded(Printable.name(person.user), to: width))  \(style.paint(person.words + named + rest, .faint))"
            )
        }
        if people.count > 20 { line("    and \(people.count - 20) more", .faint) }
        gap()
    }

    private func columns(_ reason: ReasonLine, width: Int) -> String {
        guard !reason.place.isEmpty else { return reason.text }
        let place = style.paint(reason.place, .faint)
        return width == 0 ? place : padded(reason.text, to: width) + "  " + place
    }

    private func columnWidth(_ texts: [String], limit: Int) -> Int {
        texts.lazy.map { displayWidth(of: $0) }.filter { $0 <= limit }.max() ?? 0
    }
}

extension ChangeMark {
    /// The colour of the mark.
    var tone: TextStyle.Tone {
        switch self {
        case .added: .added
        case .removed: .removed
        case .changed: .changed
        }
    }
}
