internal import HTTPServer

/// Google's Directory API: users, groups, members.
///
/// Source: the discovery document `admin:directory_v1`, and the pages of developers.google.com on its resources.
struct GoogleDirectoryService: CloudService {
    private static let root = ["admin", "directory", "v1"]
    private static let scopeRoot = "https://www.googleapis.com/auth/admin.directory."

    func call(for request: ServerRequest) -> Call? {
        let segments = request.segments
        guard segments.starts(with: Self.root), segments.count > 3 else { return nil }
        var parameters = Dictionary(request.query.map { ($0.name, JSONValue.string($0.value)) }) { first, _ in first }
        let route = Self.route(request.method, Array(segments.dropFirst(3)))
        for (name, value) in route.path { parameters[name] = .string(value) }
        return Call(service: "google", operation: route.operation, parameters: parameters, request: request)
    }

    private static func route(_ method: String, _ rest: [String]) -> (operation: String, path: [String: String]) {
        guard method == "GET" else { return ("\(method) \(rest.joined(separator: "/"))", [:]) }
        switch (rest.count, rest[0]) {
        case (1, "users"): return ("users.list", [:])
        case (2, "users"): return ("users.get", ["userKey": rest[1]])
        case (1, "groups"): return ("groups.list", [:])
        case (2, "groups"): return ("groups.get", ["groupKey": rest[1]])
        case (3, "groups") where rest[2] == "members": return ("members.list", ["groupKey": rest[1]])
        case (4, "groups") where rest[2] == "members":
            return ("members.get", ["groupKey": rest[1], "memberKey": rest[3]])
        case (4, "groups") where rest[2] == "hasMember":
            return ("members.hasMember", ["groupKey": rest[1], "memberKey": rest[3]])
        default: return ("GET \(rest.joined(separator: "/"))", [:])
        }
    }

    func authenticate(_ call: Call, _ state: inout SandboxState) throws(Refusal) {
        let parts = (call.request.header("Authorization") ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let grant = state.googleGrants[String(parts[1])],
            grant.expiresAt > state.now
        else { throw Refusal("authError", "Invalid Credentials", status: 401) }
        let needed = Self.scopes(for: call.operation)
        guard !grant.scopes.isDisjoint(with: needed) else {
            throw Refusal("insufficientPermissions", "Request had insufficient authentication scopes.", status: 403)
        }
        guard let subject = grant.subject, Self.mayRead(subject, state.world) else { throw .notAuthorized }
    }

    /// The scopes of which one is needed.
    private static func scopes(for operation: String) -> Set<String> {
        let names: [String] =
            switch operation.prefix(while: { $0 != "." }) {
            case "users": ["user.readonly", "user"]
            case "groups": ["group.readonly", "group"]
            default: ["group.member.readonly", "group.member", "group.readonly", "group"]
            }
        return Set(names.map { scopeRoot + $0 })
    }

    private static func mayRead(_ subject: String, _ world: World) -> Bool {
        if World.Google.same(subject, world.google.serviceAccount.delegate) { return true }
        guard let user = world.google.user(subject) else { return false }
        return user.isAdmin || user.isDelegatedAdmin
    }

    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        let value: JSONValue =
            switch call.operation {
            case "users.list": try listUsers(call, &state)
            case "users.get": try getUser(call, &state)
            case "groups.list": try listGroups(call, &state)
            case "groups.get": try getGroup(call, &state)
            case "members.list": try listMembers(call, &state)
            case "members.get": try getMember(call, &state)
            case "members.hasMember": try hasMember(call, &state)
            default: throw Refusal("notFound", "Not Found", status: 404)
            }
        guard let fields = call.text("fields") else { return .json(value) }
        guard let mask = FieldsMask(fields) else {
            throw Refusal("invalidParameter", "Invalid field selection \(fields)")
        }
        return .json(mask.applied(to: value))
    }

    func render(_ refusal: Refusal, requestID: String) -> Reply {
        let status = ["RESOURCE_EXHAUSTED": [429], "PERMISSION_DENIED": [403], "UNAUTHENTICATED": [401]]
            .first { $0.value.contains(refusal.status) }?.key
        let error = JSONValue.members([
            "code": .integer(refusal.status),
            "message": .string(refusal.message),
            "errors": [
                [
                    "domain": refusal.status == 403 && refusal.code.hasSuffix("Exceeded") ? "usageLimits" : "global",
                    "reason": .string(refusal.code),
                    "message": .string(refusal.message),
                ]
            ],
            "status": status.map { .string($0) },
        ])
        var reply = Reply.json(["error": error], status: refusal.status)
        reply.headers = refusal.headers
        return reply
    }

    func throttled(retryAfter: Int?) -> Refusal {
        Refusal("rateLimitExceeded", "Rate Limit Exceeded", status: 429).retrying(after: retryAfter)
    }

    func failed(status: Int) -> Refusal {
        let reason = status == 503 ? "serviceUnavailable" : "backendError"
        return Refusal(reason, "Backend Error", status: status)
    }
}

extension Refusal {
    static let notAuthorized = Refusal("forbidden", "Not Authorized to access this resource/api", status: 403)

    static func notFound(_ parameter: String) -> Refusal {
        Refusal("notFound", "Resource Not Found: \(parameter)", status: 404)
    }

    static func invalidInput(_ parameter: String) -> Refusal {
        Refusal("invalid", "Invalid Input: \(parameter)")
    }
}

extension GoogleDirectoryService {
    /// One page of a list in Google's form: the key is absent where the page is empty.
    func page<Element>(
        _ elements: [Element],
        of kind: String,
        as key: String,
        sizes: (standard: Int, most: Int),
        _ call: Call,
        _ state: SandboxState,
        identify: (Element) -> String,
        write: (Element) -> JSONValue
    ) throws(Refusal) -> JSONValue {
        var size = sizes.standard
        if let text = call.text("maxResults") {
            guard let number = Int(text), (1...sizes.most).contains(number) else {
                throw Refusal(
                    "invalidParameter",
                    "Invalid value '\(text)'. Values must be within the range: [1, \(sizes.most)]"
                )
            }
            size = number
        }
        size = min(size, state.world.behaviour.googlePageLimit ?? size)
        let bound = call.parameters.filter {
            !["pageToken", "maxResults", "fields", "prettyPrint", "alt"].contains($0.key)
        }
        do {
            let page = try state.paging().page(
                of: elements,
                size: size,
                token: call.text("pageToken"),
                binding: "\(call.operation) \(JSONValue.object(bound))",
                key: identify
            )
            return .members([
                "kind": .string("admin#directory#\(kind)"),
                "etag": .string("\"\(Identifier.digest("list", kind).prefix(16))\""),
                key: page.elements.isEmpty ? nil : .array(page.elements.map(write)),
                "nextPageToken": page.token.map { .string($0) },
            ])
        } catch {
            throw .invalidInput("pageToken")
        }
    }

    /// Checks that the list is of this customer, or of one of its domains.
    func domain(_ call: Call, _ state: SandboxState) throws(Refusal) -> String? {
        let google = state.world.google
        switch (call.text("customer"), call.text("domain")) {
        case (let customer?, nil):
            guard customer == "my_customer" || customer == google.customerID else {
                throw Refusal("badRequest", "Bad Request")
            }
            return nil
        case (nil, let domain?):
            let known = google.users.contains { user in
                user.addresses.contains { $0.lowercased().hasSuffix("@" + domain.lowercased()) }
            }
            guard known else { throw Refusal("domainNotFound", "Domain not found.", status: 404) }
            return domain.lowercased()
        default: throw Refusal("badRequest", "Bad Request")
        }
    }

    /// A truth value of the query; absent is false.
    func flag(_ name: String, _ call: Call) throws(Refusal) -> Bool {
        switch call.text(name)?.lowercased() {
        case nil, "false": return false
        case "true": return true
        default: throw Refusal("invalidParameter", "Invalid boolean value for \(name)")
        }
    }
}
