internal import HTTP

/// The credentials endpoint of a container: ECS, EKS Pod Identity.
///
/// Source: AWS SDKs and tools reference, "Container credential provider"; timings and hosts as in botocore.
struct ContainerLink {
    let context: AWSAuthContext
    private static let hosts: Set<String> = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
    private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    func find() async throws(AWSAuthError) -> LinkOutcome {
        guard let url = try url() else { return .absent("container: \(Self.relative) and \(Self.full) are not set") }
        var request = HTTPRequest(url: url.text, headers: [HTTPField("Accept", "application/json")])
        request.timeoutSeconds = 2
        request.maximumResponseBytes = 1 << 20
        request.isMetadata = !url.isSecure
        if let token = try authorization() { request.headers.append(HTTPField("Authorization", token)) }
        let response = try await send(request)
        let answer = JSONCredentials(response.body)
        guard response.status == 200 else {
            throw failure(.refused, "HTTP \(response.status)" + (answer?.message.map { ": \($0)" } ?? ""))
        }
        guard let credentials = answer?.credentials(origin: "container") else {
            throw failure(.malformed, "the answer lacks credentials")
        }
        return .found(credentials)
    }

    private func url() throws(AWSAuthError) -> HTTPURL? {
        if let path = context.environment.variable(Self.relative) {
            let url = HTTPURL("http://169.254.170.2" + path)
            guard let url, url.host == "169.254.170.2", path.hasPrefix("/") else {
                throw failure(.misconfigured, "\(Self.relative) is not a path")
            }
            return url
        }
        guard let text = context.environment.variable(Self.full) else { return nil }
        guard let url = HTTPURL(text) else { throw failure(.misconfigured, "\(Self.full) is not a URL") }
        guard url.isSecure || isLoopback(host: url.host) || Self.hosts.contains(url.host) else {
            throw failure(
                .misconfigured,
                "\(Self.full) is plain http to \(url.host)",
                advice: "use https, a loopback address, or the addresses of ECS and EKS (169.254.170.2, 169.254.170.23)"
            )
        }
        return url
    }

    /// The token as it stands, from its file before the variable: the file is renewed.
    private func authorization() throws(AWSAuthError) -> String? {
        var token = context.environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        var origin = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
        if let path = context.environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            origin = path
            let bytes: [UInt8]?
            do { bytes = try readFile(path, limit: 65536) } catch {
                throw failure(.misconfigured, "the token file \(path) \(error.message)")
            }
            guard let bytes else { throw failure(.misconfigured, "the token file \(path) is not there") }
            token = String(decoding: bytes, as: UTF8.self)
        }
        // Anything but visible ASCII and blanks would break out of the header field.
        guard token?.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) ?? true else {
            throw failure(.misconfigured, "the token of \(origin) holds a line break or another control character")
        }
        return token
    }

    private func send(_ request: HTTPRequest) async throws(AWSAuthError) -> HTTPResponse {
        let policy = RetryPolicy(maximumAttempts: 3, maximumTotalSeconds: 15, transientBaseSeconds: 1, capSeconds: 1)
        do {
            return try await context.client(policy).send(
                isRepeatable: true,
                classify: { $0.status == 200 ? .done : .transient(after: 1) },
                build: { (_, _) async throws(AWSAuthError) -> HTTPRequest in request }
            )
        } catch {
            switch error {
            case .build(let error): throw error
            case .transport(.cancelled, _): throw failure(.cancelled, "cancelled")
            case .transport(let error, let attempts):
                throw failure(.unreachable, "\(error.message) (\(attempts) attempts)")
            }
        }
    }

    private func failure(_ kind: AWSAuthError.Kind, _ message: String, advice: String? = nil) -> AWSAuthError {
        AWSAuthError(
            kind,
            service: "container",
            message: message,
            advice: advice ?? "check the task role (ECS) or the pod identity association (EKS)"
        )
    }
}
