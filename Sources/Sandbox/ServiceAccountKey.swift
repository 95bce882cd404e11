internal import Crypto
internal import FoundationEssentials

/// The service account's key pair: made when a process first needs it, and thrown away with it.
enum ServiceAccountKey {
    /// One for all sandboxes of the process, since making one takes a while.
    static let shared = Result { try RSAPrivateKey(generatingBits: 2048) }

    /// Writes the key file that Google's console would have given, in a folder of its own.
    static func write(
        _ key: RSAPrivateKey,
        account: World.ServiceAccount,
        baseURL: String
    ) throws -> (folder: String, file: String) {
        let folder = FileManager.default.temporaryDirectory.path + "/idbridge-sandbox-" + randomBytes(8).hex
        let file = folder + "/google-key.json"
        let text = try json(key, account: account, baseURL: baseURL).description + "\n"
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            guard
                FileManager.default.createFile(
                    atPath: file,
                    contents: Data(text.utf8),
                    attributes: [.posixPermissions: 0o600]
                )
            else { throw Sandbox.StartError.keyFile(file) }
        } catch let error as Sandbox.StartError { throw error } catch {
            throw Sandbox.StartError.keyFile(String(describing: error))
        }
        return (folder, file)
    }

    /// Writes the certificate and key of the application in Entra into a folder.
    static func writeCertificate(in folder: String) throws -> String {
        let file = folder + "/entra.pem"
        let data = Data(try ApplicationCertificate.shared.get().pem.utf8)
        let isWritten = FileManager.default.createFile(
            atPath: file,
            contents: data,
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else { throw Sandbox.StartError.keyFile(file) }
        return file
    }

    private static func json(_ key: RSAPrivateKey, account: World.ServiceAccount, baseURL: String) throws -> JSONValue {
        [
            "type": "service_account",
            "project_id": .string(account.projectID),
            "private_key_id": .string(account.keyID),
            "private_key": .string(try key.secretPEM()),
            "client_email": .string(account.email),
            "client_id": .string(account.clientID),
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": .string(baseURL + GoogleTokenService.path),
            "universe_domain": "googleapis.com",
        ]
    }
}
