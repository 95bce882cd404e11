/// The form of an address: `something@domain.tld`.
enum Address {
    /// Whether a text has the form: one `@`, something on both sides, a point within the domain, no white space, no
    /// control character and none of `<>(),;:"\[]`. Letters beyond ASCII are legal.
    static func isWellFormed(_ text: String) -> Bool {
        let parts = text.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, text.unicodeScalars.allSatisfy(isLegal) else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty }
    }

    private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
            && !"<>(),;:\"\\[]".unicodeScalars.contains(scalar)
    }
}
