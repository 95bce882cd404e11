/// An element of an XML reply: the replies of AWS's query services need no more.
///
/// Attributes and name spaces are left out.
public struct XMLElement: Hashable, Sendable {
    /// The name as written, without its prefix.
    public let name: String
    /// The character data directly inside, joined.
    public internal(set) var text: String = ""
    /// The elements directly inside, in order.
    public internal(set) var children: [XMLElement] = []

    init(name: String) { self.name = name }

    /// The first element along a path of names below this one.
    public subscript(_ path: String...) -> XMLElement? {
        var element = self
        for name in path {
            guard let next = element.children.first(where: { $0.name == name }) else { return nil }
            element = next
        }
        return element
    }

    /// The members of a list: its elements named `member`.
    public var members: [XMLElement] { children.filter { $0.name == "member" } }
}

extension XMLElement {
    /// Reads a document: UTF-8, at most 64 deep. One with a document type is refused, since entities come from there.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var reader = XMLReader(Array(text.unicodeScalars))
        guard let root = reader.document() else { return nil }
        self = root
    }
}

/// Reads XML 1.0 as far as ``XMLElement`` holds it.
private struct XMLReader {
    private let text: [Unicode.Scalar]
    private var position = 0
    private static let depth = 64

    init(_ text: [Unicode.Scalar]) { self.text = text }

    mutating func document() -> XMLElement? {
        if text.first == "\u{feff}" { position = 1 }
        guard skipMisc(), let root = element(depth: 0), skipMisc(), position == text.count else { return nil }
        return root
    }

    /// White space, comments and processing instructions around the root.
    private mutating func skipMisc() -> Bool {
        while true {
            skipSpace()
            if take("<?") {
                guard skip(past: "?>") else { return false }
            } else if take("<!--") {
                guard skip(past: "-->") else { return false }
            } else {
                return true
            }
        }
    }

    private mutating func element(depth: Int) -> XMLElement? {
        guard depth < Self.depth, take("<"), let name = self.name() else { return nil }
        var element = XMLElement(name: local(name))
        guard let isEmpty = skipAttributes() else { return nil }
        if isEmpty { return element }
        while position < text.count {
            if take("</") {
                guard self.name() == name else { return nil }
                skipSpace()
                return take(">") ? element : nil
            }
            guard content(into: &element, depth: depth) else { return nil }
        }
        return nil
    }

    /// One piece of what stands between the tags.
    private mutating func content(into element: inout XMLElement, depth: Int) -> Bool {
        if take("<!--") { return skip(past: "-->") }
        if take("<?") { return skip(past: "?>") }
        if take("<![CDATA[") {
            guard let end = find("]]>") else { return false }
            append(text[position..<end], to: &element)
            position = end + 3
            return true
        }
        if text[position] == "<" {
            guard let child = self.element(depth: depth + 1) else { return false }
            element.children.append(child)
            return true
        }
        if take("&") { return reference(into: &element) }
        let end = text[position...].firstIndex { $0 == "<" || $0 == "&" } ?? text.count
        append(text[position..<end], to: &element)
        position = end
        return true
    }

    private mutating func reference(into element: inout XMLElement) -> Bool {
        guard let end = find(";"), end - position <= 10 else { return false }
        let name = string(text[position..<end])
        position = end + 1
        let named: [String: Unicode.Scalar] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        if let scalar = named[name] {
            append([scalar], to: &element)
            return true
        }
        guard name.hasPrefix("#") else { return false }
        let digits = name.dropFirst()
        let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let scalar = code.flatMap(Unicode.Scalar.init), scalar.value != 0 else { return false }
        append([scalar], to: &element)
        return true
    }

    /// - Returns: whether the tag closes its element; nil where it does not end.
    private mutating func skipAttributes() -> Bool? {
        while position < text.count {
            skipSpace()
            if take("/>") { return true }
            if take(">") { return false }
            guard name() != nil else { return nil }
            skipSpace()
            guard take("=") else { return nil }
            skipSpace()
            guard position < text.count, text[position] == "\"" || text[position] == "'" else { return nil }
            let quote = text[position]
            guard let end = text[(position + 1)...].firstIndex(of: quote) else { return nil }
            position = end + 1
        }
        return nil
    }

    private mutating func name() -> String? {
        let end = text[position...].firstIndex { !isName($0) } ?? text.count
        guard end > position else { return nil }
        defer { position = end }
        return string(text[position..<end])
    }

    private func isName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "_:-.".unicodeScalars.contains(scalar)
    }

    private func local(_ name: String) -> String { name.split(separator: ":").last.map(String.init) ?? name }

    private mutating func skipSpace() {
        while position < text.count, " \t\r\n".unicodeScalars.contains(text[position]) { position += 1 }
    }

    private mutating func take(_ token: String) -> Bool {
        let scalars = Array(token.unicodeScalars)
        guard text[position...].starts(with: scalars) else { return false }
        position += scalars.count
        return true
    }

    private mutating func skip(past token: String) -> Bool {
        guard let end = find(token) else { return false }
        position = end + token.unicodeScalars.count
        return true
    }

    private func find(_ token: String) -> Int? {
        let scalars = Array(token.unicodeScalars)
        return (position..<max(position, text.count)).first { text[$0...].starts(with: scalars) }
    }

    private func append(_ scalars: some Sequence<Unicode.Scalar>, to element: inout XMLElement) {
        element.text.unicodeScalars.append(contentsOf: scalars)
    }

    private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
