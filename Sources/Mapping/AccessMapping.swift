public import Model

/// A place in a mapping file; line and column from one, columns in code points.
public struct Place: Hashable, Sendable, Comparable {
    /// The file, relative to the configuration file.
    public var file: String
    /// The line, from one.
    public var line: Int
    /// The column in code points, from one.
    public var column: Int
    /// A place in a mapping file.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
    /// Orders by file, line, column.
    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// All mapping files of a run, taken together, checked.
public struct AccessMapping: Hashable, Sendable {
    /// Named sets of accounts.
    public var accountSets: [String: AccountSet]
    /// The groups in reading order.
    public var groups: [GroupMapping]
    /// The patterns in reading order.
    public var patterns: [PatternMapping]
    /// All mapping files of a run.
    public init(accountSets: [String: AccountSet] = [:], groups: [GroupMapping] = [], patterns: [PatternMapping] = []) {
        self.accountSets = accountSets
        self.groups = groups
        self.patterns = patterns
    }
}

/// A named set of accounts.
public struct AccountSet: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// An account that any of these selects is in the set.
    public var selectors: [Selector]
    /// Where its key stands.
    public var place: Place
    /// A named set of accounts.
    public init(name: String, selectors: [Selector], place: Place) {
        self.name = name
        self.selectors = selectors
        self.place = place
    }
}

/// One selector of accounts.
public struct Selector: Hashable, Sendable {
    /// What a selector says.
    public enum Kind: Hashable, Sendable {
        /// An account id.
        case id(AccountID)
        /// A glob over account names; exact without `*` and `?`.
        case name(String)
        /// An OU and everything below it, as names from the root's child; empty: the root. In patterns the names may
        /// hold placeholders (``Template``).
        case organizationalUnit([String])
        /// Tags that must all match. In patterns keys and values may hold placeholders (``Template``).
        case tags([String: String])
        /// A named set.
        case set(String)
        /// Every account.
        case all
        /// `name: "{word}"`: a glob template with placeholders, in patterns only.
        case nameTemplate(String)
        /// `id: "{word}"`: an id template with placeholders, in patterns only.
        case idTemplate(String)
    }
    /// What it says.
    public var kind: Kind
    /// Where the entry stands.
    public var place: Place
    /// One selector of accounts.
    public init(kind: Kind, place: Place) {
        self.kind = kind
        self.place = place
    }
}

/// One entry of `members`, `require` or `except`.
public struct MemberEntry: Hashable, Sendable {
    /// Whom the entry names.
    public enum Kind: Hashable, Sendable {
        /// A group of a source: by address (google), display name or object id (entra).
        case group(source: String, name: String)
        /// One person by primary address or alias.
        case user(String)
    }
    /// Whom it names, as written.
    public var kind: Kind
    /// Where the entry stands.
    public var place: Place
    /// One entry of a list of members.
    public init(kind: Kind, place: Place) {
        self.kind = kind
        self.place = place
    }
    /// `SOURCE:GROUP` or `user:ADDRESS`, as plans show it.
    public var via: String {
        switch kind {
        case .group(let source, let name): "\(source):\(name)"
        case .user(let address): "user:\(address)"
        }
    }
}

/// One entry of `access`: permission sets × accounts, perhaps within a window.
public struct AccessEntry: Hashable, Sendable {
    /// Names of permission sets (in patterns, perhaps with placeholders), each with its place.
    public var permissionSets: [Placed<String>]
    /// Accounts selected by any of these …
    public var accounts: [Selector]
    /// … and by none of these.
    public var except: [Selector]
    /// From when.
    public var from: Timestamp?
    /// Until when.
    public var until: Timestamp?
    /// A word for the reader.
    public var note: String?
    /// Where the entry stands.
    public var place: Place
    /// One entry of `access`.
    public init(
        permissionSets: [Placed<String>],
        accounts: [Selector],
        except: [Selector] = [],
        from: Timestamp? = nil,
        until: Timestamp? = nil,
        note: String? = nil,
        place: Place
    ) {
        self.permissionSets = permissionSets
        self.accounts = accounts
        self.except = except
        self.from = from
        self.until = until
        self.note = note
        self.place = place
    }
    /// Whether the entry grants at a moment: `from` ≤ now < `until`.
    public func isOpen(at now: Timestamp) -> Bool {
        if let from, now < from { return false }
        if let until, now >= until { return false }
        return true
    }
}

/// A value and where it stands.
public struct Placed<Value: Hashable & Sendable>: Hashable, Sendable {
    /// The value.
    public var value: Value
    /// Where it stands.
    public var place: Place
    /// A value and where it stands.
    public init(_ value: Value, at place: Place) {
        self.value = value
        self.place = place
    }
}

/// Whether the members of nested groups count.
public enum Nesting: String, Hashable, Sendable, CaseIterable {
    /// Through nested groups.
    case flatten
    /// Direct members only.
    case direct
}

/// What the mapping says of one Identity Center group.
public struct GroupMapping: Hashable, Sendable {
    /// Who keeps the members.
    public enum Membership: String, Hashable, Sendable, CaseIterable {
        /// The bridge.
        case managed
        /// Somebody else, usually SCIM.
        case provisioned
    }
    /// The display name.
    public var name: String
    /// The description's text, without outer white space; nil: the text found is kept.
    public var description: Placed<String>?
    /// Everyone in any of these …
    public var members: [MemberEntry]
    /// … who is also in each of these …
    public var require: [MemberEntry]
    /// … and in none of these.
    public var except: [MemberEntry]
    /// Whether the members of groups nested in those of `members` count.
    public var nested: Nesting
    /// Whether an empty source group is meant.
    public var allowEmpty: Bool
    /// Whether a group of this name without any mark is taken over.
    public var adopt: Bool
    /// The name before, where it was renamed; nil also where it differs from the name in case only.
    public var formerly: Placed<String>?
    /// Who keeps the members.
    public var membership: Membership
    /// What the group may reach; nil where the key is missing, which means no access.
    public var access: [AccessEntry]
    /// The group shall not exist.
    public var retired: Bool
    /// Where the key stands.
    public var place: Place

    /// What the mapping says of one group.
    public init(
        name: String,
        description: Placed<String>? = nil,
        members: [MemberEntry] = [],
        require: [MemberEntry] = [],
        except: [MemberEntry] = [],
        nested: Nesting = .flatten,
        allowEmpty: Bool = false,
        adopt: Bool = false,
        formerly: Placed<String>? = nil,
        membership: Membership = .managed,
        access: [AccessEntry] = [],
        retired: Bool = false,
        place: Place
    ) {
        self.name = name
        self.description = description
        self.members = members
        self.require = require
        self.except = except
        self.nested = nested
        self.allowEmpty = allowEmpty
        self.adopt = adopt
        self.formerly = formerly
        self.membership = membership
        self.access = access
        self.retired = retired
        self.place = place
    }
}

/// One rule for a family of groups, by naming convention.
public struct PatternMapping: Hashable, Sendable {
    /// What bounds the placeholders.
    public struct Only: Hashable, Sendable {
        /// The permission sets that `{permissionSet}` may stand for; nil: any.
        public var permissionSets: [Placed<String>]?
        /// The accounts that `{account}` and `{accountId}` may stand for; nil: any.
        public var accounts: [Selector]?
        /// What bounds the placeholders.
        public init(permissionSets: [Placed<String>]?, accounts: [Selector]?) {
            self.permissionSets = permissionSets
            self.accounts = accounts
        }
    }
    /// The source.
    public var source: String
    /// The text that addresses (google) or display names (entra) are matched against, anchored, with `{word}`s.
    public var sourceTemplate: Template
    /// The group's display name, with `{word}`s.
    public var group: Template
    /// As in ``GroupMapping``, with `{word}`s.
    public var description: Placed<Template>?
    /// As in ``GroupMapping``.
    public var require: [MemberEntry]
    /// As in ``GroupMapping``.
    public var except: [MemberEntry]
    /// As in ``GroupMapping``.
    public var nested: Nesting
    /// As in ``GroupMapping``.
    public var allowEmpty: Bool
    /// As in ``GroupMapping``.
    public var adopt: Bool
    /// Whether groups that no administrator made count.
    public var anyCreator: Bool
    /// What bounds the placeholders.
    public var only: Only?
    /// What the groups may reach.
    public var access: [AccessEntry]
    /// Where the entry stands.
    public var place: Place

    /// One rule for a family of groups.
    public init(
        source: String,
        sourceTemplate: Template,
        group: Template,
        description: Placed<Template>? = nil,
        require: [MemberEntry] = [],
        except: [MemberEntry] = [],
        nested: Nesting = .flatten,
        allowEmpty: Bool = false,
        adopt: Bool = false,
        anyCreator: Bool = false,
        only: Only? = nil,
        access: [AccessEntry],
        place: Place
    ) {
        self.source = source
        self.sourceTemplate = sourceTemplate
        self.group = group
        self.description = description
        self.require = require
        self.except = except
        self.nested = nested
        self.allowEmpty = allowEmpty
        self.adopt = adopt
        self.anyCreator = anyCreator
        self.only = only
        self.access = access
        self.place = place
    }
}

/// Text with placeholders: literal pieces and `{word}`s in turn.
public struct Template: Hashable, Sendable {
    /// A piece of a template.
    public enum Piece: Hashable, Sendable {
        /// Text that stands for itself.
        case literal(String)
        /// A placeholder's word, without braces.
        case placeholder(String)
    }
    /// The pieces in order.
    public var pieces: [Piece]
    /// The text as written.
    public var text: String
    /// A template from its text: `{` letter (letter or digit)* `}` is a placeholder, everything else stands for itself.
    public init(_ text: String) {
        self.text = text
        pieces = []
        var literal = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            let tail = rest[rest.index(after: open)...]
            if let close = tail.firstIndex(of: "}"), Template.isWord(tail[..<close]) {
                literal += rest[..<open]
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = ""
                pieces.append(.placeholder(String(tail[..<close])))
                rest = tail[tail.index(after: close)...]
            } else {
                literal += rest[...open]
                rest = tail
            }
        }
        literal += rest
        if !literal.isEmpty { pieces.append(.literal(literal)) }
    }
    /// The words of the placeholders in order, each once.
    public var words: [String] {
        var seen: [String] = []
        for case .placeholder(let word) in pieces where !seen.contains(word) { seen.append(word) }
        return seen
    }
    /// The text with values in place of the placeholders; a word without a value stays as it is.
    public func filled(_ values: [String: String]) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): result += text
            case .placeholder(let word): result += values[word] ?? "{\(word)}"
            }
        }
        return result
    }
    private static func isWord(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || ($0 >= 0x30 && $0 <= 0x39) }
    }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
}
