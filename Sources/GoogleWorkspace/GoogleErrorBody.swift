internal import FoundationEssentials
internal import HTTP

/// What a refusing answer of Google says, in any of the forms in use.
///
/// Source: Directory API, "Troubleshoot error codes" (`{"error":{"code","message","errors":[{"reason"}],"status"}}`);
/// RFC 6749, 5.2 (`{"error":"invalid_grant","error_description":…}`); AIP-193 (`details` with `ErrorInfo`).
struct GoogleErrorBody: Hashable, Decodable {
    /// The HTTP status as the body repeats it.
    var status: Int?
    /// The code to decide by: `errors[0].reason`, else the `reason` of an `ErrorInfo`, else the status' name; for a token
    /// endpoint, `error`.
    var code: String?
    /// `errors[0].reason` alone.
    var reason: String?
    /// What the service says.
    var message: String?
    /// The request id, where the details hold one.
    var requestID: String?

    /// Reads the body of a response; nil where it is no error body.
    init?(_ response: HTTPResponse) {
        guard let body = try? JSONDecoder().decode(GoogleErrorBody.self, from: Data(response.body)) else { return nil }
        self = body
    }

    private enum Keys: String, CodingKey { case error, error_description }

    private struct Entry: Decodable { var reason: String? }

    private struct Detail: Decodable {
        var reason: String?
        var requestId: String?
    }

    private struct Object: Decodable {
        var code: Int?
        var message: String?
        var errors: [Entry]?
        var status: String?
        var details: [Detail]?
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        if let text = try? container.decode(String.self, forKey: .error) {
            code = text
            message = try container.decodeIfPresent(String.self, forKey: .error_description)
            return
        }
        let object = try container.decode(Object.self, forKey: .error)
        status = object.code
        reason = object.errors?.first?.reason
        code = reason ?? object.details?.lazy.compactMap(\.reason).first ?? object.status
        message = object.message
        requestID = object.details?.lazy.compactMap(\.requestId).first
    }
}

extension HTTPResponse {
    /// The request id of the answer, where a field or the body has one.
    func requestID(_ body: GoogleErrorBody?) -> String? {
        body?.requestID ?? header("x-goog-request-id") ?? header("x-request-id")
    }
}
