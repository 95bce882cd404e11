/// Reads a `Retry-After` field: seconds, or an HTTP date reckoned from `now` (seconds since 1970).
///
/// Source: RFC 9110, 10.2.3 and 5.6.7; a fraction of a second, which some services send, is accepted too.
public func retryAfterSeconds(_ value: String?, now: Double) -> Double? {
    guard let text = value?.split(separator: " ").joined(separator: " "), let first = text.utf8.first else {
        return nil
    }
    if (0x30...0x39).contains(first) {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else { return nil }
        return Double(text)
    }
    return httpDate(text).map { max(0, $0 - now) }
}

extension HTTPResponse {
    /// How many seconds the service asks to wait, by `Retry-After`.
    ///
    /// A date there is reckoned from the response's own `Date` where it has one: both are by the service's clock.
    ///
    /// - Parameter now: seconds since 1970, for a response without `Date`.
    public func secondsToWait(now: Double) -> Double? {
        retryAfterSeconds(header("Retry-After"), now: header("Date").flatMap(httpDate) ?? now)
    }
}

/// Reads an HTTP date as seconds since 1970: `Tue, 24 Nov 2026 10:00:00 GMT`, or one of the two obsolete forms, which
/// recipients must still accept.
///
/// Source: RFC 9110, 5.6.7. The two-digit year of RFC 850 is taken for one from 1970 to 2069.
public func httpDate(_ text: String) -> Double? {
    let parts = text.split { $0 == " " || $0 == "," }.map(String.init)
    let fields: (day: String, month: String, year: String, clock: String)
    if parts.count == 6, parts[5] == "GMT" {
        fields = (parts[1], parts[2], parts[3], parts[4])
    } else if parts.count == 4, parts[3] == "GMT" {
        let date = parts[1].split(separator: "-").map(String.init)
        guard date.count == 3, let year = digits(date[2], 2) else { return nil }
        fields = (date[0], date[1], String(year < 70 ? 2000 + year : 1900 + year), parts[2])
    } else if parts.count == 5 {
        fields = (parts[2], parts[1], parts[4], parts[3])
    } else {
        return nil
    }
    guard let day = digits(fields.day, 1...2), let month = months.firstIndex(of: fields.month),
        let year = digits(fields.year, 4), year >= 1970, let second = secondOfDay(fields.clock),
        (1...lastDay(ofMonth: month, year: year)).contains(day)
    else { return nil }
    return Double(daysSince1970(year: year, month: month, day: day) * 86400 + second)
}

private let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

private func digits(_ text: String, _ counts: ClosedRange<Int>) -> Int? {
    guard counts.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
}

private func digits(_ text: String, _ count: Int) -> Int? { digits(text, count...count) }

private func secondOfDay(_ clock: String) -> Int? {
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { digits(String($0), 2) }
    guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2], hour < 24, minute < 60,
        second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
}

private func lastDay(ofMonth month: Int, year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return month == 1 ? (isLeap ? 29 : 28) : [3, 5, 8, 10].contains(month) ? 30 : 31
}

/// Days of the Gregorian calendar, the month counted from 0. The year is taken to begin in March, so that the leap day
/// comes last.
private func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let shifted = month < 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
}
