import FoundationEssentials
import HTTP
import Model
import Synchronization

@testable import Notices

/// A clock that jumps ahead whenever somebody waits.
final class JumpingTime: TimeSource {
    private struct State {
        var seconds = 1_700_000_000.0
        var pauses: [Double] = []
    }
    private let state = Mutex(State())

    func now() -> Double { state.withLock { $0.seconds } }
    func monotonic() -> Double { now() }
    func sleep(seconds: Double) async throws {
        try Task.checkCancellation()
        state.withLock {
            $0.pauses.append(seconds)
            $0.seconds += seconds
        }
    }
    /// How long was waited, each time.
    var pauses: [Double] { state.withLock { $0.pauses } }
}

struct ConstantRandom: RandomSource {
    var value = 0.5
    func unit() -> Double { value }
}

/// Answers each URL by its own script, and fails on a request that no script foresees.
final class ScriptedTransport: HTTPTransport {
    typealias Answer = Result<HTTPResponse, TransportError>
    private struct State {
        var scripts: [String: [Answer]]
        var requests: [HTTPRequest] = []
    }
    private let state: Mutex<State>

    init(_ scripts: [String: [Answer]]) { state = Mutex(State(scripts: scripts)) }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer: Answer = state.withLock { state in
            state.requests.append(request)
            guard let script = state.scripts[request.url], let first = script.first else {
                return .failure(.failed("not in the script"))
            }
            state.scripts[request.url] = Array(script.dropFirst())
            return first
        }
        return try answer.get()
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    func requests(to url: String) -> [HTTPRequest] { requests.filter { $0.url == url } }
    /// What no request asked for.
    var left: Int { state.withLock { $0.scripts.values.reduce(0) { $0 + $1.count } } }
}

extension ScriptedTransport.Answer {
    static func status(_ status: Int, _ body: String = "", retryAfter: String? = nil) -> Self {
        let headers = retryAfter.map { [HTTPField("Retry-After", $0)] } ?? []
        return .success(HTTPResponse(status: status, headers: headers, body: [UInt8](body.utf8)))
    }
}

let slackURL = "https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/cccccccccccccccccccccccc"
let webhookURL = "https://user-facing.example.com/hook/9f3c?token=verysecrettoken"
let heartbeatURL = "https://hc.example.com/ping/5d2f7c1e-heart"

func moment(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000 + seconds) }
let day: Int64 = 86400

func hold(_ group: String, _ reason: String = "google: the group is gone", code: String = "source-vanished")
    -> Condition
{
    .hold(Hold(group: group, code: code, reason: reason))
}

func news(
    _ conditions: [Condition] = [],
    command: String = "sync",
    judged: Set<Condition.Kind> = Set(Condition.Kind.allCases),
    only: Set<String>? = nil,
    departures: [DepartureNews] = [],
    changes: ChangeNews? = nil
) -> RunNews {
    RunNews(
        command: command,
        run: 12,
        owner: "platform",
        judged: judged,
        only: only,
        conditions: conditions,
        departures: departures,
        changes: changes
    )
}

func notice(_ title: String = "1 group is held", entries: [Notice.Entry] = [], id: String = "n") -> Notice {
    Notice(
        id: id,
        kind: .hold,
        phase: .began,
        at: moment(0),
        owner: "platform",
        command: "sync",
        run: 12,
        title: title,
        entries: entries
    )
}

/// A body read as JSON.
func json(_ bytes: [UInt8]) throws -> JSONValue { try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }

/// JSON as a value, to look into.
enum JSONValue: Decodable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? box.decode(Double.self) {
            self = .number(value)
        } else if let value = try? box.decode(String.self) {
            self = .text(value)
        } else if let value = try? box.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try box.decode([String: JSONValue].self))
        }
    }

    subscript(key: String) -> JSONValue {
        guard case .object(let fields) = self else { return .null }
        return fields[key] ?? .null
    }
    var list: [JSONValue] {
        guard case .list(let values) = self else { return [] }
        return values
    }
    var text: String? {
        guard case .text(let value) = self else { return nil }
        return value
    }
}
