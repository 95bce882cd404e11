/// A place in a text; line and column from one, columns in code points.
public struct Position: Hashable, Comparable, Sendable {
    /// The line, from one.
    public var line: Int
    /// The column in code points, from one.
    public var column: Int
    /// A place in a text.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
    /// The first character of a text.
    public static let start = Position(line: 1, column: 1)
    /// Orders by line, then column.
    public static func < (left: Self, right: Self) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

/// One node of a YAML document with its place; aliases are expanded already.
public struct Node: Sendable {
    /// What a node is.
    public enum Content: Sendable {
        /// Text, a number, a boolean or null.
        case scalar(Scalar)
        /// A list.
        case list([Node])
        /// A map.
        case map(Map)
    }
    /// The entries of a map in the order of the text; of a key that stands twice, both entries are here.
    public struct Map: Sendable {
        /// One key with its value.
        public struct Entry: Sendable {
            /// The key, always a scalar.
            public var key: Node
            /// The value.
            public var value: Node
        }
        /// The entries in the order of the text.
        public var entries: [Entry]
        /// False where an entry was left out because it is an error that the document's diagnostics tell (a merge
        /// key, a list as key), so that what seems to be missing may be in it.
        public var isWhole: Bool
    }
    /// What it is.
    public var content: Content
    /// Where it begins: at its anchor where it has one; an alias's expansion begins at the alias, what is in it
    /// stands where it was written.
    public var start: Position
    /// Just after its end; of block lists and maps, where the next token begins.
    public var end: Position
}

extension Node {
    /// The value of the first entry whose key is this text; nil where the node is no map or lacks it.
    public subscript(_ key: String) -> Node? { entries?.first { $0.key.string == key }?.value }

    /// The text of a scalar that is text by the core schema; nil for numbers, booleans, null, lists and maps.
    public var string: String? {
        guard case .scalar(let scalar) = content, case .text = scalar.value else { return nil }
        return scalar.text
    }
    /// The value of a whole number.
    public var int: Int? {
        guard case .scalar(let scalar) = content, case .integer(let value) = scalar.value else { return nil }
        return value
    }
    /// The value of a number, whole or not.
    public var double: Double? {
        guard case .scalar(let scalar) = content else { return nil }
        return switch scalar.value {
        case .integer(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }
    /// The value of a boolean.
    public var bool: Bool? {
        guard case .scalar(let scalar) = content, case .boolean(let value) = scalar.value else { return nil }
        return value
    }
    /// Whether it is null.
    public var isNull: Bool {
        guard case .scalar(let scalar) = content, case .null = scalar.value else { return false }
        return true
    }
    /// The scalar; nil for lists and maps.
    public var scalar: Scalar? {
        guard case .scalar(let scalar) = content else { return nil }
        return scalar
    }
    /// The entries of a list.
    public var list: [Node]? {
        guard case .list(let nodes) = content else { return nil }
        return nodes
    }
    /// The entries of a map in the order of the text.
    public var entries: [Map.Entry]? {
        guard case .map(let map) = content else { return nil }
        return map.entries
    }
    /// How many code points a caret under it is long: its length where it lies in one line, else 1.
    public var length: Int { start.line == end.line ? max(1, end.column - start.column) : 1 }
}
