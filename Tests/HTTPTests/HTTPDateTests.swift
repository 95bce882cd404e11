import HTTP
import Testing

@Suite struct HTTPDateTests {
    @Test("all three forms of RFC 9110 name the same moment")
    func forms() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            #expect(httpDate(text) == 784_111_777)
        }
        #expect(httpDate("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(httpDate("Tue, 29 Feb 2028 23:59:60 GMT") == 1_835_481_600)
        #expect(httpDate("Fri, 31 Dec 9999 23:59:59 GMT") == 253_402_300_799)
    }

    @Test("what is no date is none")
    func refused() {
        for text in [
            "", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 29 Feb 2026 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT",
        ] {
            #expect(httpDate(text) == nil, "\(text)")
        }
    }

    @Test("Retry-After is read in seconds or as a date, and a date gone by asks for nothing")
    func retryAfter() {
        #expect(retryAfterSeconds("120", now: 0) == 120)
        #expect(retryAfterSeconds(" 1.5 ", now: 0) == 1.5)
        #expect(retryAfterSeconds("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_770) == 7)
        #expect(retryAfterSeconds("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_800) == 0)
        for value in [nil, "", " ", "-5", "1e9", "0x10", "inf", "nan", "1.2.3", "12 34", "soon"] {
            #expect(retryAfterSeconds(value, now: 0) == nil, "\(value ?? "nil")")
        }
    }

    @Test("a date to wait for is reckoned from the response's own date, which a wrong clock here does not change")
    func waiting() {
        func wait(_ fields: [HTTPField]) -> Double? { HTTPResponse(status: 429, headers: fields).secondsToWait(now: 0) }
        let date = HTTPField("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(wait([HTTPField("Retry-After", "Sun, 06 Nov 1994 08:49:50 GMT"), date]) == 13)
        #expect(wait([HTTPField("Retry-After", "7"), date]) == 7)
        #expect(wait([HTTPField("Retry-After", "Thu, 01 Jan 1970 00:00:09 GMT")]) == 9)
        #expect(wait([HTTPField("Retry-After", "Thu, 01 Jan 1970 00:00:09 GMT"), HTTPField("Date", "now")]) == 9)
        #expect(wait([date]) == nil)
    }
}
