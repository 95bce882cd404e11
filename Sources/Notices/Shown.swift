/// Texts from outside made safe to show: a name is data, whatever characters it is made of.
enum Shown {
    /// The text on one line, with characters that show nothing, or change how others are shown, as `\u{202E}`.
    ///
    /// Source: Unicode, general categories Cc, Cf, Zl, Zp, and Default_Ignorable_Code_Point but for variation selectors,
    /// which emoji are written with.
    static func text(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(contentsOf: shown(scalar)) }
        return String(result)
    }

    /// The text for a Slack text object, at most so many UTF-16 units long, with `…` where it was cut.
    ///
    /// Source: apis.md, 10: Slack takes `&`, `<` and `>` for the beginning of its markup, and nothing else is to be
    /// escaped. Its limits are in characters; no text has more characters than UTF-16 units.
    static func slack(_ text: String, limit: Int) -> String {
        // No scalar is shorter than one unit, so that later ones never count.
        let pieces = text.unicodeScalars.prefix(limit + 1).map { String(escaped($0)) }
        guard pieces.reduce(0, { $0 + $1.utf16.count }) > limit else { return pieces.joined() }
        var rest = limit - 1
        let kept = pieces.prefix { piece in
            rest -= piece.utf16.count
            return rest >= 0
        }
        return kept.joined() + "…"
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        switch scalar {
        case "&": "&amp;".unicodeScalars
        case "<": "&lt;".unicodeScalars
        case ">": "&gt;".unicodeScalars
        default: shown(scalar)
        }
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        guard isHidden(scalar) else { return String.UnicodeScalarView([scalar]) }
        return "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default:
            return scalar.properties.isDefaultIgnorableCodePoint && !scalar.properties.isVariationSelector
        }
    }
}
