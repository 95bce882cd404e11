internal import HTTPServer

/// What one operation of a JSON service takes.
struct OperationShape {
    var isWrite = false
    /// The members that a request may have.
    var members: [String]

    static func read(_ members: String...) -> OperationShape { OperationShape(members: members) }
    static func write(_ members: String...) -> OperationShape { OperationShape(isWrite: true, members: members) }
}

/// A service of AWS's JSON 1.1 protocol: `POST /` with `X-Amz-Target`.
protocol AWSJSONService: CloudService {
    /// The name in the log: `identitystore`, `sso-admin`, `organizations`.
    var name: String { get }
    /// The prefix of `X-Amz-Target`, with its point.
    var target: String { get }
    /// The service of the credential scope, and of IAM actions.
    var signingName: String { get }
    /// The Regions that may be signed for; nil: any.
    func regions(_ world: World) -> Set<String>?
    /// The operations.
    var operations: [String: OperationShape] { get }
    /// What stands before `#` in `__type`; nil: the bare code.
    var errorNamespace: String? { get }
    /// The rate and burst of an operation, and which operations share them.
    func rate(of operation: String) -> (bucket: String, rate: Double, burst: Double)
    /// The code for too many calls.
    var throttlingCode: String { get }
    /// The code for the service's own failures.
    var failureCode: String { get }
    /// Whether a caller of this account may make this call at all.
    func admits(_ caller: Caller, _ call: Call, _ state: SandboxState) -> Bool
    /// What is answered to a `MaxResults` out of range.
    func badPageSize(_ wanted: Int, _ most: Int) -> Refusal
    /// What is answered to a token that is not one of this list's.
    var badToken: Refusal { get }
    /// Carries out one operation with the caller known.
    func respond(_ call: Call, _ input: Input, _ state: inout SandboxState) throws(Refusal) -> JSONValue
}

extension AWSJSONService {
    var requestIDField: String? { "x-amzn-RequestId" }
    var errorNamespace: String? { nil }
    func admits(_ caller: Caller, _ call: Call, _ state: SandboxState) -> Bool { true }

    func call(for request: ServerRequest) -> Call? {
        guard request.method == "POST", request.rawPath == "/", let wanted = request.header("X-Amz-Target"),
            wanted.hasPrefix(target)
        else { return nil }
        let operation = String(wanted.dropFirst(target.count))
        return Call(
            service: name,
            operation: operation,
            parameters: JSONValue(parsing: request.body)?.object ?? [:],
            isWrite: operations[operation]?.isWrite ?? false,
            request: request
        )
    }

    func authenticate(_ call: Call, _ state: inout SandboxState) throws(Refusal) {
        let verifier = SignatureVerifier(service: signingName, regions: regions(state.world))
        do {
            state.caller = try verifier.caller(of: call.request, state)
        } catch { throw Self.refusal(error) }
        guard let caller = state.caller else { return }
        let action = "\(signingName):\(call.operation)"
        guard admits(caller, call, state), !state.world.access.denied.contains(action) else {
            throw .accessDenied("User: \(caller.principal) is not authorized to perform: \(action)")
        }
        try limitRate(call, &state)
    }

    private func limitRate(_ call: Call, _ state: inout SandboxState) throws(Refusal) {
        guard state.world.behaviour.throttles else { return }
        let rate = rate(of: call.operation)
        var bucket = state.buckets[rate.bucket] ?? Bucket(tokens: rate.burst, at: state.now)
        let hasRoom = bucket.take(rate: rate.rate, burst: rate.burst, now: state.now)
        state.buckets[rate.bucket] = bucket
        if !hasRoom { throw throttled(retryAfter: nil) }
    }

    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        guard let shape = operations[call.operation] else {
            throw Refusal("UnknownOperationException", "", status: 404)
        }
        guard call.request.header("Content-Type") == "application/x-amz-json-1.1" else {
            throw Refusal(
                "UnknownOperationException",
                "The content type must be application/x-amz-json-1.1.",
                status: 404
            )
        }
        guard let members = JSONValue(parsing: call.request.body)?.object else {
            throw Refusal("SerializationException", "The body is no JSON object.")
        }
        let input = Input(members)
        try input.allow(shape.members)
        return .json(try respond(call, input, &state), type: "application/x-amz-json-1.1")
    }

    func render(_ refusal: Refusal, requestID: String) -> Reply {
        var members = refusal.members
        members["__type"] = .string((errorNamespace.map { "\($0)#" } ?? "") + refusal.code)
        let isCommon = Self.commonCodes.contains(refusal.code)
        members[isCommon ? "message" : "Message"] = .string(refusal.message)
        if name == "identitystore", !isCommon { members["RequestId"] = .string(requestID) }
        var reply = Reply.json(.object(members), status: refusal.status, type: "application/x-amz-json-1.1")
        reply.headers = refusal.headers + [("x-amzn-ErrorType", "\(refusal.code):")]
        return reply
    }

    /// Codes of the front end rather than of the service: their message begins with a small letter.
    private static var commonCodes: Set<String> {
        [
            "SerializationException", "UnknownOperationException", "UnrecognizedClientException",
            "InvalidSignatureException", "ExpiredTokenException", "IncompleteSignatureException",
            "MissingAuthenticationTokenException",
        ]
    }

    func throttled(retryAfter: Int?) -> Refusal {
        var refusal = Refusal(throttlingCode, "Rate exceeded")
        if let retryAfter {
            if name == "identitystore" { refusal.members["RetryAfterSeconds"] = .integer(retryAfter) }
            refusal.headers = [("x-amz-retry-after", String(retryAfter * 1000)), ("Retry-After", String(retryAfter))]
        }
        return refusal
    }

    func failed(status: Int) -> Refusal {
        Refusal(failureCode, "An internal error occurred.", status: status)
    }

    private static func refusal(_ problem: SignatureVerifier.Problem) -> Refusal {
        switch problem {
        case .missing: Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
        case .incomplete(let message): Refusal("IncompleteSignatureException", message)
        case .unknownKey:
            Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
        case .expiredToken:
            Refusal("ExpiredTokenException", "The security token included in the request is expired")
        case .mismatch(let message): Refusal("InvalidSignatureException", message)
        }
    }

    /// One page of a list; the token's key is left out at the end.
    func page<Element>(
        _ elements: [Element],
        as key: String,
        most: Int = 100,
        _ call: Call,
        _ input: Input,
        _ state: SandboxState,
        identify: (Element) -> String,
        write: (Element) -> JSONValue
    ) throws(Refusal) -> JSONValue {
        var size = most
        if let wanted = try input.integer("MaxResults") {
            guard (1...most).contains(wanted) else { throw badPageSize(wanted, most) }
            size = wanted
        }
        size = min(size, state.world.behaviour.awsPageLimit ?? size)
        let bound = call.parameters.filter { $0.key != "NextToken" }
        let token = try input.optionalText("NextToken", 0...65_535)
        do {
            let page = try state.paging(beginsEmpty: state.world.behaviour.hasEmptyPages).page(
                of: elements,
                size: size,
                token: token?.isEmpty == true ? nil : token,
                binding: "\(call.operation) \(JSONValue.object(bound))",
                key: identify
            )
            return .members([
                key: .array(page.elements.map(write)), "NextToken": page.token.map { .string($0) },
            ])
        } catch { throw badToken }
    }

    func badPageSize(_ wanted: Int, _ most: Int) -> Refusal {
        .invalid("MaxResults", "Member must have value between 1 and \(most)")
    }

    var badToken: Refusal { .validation("Invalid NextToken") }
}
