import Crypto
import HTTP
import Testing

@testable import AWSAuth

@Suite("SigV4")
struct SigV4Tests {
    private struct Vector: Decodable {
        let method, url, body, accessKeyID, secretAccessKey, region, service, amzDate, authorization: String
        let headers: [[String]]
        let sessionToken: String?
        let seconds: Double

        var request: HTTPRequest {
            HTTPRequest(
                method: method,
                url: url,
                headers: headers.map { HTTPField($0[0], $0[1]) },
                body: Base64.decode(body) ?? []
            )
        }

        func signed() -> HTTPRequest {
            let credentials = AWSCredentials(
                accessKeyID: accessKeyID,
                secretAccessKey: secretAccessKey,
                sessionToken: sessionToken
            )
            return SigV4.sign(request, credentials: credentials, region: region, service: service, at: seconds)
        }
    }

    private func value(_ name: String, _ request: HTTPRequest) -> String? {
        request.headers.first { $0.name == name }?.value
    }

    @Test("signs as botocore does")
    func vectors() throws {
        for (index, vector) in try Vectors.load("sigv4", as: Vector.self).enumerated() {
            let signed = vector.signed()
            #expect(value("Authorization", signed) == vector.authorization, "vector \(index): \(vector.url)")
            #expect(value("X-Amz-Date", signed) == vector.amzDate)
            #expect(value("X-Amz-Security-Token", signed) == vector.sessionToken)
            #expect(signed.url == vector.url && signed.body == vector.request.body)
        }
    }

    private static let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        sessionToken: "SESSIONTOKEN"
    )

    private func listGroups(_ headers: [HTTPField] = []) -> HTTPRequest {
        HTTPRequest(
            method: "POST",
            url: "https://identitystore.eu-west-1.amazonaws.com/",
            headers: [
                HTTPField("Content-Type", "application/x-amz-json-1.1"),
                HTTPField("X-Amz-Target", "AWSIdentityStore.ListGroups"),
            ] + headers,
            body: Array(#"{"IdentityStoreId":"d-1234567890"}"#.utf8)
        )
    }

    private func sign(_ request: HTTPRequest, includingHost: Bool = false) -> HTTPRequest {
        SigV4.sign(
            request,
            credentials: Self.credentials,
            region: "eu-west-1",
            service: "identitystore",
            at: 1_795_464_900,
            includingHost: includingHost
        )
    }

    private static let authorization = """
        AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-west-1/identitystore/aws4_request, \
        SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
        Signature=9910914d8201ed3ccb80aea378e979d687f0ff884396c28608948a97882f3b94
        """

    @Test("gives the signature that was worked out by hand for ListGroups")
    func listGroupsVector() throws {
        let signed = sign(listGroups())
        #expect(value("Authorization", signed) == Self.authorization)
        let url = try #require(HTTPURL(signed.url))
        let digest = SHA256.hash(Array(CanonicalRequest(signed, url: url).text.utf8)).hex
        #expect(digest == "2ca4ebf8c080c07999a4d8aa62ce75b465109b3481b9c76eee66ea771acf9413")
    }

    @Test("replaces the signature of an earlier attempt")
    func signsAgain() {
        let once = sign(listGroups())
        #expect(sign(once) == once)
        let stale = listGroups([HTTPField("x-amz-date", "20200101T000000Z"), HTTPField("authorization", "old")])
        #expect(value("Authorization", sign(stale)) == Self.authorization)
    }

    @Test("gives the host as a field where somebody else sends the request")
    func includesHost() {
        let signed = sign(listGroups(), includingHost: true)
        #expect(value("Host", signed) == "identitystore.eu-west-1.amazonaws.com")
        #expect(value("Authorization", signed) == Self.authorization)
    }

    @Test("takes a field that is sent twice as one value")
    func repeatedField() {
        let twice = sign(listGroups([HTTPField("X-Multi", " a  b"), HTTPField("x-multi", "c ")]))
        let once = sign(listGroups([HTTPField("X-Multi", "a b,c")]))
        #expect(value("Authorization", twice) == value("Authorization", once))
    }

    @Test("encodes a query that is not yet canonical")
    func rawQuery() {
        let pairs = [
            ("?b=2&a=1", "?a=1&b=2"), ("?a=x%2fy", "?a=x%2Fy"), ("?a", "?a="), ("?a=b+c", "?a=b%20c"),
            ("?a=b:c", "?a=b%3Ac"), ("?a=%7e", "?a=~"), ("?a=1&&b=2", "?a=1&b=2"), ("?a=b=c", "?a=b%3Dc"),
        ]
        for (raw, canonical) in pairs {
            let signed = [raw, canonical].map { query in
                value("Authorization", sign(HTTPRequest(url: "https://sts.amazonaws.com/" + query)))
            }
            #expect(signed[0] == signed[1], "\(raw)")
        }
    }

    @Test("leaves what is no URL to the transport")
    func notURL() {
        for url in [
            "", "sts.amazonaws.com", "ftp://a/", "https:///", "https://user@host/", "https://a b/", "http://h:0/",
        ] {
            #expect(sign(HTTPRequest(url: url)).headers.isEmpty, "\(url)")
        }
    }

    @Test("no description of credentials shows a secret")
    func noSecrets() {
        var dumped = ""
        dump(Self.credentials, to: &dumped)
        for text in [dumped, "\(Self.credentials)", String(reflecting: Self.credentials)] {
            #expect(!text.contains("wJalr") && !text.contains("SESSIONTOKEN"))
            #expect(text.contains("AKIDEXAMPLE"))
        }
    }
}
