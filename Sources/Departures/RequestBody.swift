internal import FoundationEssentials

/// The body of a request: `{"users": [USER…], "reason": TEXT}`.
struct RequestBody: Decodable, Sendable {
    var users: [String]
    var reason: String?

    private static let mostUsers = 1000
    private static let longestText = 1024

    /// Reads a body.
    ///
    /// - Throws: what is wrong with it, in words for the sender.
    init(parsing bytes: [UInt8]) throws(RequestFault) {
        do { self = try JSONDecoder().decode(RequestBody.self, from: Data(bytes)) } catch {
            throw RequestFault("the body must be a JSON object with users, a list of texts, and perhaps reason, a text")
        }
        guard (1...RequestBody.mostUsers).contains(users.count) else {
            throw RequestFault("users must name 1 to \(RequestBody.mostUsers) people")
        }
        for text in users + [reason ?? ""] where text.utf8.count > RequestBody.longestText {
            throw RequestFault("a text is longer than \(RequestBody.longestText) bytes")
        }
        guard users.allSatisfy({ $0.contains { !$0.isWhitespace } }) else { throw RequestFault("a user is empty") }
        guard !users.contains(where: { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } })
        else {
            throw RequestFault("a user has control characters in it")
        }
    }
}

/// What is wrong with a request.
struct RequestFault: Error {
    var message: String
    init(_ message: String) { self.message = message }
}
