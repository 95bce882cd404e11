import Diagnostics
import Testing

@Suite("SourceText")
struct SourceTextTests {
    @Test("lines end at LF, CR LF, CR, NEL, U+2028 and U+2029, and lose their ends")
    func breaks() {
        let text = SourceText(Array("a\nb\r\nc\rd\u{85}e\u{2028}f\u{2029}g".utf8))
        #expect((1...7).map(text.line) == ["a", "b", "c", "d", "e", "f", "g"])
        #expect(text.line(8) == nil)
        #expect(text.line(0) == nil)
    }

    @Test("empty lines stay, and a final end opens an empty line")
    func empty() {
        let text = SourceText(Array("\n\r\n\na\n".utf8))
        #expect((1...5).map(text.line) == ["", "", "", "a", ""])
        #expect(SourceText([]).line(1) == "")
    }

    @Test("a byte order mark is not part of the first line")
    func byteOrderMark() {
        let text = SourceText([0xEF, 0xBB, 0xBF] + Array("ab\nc".utf8))
        #expect(text.line(1) == "ab")
        #expect(text.place(ofByte: 4) == (1, 2))
    }

    @Test("places count code points")
    func places() {
        let text = SourceText(Array("é𝒜x\nzoë!".utf8))
        #expect(text.place(ofByte: 0) == (1, 1))
        #expect(text.place(ofByte: 6) == (1, 3))
        #expect(text.place(ofByte: 12) == (2, 4))
        #expect(text.place(ofByte: 999) == (2, 5))
    }

    @Test("a line too long to be shown is not given")
    func long() {
        let text = SourceText(Array(String(repeating: "x", count: SourceText.longestLine + 1).utf8))
        #expect(text.line(1) == nil)
    }

    @Test("bytes that are not UTF-8 are replaced, never trapped on")
    func invalid() {
        #expect(SourceText([0x61, 0xC2]).line(1) == "a\u{FFFD}")
        #expect(SourceText([0xE2]).line(1) == "\u{FFFD}")
    }
}
