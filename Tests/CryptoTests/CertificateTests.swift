import Crypto
import Testing

@Suite struct CertificateTests {
    @Test("thumbprints, DER and times are those that another implementation gives")
    func values() throws {
        let certificate = try Certificate(pem: Fixture.leaf)
        #expect(certificate.sha1Thumbprint.hex == Fixture.leafSHA1)
        #expect(certificate.sha256Thumbprint.hex == Fixture.leafSHA256)
        #expect(certificate.der.count == Fixture.leafLength)
        #expect(certificate.notBeforeSeconds == 1_793_534_405)
        #expect(certificate.notAfterSeconds == 2_719_094_399)
        let old = try Certificate(pem: Fixture.old)
        #expect(old.notBeforeSeconds == 946_684_798)
        #expect(old.notAfterSeconds == 951_868_800)
    }

    @Test("the certificate is found beside a key, encrypted or not")
    func bundle() throws {
        let leaf = try Certificate(pem: Fixture.leaf)
        for key in [Fixture.pkcs8, Fixture.pkcs1, Fixture.encrypted, Fixture.ellipticCurve] {
            #expect(try Certificate(pem: key + Fixture.leaf + Fixture.issuer) == leaf)
        }
    }

    @Test("all certificates are read in their order")
    func all() throws {
        let read = try Certificate.all(pem: Fixture.issuer + Fixture.pkcs8 + Fixture.leaf + Fixture.old)
        let each = try [Fixture.issuer, Fixture.leaf, Fixture.old].map { try Certificate(pem: $0) }
        #expect(read == each)
    }

    @Test("the chain begins with the certificate of the key wherever it stands")
    func chain() throws {
        let key = try RSAPrivateKey(pem: Fixture.pkcs8)
        let leaf = try Certificate(pem: Fixture.leaf)
        let issuer = try Certificate(pem: Fixture.issuer)
        #expect(try Certificate.chain(pem: Fixture.leaf + Fixture.issuer, key: key) == [leaf, issuer])
        #expect(try Certificate.chain(pem: Fixture.pkcs8 + Fixture.issuer + Fixture.leaf, key: key) == [leaf, issuer])
        #expect(throws: CryptoError.noCertificateForKey) {
            try Certificate.chain(pem: Fixture.issuer + Fixture.old, key: key)
        }
    }

    @Test("the public key of a certificate checks what its private key signed")
    func publicKey() throws {
        let key = try #require(try Certificate.publicKey(pem: Fixture.leaf))
        let signature = try #require([UInt8](hex: Fixture.rs256))
        #expect(key.verifyRS256(signature, of: Array(Fixture.message.utf8)))
        #expect(try Certificate.publicKey(pem: Fixture.issuer) == nil)
    }

    @Test("texts without a whole certificate are refused with the reason")
    func refused() {
        let damaged = Fixture.issuer.replacing("MII", with: "MIA", maxReplacements: 1)
        let expected: [(String, CryptoError)] = [
            ("", .noCertificate), ("text", .noCertificate), (Fixture.pkcs8, .noCertificate),
            (damaged, .unreadableCertificate(number: 1)), (Fixture.leaf + damaged, .unreadableCertificate(number: 2)),
            (Fixture.leaf + Fixture.issuer.dropLast(40), .unreadableCertificate(number: 2)),
        ]
        for (pem, error) in expected {
            #expect(throws: error) { try Certificate.all(pem: pem) }
            #expect(!error.message.isEmpty)
        }
    }
}
