/// Splits a command line into words as a POSIX shell would, without expanding anything.
///
/// Outside quotes a backslash keeps the next character; within `"` it does so before `"` and itself; within `'` never.
/// Source: Python's `shlex.split`, which botocore uses for `credential_process` and for section names.
///
/// - Returns: the words, or nil where a quote is not closed or a backslash ends the text.
func shellWords(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    var quote: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
        switch (quote, scalar) {
        case (nil, " "), (nil, "\t"), (nil, "\r"), (nil, "\n"):
            if let ended = word { words.append(String(ended)) }
            word = nil
        case (nil, "\""), (nil, "'"):
            quote = scalar
            word = word ?? .init()
        case (nil, "\\"), ("\"", "\\"):
            guard let next = scalars.next() else { return nil }
            if quote != nil, next != "\\", next != "\"" { word?.append("\\") }
            word = word ?? .init()
            word?.append(next)
        case (let open?, _) where scalar == open:
            quote = nil
        default:
            word = word ?? .init()
            word?.append(scalar)
        }
    }
    guard quote == nil else { return nil }
    if let ended = word { words.append(String(ended)) }
    return words
}
