import Crypto
import Testing

@Suite struct RSAKeyTests {
    let message = Array(Fixture.message.utf8)

    @Test("RS256 gives the signature that another implementation gives, from PKCS#8 and from PKCS#1")
    func rs256() throws {
        for pem in [Fixture.pkcs8, Fixture.pkcs1] {
            #expect(try RSAPrivateKey(pem: pem).signRS256(message).hex == Fixture.rs256)
        }
    }

    @Test("a PS256 signature of another implementation is accepted, and only with the salt that PS256 has")
    func foreignPS256() throws {
        let key = try RSAPublicKey(pem: Fixture.publicPEM)
        #expect(key.verifyPS256(try bytes(Fixture.ps256), of: message))
        #expect(!key.verifyPS256(try bytes(Fixture.pss20), of: message))
        #expect(!key.verifyPS256(try bytes(Fixture.rs256), of: message))
        #expect(!key.verifyRS256(try bytes(Fixture.ps256), of: message))
        #expect(key.verifyRS256(try bytes(Fixture.rs256), of: message))
    }

    @Test("PS256 signatures differ from call to call and are each accepted")
    func ps256() throws {
        let key = try RSAPrivateKey(pem: Fixture.pkcs8)
        let first = try key.signPS256(message)
        let second = try key.signPS256(message)
        #expect(first != second)
        #expect(first.count == 256)
        for signature in [first, second] { #expect(key.publicKey.verifyPS256(signature, of: message)) }
    }

    @Test("a changed message or signature is not accepted")
    func tampering() throws {
        let key = try RSAPublicKey(pem: Fixture.publicPEM)
        var signature = try bytes(Fixture.rs256)
        #expect(!key.verifyRS256(signature, of: message + [0]))
        signature[100] ^= 1
        #expect(!key.verifyRS256(signature, of: message))
        #expect(!key.verifyRS256([], of: message))
    }

    @Test("one key signs from many tasks at once")
    func concurrent() async throws {
        let key = try RSAPrivateKey(pem: Fixture.pkcs8)
        let message = message
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<32 { group.addTask { try key.signRS256(message) } }
            for try await signature in group { #expect(signature.hex == Fixture.rs256) }
        }
    }

    @Test("the key is found beside certificates and other text")
    func bundle() throws {
        let windows = Fixture.pkcs8.split(separator: "\n").joined(separator: "\r\n")
        for pem in [Fixture.leaf + Fixture.pkcs8 + Fixture.issuer, "Bag Attributes\n" + Fixture.pkcs1, windows] {
            #expect(try RSAPrivateKey(pem: pem).signRS256(message).hex == Fixture.rs256)
        }
    }

    @Test("keys that cannot be used are refused with the reason")
    func refused() {
        let broken = Fixture.pkcs8.replacing("MII", with: "MIA", maxReplacements: 1)
        let expected: [(String, CryptoError)] = [
            ("", .unreadableKey), ("no key", .unreadableKey), (Fixture.leaf, .unreadableKey),
            (Fixture.publicPEM, .unreadableKey), (broken, .unreadableKey),
            (String(Fixture.pkcs8.dropLast(60)), .unreadableKey), (Fixture.encrypted, .encryptedKey),
            (Fixture.encryptedPKCS1, .encryptedKey), (Fixture.ellipticCurve, .notRSA("EC")),
            (Fixture.short, .keyTooShort(bits: 1024)),
        ]
        for (pem, error) in expected {
            #expect(throws: error) { try RSAPrivateKey(pem: pem) }
            #expect(!error.message.isEmpty)
        }
        #expect(throws: CryptoError.unreadableKey) { try RSAPublicKey(pem: Fixture.pkcs8) }
        #expect(throws: CryptoError.failed(operation: "make an RSA key of 1024 bits")) {
            try RSAPrivateKey(generatingBits: 1024)
        }
    }

    @Test("a new key survives its PEM")
    func generation() throws {
        let key = try RSAPrivateKey(generatingBits: 2048)
        let signature = try RSAPrivateKey(pem: key.secretPEM()).signRS256(message)
        #expect(try RSAPublicKey(pem: key.publicKey.pem()).verifyRS256(signature, of: message))
        #expect(try RSAPrivateKey(pem: Fixture.pkcs1).secretPEM() == Fixture.pkcs8)
        #expect(try RSAPrivateKey(pem: Fixture.pkcs1).publicKey.pem() == Fixture.publicPEM)
    }

    @Test("no description shows the key")
    func description() throws {
        let key = try RSAPrivateKey(pem: Fixture.pkcs8)
        var dumped = ""
        dump(key, to: &dumped)
        let secret = Fixture.pkcs8.split(separator: "\n")[1]
        for text in ["\(key)", String(reflecting: key), dumped] { #expect(!text.contains(secret)) }
    }

    private func bytes(_ hex: String) throws -> [UInt8] { try #require([UInt8](hex: hex)) }
}
