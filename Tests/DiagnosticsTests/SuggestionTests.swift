import Diagnostics
import Testing

@Suite("Suggestions")
struct SuggestionTests {
    @Test("the nearest candidate within max(1, length / 3) is suggested")
    func nearest() {
        let keys = ["description", "members", "require", "except", "nested"]
        #expect(suggestion(for: "descripton", among: keys) == "description")
        #expect(suggestion(for: "member", among: keys) == "members")
        #expect(suggestion(for: "reqire", among: keys) == "require")
        #expect(suggestion(for: "colour", among: keys) == nil)
        #expect(suggestion(for: "members", among: keys) == nil)
    }

    @Test(
        "the limit is max(1, length / 3) of the written name",
        arguments: [
            ("ou", "id", false), ("o", "ou", true), ("oui", "ou", true), ("nmae", "name", false),
            ("namee", "name", true),
            ("abcdef", "abcdxy", true), ("abcdef", "abcxyz", false), ("abcdefghi", "abcdefxyz", true),
            ("", "a", true), ("", "ab", false),
        ]
    )
    func limit(written: String, other: String, near: Bool) {
        #expect(isNear(written, other) == near)
    }

    @Test("distance is a metric: it is zero for equal names only, and the same both ways")
    func metric() {
        #expect(isNear("zoë", "zoe"))
        #expect(isNear("kitten", "sitten") && isNear("sitten", "kitten"))
        #expect(!isNear("kitten", "sitting"))
    }

    @Test("of equally near candidates the first is taken")
    func first() {
        #expect(suggestion(for: "bat", among: ["cat", "hat"]) == "cat")
        #expect(suggestion(for: "hot", among: ["cat", "hat"]) == "hat")
    }
}
