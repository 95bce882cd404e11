import HTTP

extension FakeGoogle.Fault {
    /// Faults that may befall any list, each by a name; none of them may ever make a list shorter without a word.
    static let ofLists: [(String, FakeGoogle.Fault)] = [
        ("time-out", .fail(.timedOut)), ("reset", .fail(.interrupted("reset by peer"))),
        ("no connection", .fail(.cannotConnect("refused"))), ("too large", .fail(.tooLarge(limit: 1))),
        ("cut by 1", .cut(1)), ("cut by 20", .cut(20)), ("cut to nothing", .cut(.max)),
        ("500", .answer(HTTPResponse(status: 500))), ("502", .answer(HTTPResponse(status: 502))),
        ("503", .answer(.refusal(503, reason: "backendError", message: "Service unavailable"))),
        ("429", .answer(.refusal(429, reason: "rateLimitExceeded", message: "slow", retryAfter: "2"))),
        ("403 quota", .answer(.refusal(403, reason: "userRateLimitExceeded", message: "slow"))),
        (
            "403 quota in details",
            .answer(
                .text(
                    403,
                    #"{"error":{"code":403,"message":"slow","status":"PERMISSION_DENIED","details":["#
                        + #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED"}]}}"#
                )
            )
        ),
        (
            "403 quota by status",
            .answer(
                .text(403, #"{"error":{"code":"403","errors":"none","status":"RESOURCE_EXHAUSTED","details":[7]}}"#)
            )
        ),
        ("403", .answer(.refusal(403, reason: "forbidden", message: "Not Authorized to access this resource/api"))),
        ("404", .answer(.refusal(404, reason: "notFound", message: "Resource Not Found"))),
        ("404 of a proxy", .answer(HTTPResponse(status: 404, body: Array("<html>".utf8)))),
        ("400", .answer(.refusal(400, reason: "invalid", message: "Invalid Input"))),
        ("302", .answer(HTTPResponse(status: 302, headers: [HTTPField("Location", "https://example.com/")]))),
        ("204", .answer(HTTPResponse(status: 204))),
        ("a proxy's page", .answer(HTTPResponse(status: 200, body: Array("<html>login</html>".utf8)))),
        ("no body", .answer(HTTPResponse(status: 200))),
        ("not UTF-8", .answer(HTTPResponse(status: 200, body: [0xFF]))),
        ("an empty object", .answer(.json([:]))), ("a list", .answer(.json([]))), ("null", .answer(.json(.null))),
        ("an error with 200", .answer(.json(["error": ["code": 500]]))),
        ("another kind", .changing("kind", to: "admin#directory#domains")), ("kind a number", .changing("kind", to: 1)),
        ("token a number", .changing("nextPageToken", to: 7)), ("token a list", .changing("nextPageToken", to: [])),
        ("first token for ever", .changing("nextPageToken", to: "at-3")),
        ("items null", .items { _ in .null }), ("items text", .items { _ in "all" }),
        ("items an object", .items { _ in [:] }),
        ("first item twice", .items { items in .list(items + items.prefix(1)) }),
        ("an item null", .items { items in .list(items + [.null]) }),
        ("an item text", .items { items in .list(items + ["x"]) }),
        ("ids numbers", .eachItem("id", 5)), ("ids empty", .eachItem("id", "")), ("ids null", .eachItem("id", .null)),
    ]

    /// Sets a field of the answer.
    static func changing(_ key: String, to value: JSON) -> Self {
        .change { body in
            guard case .object(var fields) = body else { return body }
            fields[key] = value
            return .object(fields)
        }
    }

    /// Changes the list of the answer, under whatever key it stands.
    static func items(_ change: @escaping @Sendable ([JSON]) -> JSON) -> Self {
        .change { body in
            guard case .object(var fields) = body else { return body }
            for key in ["users", "groups", "members"] {
                if let items = fields[key]?.list { fields[key] = change(items) }
            }
            return .object(fields)
        }
    }

    /// Sets a field of each entry.
    static func eachItem(_ key: String, _ value: JSON) -> Self {
        .items { items in
            .list(
                items.map { item in
                    guard case .object(var fields) = item else { return item }
                    fields[key] = value
                    return .object(fields)
                }
            )
        }
    }
}

extension HTTPResponse {
    /// An answer with a text as its body.
    static func text(_ status: Int, _ body: String) -> HTTPResponse {
        HTTPResponse(status: status, body: Array(body.utf8))
    }
}
