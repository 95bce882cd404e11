/// Times as AWS writes them.
enum AWSTime {
    /// `20261123T201500Z`: ISO 8601's basic form, in UTC, whole seconds rounded down.
    static func basic(_ seconds: Double) -> String {
        let parts = civil(seconds)
        return "\(pad(parts.year, 4))\(pad(parts.month, 2))\(pad(parts.day, 2))T"
            + "\(pad(parts.hour, 2))\(pad(parts.minute, 2))\(pad(parts.second, 2))Z"
    }

    /// `2026-11-23T20:15:00Z`: ISO 8601's extended form, in UTC, whole seconds rounded down.
    static func extended(_ seconds: Double) -> String {
        let parts = civil(seconds)
        return "\(pad(parts.year, 4))-\(pad(parts.month, 2))-\(pad(parts.day, 2))T"
            + "\(pad(parts.hour, 2)):\(pad(parts.minute, 2)):\(pad(parts.second, 2))Z"
    }

    /// Reads `2026-11-23T21:00:00Z`, with a fraction and with an offset too (`…00.5+09:00`), as seconds since 1970.
    ///
    /// `UTC` at the end is read as `Z`: the AWS CLI has written such SSO tokens.
    static func seconds(_ text: String) -> Double? {
        var rest = Substring(text)
        guard let year = digits(4, &rest), take("-", &rest), let month = digits(2, &rest), take("-", &rest),
            let day = digits(2, &rest), take("T", &rest) || take(" ", &rest),
            let hour = digits(2, &rest), take(":", &rest), let minute = digits(2, &rest), take(":", &rest),
            let second = digits(2, &rest),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction = 0.0
        if take(".", &rest) {
            let figures = rest.prefix { $0.isASCII && $0.isNumber }
            guard let value = Double("0.\(figures)") else { return nil }
            fraction = value
            rest = rest.dropFirst(figures.count)
        }
        guard let offset = offset(rest) else { return nil }
        let whole = days(year: year, month: month, day: day) * 86400 + hour * 3600 + minute * 60 + second
        return Double(whole - offset) + fraction
    }

    private static func offset(_ text: Substring) -> Int? {
        if text == "Z" || text == "UTC" { return 0 }
        var rest = text.dropFirst()
        guard text.first == "+" || text.first == "-", let hours = digits(2, &rest) else { return nil }
        _ = take(":", &rest)
        guard let minutes = digits(2, &rest), rest.isEmpty, hours < 24, minutes < 60 else { return nil }
        return (text.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func take(_ character: Character, _ rest: inout Substring) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func digits(_ count: Int, _ rest: inout Substring) -> Int? {
        let figures = rest.prefix(count)
        guard figures.count == count, figures.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        rest = rest.dropFirst(count)
        return Int(figures)
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// Days since 1970 of a date of the Gregorian calendar.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Civil { var year, month, day, hour, minute, second: Int }

    /// Times outside the years 1970 to 9999 are taken as the nearest end.
    private static func civil(_ seconds: Double) -> Civil {
        let total = Int(min(max(0, seconds.isNaN ? 0 : seconds), 253_402_300_799))
        let shifted = total / 86400 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let clock = total % 86400
        return Civil(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1,
            hour: clock / 3600,
            minute: clock % 3600 / 60,
            second: clock % 60
        )
    }
}
