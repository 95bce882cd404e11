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

    /// Members of the wrong type count as missing: what is left still tells whether the service throttles.
    private struct Entry: Decodable {
        var reason: String?
        var requestID: String?

        private enum Keys: String, CodingKey { case reason, requestId }

        init(from decoder: any Decoder) throws {
            let container = try? decoder.container(keyedBy: Keys.self)
            reason = try? container?.decodeIfPresent(String.self, forKey: .reason)
            requestID = try? container?.decodeIfPresent(String.self, forKey: .requestId)
        }
    }

    private struct Object: Decodable {
        var code: Int?
        var message: String?
        var errors: [Entry]?
        var status: String?
        var details: [Entry]?

        private enum Keys: String, CodingKey { case code, message, errors, status, details }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            code =
                (try? container.decode(Int.self, forKey: .code))
                ?? (try? container.decode(String.self, forKey: .code)).flatMap { Int($0) }
            message = try? container.decode(String.self, forKey: .message)
            errors = try? container.decode([Entry].self, forKey: .errors)
            status = try? container.decode(String.self, forKey: .status)
            details = try? container.decode([Entry].self, forKey: .details)
        }
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
        requestID = object.details?.lazy.compactMap(\.requestID).first
    }
}

extension HTTPResponse {
    /// The request id of the answer, where a field or the body has one.
    func requestID(_ body: GoogleErrorBody?) -> String? {
        body?.requestID ?? header("x-goog-request-id") ?? header("x-request-id")
    }
}
