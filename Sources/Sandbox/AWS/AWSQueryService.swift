internal import HTTPServer

/// A service of AWS's Query protocol: `POST /` with a form that names the action; answers and errors are XML.
protocol AWSQueryService: CloudService {
    /// The name in the log, and the service of the credential scope.
    var name: String { get }
    /// The API version that the form names.
    var version: String { get }
    /// Whether an action is signed.
    func isSigned(_ action: String) -> Bool
    /// Carries out an action: the XML inside of `<ActionResult>`.
    func respond(_ call: Call, _ form: Form, _ state: inout SandboxState) throws(Refusal) -> String
}

/// The parameters of a Query request.
struct Form {
    private let pairs: [String: String]

    init(_ request: ServerRequest) {
        pairs = Dictionary(request.form.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// A parameter that must be there, within a length.
    func text(_ name: String, _ length: ClosedRange<Int>) throws(Refusal) -> String {
        guard let text = pairs[name] else {
            throw Refusal("MissingParameter", "The request must contain the parameter \(name).")
        }
        guard length.contains(text.count) else {
            throw Refusal("ValidationError", "Value '\(text)' at '\(name)' failed to satisfy constraint on its length")
        }
        return text
    }

    /// A parameter that may be there.
    func optional(_ name: String) -> String? { pairs[name] }
}

extension AWSQueryService {
    var requestIDField: String? { "x-amzn-RequestId" }

    func call(for request: ServerRequest) -> Call? {
        guard request.method == "POST", request.rawPath == "/", request.header("X-Amz-Target") == nil,
            request.header("Content-Type")?.hasPrefix("application/x-www-form-urlencoded") == true
        else { return nil }
        var parameters = Dictionary(request.form.map { ($0.name, JSONValue.string($0.value)) }) { first, _ in first }
        guard parameters["Version"]?.text == version, let action = parameters["Action"]?.text else { return nil }
        for secret in ["WebIdentityToken", "TokenCode", "Action", "Version"] { parameters[secret] = nil }
        return Call(service: name, operation: action, parameters: parameters, request: request)
    }

    func authenticate(_ call: Call, _ state: inout SandboxState) throws(Refusal) {
        state.caller = nil
        guard isSigned(call.operation) else { return }
        let verifier = SignatureVerifier(
            service: name,
            regions: name == "iam" ? ["us-east-1"] : nil,
            windowSeconds: 900
        )
        do {
            state.caller = try verifier.caller(of: call.request, state)
        } catch { throw Self.refusal(error) }
        let action = "\(name):\(call.operation)"
        if let caller = state.caller, state.world.access.denied.contains(action) {
            throw Refusal(
                "AccessDenied",
                "User: \(caller.principal) is not authorized to perform: \(action)",
                status: 403
            )
        }
    }

    func perform(_ call: Call, _ state: inout SandboxState) throws(Refusal) -> Reply {
        let result = try respond(call, Form(call.request), &state)
        let id = Identifier.uuid("request", String(call.number))
        let text = """
            <\(call.operation)Response xmlns="https://\(name).amazonaws.com/doc/\(version)/">
              <\(call.operation)Result>\(result)</\(call.operation)Result>
              <ResponseMetadata><RequestId>\(id)</RequestId></ResponseMetadata>
            </\(call.operation)Response>
            """
        return .text(text, type: "text/xml")
    }

    func render(_ refusal: Refusal, requestID: String) -> Reply {
        let text = """
            <ErrorResponse xmlns="https://\(name).amazonaws.com/doc/\(version)/">
              <Error>
                <Type>\(refusal.status < 500 ? "Sender" : "Receiver")</Type>
                <Code>\(XMLText.escape(refusal.code))</Code>
                <Message>\(XMLText.escape(refusal.message))</Message>
              </Error>
              <RequestId>\(requestID)</RequestId>
            </ErrorResponse>
            """
        var reply = Reply.text(text, status: refusal.status, type: "text/xml")
        reply.headers = refusal.headers
        return reply
    }

    func throttled(retryAfter: Int?) -> Refusal {
        Refusal("Throttling", "Rate exceeded").retrying(after: retryAfter)
    }

    func failed(status: Int) -> Refusal {
        Refusal(status == 503 ? "ServiceUnavailable" : "InternalFailure", "The service failed.", status: status)
    }

    private static func refusal(_ problem: SignatureVerifier.Problem) -> Refusal {
        switch problem {
        case .missing:
            Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", status: 403)
        case .incomplete(let message): Refusal("IncompleteSignature", message)
        case .unknownKey:
            Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", status: 403)
        case .expiredToken:
            Refusal("ExpiredToken", "The security token included in the request is expired", status: 403)
        case .mismatch(let message): Refusal("SignatureDoesNotMatch", message, status: 403)
        }
    }
}

/// Text inside of XML.
enum XMLText {
    static func escape(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: String(character)
            }
        }.joined()
    }
}
