import Foundation
import Report
import Testing

@Suite("JSON")
struct JSONTests {
    @Test("documents have sorted keys and two spaces a level")
    func document() {
        let value: JSON = ["b": [1, ["x": .null]], "a": "text", "ä": [], "Z": [:], "c": true]
        let wanted = """
            {
              "Z": {},
              "a": "text",
              "b": [
                1,
                {
                  "x": null
                }
              ],
              "c": true,
              "ä": []
            }

            """
        #expect(value.document == wanted)
        #expect(value.line == #"{"Z":{},"a":"text","b":[1,{"x":null}],"c":true,"ä":[]}"#)
    }

    @Test("texts are escaped as JSON asks, and hidden characters beside it")
    func escapes() {
        #expect(JSON.string("\"\\/\n\r\t\u{8}\u{1B}").line == #""\"\\/\n\r\t\u0008\u001b""#)
        #expect(JSON.string("é田😀").line == "\"é田😀\"")
        #expect(JSON.string("\u{202E}\u{E0041}\u{9B}").line == #""\u202e\udb40\udc41\u009b""#)
    }

    @Test("what is written is read back, by this reader and by another")
    func roundTrip() throws {
        let texts = [
            "", "\u{0}\u{1F}\"\\", "田\u{202E}😀\u{E0041}", "e\u{301}", "\r\n", String(repeating: "x", count: 5_000),
        ]
        let value: JSON = [
            "texts": .strings(texts), "numbers": [0, -1, .integer(.max), .integer(.min), .number(1.5), .number(-2e-9)],
            "nested": [[["a": [:]]], .null, false],
        ]
        #expect(try JSON.parse(Array(value.document.utf8)) == value)
        #expect(try JSON.parse(Array(value.line.utf8)) == value)
        let other = try #require(
            try JSONSerialization.jsonObject(with: Data(value.document.utf8)) as? [String: Any]
        )
        #expect(other["texts"] as? [String] == texts)
    }

    @Test(
        "a fault is told with its place",
        arguments: [
            ("", 1, 1, "too early"),
            ("{\"a\": 1,\n \"a\": 2}", 2, 2, "stands twice"),
            ("[1,]", 1, 4, "a value belongs here"),
            ("[1 2]", 1, 4, "] belongs here"),
            ("{\"ä\" 1}", 1, 6, ": belongs here"),
            ("{a: 1}", 1, 2, "a name in quotes"),
            ("01", 1, 1, "does not begin with 0"),
            ("1.", 1, 3, "a digit"),
            ("-", 1, 2, "a digit"),
            ("1e999", 1, 1, "too large"),
            ("\"a\nb\"", 1, 3, "control character"),
            ("\"\\x\"", 1, 2, "no such escape"),
            ("\"\\u12G4\"", 1, 2, "no such escape"),
            ("\"\\ud800\"", 1, 2, "surrogate"),
            ("\"\\ud800\\u0041\"", 1, 2, "surrogate"),
            ("\"\\udc00\"", 1, 2, "surrogate"),
            ("\"abc", 1, 1, "does not end"),
            ("nul", 1, 1, "a value"),
            ("{} {}", 1, 4, "behind the end"),
            ("\u{FEFF}{}", 1, 1, "byte order mark"),
            ("NaN", 1, 1, "a value"),
            ("[1", 1, 3, "too early"),
        ]
    )
    func faults(text: String, line: Int, column: Int, words: String) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(Array(text.utf8)) }
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test("depth, size and encoding are bounded")
    func bounds() {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(throws: JSONError.self) { try JSON.parse(Array(deep.utf8)) }
        #expect(throws: Never.self) { try JSON.parse(Array(deep.utf8), limits: .init(depth: 40)) }
        #expect(throws: JSONError.self) { try JSON.parse(Array("[1]".utf8), limits: .init(bytes: 2)) }
        let wild = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError.self) { try JSON.parse(wild) }
        #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test("no bytes make the reader fall over")
    func noise() {
        let seed = UInt64.random(in: .min ... .max)
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let sample = Array(PlanDocument.encode(Samples.rich()).utf8.prefix(3_000))
        for _ in 0..<400 {
            var bytes = sample
            for _ in 0..<1 + Int(next() % 4) {
                bytes[Int(next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: next())
            }
            bytes.removeLast(Int(next() % 3_000))
            guard let value = try? JSON.parse(bytes) else { continue }
            #expect((try? JSON.parse(Array(value.document.utf8))) == value, "seed \(seed)")
        }
    }
}
