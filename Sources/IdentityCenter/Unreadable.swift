internal import HTTP

/// Why a successful answer cannot be used: names the place in it, never what stands there, since answers hold personal
/// data.
struct Unreadable: Error, Hashable, Sendable {
    /// Whether the answer is no JSON at all.
    var isNotJSON: Bool
    var message: String

    /// - Parameter place: where in the answer stands what was decoded: `Users[3]`.
    init(_ error: any Error, within place: String = "") {
        isNotJSON = false
        switch error {
        case JSONListScanner.Fault.listedTwice: message = "the answer has its list twice"
        case DecodingError.typeMismatch(let type, let context):
            message = "\(Unreadable.path(context.codingPath, place)) is no \(type)"
        case DecodingError.valueNotFound(_, let context):
            message = "\(Unreadable.path(context.codingPath, place)) is null"
        case DecodingError.keyNotFound(let key, let context):
            message = "\(Unreadable.path(context.codingPath + [key], place)) is missing"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            message = "\(Unreadable.path(context.codingPath, place)) has a value that is not known"
        default:
            isNotJSON = true
            message = "the answer is no JSON: it was cut short on the way, or is not the service's"
        }
    }

    private static func path(_ keys: [any CodingKey], _ place: String) -> String {
        var text = place
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text.isEmpty ? "the answer" : "'\(text)'"
    }
}
