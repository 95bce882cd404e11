internal import Crypto
internal import FoundationEssentials

/// Reads credentials files.
enum CredentialsFile {
    /// Larger files are no credentials.
    static let maximumBytes = 1 << 20

    /// Reads and checks the file; the private key is parsed, nothing is asked of the network.
    static func read(_ path: String) throws(GoogleCredentialsError) -> GoogleCredentials {
        try parse(bytes(of: path), path: path)
    }

    private static func bytes(of path: String) throws(GoogleCredentialsError) -> Data {
        guard !path.isEmpty else {
            throw GoogleCredentialsError(
                .missing,
                path: "(none)",
                message: "no path is given",
                advice: "set `credentials`"
            )
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            guard FileManager.default.fileExists(atPath: path) else {
                throw GoogleCredentialsError(.missing, path: path, message: "there is no such file")
            }
            let advice = "it must be a file that this user may read"
            throw GoogleCredentialsError(.unreadable, path: path, message: "it cannot be read", advice: advice)
        }
        guard data.count <= maximumBytes else {
            throw GoogleCredentialsError(.malformed, path: path, message: "it is larger than \(maximumBytes) bytes")
        }
        return data
    }

    /// Checks a file's contents.
    static func parse(_ data: Data, path: String) throws(GoogleCredentialsError) -> GoogleCredentials {
        let fields: CredentialsFields
        do {
            fields = try JSONDecoder().decode(CredentialsFields.self, from: data)
        } catch let error as DecodingError {
            throw GoogleCredentialsError(.malformed, path: path, message: shapeProblem(error))
        } catch {
            throw GoogleCredentialsError(.malformed, path: path, message: "it is not JSON")
        }
        let check = CredentialsCheck(fields: fields, path: path)
        switch fields.type {
        case "service_account": return .key(try check.key())
        case "external_account": return .federation(try check.federation())
        default: throw check.unsupportedType()
        }
    }

    private static func shapeProblem(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "it is not a JSON object" : "`\(path)` has the wrong type"
        case .keyNotFound(let key, let context):
            return "`\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))` is missing"
        default: return "it is not JSON"
        }
    }
}

/// The keys of both kinds of file that this module reads; the others are left alone.
///
/// Source: google-auth, `service_account.py` and `external_account.py`.
struct CredentialsFields: Decodable {
    struct Source: Decodable {
        struct Format: Decodable {
            var type: String?
            var subject_token_field_name: String?
        }
        struct Other: Decodable { init(from decoder: any Decoder) {} }
        var file: String?
        var url: String?
        var headers: [String: String]?
        var format: Format?
        var environment_id: String?
        var regional_cred_verification_url: String?
        var region_url: String?
        var imdsv2_session_token_url: String?
        var executable: Other?
        var certificate: Other?
    }

    var type: String?
    var universe_domain: String?
    var client_email: String?
    var client_id: String?
    var private_key_id: String?
    var private_key: String?
    var token_uri: String?
    var audience: String?
    var subject_token_type: String?
    var token_url: String?
    var service_account_impersonation_url: String?
    var credential_source: Source?
}
