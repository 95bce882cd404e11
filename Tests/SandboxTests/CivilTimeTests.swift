import Foundation
import Testing

@testable import Sandbox

@Suite struct CivilTimeTests {
    @Test("dates agree with Foundation's, and come back")
    func dates() throws {
        let formatter = ISO8601DateFormatter()
        for seconds in stride(from: -70_000_000.0, to: 7_000_000_000, by: 12_345_678) {
            let civil = CivilTime(secondsSince1970: seconds)
            #expect(civil.rfc3339 == formatter.string(from: Date(timeIntervalSince1970: seconds)), "\(seconds)")
            #expect(CivilTime.seconds(ofAmazonDate: civil.amazonDate) == seconds, "\(seconds)")
        }
        #expect(CivilTime(secondsSince1970: 1_795_464_900).httpDate == "Mon, 23 Nov 2026 20:15:00 GMT")
        #expect(CivilTime(secondsSince1970: 951_782_400).httpDate == "Tue, 29 Feb 2000 00:00:00 GMT")
    }

    @Test("what is no date is refused", arguments: ["", "20261123201500Z", "20261123T201500", "2026112aT201500Z"])
    func bad(text: String) {
        #expect(CivilTime.seconds(ofAmazonDate: text) == nil)
    }
}
