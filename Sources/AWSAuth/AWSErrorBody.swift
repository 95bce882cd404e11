internal import FoundationEssentials
internal import HTTP

/// What the body of a failure says, as far as it says it.
struct AWSErrorBody: Sendable {
    var code: String?
    var message: String?
    var requestID: String?
    var reason: String?
    var resourceType: String?
    var resourceID: String?
    var retryAfterSeconds: Double?
}

extension AWSErrorBody {
    /// Reads the body of a JSON service; what is no JSON (a proxy's HTML) gives nothing.
    ///
    /// Source: AWS JSON 1.1 protocol, "Operation error serialization": the code is `__type`, else the field
    /// x-amzn-errortype; it ends before the first colon and begins behind the last `#`.
    init(json response: HTTPResponse) {
        let members = try? JSONDecoder().decode(Members.self, from: Data(response.body))
        code = (members?.code ?? response.header("x-amzn-ErrorType")).flatMap(Self.bare)
        message = members?.message
        requestID = members?.requestID
        reason = members?.reason
        resourceType = members?.resourceType
        resourceID = members?.resourceID
        retryAfterSeconds = members?.retryAfterSeconds
    }

    private static func bare(_ code: String) -> String? {
        let local = code.prefix { $0 != ":" }
        let name = local.split(separator: "#").last.map(String.init) ?? ""
        return name.isEmpty ? nil : name
    }

    /// Members of the wrong type count as missing.
    private struct Members: Decodable {
        var code, message, requestID, reason, resourceType, resourceID: String?
        var retryAfterSeconds: Double?

        private enum Key: String, CodingKey {
            case type = "__type"
            case code, message
            case capitalMessage = "Message"
            case requestID = "RequestId"
            case reason = "Reason"
            case resourceType = "ResourceType"
            case resourceID = "ResourceId"
            case retryAfterSeconds = "RetryAfterSeconds"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            func text(_ key: Key) -> String? { try? container.decode(String.self, forKey: key) }
            code = text(.type) ?? text(.code)
            message = text(.message) ?? text(.capitalMessage)
            requestID = text(.requestID)
            reason = text(.reason)
            resourceType = text(.resourceType)
            resourceID = text(.resourceID)
            retryAfterSeconds = try? container.decode(Double.self, forKey: .retryAfterSeconds)
        }
    }
}
