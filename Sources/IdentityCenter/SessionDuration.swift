/// A permission set's session duration, as DescribePermissionSet gives it: `PT4H`, or (moto) a number of seconds.
struct SessionDuration: Decodable, Hashable, Sendable {
    /// The duration in seconds; nil where the text is none.
    var seconds: Int?

    /// What holds where the permission set names none: one hour (sso-admin API reference, CreatePermissionSet).
    static let standardSeconds = 3600

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            seconds = number
            return
        }
        let text = try container.decode(String.self)
        seconds = Int(text) ?? SessionDuration.seconds(iso8601: text)
    }

    /// Reads an ISO 8601 duration of weeks, days, hours, minutes and whole seconds: `PT1H`, `PT90M`, `P1DT2H`.
    static func seconds(iso8601 text: String) -> Int? {
        guard text.first == "P", text.count > 1 else { return nil }
        let halves = text.dropFirst().split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let days = sum(halves[0], units: [("W", 604_800), ("D", 86400)]) else { return nil }
        guard halves.count == 2 else { return days }
        guard !halves[1].isEmpty, let clock = sum(halves[1], units: [("H", 3600), ("M", 60), ("S", 1)]) else {
            return nil
        }
        return days + clock
    }

    /// Adds up `2H30M`; each unit stands once at most, the greater before the smaller.
    private static func sum(_ text: Substring, units: [(letter: Character, seconds: Int)]) -> Int? {
        var units = units[...]
        var total = 0
        var digits = ""
        for character in text {
            if character.isASCII, character.isNumber, digits.count < 9 {
                digits.append(character)
                continue
            }
            guard let at = units.firstIndex(where: { $0.letter == character }), let number = Int(digits) else {
                return nil
            }
            total += number * units[at].seconds
            units = units[(at + 1)...]
            digits = ""
        }
        return digits.isEmpty ? total : nil
    }
}
