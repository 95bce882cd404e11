internal import Diagnostics
internal import Model
internal import Report

extension OptionDescription {
    /// Reads one value; the message says what would be right.
    func value(of text: String) throws(UsageError) -> OptionValue {
        guard !text.isEmpty else { throw fault("needs a value that is not empty") }
        switch kind {
        case .flag: throw fault("takes no value")
        case .text: return .text(text)
        case .optionalText: return .optionalText(text)
        case .list: return .texts([text])
        case .choice(let words): return try choice(text, of: words)
        case .integer(let range): return try integer(text, within: range)
        case .duration:
            guard let duration = Duration(argument: text) else {
                throw fault("takes a duration such as 30s, 5m, 2h, 1d or a number of seconds, not \(quoted(text))")
            }
            return .duration(duration)
        case .time:
            guard let time = Timestamp(rfc3339: text) else {
                throw fault("takes a time such as 2026-12-01T00:00:00Z, not \(quoted(text))")
            }
            return .time(time)
        case .fingerprint:
            guard text.hasPrefix("sha256:"), text.utf8.count > 7 else {
                throw fault("takes a fingerprint as a plan shows it (sha256:…), not \(quoted(text))")
            }
            return .text(text)
        }
    }

    func fault(_ message: String, suggestion: String? = nil) -> UsageError {
        UsageError(message: "--\(name) \(message)", suggestion: suggestion)
    }

    private func choice(_ text: String, of words: [String]) throws(UsageError) -> OptionValue {
        guard words.contains(text) else {
            throw fault(
                "takes \(words.joined(separator: ", ")), not \(quoted(text))",
                suggestion: Diagnostics.suggestion(for: text, among: words)
            )
        }
        return .text(text)
    }

    private func integer(_ text: String, within range: ClosedRange<Int>) throws(UsageError) -> OptionValue {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number)
        else {
            throw fault(
                "takes a number from \(range.lowerBound) to \(range.upperBound), not \(quoted(text))"
            )
        }
        return .integer(number)
    }
}

/// A piece of the command line in a message.
func quoted(_ text: String) -> String { "'\(Printable.text(String(text.prefix(80))))'" }

extension Duration {
    /// Reads `30s`, `5m`, `2h`, `1d` or a bare number of seconds; nil for anything else, and for more than a hundred years.
    init?(argument text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let number = Int64(digits) else { return nil }
        let units: [Substring: Int64] = ["": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = units[text[digits.endIndex...]] else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow, seconds <= 36_525 * 86_400 else { return nil }
        self = .seconds(seconds)
    }
}
