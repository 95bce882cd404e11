internal import Crypto

/// Identifiers made from what they name, so that the same world has the same ids every time.
public enum Identifier {
    /// A UUID from the parts.
    public static func uuid(_ parts: String...) -> String {
        let digest = Array(digest(parts: parts))
        return [digest[0..<8], digest[8..<12], "4" + digest[13..<16], "8" + digest[17..<20], digest[20..<32]]
            .map { String($0) }.joined(separator: "-")
    }

    /// A Google user's id: 21 digits.
    public static func googleUser(_ parts: String...) -> String {
        let digits = digest(parts: ["google-user"] + parts).compactMap { $0.hexDigitValue }.map { String($0 % 10) }
        return "1" + digits.prefix(20).joined()
    }

    /// A Google group's id.
    public static func googleGroup(_ parts: String...) -> String {
        "01" + digest(parts: ["google-group"] + parts).prefix(13)
    }

    /// 16 characters as the ids of permission sets and applications end in.
    public static func sixteen(_ parts: String...) -> String { String(digest(parts: parts).prefix(16)) }

    static func digest(_ parts: String...) -> String { digest(parts: parts) }

    private static func digest(parts: [String]) -> String {
        SHA256.hash(parts.joined(separator: "\u{1}")).hex
    }
}
