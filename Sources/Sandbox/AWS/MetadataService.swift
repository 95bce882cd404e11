internal import HTTPServer

/// The instance metadata service (version 2) and a container credentials endpoint, both with credentials of a role in
/// the account from which the callers act.
///
/// Source: EC2 user guide, "Use the Instance Metadata Service"; SDK reference, "Container credential provider".
struct MetadataService: CloudService {
    /// The path of the container credentials endpoint.
    static let containerPath = "/container/credentials"
    private static let role = "sandbox-instance"
    private static let token = "sandbox-imds-token"
    private static let list = "/latest/meta-data/iam/security-credentials/"

    func call(for request: ServerRequest) -> Call? {
        let path = request.rawPath
        guard path == Self.containerPath || path.hasPrefix("/latest/") else { return nil }
        return Call(service: "metadata", operation: "\(request.method) \(path)", request: request)
    }

    func authenticate(_ call: Call, _ state: inout SandboxState) throws(Refusal) {
        let request = call.request
        switch request.rawPath {
        case Self.containerPath:
            guard request.header("Authorization") == state.world.access.containerToken else {
                throw Refusal("AccessDeniedException", "The authorization token is wrong.", status: 401)
            }
        case "/latest/api/token":
            guard request.method == "PUT" else { throw Refusal("MethodNotAllowed", "", status: 405) }
            let seconds = request.header("x-aws-ec2-metadata-token-ttl-seconds").flatMap { Int($0) } ?? 0
            guard (1...21_600).contains(seconds) else { throw Refusal("BadRequest", "", status: 400) }
        default:
            guard request.header("x-aws-ec2-metadata-token") == Self.token else {
                throw Refusal("Unauthorized", "", status: 401)
            }
        }
    }

    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        switch call.request.rawPath {
        case "/latest/api/token": return .text(Self.token, type: "text/plain")
        case Self.list: return .text(Self.role, type: "text/plain")
        case "/latest/meta-data/placement/region":
            return .text(state.world.identityCenter.region, type: "text/plain")
        case "/latest/meta-data/placement/availability-zone":
            return .text(state.world.identityCenter.region + "a", type: "text/plain")
        case Self.list + Self.role:
            var credentials = credentials(&state)
            credentials["Code"] = "Success"
            credentials["Type"] = "AWS-HMAC"
            return .json(credentials, type: "text/plain")
        case Self.containerPath: return .json(credentials(&state), type: "application/json")
        default: throw Refusal("NotFound", "", status: 404)
        }
    }

    private func credentials(_ state: inout SandboxState) -> JSONValue {
        let account = state.world.access.delegatedAdministrator ?? state.world.organization.managementAccount
        let principal = "arn:aws:sts::\(account):assumed-role/\(Self.role)/i-0123456789abcdef0"
        let (id, session) = state.newSession(principal: principal, seconds: 21_600)
        return [
            "AccessKeyId": .string(id),
            "SecretAccessKey": .string(session.secret),
            "Token": .string(session.token),
            "Expiration": .string(CivilTime(secondsSince1970: session.expiresAt).rfc3339),
            "LastUpdated": .string(CivilTime(secondsSince1970: state.now).rfc3339),
        ]
    }

    func render(_ refusal: Refusal, requestID: String) -> Reply {
        .json(["code": .string(refusal.code), "message": .string(refusal.message)], status: refusal.status)
    }

    func throttled(retryAfter: Int?) -> Refusal {
        Refusal("TooManyRequests", "", status: 429).retrying(after: retryAfter)
    }

    func failed(status: Int) -> Refusal { Refusal("ServerError", "", status: status) }
}
