/// Why a successful answer cannot be used: names the place in it, never what stands there, since answers hold personal
/// data.
struct Unreadable: Error, Hashable, Sendable {
    /// Whether the answer is no JSON at all.
    var isNotJSON: Bool
    var message: String

    init(_ error: any Error) {
        isNotJSON = false
        switch error {
        case DecodingError.typeMismatch(let type, let context):
            message = "\(Unreadable.path(context.codingPath)) is no \(type)"
        case DecodingError.valueNotFound(_, let context):
            message = "\(Unreadable.path(context.codingPath)) is null"
        case DecodingError.keyNotFound(let key, let context):
            message = "\(Unreadable.path(context.codingPath + [key])) is missing"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            message = "\(Unreadable.path(context.codingPath)) has a value that is not known"
        default:
            isNotJSON = true
            message = "the answer is no JSON: it was cut short on the way, or is not the service's"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
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
