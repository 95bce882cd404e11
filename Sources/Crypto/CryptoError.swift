/// Why a key or certificate cannot be used. It never holds any part of the text that was read.
public enum CryptoError: Error, Hashable, Sendable {
    /// The text holds no private key in PEM, or a broken one.
    case unreadableKey
    /// The private key is protected by a pass phrase.
    case encryptedKey
    /// The key is of another algorithm than RSA; its name as OpenSSL gives it.
    case notRSA(String)
    /// The RSA key is shorter than the 2048 bits that RFC 7518, 3.3 asks for.
    case keyTooShort(bits: Int)
    /// The text holds no certificate in PEM.
    case noCertificate
    /// A certificate in the text is broken; counted from 1.
    case unreadableCertificate(number: Int)
    /// None of the certificates belongs to the private key.
    case noCertificateForKey
    /// OpenSSL could not make the signature, or the key.
    case failed(operation: String)

    /// What is wrong and what to do, for a person.
    public var message: String {
        switch self {
        case .unreadableKey: "no readable private key: a PEM block 'PRIVATE KEY' or 'RSA PRIVATE KEY' is needed"
        case .encryptedKey:
            "the private key is protected by a pass phrase: store it without one (openssl pkey -in FILE -out NEWFILE)"
        case .notRSA(let name): "the key is of the kind \(name), but RSA is needed"
        case .keyTooShort(let bits): "the RSA key has \(bits) bits, but at least 2048 are needed"
        case .noCertificate: "no certificate: a PEM block 'CERTIFICATE' is needed"
        case .unreadableCertificate(let number): "certificate \(number) of the file is damaged"
        case .noCertificateForKey: "none of the certificates in the file belongs to the private key"
        case .failed(let operation): "OpenSSL could not \(operation)"
        }
    }
}
