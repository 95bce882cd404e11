internal import Crypto

/// What runs in the simulated tenant: tokens, and what delta links continue.
struct GraphState {
    /// What an access token may do.
    struct Grant {
        var roles: Set<String>
        var expiresAt: Double
    }

    /// The tenant as it stood when a delta link was given out.
    struct Snapshot {
        var users: [World.EntraUser]
        var groups: [World.EntraGroup]
        var kind: DeltaKind
        var select: [String]
        var at: Double
        /// What the rounds up to the link told last, for replays.
        var told: [JSONValue]
    }

    /// One round of a delta, while its pages are read.
    struct Round {
        var entries: [(offset: Int, element: JSONValue)]
        var snapshot: Snapshot
    }

    /// The lists that have a delta.
    enum DeltaKind: String {
        case users
        case groups
    }

    var grants: [String: Grant] = [:]
    var snapshots: [String: Snapshot] = [:]
    var rounds: [String: Round] = [:]
    /// How many parts of batches came so far.
    var parts = 0
}

/// The certificate of the sandbox's own application, with its key.
struct ApplicationCertificate: Sendable {
    /// One for all sandboxes of the process, like the key that it is for.
    static let shared = Result { try ApplicationCertificate(key: ServiceAccountKey.shared.get()) }

    /// Certificate and private key, in PEM.
    let pem: String

    private init(key: RSAPrivateKey) throws {
        pem = try SelfSignedCertificate.pem(key: key, name: "idbridge sandbox") + key.secretPEM()
    }
}

/// An X.509 certificate that signs itself (RFC 5280, 4.1), in DER by hand: nothing but names, dates, key and signature.
enum SelfSignedCertificate {
    static func pem(key: RSAPrivateKey, name: String) throws -> String {
        let algorithm = sequence(oid([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]) + [0x05, 0x00])
        let commonName = sequence(oid([0x55, 0x04, 0x03]) + element(0x0C, Array(name.utf8)))
        let subject = sequence(element(0x31, commonName))
        let dates = sequence(time("260101000000Z") + time("360101000000Z"))
        let body = sequence(
            element(0xA0, element(0x02, [2])) + element(0x02, [1]) + algorithm + subject + dates + subject
                + (try subjectPublicKeyInfo(key))
        )
        let signature = element(0x03, [0] + (try key.signRS256(body)))
        return block(sequence(body + algorithm + signature))
    }

    private static func subjectPublicKeyInfo(_ key: RSAPrivateKey) throws -> [UInt8] {
        let lines = try key.publicKey.pem().split(separator: "\n").filter { !$0.hasPrefix("-") }
        return Base64.decode(lines.joined()) ?? []
    }

    private static func block(_ der: [UInt8]) -> String {
        let text = Array(Base64.encode(der))
        let lines = stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) }
        return "-----BEGIN CERTIFICATE-----\n" + lines.joined(separator: "\n") + "\n-----END CERTIFICATE-----\n"
    }

    private static func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }
    private static func oid(_ bytes: [UInt8]) -> [UInt8] { element(0x06, bytes) }
    private static func time(_ text: String) -> [UInt8] { element(0x17, Array(text.utf8)) }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 128 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }
}
