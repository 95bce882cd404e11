internal import Crypto
public import Model

/// The signature of a request to the HR webhook (`DESIGN.md`, Departures 12): HMAC-SHA256 over `TIMESTAMP.BODY`.
public enum RequestSignature {
    /// How far the sender's clock may be off, either way.
    public static let toleranceSeconds: Int64 = 300

    /// Whether a body was signed with one of the keys, at about this time.
    ///
    /// - Parameters:
    ///   - timestamp: the field `Idbridge-Timestamp`: seconds since 1970, in digits.
    ///   - signature: the field `Idbridge-Signature`: `sha256=HEX`.
    public static func isValid(
        timestamp: String?,
        signature: String?,
        body: [UInt8],
        keys: [[UInt8]],
        now: Timestamp
    ) -> Bool {
        guard let timestamp, let seconds = seconds(timestamp), let signature, let given = bytes(signature) else {
            return false
        }
        guard abs(now.seconds - seconds) <= toleranceSeconds else { return false }
        let message = Array("\(timestamp).".utf8) + body
        // Every key is tried, whatever came of those before it: the time tells nothing about which one fits.
        return keys.reduce(false) { known, key in
            constantTimeEqual(HMACSHA256.authenticate(message, key: key), given) || known
        }
    }

    /// What a request is known by: the same signed text is the same request.
    public static func id(timestamp: String, body: [UInt8]) -> String {
        "hr-" + Array(SHA256.hash(Array("\(timestamp).".utf8) + body).prefix(16)).hex
    }

    private static func seconds(_ text: String) -> Int64? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }

    private static func bytes(_ signature: String) -> [UInt8]? {
        let prefix = "sha256="
        guard signature.hasPrefix(prefix) else { return nil }
        let digits = signature.dropFirst(prefix.count).utf8.map(digit)
        guard digits.count == 64, !digits.contains(nil) else { return nil }
        let values = digits.compactMap(\.self)
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
