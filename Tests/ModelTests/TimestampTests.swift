import Model
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "times of RFC 3339 are read and written in UTC",
        arguments: [
            ("2026-11-23T18:00:00Z", 1_795_456_800, "2026-11-23T18:00:00Z"),
            ("2026-11-24T03:00:00+09:00", 1_795_456_800, "2026-11-23T18:00:00Z"),
            ("2026-11-23T18:00:00.990Z", 1_795_456_800, "2026-11-23T18:00:00.99Z"),
            ("2026-11-24T03:00:00.0000000019+09:00", 1_795_456_800, "2026-11-23T18:00:00.000000001Z"),
            ("1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"),
            ("2024-02-29t00:00:00z", 1_709_164_800, "2024-02-29T00:00:00Z"),
            ("2000-02-29T12:00:00-00:30", 951_827_400, "2000-02-29T12:30:00Z"),
        ]
    )
    func read(text: String, seconds: Int64, written: String) {
        let time = Timestamp(rfc3339: text)
        #expect(time?.seconds == seconds)
        #expect(time?.description == written)
    }

    @Test(
        "what is no time of RFC 3339 is refused",
        arguments: [
            "", "2026-11-23", "2026-11-23T18:00Z", "2026-11-23T18:00:00", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-23T24:00:00Z", "2026-11-23T18:00:00+0900", "2026-11-23T18:00:00.Z", "2026-11-23T18:00:00Z ",
            "soon",
        ]
    )
    func refuse(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("a fraction counts in the order of times")
    func fraction() throws {
        let times = try [
            "2026-11-23T18:00:00Z", "2026-11-23T18:00:00.001Z", "2026-11-23T18:00:00.5Z", "2026-11-23T18:00:01Z",
        ]
        .map { try #require(Timestamp(rfc3339: $0)) }
        #expect(times == times.sorted() && Set(times).count == 4)
        #expect(times[2].adding(seconds: 60).description == "2026-11-23T18:01:00.5Z")
    }

    @Test("every day of four centuries is written as it is read")
    func roundTrip() {
        for day in stride(from: Int64(0), to: 146_097, by: 37) {
            let time = Timestamp(seconds: (day - 30_000) * 86_400 + 3_661)
            #expect(Timestamp(rfc3339: time.description) == time)
        }
    }
}

@Suite("Folding")
struct FoldingTests {
    @Test(
        "text is compared in simple lower case, whatever its Unicode form",
        arguments: [
            ("Ana@Example.COM", "ana@example.com"), ("\u{C9}quipe", "e\u{301}quipe"), ("\u{130}", "i"),
            ("ΣΑΣ", "σασ"), ("straße", "straße"), ("管理者", "管理者"),
        ]
    )
    func folded(text: String, folded: String) {
        #expect(text.folded == folded)
    }

    @Test("the limit of a share is rounded down, and never below its floor")
    func shares() {
        #expect(ShareLimit(percent: 49, atLeast: 1).limit(base: 4) == 1)
        #expect(ShareLimit(percent: 50, atLeast: 5).limit(base: 8) == 5)
        #expect(ShareLimit(percent: 20, atLeast: 10).limit(base: 100) == 20)
    }
}
