import Crypto
import Testing

@Suite struct DigestTests {
    static let two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    static let four =
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

    @Test("SHA-256 gives NIST's example values")
    func sha256() {
        let expected = [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Self.two, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
            (Self.four, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
        for (text, digest) in expected {
            #expect(SHA256.hash(Array(text.utf8)).hex == digest)
            #expect(SHA256.hash(text).hex == digest)
        }
    }

    @Test("SHA-1 gives NIST's example values")
    func sha1() {
        let expected = [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Self.two, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
            (Self.four, "a49b2446a02c645bf419f995b67091253a04a259"),
            (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        ]
        for (text, digest) in expected { #expect(SHA1.hash(Array(text.utf8)).hex == digest) }
    }

    @Test("a digest in parts equals the digest of the whole, and the hasher starts anew after each")
    func parts() {
        let hasher = SHA256.Hasher()
        for cut in [0, 1, 7, 55, 56, Self.two.count] {
            let text = Array(Self.two.utf8)
            hasher.update(Array(text[..<cut]))
            hasher.update(String(decoding: text[cut...], as: UTF8.self))
            #expect(hasher.finish().hex == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        }
        #expect(hasher.finish() == SHA256.hash(""))
    }

    @Test("digests from many tasks at once are each right")
    func concurrent() async {
        let texts = (0..<2000).map { "user-\($0)@example.com" }
        let alone = texts.map { text in
            let hasher = SHA256.Hasher()
            hasher.update(text)
            return hasher.finish()
        }
        await withTaskGroup(of: [[UInt8]].self) { group in
            for _ in 0..<8 { group.addTask { texts.map { SHA256.hash($0) } } }
            for await digests in group { #expect(digests == alone) }
        }
    }

    @Test("HMAC-SHA-256 gives the values of RFC 4231")
    func hmac() {
        func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
        let expected: [(key: [UInt8], message: [UInt8], code: String)] = [
            (
                repeated(0x0B, 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                repeated(0xAA, 20), repeated(0xDD, 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1...25), repeated(0xCD, 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                repeated(0xAA, 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                repeated(0xAA, 131),
                Array(
                    """
                    This is a test using a larger than block-size key and a larger than block-size data. The key needs to \
                    be hashed before being used by the HMAC algorithm.
                    """.utf8
                ),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ]
        for (key, message, code) in expected {
            #expect(HMACSHA256.authenticate(message, key: key).hex == code)
        }
        #expect(HMACSHA256.authenticate("Hi There", key: repeated(0x0B, 20)).hex == expected[0].code)
        #expect(
            HMACSHA256.authenticate([], key: []).hex
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        )
    }

    @Test("equal byte strings are equal, and no others")
    func equality() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    }

    @Test("random bytes have the length asked for and do not repeat")
    func randomness() {
        #expect(randomBytes(0).isEmpty)
        let drawn = Set((0..<1000).map { _ in randomBytes(16) })
        #expect(drawn.count == 1000)
        #expect(drawn.allSatisfy { $0.count == 16 })
    }
}
