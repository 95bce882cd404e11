import Crypto
import Testing

@Suite struct EncodingTests {
    @Test("Base 64 gives the values of RFC 4648, 10, and reads them back")
    func base64() {
        let expected = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
        for (plain, text) in expected {
            let bytes = Array(plain.utf8)
            let bare = String(text.prefix { $0 != "=" })
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text) == bytes)
            #expect(Base64URL.encode(bytes) == bare)
            #expect(Base64URL.decode(bare) == bytes)
        }
    }

    @Test("the last two characters of the alphabet differ")
    func alphabets() {
        #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
        #expect(Base64URL.encode([0xFB, 0xEF, 0xFF]) == "--__")
        #expect(Base64.decode("++//") == [0xFB, 0xEF, 0xFF])
        #expect(Base64.decode("--__") == nil)
        #expect(Base64URL.decode("++//") == nil)
    }

    @Test("texts that are not canonical are refused")
    func refused() {
        for text in [
            "Z", "Zg", "Zg=", "Zm8", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "====", "Z===", "=Zg=", "Zm9v====", "Zmé=",
        ] {
            #expect(Base64.decode(text) == nil, "\(text)")
        }
        for text in ["Z", "Zh", "Zm9", "Zg==", "Zm9vY", "Zm 9v", "Zm9v\n"] {
            #expect(Base64URL.decode(text) == nil, "\(text)")
        }
    }

    @Test("all lengths and bytes come back from each encoding")
    func roundTrip() {
        for length in 0...257 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect([UInt8](hex: bytes.hex) == bytes)
        }
    }

    @Test("base 16 is written in lower case and read in either")
    func hex() {
        #expect([0x00, 0x09, 0xAF, 0xFF].hex == "0009afff")
        #expect([UInt8](hex: "0009AFff") == [0x00, 0x09, 0xAF, 0xFF])
        for text in ["0", "0g", "0x", " 0", "é"] { #expect([UInt8](hex: text) == nil) }
    }
}
