extension Array where Element == UInt8 {
    /// The bytes in base 16, lower case: RFC 4648, 8.
    public var hex: String {
        unsafe String(unsafeUninitializedCapacity: count * 2) { output in
            var position = 0
            for byte in self {
                unsafe output[position] = digit(byte >> 4)
                unsafe output[position + 1] = digit(byte & 15)
                position += 2
            }
            return position
        }
    }

    /// The bytes that a text in base 16 stands for, of either case; nil where it is not one.
    public init?(hex: String) {
        let digits = hex.utf8.map(value)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for position in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[position], let low = digits[position + 1] else { return nil }
            append(high << 4 | low)
        }
    }
}

private func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

private func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
}
