extension String {
    /// The text on one line, with nothing in it that a terminal, a chat or a page would obey or hide: such characters are
    /// shown as `\u{202E}`. A second pass changes nothing, so a text may hold names that were made safe before.
    public var shown: String {
        guard utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return self }
        var result = String.UnicodeScalarView()
        result.reserveCapacity(unicodeScalars.count + 16)
        for scalar in unicodeScalars {
            if scalar.isHidden {
                result.append(contentsOf: scalar.escape.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}

extension Unicode.Scalar {
    /// Whether a character shows nothing of itself, or changes how others are shown: control, format and bidirectional
    /// characters, line and paragraph separators, and others that show nothing.
    ///
    /// Source: Unicode, general categories Cc, Cf, Zl, Zp, and Default_Ignorable_Code_Point but for variation selectors,
    /// which emoji are written with.
    public var isHidden: Bool {
        if value < 0x7F { return value < 0x20 }
        if value < 0xA0 { return true }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector
        }
    }

    /// The escape that stands for a character: `\u{202E}`.
    public var escape: String { "\\u{\(String(value, radix: 16, uppercase: true))}" }
}
