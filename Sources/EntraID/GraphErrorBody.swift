internal import FoundationEssentials
internal import HTTP

/// What a refusing answer of Graph or of the identity platform says.
///
/// Source: Microsoft Graph, "Error responses" (`{"error":{"code","message","innerError":{"request-id"}}}`); Microsoft
/// identity platform, "Handling error codes" (`{"error","error_description","error_codes","trace_id"}`).
struct GraphErrorBody: Hashable, Decodable, Sendable {
    /// The code to decide by; for the identity platform `AADSTS` and a number, where it gives one.
    var code: String?
    /// What the service says.
    var message: String?
    /// The request id, or the trace id.
    var requestID: String?
    /// The OAuth code, where the identity platform answered.
    var oauthCode: String?

    /// Reads the body of a response; nil where it is no error body.
    init?(_ body: [UInt8]) {
        guard let read = try? JSONDecoder().decode(GraphErrorBody.self, from: Data(body)) else { return nil }
        self = read
    }

    private enum Keys: String, CodingKey { case error, error_description, error_codes, trace_id }

    private struct Inner: Decodable {
        var requestID: String?
        enum CodingKeys: String, CodingKey { case requestID = "request-id" }
    }

    private struct Object: Decodable {
        var code: String?
        var message: String?
        var innerError: Inner?
        var innererror: Inner?
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        if let text = try? container.decode(String.self, forKey: .error) {
            oauthCode = text
            let description = try? container.decodeIfPresent(String.self, forKey: .error_description)
            let number = (try? container.decodeIfPresent([Int].self, forKey: .error_codes))?.first
            code = number.map { "AADSTS\($0)" } ?? description.flatMap(aadstsCode) ?? text
            message = description.map(withoutTrailer)
            requestID = try? container.decodeIfPresent(String.self, forKey: .trace_id)
            return
        }
        let object = try container.decode(Object.self, forKey: .error)
        code = object.code
        message = object.message
        requestID = object.innerError?.requestID ?? object.innererror?.requestID
    }
}

/// The `AADSTS` code that a description begins with.
private func aadstsCode(_ text: String) -> String? {
    guard text.hasPrefix("AADSTS") else { return nil }
    let digits = text.dropFirst(6).prefix { $0.isASCII && $0.isNumber }
    return digits.isEmpty ? nil : "AADSTS\(digits)"
}

/// The description without its code, and without the ids and the time that follow it.
private func withoutTrailer(_ text: String) -> String {
    var text = text[...]
    if let code = aadstsCode(String(text)), text.dropFirst(code.count).first == ":" {
        text = text.dropFirst(code.count + 1).drop { $0 == " " }
    }
    for mark in [" Trace ID:", "\r\nTrace ID:", "\nTrace ID:"] {
        if let range = text.firstRange(of: mark) { text = text[..<range.lowerBound] }
    }
    return String(text)
}
