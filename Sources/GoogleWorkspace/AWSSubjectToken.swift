internal import AWSAuth
internal import HTTP

/// A signed request to AWS STS that is not sent: Google sends it to learn which AWS role the workload has.
///
/// Source: google-auth, `aws.Credentials.retrieve_subject_token`; Google Cloud, "Authenticate with AWS".
struct AWSSubjectToken {
    private struct Field: Encodable {
        var key: String
        var value: String
    }

    private struct Request: Encodable {
        var headers: [Field]
        var method: String
        var url: String
    }

    /// The token: the request as compact JSON, percent-encoded.
    let text: String

    /// Signs the request.
    ///
    /// - Parameters:
    ///   - verificationURL: `regional_cred_verification_url` of the credentials file, with `{region}` in it.
    ///   - audience: the workload identity provider that shall accept the token.
    ///   - seconds: the time, in seconds since 1970.
    init(
        verificationURL: String,
        audience: String,
        credentials: AWSCredentials,
        region: String,
        at seconds: Double
    ) {
        let url = verificationURL.replacing("{region}", with: region)
        let signed = SigV4.sign(
            HTTPRequest(method: "POST", url: url),
            credentials: credentials,
            region: region,
            service: "sts",
            at: seconds,
            includingHost: true
        )
        // Signed before the audience is added, as google-auth does it.
        let names = ["Authorization", "host", "x-amz-date", "x-amz-security-token"]
        var headers: [Field] = []
        for name in names {
            guard let value = signed.headers.first(where: { $0.name.lowercased() == name.lowercased() })?.value else {
                continue
            }
            headers.append(Field(key: name, value: value))
        }
        headers.append(Field(key: "x-goog-cloud-target-resource", value: audience))
        let json = String(decoding: compactJSON(Request(headers: headers, method: "POST", url: url)), as: UTF8.self)
        // The slash stands, as in Python's `urllib.parse.quote`.
        text = PercentEncoding.encode(json).replacing("%2F", with: "/")
    }
}
