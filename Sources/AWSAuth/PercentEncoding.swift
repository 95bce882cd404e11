private let upperHex = Array("0123456789ABCDEF".utf8)

/// Letters, digits, and `-._~`: what RFC 3986 never encodes.
func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        true
    default: false
    }
}

/// Percent-encodes all bytes but the unreserved ones, in upper-case hexadecimal, and `keeping`.
func percentEncoded(_ bytes: some Sequence<UInt8>, keeping kept: UInt8? = nil) -> String {
    var result: [UInt8] = []
    for byte in bytes {
        if isUnreserved(byte) || byte == kept {
            result.append(byte)
        } else {
            result += [UInt8(ascii: "%"), upperHex[Int(byte >> 4)], upperHex[Int(byte & 15)]]
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// The bytes that a component of a query stands for: `%XX` and `+` decoded; a lone `%` stands for itself.
func queryComponentBytes(_ text: Substring) -> [UInt8] {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let high = hexDigit(bytes[index + 1]), let low = hexDigit(bytes[index + 2])
        {
            result.append(high << 4 | low)
            index += 3
        } else {
            result.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
            index += 1
        }
    }
    return result
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// A form body: `name=value` pairs in the order given, percent-encoded.
func formEncoded(_ parameters: [(name: String, value: String)]) -> [UInt8] {
    Array(
        parameters.map { percentEncoded($0.name.utf8) + "=" + percentEncoded($0.value.utf8) }
            .joined(separator: "&").utf8
    )
}
