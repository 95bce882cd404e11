public import Diagnostics

/// Reads typed values out of the nodes of one document and collects what is wrong with them.
///
/// `name` in its methods is what a message calls the value: a key in backquotes, or words such as "an entry of
/// `members`". Messages never repeat a value, since it may be a secret; the source line shows it where it may be seen.
public struct Checker: Sendable {
    /// The name of the file.
    public let file: String
    private let text: SourceText
    private var found: [Diagnostic] = []
    private var concealed: [Node] = []
    private let isConcealing: Bool
    private var showsLines = true

    /// Begins with what is wrong with the document as YAML.
    ///
    /// - Parameter concealing: the document may hold secrets where none are expected. Where it has errors of YAML, no
    ///   source line is shown, else lines end at the place that is meant. Values under unknown keys are concealed, and
    ///   unknown keys that are no word or have no value, and so may be a secret themselves, are neither named nor shown.
    public init(_ document: Document, concealing: Bool = false) {
        file = document.file
        text = document.text
        isConcealing = concealing
        found = document.diagnostics
        if concealing && !found.isEmpty {
            showsLines = false
            for index in found.indices { found[index].sourceLine = nil }
        }
        checkedFrom = found.count
    }
    private let checkedFrom: Int

    /// Everything that was found, in order, each place and message once, with source lines.
    public func diagnostics() -> [Diagnostic] {
        var result = Array(found[..<checkedFrom])
        var seen: Set<Diagnostic> = []
        var last: (line: Int, text: String?) = (0, nil)
        for var diagnostic in found[checkedFrom...] where seen.insert(diagnostic).inserted {
            if last.line != diagnostic.line { last = (diagnostic.line, text.line(diagnostic.line)) }
            diagnostic.sourceLine = last.text.flatMap { visible($0, of: diagnostic) }
            result.append(diagnostic)
        }
        return result.sorted()
    }

    /// Notes a finding at a place.
    public mutating func report(
        _ message: String,
        at position: Position,
        length: Int = 1,
        suggestion: String? = nil,
        severity: Diagnostic.Severity = .error,
        code: String? = nil
    ) {
        found.append(
            Diagnostic(
                severity: severity,
                code: code,
                file: file,
                line: position.line,
                column: position.column,
                message: message,
                suggestion: suggestion,
                length: length
            )
        )
    }

    /// Notes a finding at a node.
    public mutating func report(_ message: String, at node: Node, suggestion: String? = nil) {
        report(message, at: node.start, length: node.length, suggestion: suggestion)
    }

    /// Keeps a node's text out of the source lines of all findings.
    public mutating func conceal(_ node: Node) { concealed.append(node) }

    /// The line; in a concealing document as far as the place, and nil where a concealed node lies before or under it.
    private func visible(_ line: String, of diagnostic: Diagnostic) -> String? {
        guard showsLines else { return nil }
        guard isConcealing else { return line }
        let end = diagnostic.column + diagnostic.length
        for node in concealed where node.start.line <= diagnostic.line && node.end.line >= diagnostic.line {
            guard node.start.line == diagnostic.line, node.start.column >= end else { return nil }
        }
        return String(line.unicodeScalars.prefix(end - 1))
    }
}

extension Checker {
    /// Text; a number, boolean or null is an error that says to quote it.
    public mutating func text(_ node: Node, _ name: String) -> String? {
        if let text = node.string { return text }
        let isScalar = node.scalar != nil && !node.isNull
        report("\(name) must be text, not \(node.kind)\(isScalar ? ": put it in quotes" : "")", at: node)
        return nil
    }

    /// Text of at least one character.
    public mutating func filledText(_ node: Node, _ name: String) -> String? {
        guard let text = text(node, name) else { return nil }
        if text.isEmpty { report("\(name) must not be empty", at: node) }
        return text.isEmpty ? nil : text
    }

    /// `true` or `false`.
    public mutating func boolean(_ node: Node, _ name: String) -> Bool? {
        if let value = node.bool { return value }
        report("\(name) must be `true` or `false`, without quotes", at: node)
        return nil
    }

    /// A whole number within a range.
    public mutating func integer(_ node: Node, _ name: String, in range: ClosedRange<Int>) -> Int? {
        if let value = node.int, range.contains(value) { return value }
        let limits =
            range.upperBound == .max ? "from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        report("\(name) must be a whole number, \(limits)", at: node)
        return nil
    }

    /// One of the texts of an enumeration.
    public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: Node,
        _ name: String,
        _ type: Choice.Type
    ) -> Choice? {
        if let choice = node.string.flatMap(Choice.init) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        let near = node.string.flatMap { suggestion(for: $0, among: names) }
        report("\(name) must be \(Checker.alternatives(names))", at: node, suggestion: near)
        return nil
    }

    /// The entries of a list.
    public mutating func list(_ node: Node, _ name: String, of what: String, mayBeEmpty: Bool = false) -> [Node]? {
        guard let nodes = node.list else {
            report("\(name) must be a list of \(what), not \(node.kind)", at: node)
            return nil
        }
        if nodes.isEmpty && !mayBeEmpty {
            report("\(name) must not be empty: list at least one of \(what), or leave the key out", at: node)
            return nil
        }
        return nodes
    }

    /// The entries of a map, any key being legal that is text; one that is not is an error at the key.
    public mutating func map(_ node: Node, _ name: String) -> Fields? {
        guard case .map(let map) = node.content else {
            report("\(name) must be a map, not \(node.kind)", at: node)
            return nil
        }
        var fields = Fields(node: node, isWhole: map.isWhole)
        for entry in map.entries {
            // A number as key is an error, and its value is looked at all the same.
            let key = text(entry.key, "a key of \(name)") ?? entry.key.scalar?.text ?? ""
            fields.entries.append(Fields.Entry(name: key, key: entry.key, value: entry.value))
        }
        return fields
    }

    /// The entries of a map that knows certain keys; others are errors at the key, with the near one.
    public mutating func map(_ node: Node, _ name: String, keys: [String]) -> Fields? {
        guard case .map(let map) = node.content else {
            report("\(name) must be a map, not \(node.kind)", at: node)
            return nil
        }
        var fields = Fields(node: node, isWhole: map.isWhole)
        for entry in map.entries {
            // A key such as `true` is as unknown as any other.
            let key = entry.key.scalar?.text ?? ""
            if entry.key.string != nil && keys.contains(key) {
                fields.entries.append(Fields.Entry(name: key, key: entry.key, value: entry.value))
            } else {
                // One that stands twice is reported as such at the second place.
                if fields.unknown.insert(key).inserted { unknown(key, entry, name, keys) }
            }
        }
        return fields
    }

    private mutating func unknown(_ key: String, _ entry: Node.Map.Entry, _ name: String, _ keys: [String]) {
        let known = "\(name) has the keys \(keys.map { "`\($0)`" }.joined(separator: ", "))"
        guard isConcealing else {
            return report(
                "unknown key `\(key)`; \(known)",
                at: entry.key,
                suggestion: suggestion(for: key, among: keys)
            )
        }
        conceal(entry.value)
        if entry.value.isNull || !Checker.isWord(key) {
            conceal(entry.key)
            return report("unknown key; \(known)", at: entry.key)
        }
        report("unknown key `\(key)`; \(known)", at: entry.key, suggestion: suggestion(for: key, among: keys))
    }

    /// Notes that a key is missing, unless an unknown key near it stands in the same map, or the map is not whole.
    public mutating func missing(
        _ key: String,
        in fields: Fields,
        _ name: String,
        at position: Position,
        length: Int = 1
    ) {
        guard fields.isWhole, !fields.unknown.contains(where: { isNear($0, key) }) else { return }
        report("\(name) lacks `\(key)`", at: position, length: length)
    }

    /// The one entry of a map that has one key; two are an error at the second, none one at the map.
    ///
    /// - Returns: the entries that are known, so that their values are looked at even where there are too many.
    public mutating func oneOf(_ node: Node, _ name: String, keys: [String]) -> [Fields.Entry] {
        guard let fields = map(node, name, keys: keys) else { return [] }
        let all = node.entries ?? []
        if all.isEmpty && fields.isWhole {
            report("\(name) must have one key: \(Checker.alternatives(keys))", at: node.start)
        }
        // A second key that is unknown, or the first once more, has been reported as such.
        if all.count > 1, let second = all[1].key.string, keys.contains(second), second != all[0].key.string {
            report("\(name) has one key, and this is one more; make it an entry of its own", at: all[1].key)
        }
        return fields.entries
    }

    /// Whether a text is a word as keys are: 1 to 40 ASCII letters, digits, `-`, `_` and `.`.
    public static func isWord(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
            }
    }

    /// "`a`, `b` or `c`".
    public static func alternatives(_ names: [String]) -> String {
        let quoted = names.map { "`\($0)`" }
        guard let last = quoted.last, quoted.count > 1 else { return quoted.joined() }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }
}

/// The entries of a map that were read, and the unknown keys beside them.
public struct Fields: Sendable {
    /// One key that is known, with its value.
    public struct Entry: Sendable {
        /// The key's text.
        public var name: String
        /// The key's node.
        public var key: Node
        /// The value.
        public var value: Node
    }
    /// The map.
    public let node: Node
    /// The known entries in the order of the text; a doubled key is here twice.
    public fileprivate(set) var entries: [Entry] = []
    /// The unknown keys.
    public fileprivate(set) var unknown: Set<String> = []
    /// False where entries were left out that have been reported.
    public fileprivate(set) var isWhole: Bool

    fileprivate init(node: Node, isWhole: Bool) {
        self.node = node
        self.isWhole = isWhole
    }

    /// The value of a key; of a doubled one the first.
    public subscript(_ name: String) -> Node? { entry(name)?.value }
    /// The entry of a key; of a doubled one the first.
    public func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }
}

extension Node {
    /// What it is, in words.
    public var kind: String {
        switch content {
        case .list: "a list"
        case .map: "a map"
        case .scalar(let scalar):
            switch scalar.value {
            case .text: "text"
            case .null: "null"
            case .boolean: "a boolean"
            case .integer, .float: "a number"
            }
        }
    }
}
