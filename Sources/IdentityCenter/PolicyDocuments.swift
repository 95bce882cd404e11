internal import AWSAuth
internal import HTTP
internal import Model

/// The documents of managed policies, from the IAM API.
///
/// Source: IAM API reference, GetPolicy and GetPolicyVersion: the document comes percent-encoded (RFC 3986).
struct PolicyDocuments: Sendable {
    let client: AWSQueryClient
    let gate: Gate

    /// The document of a policy's default version.
    func document(_ arn: String, cache: PolicyCache) async -> PolicyText.Content {
        do throws(UpstreamError) {
            let version = try await text(of: "GetPolicy", arn, [], path: ["Policy", "DefaultVersionId"])
            let key = "iam-policy \(arn) \(version)"
            if let known = await cache.read(key) { return .text(known) }
            let encoded = try await text(
                of: "GetPolicyVersion",
                arn,
                [("VersionId", version)],
                path: ["PolicyVersion", "Document"]
            )
            guard let document = PolicyDocuments.decoded(encoded) else {
                return .unreadable("GetPolicyVersion of \(arn): the document is not percent-encoded UTF-8")
            }
            await cache.write(key, document)
            return .text(document)
        } catch {
            return .unreadable("\(error)")
        }
    }

    private func text(
        of action: String,
        _ arn: String,
        _ more: [(name: String, value: String)],
        path: [String]
    ) async throws(UpstreamError) -> String {
        let call = Call(service: "iam", operation: action, object: arn)
        let reply = try await gate.pass { () async throws(UpstreamError) -> AWSQueryReply in
            do throws(AWSServiceError) { return try await client.call(action, [("PolicyArn", arn)] + more) } catch {
                throw CallFailure(error, object: arn).upstream
            }
        }
        guard let reply else { throw call.cancelled }
        var element: XMLElement? = reply.result
        for name in path { element = element?[name] }
        guard let text = element?.text, !text.isEmpty else {
            throw call.malformed("the answer has no \(path.joined(separator: "."))", requestID: reply.requestID)
        }
        return text
    }

    /// The text behind its percent-encoding; nil where it is none.
    static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap(hexValue)
            guard digits.count == 2 else { return nil }
            bytes.append(digits[0] << 4 | digits[1])
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// The value of a hexadecimal digit.
private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
