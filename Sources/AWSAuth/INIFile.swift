/// A file in the INI dialect of AWS's shared configuration: sections of properties, one level of nesting.
///
/// It is read as botocore reads it (Python's `configparser` below `botocore.configloader`), so that a file means here
/// what it means to the AWS CLI. What botocore refuses is listed in `faults`; where that is a repetition, the later
/// value wins here, as in the other SDKs.
public struct INIFile: Hashable, Sendable {
    /// What a property holds.
    public enum Value: Hashable, Sendable {
        /// The text behind the delimiter, with continued lines joined by line feeds.
        case text(String)
        /// The indented `key = value` lines below a property without text of its own.
        case nested([String: String])
    }

    /// A section: `[name]` and what follows.
    public struct Section: Hashable, Sendable {
        /// What stands in the brackets, as written.
        public let name: String
        /// The line of the first header of that name, from 1.
        public let line: Int
        /// The properties by name in lower case.
        public internal(set) var properties: [String: Value] = [:]
    }

    /// Something that botocore refuses the whole file for.
    public struct Fault: Hashable, Sendable {
        /// What is wrong.
        public enum Kind: Hashable, Sendable {
            /// The file is not UTF-8.
            case notUTF8
            /// A line before the first section.
            case noSection
            /// A line without `=` or `:`.
            case noDelimiter
            /// A line that begins with its delimiter.
            case noName
            /// A section of a name that was there before.
            case repeatedSection(String)
            /// A property of a name that its section had before.
            case repeatedProperty(String)
            /// Indented lines below a property that are not all `key = value`.
            case notNested(String)
        }
        /// What is wrong.
        public let kind: Kind
        /// The line, from 1.
        public let line: Int
    }

    /// The sections in the order of their first headers; `[DEFAULT]` is not among them.
    public internal(set) var sections: [Section] = []
    /// What botocore refuses the file for, by line; empty for a good file.
    public internal(set) var faults: [Fault] = []

    /// An empty file.
    public init() {}

    /// Reads a file.
    ///
    /// `[DEFAULT]`, in capitals, gives its properties to every section that lacks them; `[default]` is a section like
    /// the others.
    public init(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            faults = [Fault(kind: .notUTF8, line: 1)]
            return
        }
        var reader = INIReader()
        for (index, line) in pythonLines(text).enumerated() { reader.read(line, number: index + 1) }
        self = reader.finish()
    }
}

extension INIFile.Fault {
    /// Whether other SDKs read the file all the same, the later one winning.
    public var isRepetition: Bool {
        switch kind {
        case .repeatedSection, .repeatedProperty: true
        case .notUTF8, .noSection, .noDelimiter, .noName, .notNested: false
        }
    }

    /// What is wrong, for a person. Values are not repeated: they may be secrets.
    public var message: String {
        switch kind {
        case .notUTF8: "the file is not UTF-8"
        case .noSection: "a line stands before the first [section]"
        case .noDelimiter: "a line is neither a [section] nor 'key = value'"
        case .noName: "a line has no key before its '='"
        case .repeatedSection(let name): "the section [\(name)] is there twice"
        case .repeatedProperty(let name): "the key '\(name)' is twice in its section"
        case .notNested(let name): "the indented lines below '\(name)' are not all 'key = value'"
        }
    }
}

extension INIFile {
    /// The properties of a section.
    public func section(_ name: String) -> Section? { sections.first { $0.name == name } }
}
