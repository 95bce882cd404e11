internal import HTTPServer

/// Microsoft Graph, version 1.0, as far as directories go.
///
/// Source: Microsoft Graph REST API v1.0: users, groups, `directory/deletedItems`, delta queries, JSON batching, and
/// "Advanced query capabilities on Microsoft Entra ID objects".
struct GraphService: CloudService {
    static let root = "/v1.0"

    func call(for request: ServerRequest) -> Call? {
        let segments = request.segments
        guard segments.first == "v1.0", segments.count > 1 else { return nil }
        var parameters = Dictionary(request.query.map { ($0.name, JSONValue.string($0.value)) }) { first, _ in first }
        let route = Self.route(request.method, Array(segments.dropFirst()))
        for (name, value) in route.path { parameters[name] = .string(value) }
        if route.operation == "$batch" {
            let parts = JSONValue(parsing: request.body)?["requests"]?.array ?? []
            parameters["requests"] = .integer(parts.count)
        }
        return Call(service: "graph", operation: route.operation, parameters: parameters, request: request)
    }

    private static func route(_ method: String, _ rest: [String]) -> (operation: String, path: [String: String]) {
        let key = rest.count > 1 ? rest[1] : ""
        switch (method, rest.count, rest[0]) {
        case ("POST", 1, "$batch"): return ("$batch", [:])
        case ("GET", 1, "users"): return ("users.list", [:])
        case ("GET", 2, "users") where key == "delta" || key == "delta()": return ("users.delta", [:])
        case ("GET", 2, "users"): return ("users.get", ["user": key])
        case ("GET", 1, _) where rest[0].hasPrefix("users('") && rest[0].hasSuffix("')"):
            let literal = rest[0].dropFirst(7).dropLast(2).replacing("''", with: "'")
            return ("users.get", ["user": String(literal)])
        case ("POST", 3, "users") where rest[2] == "checkMemberGroups":
            return ("users.checkMemberGroups", ["user": key])
        case ("POST", 3, "users") where rest[2] == "getMemberGroups": return ("users.getMemberGroups", ["user": key])
        case ("GET", 1, "groups"): return ("groups.list", [:])
        case ("GET", 2, "groups") where key == "delta" || key == "delta()": return ("groups.delta", [:])
        case ("GET", 2, "groups"): return ("groups.get", ["group": key])
        case ("GET", 3...4, "groups") where ["members", "transitiveMembers"].contains(rest[2]):
            return ("groups.\(rest[2])", ["group": key, "cast": rest.count == 4 ? rest[3] : ""])
        case ("GET", 3, "directory") where key == "deletedItems":
            return ("directory.deletedItems", ["cast": rest[2]])
        default: return ("\(method) \(rest.joined(separator: "/"))", [:])
        }
    }

    // MARK: - Who may

    func authenticate(_ call: Call, _ state: inout SandboxState) throws(Refusal) {
        let roles = try roles(of: call.request, state)
        let needed: Set<String> =
            switch call.operation {
            case "$batch": []
            case _ where call.operation.hasPrefix("users.") && !call.operation.hasSuffix("MemberGroups"):
                ["User.Read.All", "User.ReadBasic.All", "Directory.Read.All"]
            case "directory.deletedItems" where call.text("cast") == "microsoft.graph.user":
                ["User.Read.All", "Directory.Read.All"]
            default: ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"]
            }
        guard needed.isEmpty || !roles.isDisjoint(with: needed) else { throw .insufficientPrivileges }
    }

    /// The query options that each operation knows; everything else is refused, as are the options of a delta beside the
    /// token of its link, which stands for them.
    private static let options: [String: Set<String>] = [
        "users.list": ["$select", "$top", "$filter", "$count", "$skiptoken"],
        "groups.list": ["$select", "$top", "$filter", "$count", "$skiptoken"],
        "users.get": ["$select"], "groups.get": ["$select"],
        "users.delta": ["$select", "$deltatoken", "$skiptoken"],
        "groups.delta": ["$select", "$deltatoken", "$skiptoken"],
        "groups.members": ["$select", "$top", "$count", "$skiptoken"],
        "groups.transitiveMembers": ["$select", "$top", "$count", "$skiptoken"],
        "directory.deletedItems": ["$select", "$top", "$count", "$skiptoken"],
    ]

    private func checkOptions(_ call: Call) throws(Refusal) {
        var known = Self.options[call.operation] ?? []
        if call.operation.hasSuffix(".delta"), call.text("$skiptoken") != nil || call.text("$deltatoken") != nil {
            known = ["$deltatoken", "$skiptoken"]
        }
        for (name, _) in call.request.query where !known.contains(name) {
            throw .badQuery("The query option '\(name)' is not supported.")
        }
        let isEventual = call.request.header("ConsistencyLevel")?.lowercased() == "eventual"
        guard call.text("$count") != "true" || isEventual else {
            throw .unsupportedQuery("$count needs `ConsistencyLevel: eventual`.")
        }
    }

    /// The application permissions of the caller.
    func roles(of request: ServerRequest, _ state: SandboxState) throws(Refusal) -> Set<String> {
        let parts = (request.header("Authorization") ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let grant = state.graph.grants[String(parts[1])]
        else {
            throw Refusal("InvalidAuthenticationToken", "Access token is empty or unknown.", status: 401)
        }
        guard grant.expiresAt > state.now else {
            throw Refusal(
                "InvalidAuthenticationToken",
                "Lifetime validation failed, the token is expired.",
                status: 401
            )
        }
        return grant.roles
    }

    // MARK: - Answers

    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        try checkOptions(call)
        switch call.operation {
        case "$batch": return .json(try batch(call, &state), type: Self.type)
        case "users.list": return .json(try listUsers(call, state), type: Self.type)
        case "users.get": return .json(try getUser(call, state), type: Self.type)
        case "users.delta": return .json(try delta(.users, call, &state), type: Self.type)
        case "users.checkMemberGroups", "users.getMemberGroups":
            return .json(try memberGroups(call, state), type: Self.type)
        case "groups.list": return .json(try listGroups(call, state), type: Self.type)
        case "groups.get": return .json(try getGroup(call, state), type: Self.type)
        case "groups.delta": return .json(try delta(.groups, call, &state), type: Self.type)
        case "groups.members", "groups.transitiveMembers": return .json(try members(call, state), type: Self.type)
        case "directory.deletedItems": return .json(try deletedItems(call, state), type: Self.type)
        default: throw Refusal("BadRequest", "Resource not found for the segment '\(call.operation)'.", status: 400)
        }
    }

    private static let type = "application/json;odata.metadata=minimal;charset=utf-8"

    /// Up to twenty calls in one; the answers come in another order than the calls.
    private func batch(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> JSONValue {
        guard let requests = JSONValue(parsing: call.request.body)?["requests"]?.array, !requests.isEmpty else {
            throw Refusal("BadRequest", "Invalid batch payload format.", status: 400)
        }
        guard requests.count <= 20 else {
            throw Refusal("BadRequest", "Number of batch request steps exceeds the maximum value of 20.", status: 400)
        }
        var answers: [JSONValue] = []
        var ids: Set<String> = []
        let effects = state.effects
        defer { state.effects = effects }
        state.effects = []
        for request in requests {
            guard let id = request["id"]?.text, let method = request["method"]?.text, let url = request["url"]?.text,
                url.hasPrefix("/"), ids.insert(id).inserted
            else { throw Refusal("BadRequest", "Invalid batch payload format.", status: 400) }
            answers.append(try part(id, method, url, request, call, &state))
        }
        return ["responses": .array(answers.reversed())]
    }

    private func part(
        _ id: String,
        _ method: String,
        _ url: String,
        _ request: JSONValue,
        _ call: Call,
        _ state: inout SandboxState
    ) throws(Refusal) -> JSONValue {
        var headers = (request["headers"]?.object ?? [:]).map { (name: $0.key, value: $0.value.text ?? "") }
        let body = request["body"].map { Array($0.description.utf8) } ?? []
        let isTyped = headers.contains { $0.name.lowercased() == "content-type" }
        guard body.isEmpty || isTyped else {
            throw Refusal(
                "BadRequest",
                "Write request id : \(id) does not contain Content-Type header or body.",
                status: 400
            )
        }
        headers.append((name: "Authorization", value: call.request.header("Authorization") ?? ""))
        let inner = ServerRequest(method: method, target: Self.root + url, headers: headers, body: body)
        let reply: Reply
        state.graph.parts += 1
        let nth = state.world.entra.behaviour.throttlesEachNthPart
        do throws(Refusal) {
            if nth > 0, state.graph.parts.isMultiple(of: nth) { throw throttled(retryAfter: 2) }
            guard let innerCall = self.call(for: inner), innerCall.operation != "$batch" else {
                throw Refusal("BadRequest", "The URL of the part is not one of this API.", status: 400)
            }
            try authenticate(innerCall, &state)
            reply = try perform(innerCall, &state)
        } catch {
            reply = render(error, requestID: Identifier.uuid("part", String(call.number), id))
        }
        let fields =
            reply.headers.map { ($0.name, JSONValue.string($0.value)) } + [("Content-Type", "application/json")]
        return [
            "id": .string(id), "status": .integer(reply.status),
            "headers": .object(Dictionary(fields) { first, _ in first }), "body": reply.json ?? .null,
        ]
    }

    // MARK: - Refusals

    func render(_ refusal: Refusal, requestID: String) -> Reply {
        let error: JSONValue = [
            "code": .string(refusal.code), "message": .string(refusal.message),
            "innerError": [
                "date": "2026-11-24T10:00:00", "request-id": .string(requestID),
                "client-request-id": .string(requestID),
            ],
        ]
        var reply = Reply.json(["error": error], status: refusal.status)
        reply.headers = refusal.headers
        if refusal.status == 401 {
            let place = "authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\""
            reply.headers.append(("WWW-Authenticate", "Bearer realm=\"\", \(place)"))
        }
        return reply
    }

    func throttled(retryAfter: Int?) -> Refusal {
        Refusal("TooManyRequests", "Too many requests.", status: 429).retrying(after: retryAfter)
    }

    func failed(status: Int) -> Refusal {
        Refusal(status == 503 ? "serviceNotAvailable" : "generalException", "The service failed.", status: status)
    }

    var requestIDField: String? { "request-id" }
}

extension Refusal {
    static func noResource(_ id: String) -> Refusal {
        Refusal(
            "Request_ResourceNotFound",
            "Resource '\(id)' does not exist or one of its queried reference-property objects are not present.",
            status: 404
        )
    }

    static var insufficientPrivileges: Refusal {
        Refusal("Authorization_RequestDenied", "Insufficient privileges to complete the operation.", status: 403)
    }

    static func badQuery(_ message: String) -> Refusal { Refusal("Request_BadRequest", message, status: 400) }

    static func unsupportedQuery(_ message: String) -> Refusal {
        Refusal("Request_UnsupportedQuery", message, status: 400)
    }
}
