internal import Crypto
internal import HTTPServer

/// Who calls AWS.
struct Caller {
    /// The principal's ARN.
    var principal: String
    /// The account that it acts from.
    var account: String
    /// The Region of the credential scope.
    var region: String
}

/// Verifies signature version 4, written apart from the signing code of the product.
///
/// Source: AWS IAM user guide, "Signing AWS API requests", and "Troubleshoot Signature Version 4 signing".
struct SignatureVerifier {
    /// What is wrong with a signature; the protocols name it differently.
    enum Problem: Error {
        case missing
        case incomplete(String)
        case unknownKey
        case expiredToken
        case mismatch(String)
    }

    /// The service of the credential scope.
    var service: String
    /// The Regions of the credential scope that are accepted; nil: any.
    var regions: Set<String>?
    /// How far the time of the request may lie from the clock.
    var windowSeconds = 300.0

    func caller(of request: ServerRequest, _ state: SandboxState) throws(Problem) -> Caller {
        let claim = try Claim(request)
        let identity = try identity(claim, request, state)
        try checkTime(claim, now: state.now)
        try checkScope(claim)
        try checkSignedFields(claim, request)
        let expected = signature(claim, request, secret: identity.secret)
        guard constantTimeEqual(Array(expected.utf8), Array(claim.signature.utf8)) else {
            throw .mismatch(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                    + "Access Key and signing method. Consult the service documentation for details."
            )
        }
        return Caller(
            principal: identity.principal,
            account: identity.isKey ? state.world.access.delegatedAdministrator ?? identity.account : identity.account,
            region: claim.scope[2]
        )
    }

    private struct Identity {
        var secret: String
        var principal: String
        var isKey: Bool
        var account: String {
            principal.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first.map { String($0) }
                ?? ""
        }
    }

    private func identity(_ claim: Claim, _ request: ServerRequest, _ state: SandboxState) throws(Problem) -> Identity {
        let token = request.header("X-Amz-Security-Token")
        if let key = state.world.access.keys.first(where: { $0.id == claim.scope[0] }) {
            guard key.token == token else { throw .unknownKey }
            if let end = key.expiration, end <= state.now { throw .expiredToken }
            return Identity(secret: key.secret, principal: key.principal, isKey: true)
        }
        guard let session = state.sessions[claim.scope[0]], session.token == token else { throw .unknownKey }
        guard session.expiresAt > state.now else { throw .expiredToken }
        return Identity(secret: session.secret, principal: session.principal, isKey: false)
    }

    private func checkTime(_ claim: Claim, now: Double) throws(Problem) {
        guard let time = CivilTime.seconds(ofAmazonDate: claim.date) else {
            throw .incomplete("Date must be in ISO-8601 'basic format'. Got '\(claim.date)'.")
        }
        let present = CivilTime(secondsSince1970: now).amazonDate
        if time < now - windowSeconds {
            throw .mismatch("Signature expired: \(claim.date) is now earlier than \(present) (\(present) - 5 min.)")
        }
        if time > now + windowSeconds {
            throw .mismatch(
                "Signature not yet current: \(claim.date) is still later than \(present) (\(present) + 5 min.)"
            )
        }
    }

    private func checkScope(_ claim: Claim) throws(Problem) {
        guard claim.scope[1] == claim.date.prefix(8) else {
            throw .mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")
        }
        guard claim.scope[3] == service else {
            throw .mismatch("Credential should be scoped to correct service: '\(service)'.")
        }
        guard regions?.contains(claim.scope[2]) ?? true else {
            throw .mismatch("Credential should be scoped to a valid region.")
        }
    }

    private func checkSignedFields(_ claim: Claim, _ request: ServerRequest) throws(Problem) {
        let needed = request.headers.map { $0.name.lowercased() }.filter { $0.hasPrefix("x-amz-") } + ["host"]
        guard Set(needed).isSubset(of: claim.signedFields), claim.signedFields == claim.signedFields.sorted() else {
            throw .mismatch("Host and all X-Amz- fields must be signed, their names in order.")
        }
    }

    private func signature(_ claim: Claim, _ request: ServerRequest, secret: String) -> String {
        let scope = claim.scope.dropFirst()
        let text = [
            "AWS4-HMAC-SHA256", claim.date, scope.joined(separator: "/"),
            SHA256.hash(Array(canonical(claim, request).utf8)).hex,
        ].joined(separator: "\n")
        var key = Array("AWS4\(secret)".utf8)
        for part in scope { key = HMACSHA256.authenticate(Array(part.utf8), key: key) }
        return HMACSHA256.authenticate(Array(text.utf8), key: key).hex
    }

    private func canonical(_ claim: Claim, _ request: ServerRequest) -> String {
        let fields = claim.signedFields.map { name in
            let values = request.headers.filter { $0.name.lowercased() == name }.map { field in
                field.value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
            }
            return "\(name):\(values.joined(separator: ","))\n"
        }
        let path = request.rawPath.split(separator: "/", omittingEmptySubsequences: false)
            .map { Self.encode(String($0)) }.joined(separator: "/")
        let pairs = request.query.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.sorted()
        return [
            request.method, path, pairs.joined(separator: "&"), fields.joined(),
            claim.signedFields.joined(separator: ";"), SHA256.hash(request.body).hex,
        ].joined(separator: "\n")
    }

    private static func encode(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII,
                scalar.properties.isAlphabetic || (48...57).contains(byte) || "-._~".unicodeScalars.contains(scalar)
            {
                out.unicodeScalars.append(scalar)
            } else {
                out += "%" + [byte].hex.uppercased()
            }
        }
        return out
    }
}

/// What an Authorization field claims.
private struct Claim {
    /// Access key id, date, Region, service, `aws4_request`.
    var scope: [String]
    var signedFields: [String]
    var signature: String
    var date: String

    init(_ request: ServerRequest) throws(SignatureVerifier.Problem) {
        guard let text = request.header("Authorization") else { throw .missing }
        guard text.hasPrefix("AWS4-HMAC-SHA256 ") else {
            throw .incomplete("Unsupported AWS 'algorithm': '\(text.prefix { $0 != " " })'.")
        }
        var parts: [String: String] = [:]
        for part in text.dropFirst(17).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            parts[pair[0].filter { $0 != " " }] = String(pair[1])
        }
        guard let credential = parts["Credential"], let fields = parts["SignedHeaders"],
            let signature = parts["Signature"]
        else { throw .incomplete("Authorization header requires 'Credential', 'Signature' and 'SignedHeaders'.") }
        guard let date = request.header("X-Amz-Date") else {
            throw .incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
        }
        scope = credential.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard scope.count == 5, scope[4] == "aws4_request" else {
            throw .incomplete("Credential must have exactly 5 slash-delimited elements.")
        }
        signedFields = fields.split(separator: ";").map { String($0) }
        self.signature = signature
        self.date = date
    }
}
