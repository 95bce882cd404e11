internal import Crypto
internal import FoundationEssentials

/// The token that `aws sso login` leaves in `~/.aws/sso/cache`, in the form that the AWS CLI reads.
struct SSOToken: Codable, Sendable {
    var startURL: String?
    var region: String?
    var accessToken: String
    var expiresAt: String
    var clientID: String?
    var clientSecret: String?
    var registrationExpiresAt: String?
    var refreshToken: String?

    private enum CodingKeys: String, CodingKey {
        case startURL = "startUrl"
        case region, accessToken, expiresAt
        case clientID = "clientId"
        case clientSecret, registrationExpiresAt, refreshToken
    }

    /// The file for a session's name or, in profiles without one, for a start URL.
    static func path(_ key: String, home: String) -> String {
        "\(home)/.aws/sso/cache/\(SHA1.hash(Array(key.utf8)).hex).json"
    }

    /// - Returns: nil where there is no such file, or it holds no token.
    static func read(_ path: String) throws(FileError) -> SSOToken? {
        guard let bytes = try readFile(path, limit: 1 << 20) else { return nil }
        return try? JSONDecoder().decode(SSOToken.self, from: Data(bytes))
    }

    func write(_ path: String) throws(FileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { throw FileError(message: "cannot be encoded") }
        try writePrivateFile(path, [UInt8](data))
    }

    /// How long it holds, in seconds; what is no time counts as over.
    func remaining(at now: Double) -> Double { AWSTime.seconds(expiresAt).map { $0 - now } ?? 0 }

    /// Whether it can be exchanged for a new one without the person.
    func isRenewable(at now: Double) -> Bool {
        guard refreshToken != nil, clientID != nil, clientSecret != nil, let registrationExpiresAt else { return false }
        return AWSTime.seconds(registrationExpiresAt).map { $0 > now } ?? false
    }
}
