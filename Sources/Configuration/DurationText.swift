/// Durations as people write them: `30s`, `5m`, `24h`, `7d`; a bare number is seconds.
public enum DurationText {
    /// The seconds of a duration; nil for anything else, and above 100 years.
    public static func seconds(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, digits.count <= 10, let number = Int64(digits) else { return nil }
        let unit: Int64
        switch text.dropFirst(digits.count) {
        case "", "s": unit = 1
        case "m": unit = 60
        case "h": unit = 3_600
        case "d": unit = 86_400
        default: return nil
        }
        let seconds = number * unit
        return seconds <= 36_525 * 86_400 ? seconds : nil
    }
}
