internal import AWSAuth
internal import FoundationEssentials
internal import HTTP
internal import Model

/// Gets the token by which a workload proves who it is, from where the credentials file says.
struct SubjectTokens: Sendable {
    let client: HTTPClient
    let time: any TimeSource
    let aws: AWSIdentity

    /// A subject token for the account's identity provider.
    ///
    /// - Parameter skew: seconds to add to this machine's clock to have the service's.
    func token(for account: ExternalAccount, skew: Double) async throws(UpstreamError) -> String {
        switch account.source {
        case .file(let path, let format): return try token(in: file(path), format, place: path)
        case .url(let url, let headers, let format):
            return try token(in: await answer(url, headers: headers), format, place: place(url))
        case .aws(let verificationURL, let regionURL, let sessionTokenURL):
            let region = try await aws.region(regionURL: regionURL, sessionTokenURL: sessionTokenURL)
            return AWSSubjectToken(
                verificationURL: verificationURL,
                audience: account.audience,
                credentials: try await aws.currentCredentials(),
                region: region,
                at: time.now() + skew
            ).text
        }
    }

    private func file(_ path: String) throws(UpstreamError) -> [UInt8] {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)), data.count <= 1 << 20 else {
            throw failure(
                .refused,
                path,
                "the file cannot be read",
                advice: "it must hold a fresh token of the workload"
            )
        }
        return [UInt8](data)
    }

    private func answer(_ url: String, headers: [String: String]) async throws(UpstreamError) -> [UInt8] {
        let fields = headers.sorted { $0.key < $1.key }.map { HTTPField($0.key, $0.value) }
        let isMetadata = HTTPURL(url).map { isMetadataAddress(host: $0.host) } ?? false
        let response: HTTPResponse
        do {
            response = try await client.send(isRepeatable: true, classify: passingFaults) {
                _,
                _ throws(UpstreamError) in
                HTTPRequest(
                    url: url,
                    headers: fields,
                    timeoutSeconds: 10,
                    maximumResponseBytes: 1 << 20,
                    isMetadata: isMetadata
                )
            }
        } catch {
            switch error {
            case .build(let error): throw error
            case .transport(.cancelled, _): throw failure(.cancelled, place(url), "cancelled")
            case .transport(let error, _): throw failure(.unreachable, place(url), error.message)
            }
        }
        guard response.status == 200 else {
            throw failure(.refused, place(url), "HTTP \(response.status) instead of a token")
        }
        return response.body
    }

    private func token(
        in bytes: [UInt8],
        _ format: ExternalAccount.TokenFormat,
        place: String
    ) throws(UpstreamError) -> String {
        var token: String?
        switch format {
        case .text: token = String(validating: bytes, as: UTF8.self)
        case .json(let field):
            guard let fields = try? JSONDecoder().decode([String: LooseText].self, from: Data(bytes)) else {
                throw failure(.malformed, place, "what it holds is not a JSON object")
            }
            token = fields[field]?.text
        }
        // A final newline is how editors and mounts end files; a token never has white space around it.
        let trimmed = token.map { $0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed() }
        guard let trimmed, !trimmed.isEmpty else { throw failure(.malformed, place, "there is no token in it") }
        return String(trimmed)
    }

    /// The URL without its query, which may hold secrets.
    private func place(_ url: String) -> String { String(url.prefix { $0 != "?" }) }

    private func failure(
        _ kind: UpstreamError.Kind,
        _ place: String,
        _ message: String,
        advice: String? = nil
    ) -> UpstreamError {
        UpstreamError(
            kind,
            service: "google",
            operation: "subjectToken",
            object: place,
            message: message,
            advice: advice
        )
    }
}

/// A JSON value of any type, kept only where it is text.
private struct LooseText: Decodable {
    var text: String?
    init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
}

/// What an answer of a token source means for the attempt: only passing faults are tried again.
@Sendable
func passingFaults(_ response: HTTPResponse) -> Verdict {
    switch response.status {
    case 429: .throttled(after: nil)
    case 500, 502, 503, 504: .transient(after: nil)
    default: .done
    }
}
