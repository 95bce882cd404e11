/// What Python's `str` calls white space: Unicode's, and the four information separators.
func isPythonSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1c...0x1f).contains(scalar.value)
}

/// `str.strip()`.
func pythonStripped(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
    guard let start = text.firstIndex(where: { !isPythonSpace($0) }),
        let end = text.lastIndex(where: { !isPythonSpace($0) })
    else { return text[text.endIndex...] }
    return text[start...end]
}

/// The lines of a file opened as text: ended by LF, CR LF or CR, without their ends.
func pythonLines(_ text: String) -> [[Unicode.Scalar]] {
    var lines: [[Unicode.Scalar]] = []
    var line: [Unicode.Scalar] = []
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
        if scalar == "\n" || scalar == "\r" {
            if !(scalar == "\n" && previous == "\r") {
                lines.append(line)
                line = []
            }
        } else {
            line.append(scalar)
        }
        previous = scalar
    }
    if !line.isEmpty { lines.append(line) }
    return lines
}

/// `str.splitlines()`, which knows more ends of lines than a file does.
func pythonSplitLines(_ text: String) -> [ArraySlice<Unicode.Scalar>] {
    let ends: Set<UInt32> = [0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029]
    return Array(text.unicodeScalars).split { ends.contains($0.value) }
}
