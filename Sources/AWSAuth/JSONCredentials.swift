internal import FoundationEssentials

/// Credentials as the metadata services and `credential_process` write them.
struct JSONCredentials: Decodable {
    var version: Int?
    var code: String?
    var message: String?
    private var accessKeyID: String?
    private var secretAccessKey: String?
    private var sessionToken: String?
    private var token: String?
    private var expiration: String?

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case code = "Code"
        case message = "Message"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case token = "Token"
        case expiration = "Expiration"
    }

    init?(_ bytes: [UInt8]) {
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = read
    }

    /// - Returns: nil where a key is missing, or the end is no time: they would be used beyond it.
    func credentials(origin: String) -> AWSCredentials? {
        guard let accessKeyID, let secretAccessKey, !accessKeyID.isEmpty, !secretAccessKey.isEmpty else { return nil }
        let end = expiration.map(AWSTime.seconds)
        if case .some(.none) = end { return nil }
        return AWSCredentials(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: sessionToken ?? token,
            expiration: end ?? nil,
            origin: origin
        )
    }
}
