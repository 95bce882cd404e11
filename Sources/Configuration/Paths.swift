/// Paths as text; nothing here looks at the disk.
enum Paths {
    /// A path that counts from a folder, unless it is absolute.
    static func join(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") || folder.isEmpty || folder == "." { return path }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    /// The folder that a file is in: `.` for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last name of a path.
    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// A path as seen from a folder, both absolute: without `.` and empty parts, `..` taken back.
    static func relative(_ path: String, to folder: String) -> String {
        let parts = normalized(path)
        let base = normalized(folder)
        let common = zip(parts, base).prefix { $0 == $1 }.count
        let names = Array(repeating: "..", count: base.count - common) + parts[common...]
        return names.isEmpty ? "." : names.joined(separator: "/")
    }

    private static func normalized(_ path: String) -> [String] {
        var parts: [String] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts
    }
}
