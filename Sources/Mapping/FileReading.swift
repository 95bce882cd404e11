import Diagnostics
import Model
import YAML

/// One mapping file as it is read: what it defines, and what is wrong with it.
struct FileReading {
    /// A `set` selector: whose, and where its value stands.
    struct SetUse {
        var name: String
        /// The set that it is part of; nil in groups and patterns.
        var owner: String?
        var value: Node
    }
    /// A group, with the nodes that checks across files point at.
    struct Group {
        var mapping: GroupMapping
        var key: Node
        /// The same text stands before as a key of the same map, which has been reported as such.
        var isDoubledKey = false
        /// The key and the value of `formerly`.
        var formerly: Fields.Entry?
    }
    /// A set of accounts with the node of its name.
    struct AccountSetReading {
        var set: AccountSet
        var key: Node
        /// As in ``Group``.
        var isDoubledKey: Bool
    }

    var checker: Checker
    var sets: [AccountSetReading] = []
    var groups: [Group] = []
    var patterns: [PatternMapping] = []
    var setUses: [SetUse] = []
    /// Whether the file may define sets that could not be read, so that a set unknown elsewhere may be one of them.
    var mayHideSets = false
    /// The set that is being read.
    private var currentSet: String?

    static let keys = ["version", "accounts", "groups", "patterns"]

    /// Reads a file; everything that it says of itself is found here, what needs other files is not.
    init(_ file: MappingFile, sources: [String: SourceKind]) {
        let document = YAML.parse(file.bytes, file: file.path)
        checker = Checker(document)
        mayHideSets = document.isBroken
        guard !document.isBroken else { return }
        guard let root = document.root, root.scalar.map({ !$0.text.isEmpty }) ?? true else {
            checker.report("this file is empty; a mapping file begins with `version: 1`", at: .start)
            return
        }
        read(root, Scope(sources: sources))
    }

    func place(_ node: Node) -> Place {
        Place(file: checker.file, line: node.start.line, column: node.start.column)
    }

    private mutating func read(_ root: Node, _ scope: Scope) {
        guard let fields = checker.map(root, "a mapping file", keys: FileReading.keys) else { return }
        version(fields)
        mayHideSets = !fields.isWhole || fields.unknown.contains { isNear($0, "accounts") }
        // Of a doubled key both values are looked at, so that what they define is known.
        for entry in fields.entries {
            switch entry.name {
            case "accounts": accounts(entry.value, scope)
            case "groups": groups(entry.value, scope)
            case "patterns": patterns(entry.value, scope)
            default: break
            }
        }
    }

    private mutating func version(_ fields: Fields) {
        guard let version = fields["version"] else {
            return checker.missing("version", in: fields, "this file", at: .start)
        }
        if version.double != 1 { checker.report("`version` must be the number 1", at: version) }
    }

    private mutating func accounts(_ node: Node, _ scope: Scope) {
        guard let fields = checker.map(node, "`accounts`") else {
            mayHideSets = true
            return
        }
        mayHideSets = mayHideSets || !fields.isWhole
        var seen: Set<String> = []
        for entry in fields.entries {
            let isDoubled = !seen.insert(entry.name).inserted
            currentSet = entry.name
            let selectors = selectors(entry.value, "the set `\(entry.name)`", scope)
            currentSet = nil
            let set = AccountSet(name: entry.name, selectors: selectors, place: place(entry.key))
            sets.append(AccountSetReading(set: set, key: entry.key, isDoubledKey: isDoubled))
        }
    }

    private mutating func groups(_ node: Node, _ scope: Scope) {
        guard let fields = checker.map(node, "`groups`") else { return }
        var seen: Set<String> = []
        for entry in fields.entries { group(entry, scope, isDoubledKey: !seen.insert(entry.name).inserted) }
    }

    private mutating func patterns(_ node: Node, _ scope: Scope) {
        for node in checker.list(node, "`patterns`", of: "patterns") ?? [] { pattern(node, scope) }
    }

    /// Notes the use of a set, to be looked up when all files are read.
    mutating func use(set name: String, at value: Node) {
        setUses.append(SetUse(name: name, owner: currentSet, value: value))
    }
}
