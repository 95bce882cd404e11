import Testing

@testable import IAMPolicy

@Suite("PolicyDocument")
struct PolicyDocumentTests {
    private static let good = #""Effect":"Allow","Action":"s3:*","Resource":"*""#

    private static func document(_ statement: String) -> String {
        #"{"Version":"2012-10-17","Statement":[{\#(statement)}]}"#
    }

    @Test(
        "what IAM would not take is invalid, and says why",
        arguments: [
            ("", "not a JSON object"), ("[]", "not a JSON object"), ("null", "not a JSON object"),
            ("{", "not a JSON object"),
            (#"{"Statement":[]} x"#, "not a JSON object"), (#"{"Statement":[],}"#, "not a JSON object"),
            (#"{'Statement':[]}"#, "not a JSON object"), (#"{"Statement":[]}{}"#, "not a JSON object"),
            (#"{"Statement":[{"Sid":"\ud800"}]}"#, "not a JSON object"),
            (#"{"Version":"2012-10-17"}"#, "Statement is missing"),
            (#"{"Statement":"x"}"#, "Statement has the wrong type"),
            (#"{"Statement":["x"]}"#, "Statement has the wrong type"),
            (#"{"Version":"2012-10-18","Statement":[]}"#, "Version '2012-10-18' is unknown"),
            (#"{"Version":2012,"Statement":[]}"#, "Version has the wrong type"),
            (#"{"Version":null,"Statement":[]}"#, "Version has the wrong type"),
            (#"{"Id":1,"Statement":[]}"#, "Id has the wrong type"),
            (#"{"statement":[]}"#, "'statement' is unknown"),
            (#"{"Statement":[],"Statement":[]}"#, "'Statement' is repeated"),
            (document(good + #","Effect":"Deny""#), "'Effect' is repeated"),
            (document(good + #","Condition":{"Bool":{"a":"1","a":"2"}}"#), "'a' is repeated"),
            (document(good + #","\u0045ffect":"Deny""#), "'Effect' is repeated"),
            (document(good + #","Nonsense":1"#), "'Nonsense' is unknown"),
            (document(good + #","Sid":1"#), "Sid has the wrong type"),
            (document(good + #","Principal":"*""#), "Principal"),
            (document(good + #","NotPrincipal":{"AWS":"*"}"#), "Principal"),
            (document(#""Action":"s3:*","Resource":"*""#), "Effect"),
            (document(#""Effect":"allow","Action":"s3:*","Resource":"*""#), "Effect"),
            (document(#""Effect":true,"Action":"s3:*","Resource":"*""#), "Effect has the wrong type"),
            (document(#""Effect":"Allow","Resource":"*""#), "neither Action nor NotAction"),
            (document(good + #","NotAction":"iam:*""#), "both Action and NotAction"),
            (document(#""Effect":"Allow","Action":"s3:*""#), "neither Resource nor NotResource"),
            (document(good + #","NotResource":"*""#), "both Resource and NotResource"),
            (document(#""Effect":"Allow","Action":"CreateUser","Resource":"*""#), "no vendor"),
            (document(#""Effect":"Allow","Action":["s3:*","iam*"],"Resource":"*""#), "'iam*' has no vendor"),
            (document(#""Effect":"Allow","Action":":CreateUser","Resource":"*""#), "no vendor"),
            (document(#""Effect":"Allow","Action":"","Resource":"*""#), "no vendor"),
            (document(#""Effect":"Allow","NotAction":"**","Resource":"*""#), "no vendor"),
            (document(#""Effect":"Allow","Action":{"a":"b"},"Resource":"*""#), "Action has the wrong type"),
            (document(#""Effect":"Allow","Action":["s3:*",1],"Resource":"*""#), "Action has the wrong type"),
            (document(#""Effect":"Allow","Action":"s3:*","Resource":7"#), "Resource has the wrong type"),
            (document(#""Effect":"Allow","Action":"s3:*","NotResource":[["*"]]"#), "NotResource has the wrong type"),
            (document(good + #","Condition":"x""#), "Condition has the wrong type"),
            (document(good + #","Condition":{"Bool":"x"}"#), "Condition has the wrong type"),
            (document(good + #","Condition":{"Bool":{"a":{"b":"c"}}}"#), "Condition has the wrong type"),
            (document(good + #","Condition":{"Bool":{"a":[["c"]]}}"#), "Condition has the wrong type"),
        ]
    )
    func invalid(text: String, reason: String) {
        let error = #expect(throws: PolicyError.self) { try PolicyDocument.parse(text) }
        #expect(error?.reason.contains(reason) == true, "\(error.debugDescription)")
    }

    @Test("the fault's statement is named")
    func place() {
        let text = #"{"Statement":[{\#(Self.good)},{"Effect":"Allow"}]}"#
        let error = #expect(throws: PolicyError.self) { try PolicyDocument.parse(text) }
        #expect(error?.reason.hasPrefix("statement 1:") == true)
    }

    @Test("what the grammar has is read: white space, escapes, numbers in conditions, one for a list")
    func valid() throws {
        let text = """
             {"Version" : "2012-10-17", "Id":"x", "Statement" : {
              "Sid":"S\\u00e9\\ud83d\\ude00\\/", "Effect":"Deny", "NotAction":"s3:*", "NotResource":["a","b"],
              "Condition":{"NumericLessThan":{"x:y":[1,-2.5e3,true,"z"]},"Null":{"k":false}} } }\r\n\t
            """
        let statement = try #require(try PolicyDocument.parse(text).statements.first)
        #expect(statement.id == .sid("Sé😀/") && statement.effect == .deny && statement.isConditional)
        #expect(statement.actions.isComplement && statement.resources.patterns.count == 2)
    }

    @Test("nesting without end is refused, not followed")
    func deep() {
        let text = String(repeating: #"{"a":"#, count: 100_000)
        #expect(throws: PolicyError.self) { try PolicyDocument.parse(text) }
        let closed = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(throws: PolicyError.self) { try PolicyDocument.parse(closed) }
    }

    @Test("numbers are those of JSON", arguments: ["01", "1.", ".5", "+1", "1e", "-", "NaN", "0x1"])
    func numbers(text: String) {
        #expect(JSONReader.value(text) == nil)
        #expect(JSONReader.value("[\(text)]") == nil)
    }
}
