/// The text of a file, cut into lines, for findings to show.
///
/// Lines end where libyaml ends them: at LF, CR LF, CR, NEL (U+0085), U+2028 and U+2029, so that a line number of
/// libyaml names the same line here. A byte order mark is not part of the first line.
public struct SourceText: Sendable {
    /// The longest line that is shown, in bytes; more would fill a terminal and tell nothing.
    public static let longestLine = 1_000

    private let bytes: [UInt8]
    private let starts: [Int]

    /// Cuts bytes into lines; bytes that are not UTF-8 are shown as U+FFFD.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
        var index = starts[0]
        while index < bytes.count {
            let width = SourceText.breakWidth(bytes, at: index)
            index += max(width, 1)
            if width > 0 { starts.append(index) }
        }
        self.starts = starts
    }

    /// How many lines there are, at least one.
    public var lineCount: Int { starts.count }

    /// The line of a number from one, without its end; nil where there is none, or it is too long to be shown.
    public func line(_ number: Int) -> String? {
        guard number >= 1, number <= starts.count else { return nil }
        let start = starts[number - 1]
        var end = number < starts.count ? starts[number] : bytes.count
        guard end - start <= SourceText.longestLine else { return nil }
        for back in [3, 2, 1] where end - back >= start && end > start {
            if SourceText.breakWidth(bytes, at: end - back) == back {
                end -= back
                break
            }
        }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// The line and column (from one, in code points) of a byte.
    public func place(ofByte offset: Int) -> (line: Int, column: Int) {
        let offset = min(max(offset, starts[0]), bytes.count)
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let column = bytes[starts[low]..<offset].reduce(1) { count, byte in byte & 0xC0 == 0x80 ? count : count + 1 }
        return (low + 1, column)
    }

    private static func breakWidth(_ bytes: [UInt8], at index: Int) -> Int {
        switch bytes[index] {
        case 0x0A: 1
        case 0x0D: index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
        case 0xC2: index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
        case 0xE2:
            index + 2 < bytes.count && bytes[index + 1] == 0x80
                && (bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9)
                ? 3 : 0
        default: 0
        }
    }
}
