/// The state of reading an INI file line by line: `configparser.RawConfigParser._read` of Python 3, with its defaults.
struct INIReader {
    private struct OpenSection {
        var name: String
        var line: Int
        var order: [String] = []
        var values: [String: (line: Int, lines: [String])] = [:]
    }

    private static let defaults = "DEFAULT"
    private var sections: [OpenSection] = []
    private var positions: [String: Int] = [:]
    private var current: Int?
    private var property: String?
    private var indent = 0
    private var faults: [INIFile.Fault] = []

    mutating func read(_ line: [Unicode.Scalar], number: Int) {
        let text = pythonStripped(line[...])
        if text.first == "#" || text.first == ";" { return }
        if text.isEmpty {
            append("")
            return
        }
        let depth = line.prefix { isPythonSpace($0) }.count
        if property != nil, depth > indent {
            append(string(text))
            return
        }
        indent = depth
        if let name = header(text) {
            open(name, number)
        } else if let current {
            readProperty(text, section: current, number)
        } else {
            faults.append(.init(kind: .noSection, line: number))
        }
    }

    mutating func finish() -> INIFile {
        var file = INIFile()
        let shared = positions[Self.defaults].map { closed(sections[$0]) }
        for section in sections {
            let done = closed(section)
            guard section.name != Self.defaults else { continue }
            file.sections.append(done)
            let end = file.sections.count - 1
            if let shared { file.sections[end].properties.merge(shared.properties) { own, _ in own } }
        }
        file.faults = faults.sorted { $0.line < $1.line }
        return file
    }

    /// `[` anything up to the last `]`; what stands behind is ignored.
    private func header(_ text: ArraySlice<Unicode.Scalar>) -> String? {
        guard text.first == "[", let end = text.lastIndex(of: "]"), end - text.startIndex >= 2 else { return nil }
        return string(text[(text.startIndex + 1)..<end])
    }

    private mutating func open(_ name: String, _ number: Int) {
        property = nil
        if let position = positions[name] {
            current = position
            if name != Self.defaults { faults.append(.init(kind: .repeatedSection(name), line: number)) }
        } else {
            current = sections.count
            positions[name] = sections.count
            sections.append(OpenSection(name: name, line: number))
        }
    }

    private mutating func readProperty(_ text: ArraySlice<Unicode.Scalar>, section: Int, _ number: Int) {
        guard let delimiter = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
            faults.append(.init(kind: .noDelimiter, line: number))
            return
        }
        let name = string(pythonStripped(text[..<delimiter])).lowercased()
        if name.isEmpty {
            faults.append(.init(kind: .noName, line: number))
            property = nil
            return
        }
        if sections[section].values[name] != nil {
            faults.append(.init(kind: .repeatedProperty(name), line: number))
        }
        sections[section].values[name] = (number, [string(pythonStripped(text[(delimiter + 1)...]))])
        property = name
    }

    private mutating func append(_ line: String) {
        guard let current, let property else { return }
        sections[current].values[property]?.lines.append(line)
    }

    private mutating func closed(_ section: OpenSection) -> INIFile.Section {
        var result = INIFile.Section(name: section.name, line: section.line)
        for (name, value) in section.values {
            let joined = Array(value.lines.joined(separator: "\n").unicodeScalars)
            let text = string(joined[..<(joined.lastIndex { !isPythonSpace($0) }.map { $0 + 1 } ?? 0)])
            guard text.unicodeScalars.first == "\n" else {
                result.properties[name] = .text(text)
                continue
            }
            if let nested = nested(text) {
                result.properties[name] = .nested(nested)
            } else {
                // The shared defaults are closed once more on their own: their fault is told once.
                let fault = INIFile.Fault(kind: .notNested(name), line: value.line)
                if !faults.contains(fault) { faults.append(fault) }
            }
        }
        return result
    }

    /// `botocore.configloader._parse_nested`: each line that is not blank has a key and a value.
    private func nested(_ text: String) -> [String: String]? {
        var result: [String: String] = [:]
        for line in pythonSplitLines(text) {
            let line = pythonStripped(line)
            if line.isEmpty { continue }
            guard let delimiter = line.firstIndex(of: "=") else { return nil }
            result[string(pythonStripped(line[..<delimiter]))] = string(pythonStripped(line[(delimiter + 1)...]))
        }
        return result
    }
}

private func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
}
