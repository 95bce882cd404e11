/// A reference in the configuration to a value that stands elsewhere.
enum Reference: Hashable, Sendable {
    /// `${env:NAME}`
    case environment(String)
    /// `${file:/path}`
    case file(String)

    /// A reference that is the whole of a text; nil for anything else.
    init?(_ text: String) {
        guard text.hasPrefix("${"), text.hasSuffix("}"), let reference = Reference(body: text.dropFirst(2).dropLast())
        else { return nil }
        self = reference
    }

    private init?(body: Substring) {
        if body.hasPrefix("env:") {
            let name = body.dropFirst(4)
            guard Reference.isVariable(name) else { return nil }
            self = .environment(String(name))
        } else if body.hasPrefix("file:") {
            let path = body.dropFirst(5)
            guard !path.isEmpty, !path.contains(where: { "{}".contains($0) }), !path.utf8.contains(0) else {
                return nil
            }
            self = .file(String(path))
        } else {
            return nil
        }
    }

    private static func isVariable(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
        }
    }
}

/// Text in which `${env:NAME}` may stand anywhere.
enum ExpandedText: Hashable {
    /// The text with all values in place.
    case text(String)
    /// A variable that is not set.
    case unset(String)
    /// `${` that begins no reference, or one to a file, which only secrets may name.
    case malformed

    static func expand(_ text: String, _ environment: [String: String]) -> ExpandedText {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: "${") {
            guard let close = rest[open.upperBound...].firstIndex(of: "}"),
                case .environment(let name)? = Reference(String(rest[open.lowerBound...close]))
            else { return .malformed }
            guard let value = environment[name] else { return .unset(name) }
            result += rest[..<open.lowerBound] + value
            rest = rest[rest.index(after: close)...]
        }
        return .text(result + rest)
    }
}
