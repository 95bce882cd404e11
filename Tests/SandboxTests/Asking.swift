import Crypto
import Foundation
import HTTPServer
import Sandbox
import TestSupport

/// An answer as it stood on the wire.
struct Answer {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: String

    /// The body as JSON; `null` where it is none.
    var json: JSONValue { JSONValue(parsing: Array(body.utf8)) ?? .null }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension Sandbox {
    /// The port that the sandbox listens on.
    var port: Int { Int(baseURL.split(separator: ":").last ?? "") ?? 0 }

    /// Asks over a connection of its own.
    func ask(
        _ method: String,
        _ target: String,
        headers: [(name: String, value: String)] = [],
        body: String = ""
    ) async throws -> Answer {
        let client = try RawClient(port: port)
        let fields = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        try client.write("\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(fields)\(length)\r\n\(body)")
        let response = try await client.readResponse()
        let lines = response.head.components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let received = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces))
        }
        return Answer(status: status, headers: received, body: response.body)
    }

    /// The key file that the sandbox wrote.
    func keyFile() throws -> JSONValue {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: googleKeyFile))
        return JSONValue(parsing: Array(bytes)) ?? .null
    }

    /// Asks the token endpoint with claims that differ from good ones.
    func googleToken(
        now: Double = Date().timeIntervalSince1970,
        change: (inout JSONValue) -> Void = { _ in },
        tamper: (String) -> String = { $0 }
    ) async throws -> Answer {
        let file = try keyFile()
        let header: JSONValue = ["alg": "RS256", "typ": "JWT", "kid": file["private_key_id"] ?? .null]
        var claims: JSONValue = [
            "iss": file["client_email"] ?? .null,
            "sub": "directory-reader@example.com",
            "aud": "https://oauth2.googleapis.com/token",
            "iat": .integer(Int(now)),
            "exp": .integer(Int(now) + 3600),
            "scope": .string(
                ["user", "group", "group.member"]
                    .map { "https://www.googleapis.com/auth/admin.directory.\($0).readonly" }.joined(separator: " ")
            ),
        ]
        change(&claims)
        let text = [header, claims].map { Base64URL.encode(Array($0.description.utf8)) }.joined(separator: ".")
        let key = try RSAPrivateKey(pem: file["private_key"]?.text ?? "")
        let assertion = tamper("\(text).\(Base64URL.encode(try key.signRS256(Array(text.utf8))))")
        return try await ask(
            "POST",
            "/google/token",
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
        )
    }

    /// Asks the Directory API with a good token.
    func google(_ target: String) async throws -> Answer {
        let token = try await googleToken().json["access_token"]?.text ?? ""
        return try await ask("GET", "/admin/directory/v1\(target)", headers: [("Authorization", "Bearer \(token)")])
    }

    /// All elements of a list of the Directory API, page by page, with the number of pages.
    func googleList(_ target: String, key: String) async throws -> (elements: [JSONValue], pages: Int) {
        let token = try await googleToken().json["access_token"]?.text ?? ""
        var elements: [JSONValue] = []
        var pages = 0
        var suffix = ""
        while pages < 100 {
            let answer = try await ask(
                "GET",
                "/admin/directory/v1\(target)\(suffix)",
                headers: [("Authorization", "Bearer \(token)")]
            )
            elements += answer.json[key]?.array ?? []
            pages += 1
            guard let next = answer.json["nextPageToken"]?.text else { break }
            suffix = "&pageToken=\(next)"
        }
        return (elements, pages)
    }
}
