internal import AWSAuth
internal import HTTP
internal import Model

/// The AWS role of the workload, for files of `environment_id: aws1`.
///
/// Credentials come from AWS's standard chain, which knows more places than the file names (containers, web identity);
/// the metadata URL of credentials in the file is therefore not asked.
struct AWSIdentity: Sendable {
    let environment: [String: String]
    let client: HTTPClient
    /// Makes the chain at first use.
    let provider: AWSProvider

    /// The credentials that hold now.
    func currentCredentials() async throws(UpstreamError) -> AWSCredentials {
        do {
            return try await provider.credentials()
        } catch {
            throw upstream(error)
        }
    }

    /// The region: of the environment and the profile, else of the instance.
    func region(regionURL: String?, sessionTokenURL: String?) async throws(UpstreamError) -> String {
        let known: String?
        do {
            known = try AWSEnvironment(variables: environment).region
        } catch {
            throw upstream(error)
        }
        if let known { return known }
        guard let regionURL else {
            throw failure(.refused, "the AWS region is not known", advice: "set AWS_REGION")
        }
        var fields: [HTTPField] = []
        if let sessionTokenURL {
            let lifetime = HTTPField("X-aws-ec2-metadata-token-ttl-seconds", "300")
            let token = try await metadata("PUT", sessionTokenURL, [lifetime])
            fields = [HTTPField("X-aws-ec2-metadata-token", token)]
        }
        // The answer is an availability zone: `eu-west-1b`.
        let zone = try await metadata("GET", regionURL, fields)
        let isZone = zone.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isZone, zone.last?.isLetter == true else {
            throw failure(.malformed, "the metadata service gave no availability zone", advice: "set AWS_REGION")
        }
        return String(zone.dropLast())
    }

    private func metadata(_ method: String, _ url: String, _ fields: [HTTPField]) async throws(UpstreamError) -> String
    {
        let response: HTTPResponse
        do {
            response = try await client.send(isRepeatable: true, classify: passingFaults) {
                _,
                _ throws(UpstreamError) in
                HTTPRequest(
                    method: method,
                    url: url,
                    headers: fields,
                    timeoutSeconds: 2,
                    maximumResponseBytes: 1 << 16,
                    isMetadata: true
                )
            }
        } catch {
            switch error {
            case .build(let error): throw error
            case .transport(.cancelled, _): throw failure(.cancelled, "cancelled")
            case .transport(let error, _): throw failure(.unreachable, "metadata service: \(error.message)")
            }
        }
        let text = String(decoding: response.body, as: UTF8.self)
        guard response.status == 200, !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw failure(.refused, "the metadata service answered HTTP \(response.status)", advice: "set AWS_REGION")
        }
        return text
    }

    private func failure(_ kind: UpstreamError.Kind, _ message: String, advice: String? = nil) -> UpstreamError {
        UpstreamError(kind, service: "google", operation: "subjectToken", message: message, advice: advice)
    }

    private func upstream(_ error: AWSAuthError) -> UpstreamError {
        UpstreamError(
            UpstreamError.Kind(rawValue: error.kind.rawValue) ?? .refused,
            service: error.service,
            operation: error.operation,
            object: error.object,
            code: error.code,
            message: error.messageWithTrail,
            requestID: error.requestID,
            advice: error.advice
        )
    }
}
