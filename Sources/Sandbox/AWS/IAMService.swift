/// The part of IAM that tells the documents of managed policies.
///
/// Source: the IAM API reference, version 2010-05-08; documents are percent-encoded (RFC 3986) in the answer.
struct IAMService: AWSQueryService {
    let name = "iam"
    let version = "2010-05-08"

    func isSigned(_ action: String) -> Bool { true }

    func respond(_ call: Call, _ form: Form, _ state: inout SandboxState) throws(Refusal) -> String {
        let arn = try form.text("PolicyArn", 20...2048)
        guard let document = state.world.identityCenter.managedPolicies[arn] else {
            throw Refusal("NoSuchEntity", "Policy \(arn) does not exist or is not attachable.", status: 404)
        }
        let version = "v" + String(1 + document.utf8.count % 7)
        switch call.operation {
        case "GetPolicy": return "<Policy>\(members(arn, version))</Policy>"
        case "GetPolicyVersion":
            guard try form.text("VersionId", 2...32) == version else {
                throw Refusal("NoSuchEntity", "This policy version does not exist.", status: 404)
            }
            let text = Self.percentEncoded(document)
            return """
                <PolicyVersion><Document>\(text)</Document><VersionId>\(version)</VersionId>\
                <IsDefaultVersion>true</IsDefaultVersion><CreateDate>2025-01-01T00:00:00Z</CreateDate></PolicyVersion>
                """
        default: throw Refusal("InvalidAction", "Could not find operation \(call.operation)")
        }
    }

    private func members(_ arn: String, _ version: String) -> String {
        let name = arn.split(separator: "/").last ?? ""
        return """
            <PolicyName>\(XMLText.escape(String(name)))</PolicyName><PolicyId>ANPASANDBOX0000000001</PolicyId>\
            <Arn>\(XMLText.escape(arn))</Arn><Path>/</Path><DefaultVersionId>\(version)</DefaultVersionId>\
            <AttachmentCount>1</AttachmentCount><IsAttachable>true</IsAttachable>\
            <CreateDate>2025-01-01T00:00:00Z</CreateDate><UpdateDate>2025-01-01T00:00:00Z</UpdateDate>
            """
    }

    private static func percentEncoded(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                out.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return out
    }
}
