internal import Model

extension String {
    /// The text for a Slack text object, at most so many UTF-16 units long, with `…` where it was cut.
    ///
    /// Source: apis.md, 10: Slack takes `&`, `<` and `>` for the beginning of its markup, and nothing else is to be
    /// escaped. Its limits are in characters; no text has more characters than UTF-16 units.
    func slack(limit: Int) -> String {
        // No scalar is shorter than one unit, so that later ones never count.
        let pieces = unicodeScalars.prefix(limit + 1).map(\.slack)
        guard pieces.reduce(0, { $0 + $1.utf16.count }) > limit else { return pieces.joined() }
        var rest = limit - 1
        let kept = pieces.prefix { piece in
            rest -= piece.utf16.count
            return rest >= 0
        }
        return kept.joined() + "…"
    }
}

extension Unicode.Scalar {
    fileprivate var slack: String {
        switch self {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: isHidden ? escape : String(self)
        }
    }
}
