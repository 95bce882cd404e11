import Diagnostics
import TestSupport
import Testing
import YAML

@Suite("YAML")
struct YAMLTests {
    /// The places of the findings must be the marks of the text.
    private func check(_ marked: String, broken: Bool = false, _ comment: Comment? = nil) {
        let sample = MarkedText(marked)
        let document = YAML.parse(Array(sample.text.utf8), file: "a.yaml")
        let places = document.diagnostics.map { MarkedText.Place(line: $0.line, column: $0.column) }
        #expect(places == sample.places, comment ?? "\(document.diagnostics.map(\.message))")
        #expect(document.isBroken == broken)
        #expect((document.root == nil) == broken)
        for diagnostic in document.diagnostics {
            #expect(diagnostic.file == "a.yaml")
            #expect(diagnostic.sourceLine == document.text.line(diagnostic.line))
        }
    }

    @Test("accessors give values of their own kind only")
    func accessors() throws {
        let text = "a: text\nb: 5\nc: 1.5\nd: true\ne: ~\nf: [1, x]\ng: { h: i }\n"
        let root = try #require(YAML.parse(Array(text.utf8), file: "").root)
        #expect(root["a"]?.string == "text")
        #expect(root["b"]?.int == 5 && root["b"]?.double == 5 && root["b"]?.string == nil)
        #expect(root["c"]?.double == 1.5 && root["c"]?.int == nil)
        #expect(root["d"]?.bool == true && root["d"]?.string == nil)
        #expect(root["e"]?.isNull == true && root["a"]?.isNull == false)
        #expect(root["f"]?.list?.count == 2 && root["f"]?.entries == nil)
        #expect(root["g"]?["h"]?.string == "i" && root["g"]?["x"] == nil && root["a"]?["h"] == nil)
        #expect(root.entries?.map(\.key.string) == ["a", "b", "c", "d", "e", "f", "g"])
    }

    @Test("a key that stands twice is found at each later place, also in another Unicode form")
    func duplicateKeys() {
        check("a: 1\nb: { c: 1, ⟦c⟧: 2 }\n⟦a⟧: 2\n⟦\"a\"⟧: 3\n")
        check("\"\\u00e9\": 1\n⟦\"e\\u0301\"⟧: 2\n")
        check("1: x\n\"1\": y\ntrue: x\n\"true\": y\n")
    }

    @Test("both entries of a doubled key are kept, and the first is found by name")
    func duplicateEntries() throws {
        let root = try #require(YAML.parse(Array("a: 1\na: 2\n".utf8), file: "").root)
        #expect(root["a"]?.int == 1)
        #expect(root.entries?.count == 2)
    }

    @Test("tags are errors at the node, `!!str` and `!` too, and the value is read all the same")
    func tags() throws {
        check("a: ⟦!!str⟧ 5\nb: ⟦!x⟧ [1]\nc: ⟦!⟧ y\nd: &d ⟦⟧!!int 5\n".replacing("&d ⟦⟧", with: "⟦⟧&d "))
        check("⟦!!map⟧ { a: 1 }\n")
        let root = try #require(YAML.parse(Array("a: !!str 5\nb: !!int 5\n".utf8), file: "").root)
        #expect(root["a"]?.string == "5" && root["b"]?.int == 5)
    }

    @Test("a merge key is an error at the key, a quoted one is text, and the map counts as not whole")
    func mergeKeys() throws {
        check("a: &a { b: 1 }\nc:\n  ⟦<<⟧: *a\n  d: 1\n\"<<\": text\ne: <<\n")
        let root = try #require(YAML.parse(Array("a: { <<: { b: 1 }, c: 1 }\n".utf8), file: "").root)
        guard case .map(let map) = root["a"]?.content else { return #expect(Bool(false), "no map") }
        #expect(!map.isWhole && map.entries.count == 1)
    }

    @Test("keys that are lists or maps are errors at the key")
    func collectionsAsKeys() {
        check("? ⟦[a]⟧\n: b\n? ⟦{ a: b }⟧\n: c\nd: e\n")
    }

    @Test("an alias begins at itself, what is in it where it was written")
    func aliases() throws {
        let root = try #require(YAML.parse(Array("a: &x [one]\nb: *x\n".utf8), file: "").root)
        #expect(root["b"]?.start == Position(line: 2, column: 4))
        #expect(root["b"]?.length == 2)
        #expect(root["b"]?.list?.first?.start == Position(line: 1, column: 8))
    }

    @Test("an anchor may be defined again, and a node inside one of the same name is another")
    func anchorsAgain() throws {
        let text = "a: [&x 1, *x, &x 2, *x]\nb: &x [&x 3, *x]\nc: *x\n"
        let root = try #require(YAML.parse(Array(text.utf8), file: "").root)
        #expect(root["a"]?.list?.map(\.int) == [1, 1, 2, 2])
        #expect(root["c"]?.list?.map(\.int) == [3, 3])
    }

    @Test("a cycle and an alias without an anchor are errors at the alias")
    func badAliases() {
        check("a: &a\n  - ⟦*a⟧\n", broken: true)
        check("a: &a { b: { c: ⟦*a⟧ } }\n", broken: true)
        check("a: [x, ⟦*nobody⟧ ]\nb: &nobody y\n", broken: true)
    }

    @Test("aliases add 100,000 nodes and no more")
    func addedNodes() {
        // Each alias of a list of 999 adds 1,000 nodes.
        let list = "a: &a [" + String(repeating: "x,", count: 999) + "]\nb: ["
        check(list + String(repeating: "*a ,", count: 100) + "]\n", "too much")
        check(list + String(repeating: "*a ,", count: 100) + "⟦*a⟧ ]\n", broken: true, "one more")
    }

    @Test("one alias adds 100 levels and no more, and a bomb is no work")
    func addedDepth() {
        let chain = (1...110).map { "l\($0): &l\($0) [\($0 > 1 ? "*l\($0 - 1) " : "x")]\n" }
        check(chain[..<100].joined(), "l100 has an alias of 100 levels")
        let tooDeep = chain[..<100].joined() + "l101: &l101 [⟦*l100⟧ ]\n" + chain[101...].joined()
        check(tooDeep, broken: true, "too deep")
        let bomb = (1...60).map { "b\($0): &b\($0) [" + ($0 > 1 ? "*b\($0 - 1) , *b\($0 - 1) " : "x") + "]\n" }
        let document = YAML.parse(Array(bomb.joined().utf8), file: "")
        #expect(document.diagnostics.count == 1 && document.isBroken)
    }

    @Test("a document that is too deep as written is an error, not a crash")
    func depth() {
        let text = String(repeating: "[", count: 100_000)
        let document = YAML.parse(Array(text.utf8), file: "")
        #expect(document.diagnostics.map(\.column) == [1_001])
        let blocks = (0..<1_500).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(YAML.parse(Array(blocks.utf8), file: "").diagnostics.map(\.line) == [1_001])
    }

    @Test("a second document is an error at its start; the first is read")
    func secondDocument() {
        check("a: 1\n⟦---⟧\nb: 2\n")
        check("---\na: 1\n...\n⟦---⟧\n")
        check("a: 1\n...\n⟦b: 2⟧\n", broken: true, "libyaml wants a marker here")
        check("--- # one\na: 1\n...\n")
    }

    @Test(
        "an empty file has no root and no error of YAML",
        arguments: ["", "# nothing\n", "\n\n", "\u{FEFF}", "\u{FEFF}# x"]
    )
    func empty(text: String) {
        let document = YAML.parse(Array(text.utf8), file: "")
        #expect(document.root == nil && !document.isBroken && document.diagnostics.isEmpty)
    }

    @Test("syntax errors are at libyaml's context mark where it has one, else at the problem mark")
    func syntax() {
        check("a:\n  b: ⟦[x, y\nc: d\n", broken: true)
        check("a: b⟦: c\n", broken: true)
        check("a: ⟦\"b\nc: d\n", broken: true)
        check("a:\n⟦\tb: c\n", broken: true)
        check("⟦a:\n  b: c\n d: e\n", broken: true)
        check("a: [x, ⟦@y]\n", broken: true)
        check("é: 𝒜⟦: c\n", broken: true, "columns are code points")
    }

    @Test("findings before a syntax error are told with it")
    func beforeSyntax() {
        check("a: 1\n⟦a⟧: 2\nb: ⟦[x\n", broken: true)
    }

    @Test("control characters are refused where they stand")
    func controlCharacters() {
        check("a: b\nc: zoë ⟦\u{7}\n", broken: true)
        check("\u{FEFF}a: b\nc: ⟦\u{1B}[31m\n".replacing("\u{FEFF}", with: ""), broken: true)
        let marked = YAML.parse([0xEF, 0xBB, 0xBF] + Array("a: b\nc: \u{7}\n".utf8), file: "")
        #expect(marked.diagnostics.map { [$0.line, $0.column] } == [[2, 4]])
    }

    @Test("columns after a byte order mark count from one")
    func byteOrderMark() throws {
        let document = YAML.parse([0xEF, 0xBB, 0xBF] + Array("a: b\n".utf8), file: "")
        #expect(document.root?["a"]?.start == Position(line: 1, column: 4))
        #expect(document.root?.start == .start)
    }

    @Test(
        "other encodings are errors at 1:1",
        arguments: [
            [0xFF, 0xFE, 0x61, 0x00, 0x3A, 0x00], [0xFE, 0xFF, 0x00, 0x61], [0x61, 0x00, 0x3A, 0x00, 0x20, 0x00],
            [0x00, 0x61, 0x00, 0x3A], [0x61, 0x3A, 0x20, 0xFF], [0x61, 0x0A, 0x62, 0x3A, 0x20, 0xED, 0xA0, 0x80],
            [0x61, 0x3A, 0x20, 0xC0, 0xAF], [0x61, 0x3A, 0x20, 0xE2, 0x82],
        ] as [[UInt8]]
    )
    func encodings(bytes: [UInt8]) {
        let document = YAML.parse(bytes, file: "a.yaml")
        #expect(document.isBroken && document.root == nil)
        #expect(document.diagnostics.map { [$0.line, $0.column] } == [[1, 1]])
        #expect(document.diagnostics.first?.message.contains("UTF-8") == true)
    }

    @Test("a file of 4 MiB is read, one byte more is an error at 1:1")
    func size() {
        let text = Array("a: 1\n#".utf8)
        let full = text + Array(repeating: UInt8(ascii: "#"), count: YAML.sizeLimit - text.count)
        #expect(YAML.parse(full, file: "").root?["a"]?.int == 1)
        let more = YAML.parse(full + [UInt8(ascii: "#")], file: "")
        #expect(more.isBroken && more.diagnostics.map { [$0.line, $0.column] } == [[1, 1]])
    }

    @Test("references may stand unquoted in flow collections where that is wished, and places stay")
    func references() throws {
        let text = "a: { b: ${env:X}, c: [${file:/x y}, \"${env:Y}\"], é: ${env:Z} , d: 1 }\ne: x${env:X}y # ${env:X\n"
        let root = try #require(YAML.parse(Array(text.utf8), file: "", references: true).root)
        #expect(root["a"]?["b"]?.string == "${env:X}" && root["a"]?["é"]?.string == "${env:Z}")
        #expect(root["a"]?["c"]?.list?.map(\.string) == ["${file:/x y}", "${env:Y}"])
        #expect(root["e"]?.string == "x${env:X}y")
        #expect(root["a"]?["d"]?.start == Position(line: 1, column: 67))
        for broken in ["a: { b: ${X} }", "a: { b: ${env:{} }", "a: { b: ${env:X }", "\u{E000}: { b: ${env:X} }"] {
            #expect(YAML.parse(Array(broken.utf8), file: "", references: true).isBroken)
        }
        #expect(YAML.parse(Array("a: { b: ${env:X} }".utf8), file: "").isBroken)
        let bell = YAML.parse(Array("a: { b: ${env:X} }\nc: \u{7}\n".utf8), file: "", references: true)
        #expect(bell.diagnostics.map { [$0.line, $0.column] } == [[2, 4]])
    }

    @Test("words of errors repeat nothing of the text")
    func noEcho() {
        for text in ["a: *hunter2\n", "a: !hunter2 x\n", "hunter2: 1\nhunter2: 2\n", "a: \"hunter2\n", "a: @hunter2\n"]
        {
            for diagnostic in YAML.parse(Array(text.utf8), file: "").diagnostics {
                #expect(!diagnostic.message.contains("hunter2"))
            }
        }
    }
}
