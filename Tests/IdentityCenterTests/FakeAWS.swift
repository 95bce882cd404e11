import HTTP
import Synchronization

@testable import IdentityCenter

/// The AWS services in memory, as a transport: strict about input, with pages of three, and with scripted faults.
final class FakeAWS: HTTPTransport {
    /// What goes wrong with one request.
    enum Fault: Hashable, Sendable {
        /// The request does not arrive.
        case lostBefore
        /// The request is worked on, and the answer does not arrive.
        case lostAfter
        case error(String, status: Int = 400, reason: String? = nil)
        /// Worked on; then the answer is cut short.
        case cut
        /// Worked on; then another body.
        case body(String)
        /// Not worked on, and answered with this.
        case instead(String)
        /// A refusal for the time, with the right time.
        case skewed
    }

    struct Entry: Hashable, Sendable {
        var operation: String
        var input: Document
        var fault: Fault?
    }

    struct State {
        var world: FakeWorld
        var log: [Entry] = []
        /// By the number of the request among all, from 0.
        var faultsByNumber: [Int: Fault] = [:]
        /// By operation and the number among its requests, from 0; `-1` stands for each.
        var faultsByOperation: [String: [Int: Fault]] = [:]
        var seen: [String: Int] = [:]
        var pageSize = 3
        var hasPaths = false
        /// What a listing's last page says as its token, instead of nothing.
        var loopsTokens: Set<String> = []
        var repeatsPages: Set<String> = []
        var unknownOperations: Set<String> = []
        /// How many polls an assignment operation takes; none: it is done at once.
        var pollsPerOperation = 0
        var failOperations: String?
        var hasStatusListing = true
        /// The listing shows every operation as running, for ever.
        var isStatusListingStale = false
        var violations: [String] = []
        var peakOutstanding = 0
        /// Ids that others do not know for so many requests yet.
        var freshRequests = 0
        var unknownUntil: [String: Int] = [:]
    }

    private let state: Mutex<State>
    let time: JumpingTime

    init(_ world: FakeWorld = .company(), time: JumpingTime = JumpingTime()) {
        state = Mutex(State(world: world))
        self.time = time
    }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    var world: FakeWorld { state.withLock { $0.world } }
    var log: [Entry] { state.withLock { $0.log } }
    var violations: [String] { state.withLock { $0.violations } }
    var peakOutstanding: Int { state.withLock { $0.peakOutstanding } }
    func calls(_ operation: String) -> [Document] { log.filter { $0.operation == operation }.map(\.input) }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        await Task.yield()
        if Task.isCancelled { throw .cancelled }
        let now = time.now()
        let outcome = state.withLock { $0.serve(request, now: now) }
        return try outcome.get()
    }
}

extension FakeAWS.State {
    fileprivate mutating func serve(_ request: HTTPRequest, now: Double) -> Result<HTTPResponse, TransportError> {
        if request.method == "PATCH" { return .success(patchUser(request)) }
        guard let target = request.headers.first(where: { $0.name == "X-Amz-Target" })?.value,
            let operation = target.split(separator: ".").last.map({ String($0) }),
            let input = Document.parsed(request.body),
            request.headers.contains(where: { $0.name == "Authorization" && $0.value.hasPrefix("AWS4-HMAC-SHA256") }),
            request.headers.contains(HTTPField("Content-Type", "application/x-amz-json-1.1"))
        else {
            violations.append("not a request of AWS JSON 1.1: \(request)")
            return .success(error("SerializationException"))
        }
        let number = log.count
        let nth = seen[operation, default: 0]
        seen[operation] = nth + 1
        let fault = faultsByNumber[number] ?? faultsByOperation[operation]?[nth] ?? faultsByOperation[operation]?[-1]
        log.append(FakeAWS.Entry(operation: operation, input: input, fault: fault))
        return respond(operation, input, fault, now)
    }

    private mutating func respond(
        _ operation: String,
        _ input: Document,
        _ fault: FakeAWS.Fault?,
        _ now: Double
    ) -> Result<HTTPResponse, TransportError> {
        switch fault {
        case .lostBefore: return .failure(.interrupted("reset by peer"))
        case .error(let code, let status, let reason): return .success(error(code, status: status, reason: reason))
        case .instead(let text): return .success(HTTPResponse(status: 200, body: Array(text.utf8)))
        case .skewed:
            var response = error("RequestTimeTooSkewed", status: 403)
            response.headers.append(HTTPField("Date", FakeAWS.date(now + 3600)))
            return .success(response)
        case .lostAfter:
            _ = answer(operation, input)
            return .failure(.interrupted("reset by peer"))
        case .cut:
            var response = answer(operation, input)
            response.body.removeLast(min(4, response.body.count))
            return .success(response)
        case .body(let text):
            var response = answer(operation, input)
            response.body = Array(text.utf8)
            return .success(response)
        case nil: return .success(answer(operation, input))
        }
    }

    mutating func answer(_ operation: String, _ input: Document) -> HTTPResponse {
        if unknownOperations.contains(operation) { return error("UnknownOperationException") }
        if let response = identityStore(operation, input) ?? ssoAdmin(operation, input)
            ?? organizations(operation, input)
        {
            return response
        }
        violations.append("unknown operation \(operation)")
        return error("UnknownOperationException")
    }

    func ok(_ body: Document) -> HTTPResponse {
        HTTPResponse(status: 200, headers: [HTTPField("x-amzn-RequestId", "request-\(log.count)")], body: body.bytes)
    }

    func error(
        _ code: String,
        status: Int = 400,
        reason: String? = nil,
        type: String? = nil
    ) -> HTTPResponse {
        var body: [String: Document] = [
            "__type": .text("com.amazonaws#\(code)"), "Message": .text("\(code) of the test"),
        ]
        if let reason { body["Reason"] = .text(reason) }
        if let type { body["ResourceType"] = .text(type) }
        return HTTPResponse(
            status: status,
            headers: [
                HTTPField("x-amzn-RequestId", "request-\(log.count)"), HTTPField("x-amzn-ErrorType", "\(code):"),
            ],
            body: Document.object(body).bytes
        )
    }

    /// One page of rows: three at most whatever is asked for, tokens that are offsets.
    mutating func page(
        _ operation: String,
        _ member: String,
        _ rows: [Document],
        _ input: Document,
        limit: Int = 100
    ) -> HTTPResponse {
        if let size = input["MaxResults"]?.number, size < 1 || size > limit {
            violations.append("\(operation) with MaxResults \(size)")
            return error("ValidationException")
        }
        let token = input["NextToken"]?.text
        let start = token.flatMap { Int($0.dropFirst("token-".count)) } ?? 0
        let from = repeatsPages.contains(operation) ? 0 : start
        var body: [String: Document] = [member: .list(Array(rows.dropFirst(from).prefix(pageSize)))]
        if start + pageSize < rows.count { body["NextToken"] = .text("token-\(start + pageSize)") }
        if loopsTokens.contains(operation), token != nil { body["NextToken"] = token.map { .text($0) } }
        return ok(.object(body))
    }
}

extension FakeAWS {
    /// An HTTP date, from seconds since 1970.
    static func date(_ seconds: Double) -> String {
        let days = Int(seconds) / 86400
        let rest = Int(seconds) % 86400
        var year = 1970
        var left = days
        func length(_ year: Int) -> Int { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365 }
        while left >= length(year) {
            left -= length(year)
            year += 1
        }
        let months = [31, length(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var month = 0
        while left >= months[month] {
            left -= months[month]
            month += 1
        }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        return
            "Mon, \(two(left + 1)) \(names[month]) \(year) \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) GMT"
    }
}
