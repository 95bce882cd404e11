/// One finding about text that the user wrote.
public struct Diagnostic: Hashable, Sendable {
    /// How grave a finding is.
    public enum Severity: String, Hashable, Sendable {
        /// The text cannot be used.
        case error
        /// The text can be used; a person would wonder.
        case warning
        /// Belongs to the finding before it.
        case note
    }

    /// How grave it is.
    public var severity: Severity
    /// A stable name for warnings (`pattern-unbounded`) and tests; nil where there is none.
    public var code: String?
    /// The file, relative to the configuration file.
    public var file: String
    /// The line, from one.
    public var line: Int
    /// The column in code points, from one.
    public var column: Int
    /// What is wrong, and what would be right; one line, no full stop.
    public var message: String
    /// The name that was perhaps meant.
    public var suggestion: String?
    /// The line of text that the place is in, without its end; nil where it must not be repeated (secrets) or is not text.
    public var sourceLine: String?
    /// How many code points the caret underlines, at least one.
    public var length: Int

    /// One finding about text that the user wrote.
    public init(
        severity: Severity = .error,
        code: String? = nil,
        file: String,
        line: Int,
        column: Int,
        message: String,
        suggestion: String? = nil,
        sourceLine: String? = nil,
        length: Int = 1
    ) {
        self.severity = severity
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.suggestion = suggestion
        self.sourceLine = sourceLine
        self.length = length
    }
}

extension Diagnostic: Comparable {
    /// Orders by file, line, column, then message.
    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column, left.message) < (right.file, right.line, right.column, right.message)
    }
}
