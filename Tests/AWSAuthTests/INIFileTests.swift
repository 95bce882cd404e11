import Testing

@testable import AWSAuth

@Suite("INIFile")
struct INIFileTests {
    /// A value of botocore's dictionaries: text, or one level of nesting.
    private enum Value: Decodable, Equatable {
        case text(String)
        case nested([String: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .nested(try container.decode([String: String].self))
            }
        }

        init(_ value: INIFile.Value) {
            switch value {
            case .text(let text): self = .text(text)
            case .nested(let values): self = .nested(values)
            }
        }
    }

    private typealias Sections = [String: [String: Value]]

    private struct Vector: Decodable {
        let bytes: [UInt8]
        let refused: Bool
        let raw, profiles, ssoSessions, services: Sections?
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    private func sections(_ profiles: [String: Profile]) -> Sections {
        profiles.mapValues { $0.properties.mapValues(Value.init) }
    }

    @Test("reads as botocore does, and knows what botocore refuses")
    func vectors() throws {
        for vector in try Vectors.load("ini", as: Vector.self) {
            let file = INIFile(vector.bytes)
            #expect(file.faults.isEmpty == !vector.refused, "\(vector.text.debugDescription): \(file.faults)")
            if vector.refused { continue }
            let raw = Dictionary(
                uniqueKeysWithValues: file.sections.map { ($0.name, $0.properties.mapValues(Value.init)) }
            )
            #expect(raw == vector.raw, "\(vector.text.debugDescription)")
            let shared = SharedConfig(config: file, credentials: INIFile())
            #expect(sections(shared.profiles) == vector.profiles, "\(vector.text.debugDescription)")
            #expect(sections(shared.ssoSessions) == vector.ssoSessions, "\(vector.text.debugDescription)")
            #expect(sections(shared.services) == vector.services, "\(vector.text.debugDescription)")
        }
    }

    @Test(
        "says on which line a fault is",
        arguments: [
            ("a = b\n", 1, INIFile.Fault.Kind.noSection),
            ("[a]\n\nwords\n", 3, .noDelimiter),
            ("[a]\n = b\n", 2, .noName),
            ("[a]\nk = 1\n[b]\n[a]\n", 4, .repeatedSection("a")),
            ("[a]\nk = 1\nK = 2\n", 3, .repeatedProperty("k")),
            ("[a]\nx = 1\ns =\n  broken\n", 3, .notNested("s")),
            ("[DEFAULT]\ns =\n  broken\n[a]\n[b]\n", 2, .notNested("s")),
        ]
    )
    func faults(text: String, line: Int, kind: INIFile.Fault.Kind) {
        #expect(INIFile(Array(text.utf8)).faults == [INIFile.Fault(kind: kind, line: line)])
    }

    @Test("a repeated section or key: the later one wins")
    func laterWins() {
        let file = INIFile(Array("[a]\nk = 1\nl = 1\n[a]\nk = 2\nk = 3\n".utf8))
        #expect(file.sections.count == 1)
        #expect(file.section("a")?.properties == ["k": .text("3"), "l": .text("1")])
        #expect(file.section("a")?.line == 1)
        #expect(file.faults.allSatisfy(\.isRepetition) && file.faults.map(\.line) == [4, 5, 6])
    }

    @Test("a fault does not repeat the line, which may hold a secret")
    func noSecretInFaults() {
        let file = INIFile(Array("[a]\naws_secret_access_key wJalrXUtnFEMI\n".utf8))
        #expect(file.faults.count == 1)
        #expect(!file.faults.contains { $0.message.contains("wJalr") })
    }

    @Test("a comment behind white space is not part of a value")
    func inlineComments() {
        let text = "[default]\na = eu-west-1 # home\nb = x;y#z\nc = # nothing\nd = v ; w\n"
        let profile = SharedConfig(config: INIFile(Array(text.utf8)), credentials: INIFile()).profiles["default"]
        #expect(profile?["a"] == "eu-west-1")
        #expect(profile?["b"] == "x;y#z")
        #expect(profile?["c"] == nil)
        #expect(profile?["d"] == "v")
    }

    @Test("in a profile of both files the credentials file wins, property by property")
    func merge() {
        let config = INIFile(Array("[profile a]\nregion = r\naws_access_key_id = config\n".utf8))
        let credentials = INIFile(Array("[a]\naws_access_key_id = credentials\n[b]\nx = y\n".utf8))
        let shared = SharedConfig(config: config, credentials: credentials)
        #expect(shared.profiles["a"]?["aws_access_key_id"] == "credentials")
        #expect(shared.profiles["a"]?["region"] == "r")
        #expect(shared.profiles["a"]?.credentialsFileKeys == ["aws_access_key_id"])
        #expect(shared.profiles["b"]?["x"] == "y")
    }

    @Test(
        "splits words as a shell does",
        arguments: [
            (#"a b  c"#, ["a", "b", "c"]), (#"'a b' "c d""#, ["a b", "c d"]), (#"a\ b"#, ["a b"]),
            (#""a\"b\\c\d""#, [#"a"b\c\d"#]), (#"'a\b'"#, [#"a\b"#]), (#"a'b'"c""#, ["abc"]), (#"'' """#, ["", ""]),
            ("  ", []), (#"a#b"#, ["a#b"]), (#"x\'y"#, ["x'y"]),
        ]
    )
    func words(text: String, words: [String]) {
        #expect(shellWords(text) == words)
    }

    @Test("what a shell would wait for more of is no command", arguments: ["'a", "\"a", "a\\", "'a\"", #""\"#])
    func unclosed(text: String) {
        #expect(shellWords(text) == nil)
    }
}
