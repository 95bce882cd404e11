internal import HTTP

/// The instance metadata service of EC2, version 2, with version 1 where the token cannot be had.
///
/// Source: EC2 user guide, "Use the Instance Metadata Service"; timings and fall-back as in botocore.
struct InstanceMetadataLink {
    let context: AWSAuthContext
    private static let roles = "/latest/meta-data/iam/security-credentials/"

    private enum Token {
        case some(String)
        /// Version 1 is to be asked.
        case none
        /// Nobody is there: this is no instance.
        case nobody(String)
    }

    func find() async throws(AWSAuthError) -> LinkOutcome {
        if context.environment.isMetadataDisabled { return .absent("instance metadata: AWS_EC2_METADATA_DISABLED") }
        let base = try base()
        let token: String?
        switch try await self.token(base) {
        case .nobody(let reason): return .absent("instance metadata: \(reason)")
        case .none where isVersion1Disabled:
            return .absent("instance metadata: no token, and version 1 is disabled (AWS_EC2_METADATA_V1_DISABLED)")
        case .none: token = nil
        case .some(let text): token = text
        }
        let list = try await get(base + Self.roles, token)
        guard let list else { return .absent("instance metadata: no answer at \(base)") }
        guard list.status == 200, let role = firstLine(list.body) else {
            return .absent("instance metadata: no role is attached to the instance (HTTP \(list.status))")
        }
        guard let answer = try await get(base + Self.roles + PercentEncoding.encode(role), token) else {
            throw failure(.unreachable, "no answer about the role \(role)")
        }
        return .found(try credentials(answer, role))
    }

    private func credentials(_ response: HTTPResponse, _ role: String) throws(AWSAuthError) -> AWSCredentials {
        guard response.status == 200 else { throw failure(.refused, "HTTP \(response.status) for the role \(role)") }
        let answer = JSONCredentials(response.body)
        if let code = answer?.code, code != "Success" {
            throw failure(.refused, "the role \(role): \(answer?.message ?? "no message")", code: code)
        }
        guard let found = answer?.credentials(origin: "instance metadata, role \(role)") else {
            throw failure(.malformed, "the answer about the role \(role) lacks credentials")
        }
        // In an outage the service gives old credentials, which the other services then go on accepting.
        let now = context.clock.now()
        guard let end = found.expiration, end < now + 600 else { return found }
        return AWSCredentials(
            accessKeyID: found.accessKeyID,
            secretAccessKey: found.secretAccessKey,
            sessionToken: found.sessionToken,
            expiration: now + 900,
            origin: found.origin
        )
    }

    private func token(_ base: String) async throws(AWSAuthError) -> Token {
        var request = request(base + "/latest/api/token")
        request.method = "PUT"
        request.headers = [HTTPField("x-aws-ec2-metadata-token-ttl-seconds", "21600")]
        switch try await send(request) {
        case .success(let response):
            if response.status == 400 {
                throw failure(.refused, "HTTP 400 to the request for a token", code: "HTTP 400")
            }
            guard response.status == 200, let token = firstLine(response.body) else { return .none }
            return .some(token)
        case .failure(.cannotConnect(let text)): return .nobody(text)
        case .failure(.timedOut), .failure(.interrupted): return .none
        case .failure(let error): throw failure(.unreachable, error.message)
        }
    }

    private func get(_ url: String, _ token: String?) async throws(AWSAuthError) -> HTTPResponse? {
        var request = request(url)
        if let token { request.headers = [HTTPField("x-aws-ec2-metadata-token", token)] }
        switch try await send(request) {
        case .success(let response): return response
        case .failure: return nil
        }
    }

    private func request(_ url: String) -> HTTPRequest {
        let setting = context.environment.variable("AWS_METADATA_SERVICE_TIMEOUT")
        let seconds = (setting ?? context.environment.profile["metadata_service_timeout"]).flatMap { Double($0) }
        return HTTPRequest(
            url: url,
            timeoutSeconds: seconds.flatMap { $0 > 0 && $0 <= 60 ? $0 : nil } ?? 1,
            maximumResponseBytes: 1 << 20,
            isMetadata: url.hasPrefix("http:")
        )
    }

    private func send(_ request: HTTPRequest) async throws(AWSAuthError) -> Result<HTTPResponse, TransportError> {
        let setting = context.environment.variable("AWS_METADATA_SERVICE_NUM_ATTEMPTS")
        let attempts =
            (setting ?? context.environment.profile["metadata_service_num_attempts"]).flatMap { Int($0) } ?? 1
        let policy = RetryPolicy(maximumAttempts: max(1, min(attempts, 10)), maximumTotalSeconds: 60, capSeconds: 1)
        do {
            return .success(
                try await context.client(policy).send(
                    isRepeatable: true,
                    classify: { $0.status >= 500 || $0.status == 429 ? .transient(after: nil) : .done },
                    build: { (_, _) async throws(AWSAuthError) -> HTTPRequest in request }
                )
            )
        } catch {
            switch error {
            case .build(let error): throw error
            case .transport(.cancelled, _): throw failure(.cancelled, "cancelled")
            case .transport(let error, _): return .failure(error)
            }
        }
    }

    private var isVersion1Disabled: Bool {
        context.environment.isOn("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled")
    }

    /// Where the service is, without a final slash.
    private func base() throws(AWSAuthError) -> String {
        let environment = context.environment
        let given =
            environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            ?? environment.profile["ec2_metadata_service_endpoint"]
        let mode =
            environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
            ?? environment.profile["ec2_metadata_service_endpoint_mode"]
        let own = mode?.lowercased() == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        guard let url = HTTPURL(given ?? own), url.query == nil else {
            throw failure(.misconfigured, "AWS_EC2_METADATA_SERVICE_ENDPOINT is not a URL")
        }
        guard plainHTTPIsAllowed(url: url.text, isMetadata: true) else {
            throw failure(.misconfigured, "AWS_EC2_METADATA_SERVICE_ENDPOINT is plain http to \(url.host)")
        }
        return url.base
    }

    private func firstLine(_ bytes: [UInt8]) -> String? {
        let line =
            String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return !line.isEmpty && line.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? line : nil
    }

    private func failure(_ kind: AWSAuthError.Kind, _ message: String, code: String? = nil) -> AWSAuthError {
        AWSAuthError(
            kind,
            service: "imds",
            code: code,
            message: message,
            advice: "check the instance profile and its role; AWS_EC2_METADATA_DISABLED=true leaves the service out"
        )
    }
}
