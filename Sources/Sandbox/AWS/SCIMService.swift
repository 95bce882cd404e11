internal import HTTPServer

/// The SCIM endpoint of the identity store: users, and groups without their members.
///
/// Source: IAM Identity Center SCIM implementation developer guide.
struct SCIMService: CloudService {
    /// The endpoint's path, with a slash at the end.
    static let path = "/scim/v2/"
    let requestIDField: String? = "x-amzn-RequestId"

    func call(for request: ServerRequest) -> Call? {
        guard request.rawPath.hasPrefix(Self.path) else { return nil }
        let segments = Array(request.segments.dropFirst(2))
        var parameters = JSONValue(parsing: request.body)?.object ?? [:]
        for (name, value) in request.query { parameters[name] = .string(value) }
        if segments.count > 1 { parameters["id"] = .string(segments[1]) }
        return Call(
            service: "scim",
            operation: Self.operation(request.method, segments),
            parameters: parameters,
            isWrite: request.method != "GET",
            request: request
        )
    }

    private static func operation(_ method: String, _ segments: [String]) -> String {
        switch (method, segments.first, segments.count) {
        case ("GET", "Users", 1): "ListUsers"
        case ("GET", "Users", 2): "GetUser"
        case ("POST", "Users", 1): "CreateUser"
        case ("PATCH", "Users", 2): "PatchUser"
        case ("DELETE", "Users", 2): "DeleteUser"
        case ("GET", "Groups", 1): "ListGroups"
        case ("GET", "Groups", 2): "GetGroup"
        case ("GET", "ServiceProviderConfig", 1): "ServiceProviderConfig"
        default: "\(method) \(segments.joined(separator: "/"))"
        }
    }

    func authenticate(_ call: Call, _ state: inout SandboxState) throws(Refusal) {
        guard call.request.header("Authorization") == "Bearer \(state.world.access.scimToken)" else {
            throw Refusal("UnauthorizedException", "Session token not found or invalid", status: 401)
        }
        let limit = Bucket(tokens: 20, at: state.now)
        guard state.world.behaviour.throttles else { return }
        let hasRoom = state.buckets["scim", default: limit].take(rate: 20, burst: 20, now: state.now)
        if !hasRoom { throw throttled(retryAfter: nil) }
    }

    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        switch call.operation {
        case "ListUsers": return try listUsers(call, state)
        case "GetUser": return reply(json(try user(call, state)))
        case "CreateUser": return try createUser(call, &state)
        case "PatchUser": return try patchUser(call, &state)
        case "DeleteUser": return try deleteUser(call, &state)
        case "ListGroups": return try listGroups(call, state)
        case "GetGroup":
            guard let group = state.world.identityCenter.group(call.text("id") ?? "") else { throw .scimNotFound }
            return reply(json(group))
        case "ServiceProviderConfig":
            return reply(["patch": ["supported": true], "bulk": ["supported": false], "filter": ["supported": true]])
        default: throw Refusal("ValidationException", "The operation is not supported.", status: 400)
        }
    }

    func reply(_ value: JSONValue, status: Int = 200) -> Reply {
        .json(value, status: status, type: "application/scim+json")
    }

    func user(_ call: Call, _ state: SandboxState) throws(Refusal) -> World.User {
        guard let user = state.world.identityCenter.user(call.text("id") ?? "") else { throw .scimNotFound }
        return user
    }

    func render(_ refusal: Refusal, requestID: String) -> Reply {
        var reply = reply(
            [
                "schema": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "detail": .string(refusal.message),
                "status": .string(String(refusal.status)),
                "exceptionRequestId": .string(requestID),
            ],
            status: refusal.status
        )
        reply.headers = refusal.headers + [("x-amzn-ErrorType", refusal.code)]
        return reply
    }

    func throttled(retryAfter: Int?) -> Refusal {
        Refusal("ThrottlingException", "Rate exceeded", status: 429).retrying(after: retryAfter)
    }

    func failed(status: Int) -> Refusal {
        Refusal("InternalServerException", "An internal error occurred.", status: status)
    }
}

extension Refusal {
    static let scimNotFound = Refusal("ResourceNotFoundException", "Resource not found.", status: 404)
    static func scimInvalid(_ message: String) -> Refusal { Refusal("ValidationException", message, status: 400) }
}
