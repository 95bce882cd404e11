internal import Crypto
public import HTTP

/// Signature version 4.
///
/// Source: AWS, "Create a signed AWS API request".
public enum SigV4 {
    /// Signs a request: adds X-Amz-Date, X-Amz-Security-Token for temporary credentials, and Authorization; fields of
    /// these names that are there already are replaced.
    ///
    /// All fields of the request are signed, but those that are changed on the way (User-Agent, Connection, Expect …);
    /// the host always is, with its port where that is not the scheme's own. A field that is added afterwards is not
    /// covered by the signature.
    ///
    /// - Parameters:
    ///   - request: any method, path, query and body; the query need not be sorted. A URL that is none comes back
    ///     unsigned, and the transport refuses it.
    ///   - region: the region of the credential scope.
    ///   - service: the signing name: `identitystore`, `sso`, `organizations`, `sts`, `iam`.
    ///   - seconds: the time, in seconds since 1970.
    ///   - includingHost: whether Host is put among the request's fields too, for a signed request that somebody else
    ///     sends (Google's workload identity federation).
    public static func sign(
        _ request: HTTPRequest,
        credentials: AWSCredentials,
        region: String,
        service: String,
        at seconds: Double,
        includingHost: Bool = false
    ) -> HTTPRequest {
        guard let url = HTTPURL(request.url) else { return request }
        let stamp = AWSTime.basic(seconds)
        let scope = "\(stamp.prefix(8))/\(region)/\(service)/aws4_request"
        var signed = prepared(request, credentials: credentials, stamp: stamp)
        if includingHost, signed.headers.allSatisfy({ $0.name.lowercased() != "host" }) {
            signed.headers.insert(HTTPField("Host", url.hostField), at: 0)
        }
        let canonical = CanonicalRequest(signed, url: url)
        let digest = SHA256.hash(Array(canonical.text.utf8)).hex
        let toSign = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(digest)"
        let key = signingKey(credentials.secretAccessKey, scope: scope)
        let signature = HMACSHA256.authenticate(Array(toSign.utf8), key: key).hex
        let fields = "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
        let authorization = "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), \(fields)"
        signed.headers.append(HTTPField("Authorization", authorization))
        return signed
    }

    private static func prepared(_ request: HTTPRequest, credentials: AWSCredentials, stamp: String) -> HTTPRequest {
        var request = request
        let replaced: Set<String> = ["authorization", "x-amz-date", "x-amz-security-token"]
        request.headers.removeAll { replaced.contains($0.name.lowercased()) }
        request.headers.append(HTTPField("X-Amz-Date", stamp))
        if let token = credentials.sessionToken, !token.isEmpty {
            request.headers.append(HTTPField("X-Amz-Security-Token", token))
        }
        return request
    }

    /// The key for one day, region and service: the parts of the scope, each authenticated with what came before.
    private static func signingKey(_ secret: String, scope: String) -> [UInt8] {
        scope.split(separator: "/", omittingEmptySubsequences: false).reduce(Array("AWS4\(secret)".utf8)) { key, part in
            HMACSHA256.authenticate(Array(part.utf8), key: key)
        }
    }
}
