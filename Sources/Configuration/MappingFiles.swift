public import Diagnostics
import FoundationEssentials
import YAML

/// Finds and reads the files of a mapping.
public enum MappingFiles {
    /// Reads the files that paths name, in reading order.
    ///
    /// A file is taken whatever its name; of a folder, with its subfolders, `*.yaml` and `*.yml` without hidden names, in
    /// the order of the bytes of the path relative to it. Links are followed; a file that is reached twice is read once.
    /// Of a file that is too large so much is read that the parser sees it.
    ///
    /// - Parameters:
    ///   - paths: files and folders; relative ones count from `base`.
    ///   - base: the folder that `paths` count from: the configuration file's for its `mappings`, the current one for the
    ///     arguments of `check`.
    ///   - root: the folder that the names of the files are relative to. Relative folders count from the current one.
    /// - Returns: the files, and an error for each path that is not there or cannot be read, and one where there is no
    ///   file at all (exit 65).
    public static func find(
        _ paths: [String],
        from base: String,
        relativeTo root: String
    ) -> (files: [SourceFile], diagnostics: [Diagnostic]) {
        let current = FileManager.default.currentDirectoryPath
        let base = Paths.join(current, base)
        let root = Paths.join(current, root)
        var search = Search(root: root)
        for path in paths { search.look(at: Paths.join(base, path)) }
        if search.files.isEmpty && search.diagnostics.isEmpty {
            let place = paths.first.map { Paths.relative(Paths.join(base, $0), to: root) } ?? "."
            let message = "there is no mapping file: no *.yaml and no *.yml in \(paths.joined(separator: ", "))"
            search.diagnostics.append(Diagnostic(file: place, line: 1, column: 1, message: message))
        }
        return (search.files, search.diagnostics)
    }
}

/// One search for the files of a mapping.
private struct Search {
    let root: String
    var files: [SourceFile] = []
    var diagnostics: [Diagnostic] = []
    private var seen: Set<String> = []

    init(root: String) { self.root = root }

    mutating func look(at path: String) {
        switch kind(of: path) {
        case .folder: for name in names(in: path) { read(Paths.join(path, name)) }
        case .file: read(path)
        case .nothing: fail(path, "there is no such file or folder")
        }
    }

    private enum Kind {
        case file
        case folder
        case nothing
    }

    private func kind(of path: String) -> Kind {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .nothing }
        return isFolder ? .folder : .file
    }

    /// The relative paths of a folder's files, in the order of their bytes.
    private mutating func names(in folder: String) -> [String] {
        var found: [String] = []
        var open = [""]
        // A link back to a folder above would never end.
        var folders: Set<String> = []
        while let below = open.popLast() {
            let path = Paths.join(folder, below)
            guard folders.insert(canonical(path)).inserted else { continue }
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                fail(path, "this folder cannot be read")
                continue
            }
            for name in names.sorted() where !name.hasPrefix(".") {
                let relative = below.isEmpty ? name : "\(below)/\(name)"
                switch kind(of: Paths.join(folder, relative)) {
                case .folder: open.append(relative)
                case .file where name.hasSuffix(".yaml") || name.hasSuffix(".yml"): found.append(relative)
                // A link that leads nowhere is said rather than passed over, since a group might be in it.
                case .nothing where name.hasSuffix(".yaml") || name.hasSuffix(".yml"): found.append(relative)
                default: break
                }
            }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func read(_ path: String) {
        guard seen.insert(canonical(path)).inserted else { return }
        do {
            let bytes = try FileBytes.read(path, limit: YAML.sizeLimit, regularOnly: true)
            files.append(SourceFile(path: Paths.relative(path, to: root), bytes: bytes))
        } catch {
            fail(path, "this file cannot be read: \(error.reason)")
        }
    }

    private mutating func fail(_ path: String, _ message: String) {
        diagnostics.append(Diagnostic(file: Paths.relative(path, to: root), line: 1, column: 1, message: message))
    }

    private func canonical(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().path
    }
}
