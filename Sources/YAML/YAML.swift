public import Diagnostics

/// A YAML file that was read: its nodes, and what is wrong with it as YAML.
public struct Document: Sendable {
    /// The name of the file, as findings show it.
    public var file: String
    /// The root; nil where the file holds nothing but comments, and where an error leaves no tree.
    public var root: Node?
    /// Errors, in the order of the text.
    public var diagnostics: [Diagnostic]
    /// The lines, for further findings.
    public var text: SourceText
    /// Whether an error left no tree to look at; such a file has been reported already and must not be called empty.
    public var isBroken: Bool
}

/// Reads YAML: one document in UTF-8, without tags and merge keys, its plain scalars by the core schema of YAML 1.2.
public enum YAML {
    /// The largest file that is read, in bytes.
    public static let sizeLimit = 4 << 20

    /// Reads a file from its bytes.
    ///
    /// Several errors are collected: a second document, tags, merge keys, keys that stand twice or are not scalars. Size,
    /// encoding, syntax, aliases without anchor, cyclic aliases and those beyond the limits leave no tree. The words
    /// of the errors repeat nothing of the text.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: its name for the diagnostics.
    ///   - references: whether `${env:…}` and `${file:…}` are text also where they stand unquoted in a flow collection.
    public static func parse(_ bytes: [UInt8], file: String, references: Bool = false) -> Document {
        let text = SourceText(bytes)
        var document = Document(file: file, root: nil, diagnostics: [], text: text, isBroken: false)
        if let message = refusal(of: bytes) {
            document.isBroken = true
            document.diagnostics = [Diagnostic(file: file, line: 1, column: 1, message: message)]
            return document
        }
        let given = bytes[byteOrderMark(bytes)...]
        let read = references ? ReferenceBraces.hidden(given) : given
        var composer = Composer(showsBraces: read.count != given.count)
        do {
            try EventStream.forEach(in: read) { composer.take($0) }
        } catch {
            document.isBroken = true
            document.report(error.position, length: 1, error.message + hint(for: error.message))
        }
        for finding in composer.findings {
            document.report(finding.position, length: finding.length, finding.message)
        }
        document.isBroken = document.isBroken || composer.isBroken
        document.root = document.isBroken ? nil : composer.root
        document.diagnostics.sort()
        return document
    }

    private static func byteOrderMark(_ bytes: [UInt8]) -> Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    /// Why the bytes are not even looked at; nil where they are fit to be.
    private static func refusal(of bytes: [UInt8]) -> String? {
        if bytes.count > sizeLimit {
            return "this file has \(bytes.count) bytes, and at most \(sizeLimit) (4 MiB) are read; split it"
        }
        let marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF], [0, 0, 0xFE, 0xFF]]
        if marks.contains(where: bytes.starts(with:)) || bytes.prefix(4).contains(0) {
            return "this file is in UTF-16 or UTF-32; save it as UTF-8"
        }
        // The standard library validates, and stops at the first byte that is not UTF-8.
        return String(validating: bytes, as: UTF8.self) == nil ? "this file is not UTF-8; save it as UTF-8" : nil
    }

    /// What usually lies behind libyaml's words.
    private static func hint(for message: String) -> String {
        if message.contains("mapping values are not allowed") { return "; put text that holds ': ' in quotes" }
        if message.contains("cannot start any token") {
            return "; indent with spaces, not tabs, and put text that begins with @, % or ` in quotes"
        }
        if message.contains("unexpected end of stream") || message.contains("end of stream while") {
            return "; a quote is not closed"
        }
        if message.contains("did not find expected key") || message.contains("could not find expected ':'") {
            return "; look at the indentation, and at the ':' after each key"
        }
        return ""
    }
}

extension Document {
    fileprivate mutating func report(_ position: Position, length: Int, _ message: String) {
        diagnostics.append(
            Diagnostic(
                file: file,
                line: position.line,
                column: position.column,
                message: message,
                sourceLine: text.line(position.line),
                length: max(1, length)
            )
        )
    }
}
