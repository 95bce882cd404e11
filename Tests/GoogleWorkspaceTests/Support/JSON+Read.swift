import FoundationEssentials

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    /// Reads JSON; nil for what is none.
    static func read(_ bytes: [UInt8]) -> JSON? { try? JSONDecoder().decode(JSON.self, from: Data(bytes)) }
}

/// `Tue, 24 Nov 2026 10:00:00 GMT`.
func httpDateText(_ seconds: Double) -> String {
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let text = timeText(seconds)
    let parts = text.split { $0 == "-" || $0 == "T" || $0 == "Z" }.map(String.init)
    let month = months[(Int(parts[1]) ?? 1) - 1]
    return "\(days[Int(seconds / 86400) % 7]), \(parts[2]) \(month) \(parts[0]) \(parts[3]) GMT"
}
