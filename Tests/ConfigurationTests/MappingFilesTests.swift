import Configuration
import Diagnostics
import Foundation
import Testing

@Suite("MappingFiles")
struct MappingFilesTests {
    /// A folder with files of these names, each holding its own name; taken away afterwards.
    private func withFolder(_ names: [String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "idbridge-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in names {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(name.utf8).write(to: file)
        }
        try body(folder.path)
    }

    private func find(_ paths: [String], in folder: String, relativeTo root: String? = nil) -> [String] {
        let found = MappingFiles.find(paths, from: folder, relativeTo: root ?? folder)
        #expect(found.diagnostics.isEmpty, "\(found.diagnostics.map(\.message))")
        return found.files.map(\.path)
    }

    @Test("1: a folder is read with its subfolders, hidden names and other endings left out, in the order of bytes")
    func folder() throws {
        let names = [
            "b.yaml", "a/x.yml", "a-b.yaml", "a/b/c.yaml", "B.yaml", ".hidden.yaml", ".git/x.yaml", "a/.x.yaml",
            "README.md",
            "x.yaml.bak", "yaml", "é.yaml", "z.json", "..data/y.yaml", "10.yaml", "9.yaml",
        ]
        try withFolder(names.map { "Mappings/\($0)" }) { folder in
            let wanted = ["10.yaml", "9.yaml", "B.yaml", "a-b.yaml", "a/b/c.yaml", "a/x.yml", "b.yaml", "é.yaml"]
            #expect(find(["Mappings"], in: folder) == wanted.map { "Mappings/\($0)" })
            #expect(find(["."], in: "\(folder)/Mappings") == wanted)
            #expect(find(["./Mappings/"], in: folder).first == "Mappings/10.yaml")
        }
    }

    @Test("a file is read whatever its name, each file once, in the order of the paths")
    func files() throws {
        try withFolder(["m/a.yaml", "m/b.yaml", "other.txt", ".hidden"]) { folder in
            #expect(
                find(["other.txt", "m/b.yaml", "m", ".hidden"], in: folder) == [
                    "other.txt", "m/b.yaml", "m/a.yaml", ".hidden",
                ]
            )
            let found = MappingFiles.find(["m/a.yaml"], from: folder, relativeTo: folder)
            #expect(found.files.map(\.bytes) == [Array("m/a.yaml".utf8)])
        }
    }

    @Test("names are relative to the root, upwards too, and absolute paths are legal")
    func relative() throws {
        try withFolder(["etc/x.yaml", "m/a.yaml"]) { folder in
            #expect(find(["m"], in: folder, relativeTo: "\(folder)/etc") == ["../m/a.yaml"])
            #expect(find(["\(folder)/m/a.yaml"], in: "/", relativeTo: folder) == ["m/a.yaml"])
            #expect(find(["../m/./a.yaml"], in: "\(folder)/etc", relativeTo: folder) == ["m/a.yaml"])
        }
    }

    @Test("relative folders count from the current one, so names lead from it to the files")
    func current() throws {
        try withFolder(["m/a.yaml"]) { folder in
            let current = FileManager.default.currentDirectoryPath
            for root in [".", "", "./", "x/.."] {
                let name = try #require(find(["\(folder)/m"], in: ".", relativeTo: root).first)
                #expect(name.hasPrefix("../"))
                #expect(URL(filePath: "\(current)/\(name)").standardizedFileURL.path.hasSuffix("/m/a.yaml"))
                #expect(FileManager.default.fileExists(atPath: "\(current)/\(name)"))
            }
        }
    }

    @Test("links are followed, also as Kubernetes mounts a ConfigMap, and a link upwards ends")
    func links() throws {
        try withFolder(["m/..data/a.yaml", "m/sub/b.yaml", "elsewhere/c.yaml"]) { folder in
            let manager = FileManager.default
            try manager.createSymbolicLink(atPath: "\(folder)/m/a.yaml", withDestinationPath: "..data/a.yaml")
            try manager.createSymbolicLink(atPath: "\(folder)/m/sub/up", withDestinationPath: "..")
            try manager.createSymbolicLink(atPath: "\(folder)/m/linked", withDestinationPath: "../elsewhere")
            #expect(find(["m"], in: folder) == ["m/a.yaml", "m/linked/c.yaml", "m/sub/b.yaml"])
        }
    }

    @Test("a path that is not there, a link to nothing and a folder without files are errors")
    func nothing() throws {
        try withFolder(["m/README.md", "n/a.yaml"]) { folder in
            let missing = MappingFiles.find(["x", "n", "y/z"], from: folder, relativeTo: folder)
            #expect(missing.files.map(\.path) == ["n/a.yaml"])
            #expect(missing.diagnostics.map { "\($0.file):\($0.line):\($0.column)" } == ["x:1:1", "y/z:1:1"])
            let empty = MappingFiles.find(["m"], from: folder, relativeTo: folder)
            #expect(empty.files.isEmpty && empty.diagnostics.map(\.file) == ["m"])
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/m/a.yaml", withDestinationPath: "gone.yaml")
            let dangling = MappingFiles.find(["m"], from: folder, relativeTo: folder)
            #expect(dangling.diagnostics.map(\.file) == ["m/a.yaml"])
            #expect(MappingFiles.find([], from: folder, relativeTo: folder).diagnostics.count == 1)
        }
    }

    @Test("of a file that is too large one byte more than the limit is read; pipes are refused")
    func limits() throws {
        try withFolder(["m/a.yaml"]) { folder in
            try Data(repeating: 0x23, count: (4 << 20) + 100).write(to: URL(filePath: "\(folder)/m/a.yaml"))
            let found = MappingFiles.find(["m"], from: folder, relativeTo: folder)
            #expect(found.files.map(\.bytes.count) == [(4 << 20) + 1])
            #expect(mkfifo("\(folder)/m/b.yaml", 0o600) == 0)
            let pipe = MappingFiles.find(["m/b.yaml"], from: folder, relativeTo: folder)
            #expect(pipe.files.isEmpty && pipe.diagnostics.count == 1)
        }
    }
}
