import Crypto
import HTTP
import Synchronization

@testable import GoogleWorkspace

/// Google's token endpoint and Directory API, strict in what it takes, with faults at any call.
final class FakeGoogle: HTTPTransport {
    /// A call as it came in.
    struct Call: Sendable {
        /// `token`, `users.list`, `members.list` ….
        var operation: String
        var request: HTTPRequest
        var query: [String: String]
        var path: [String]
        var form: [String: String]
    }

    /// What happens instead of the answer, or to it.
    enum Fault: Sendable {
        case answer(HTTPResponse)
        case fail(TransportError)
        case change(@Sendable (JSON) -> JSON)
        case cut(Int)
        /// Adds seconds to the service's clock for this call.
        case run(@Sendable (FakeGoogle) -> Void)
    }

    private struct State {
        var company: Company
        var calls: [Call] = []
        var tokens: Set<String> = []
        var issued = 0
        var files: [TemporaryFile] = []
    }

    static let origin = "http://127.0.0.1:9"
    let time: StoppedTime
    /// How far the service's clock is ahead of the caller's.
    let clockOffset: Double
    private let state: Mutex<State>
    private let faults: @Sendable (Call, _ number: Int, _ ofOperation: Int) -> Fault?
    let identity: FakeIdentity

    init(
        _ company: Company = Company(),
        time: StoppedTime = StoppedTime(),
        clockOffset: Double = 0,
        identity: FakeIdentity = FakeIdentity(),
        faults: @escaping @Sendable (Call, _ number: Int, _ ofOperation: Int) -> Fault? = { _, _, _ in nil }
    ) {
        self.time = time
        self.clockOffset = clockOffset
        self.identity = identity
        self.faults = faults
        state = Mutex(State(company: company))
    }

    var company: Company {
        get { state.withLock { $0.company } }
        set { state.withLock { $0.company = newValue } }
    }
    /// All calls, in the order in which they came.
    var calls: [Call] { state.withLock { $0.calls } }
    /// How often each operation was called.
    var counts: [String: Int] { Dictionary(grouping: calls, by: \.operation).mapValues(\.count) }
    var now: Double { time.now() + clockOffset }

    /// Keeps a file as long as the service is there.
    func keep(_ file: TemporaryFile) { state.withLock { $0.files.append(file) } }

    /// Makes every token given so far worthless.
    func revokeTokens() { state.withLock { $0.tokens = [] } }

    /// A new token that the Directory API takes.
    func issueToken() -> String {
        state.withLock { state in
            state.issued += 1
            let token = "ya29.token-\(state.issued)"
            state.tokens.insert(token)
            return token
        }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        let call = FakeGoogle.read(request)
        let (number, ofOperation) = state.withLock { state in
            state.calls.append(call)
            return (state.calls.count, state.calls.count { $0.operation == call.operation })
        }
        let fault = faults(call, number, ofOperation)
        switch fault {
        case .answer(let response): return dated(response)
        case .fail(let error): throw error
        case .run(let body): body(self)
        case .change, .cut, nil: break
        }
        var response = dated(answer(call))
        if case .change(let change) = fault, let body = JSON.read(response.body) { response.body = change(body).bytes }
        if case .cut(let count) = fault {
            response.body = Array(response.body.dropLast(min(count, response.body.count)))
        }
        return response
    }

    private func dated(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        if response.header("Date") == nil { response.headers.append(HTTPField("Date", httpDateText(now))) }
        return response
    }

    private func answer(_ call: Call) -> HTTPResponse {
        switch call.operation {
        case "token", "sts.token", "generateAccessToken", "signJwt", "subject": return identity.answer(call, self)
        default: break
        }
        let authorization = call.request.header("Authorization") ?? ""
        guard authorization.hasPrefix("Bearer "),
            state.withLock({ $0.tokens.contains(String(authorization.dropFirst(7))) })
        else { return .refusal(401, reason: "authError", message: "Invalid Credentials") }
        guard call.request.method == "GET", call.request.header("Accept") == "application/json" else {
            return .refusal(400, reason: "badRequest", message: "Bad Request")
        }
        return directoryAnswer(call, company: company)
    }

    // MARK: - Reading requests

    private static func read(_ request: HTTPRequest) -> Call {
        guard let url = HTTPURL(request.url) else {
            return Call(operation: "not a URL", request: request, query: [:], path: [], form: [:])
        }
        let path = url.path.split(separator: "/").map { decoded(String($0)) }
        let form =
            request.header("Content-Type") == "application/x-www-form-urlencoded"
            ? fields(String(decoding: request.body, as: UTF8.self)) : [:]
        return Call(
            operation: operation(path, request),
            request: request,
            query: fields(url.query ?? ""),
            path: path,
            form: form
        )
    }

    private static func operation(_ path: [String], _ request: HTTPRequest) -> String {
        if path.last?.hasSuffix(":generateAccessToken") == true { return "generateAccessToken" }
        if path.last?.hasSuffix(":signJwt") == true { return "signJwt" }
        switch path.first {
        case "token": return "token"
        case "v1": return "sts.token"
        case "subject": return "subject"
        default: break
        }
        guard path.count >= 4, path[0] == "admin", path[1] == "directory", path[2] == "v1" else { return "unknown" }
        switch (path[3], path.count, path.count > 5 ? path[5] : "") {
        case ("users", 4, _): return "users.list"
        case ("users", 5, _): return "users.get"
        case ("groups", 4, _): return "groups.list"
        case ("groups", 5, _): return "groups.get"
        case ("groups", 6, "members"): return "members.list"
        case ("groups", 7, "members"): return "members.get"
        case ("groups", 7, "hasMember"): return "members.hasMember"
        default: return "unknown"
        }
    }

    private static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                decoded(String($0))
            }
            fields[pair[0]] = pair.count > 1 ? pair[1] : ""
        }
        return fields
    }
}

/// Percent-decoding, for what the fake service receives.
func decoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

extension HTTPRequest {
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}

extension HTTPResponse {
    static func json(_ value: JSON, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [HTTPField("Content-Type", "application/json; charset=UTF-8")],
            body: value.bytes
        )
    }

    /// An error of the Directory API.
    static func refusal(_ status: Int, reason: String, message: String, retryAfter: String? = nil) -> HTTPResponse {
        var response = json(
            [
                "error": [
                    "code": .number(status), "message": .text(message),
                    "errors": [["domain": "global", "reason": .text(reason), "message": .text(message)]],
                ]
            ],
            status: status
        )
        if let retryAfter { response.headers.append(HTTPField("Retry-After", retryAfter)) }
        return response
    }

    /// An error of a token endpoint.
    static func tokenRefusal(_ status: Int, _ error: String, _ description: String) -> HTTPResponse {
        json(["error": .text(error), "error_description": .text(description)], status: status)
    }
}
