import HTTP
import Synchronization

@testable import AWSAuth

/// Answers requests by a function and keeps them.
final class FakeTransport: HTTPTransport {
    private let answer: @Sendable (HTTPRequest) -> Result<HTTPResponse, TransportError>
    private let kept = Mutex<[HTTPRequest]>([])

    init(_ answer: @escaping @Sendable (HTTPRequest) -> Result<HTTPResponse, TransportError>) {
        self.answer = answer
    }

    /// Answers in the order given; what is asked beyond them is a failure.
    convenience init(_ answers: [Result<HTTPResponse, TransportError>]) {
        let rest = Mutex(answers[...])
        self.init { _ in rest.withLock { $0.popFirst() } ?? .failure(.failed("asked too often")) }
    }

    var requests: [HTTPRequest] { kept.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        kept.withLock { $0.append(request) }
        return try answer(request).get()
    }
}

extension Result where Success == HTTPResponse, Failure == TransportError {
    static func reply(_ status: Int = 200, _ body: String = "", _ headers: [(String, String)] = []) -> Self {
        .success(HTTPResponse(status: status, headers: headers.map { HTTPField($0, $1) }, body: Array(body.utf8)))
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The members of a form body.
    var form: [String: String] {
        var members: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(decoded)
            members[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        return members
    }

    private func decoded(_ text: Substring) -> String {
        var bytes = Array(text.utf8)[...]
        var result: [UInt8] = []
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A clock that only sleeping, and the test, move.
final class FakeTime: TimeSource {
    /// 2026-11-23T20:15:00Z.
    static let start = 1_795_464_900.0
    private let state: Mutex<(now: Double, slept: [Double])>

    init(_ now: Double = start) { state = Mutex((now, [])) }

    var slept: [Double] { state.withLock { $0.slept } }
    func now() -> Double { state.withLock { $0.now } }
    func monotonic() -> Double { now() }
    func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }
    func sleep(seconds: Double) async throws {
        state.withLock {
            $0.now += seconds
            $0.slept.append(seconds)
        }
    }
}

struct FixedRandom: RandomSource {
    func unit() -> Double { 0.5 }
}

/// Gives numbered credentials and counts how often it is asked.
final class CountingProvider: CredentialsProvider {
    private let state = Mutex<(calls: Int, renewals: Int)>((0, 0))
    private let make: @Sendable (Int) -> Result<AWSCredentials, AWSAuthError>

    init(_ make: @escaping @Sendable (Int) -> Result<AWSCredentials, AWSAuthError>) { self.make = make }

    var calls: Int { state.withLock { $0.calls } }
    var renewals: Int { state.withLock { $0.renewals } }

    func credentials(renew: Bool) async throws(AWSAuthError) -> AWSCredentials {
        let number = state.withLock { state in
            state.calls += 1
            if renew { state.renewals += 1 }
            return state.calls
        }
        await Task.yield()
        return try make(number).get()
    }
}

func testCredentials(_ number: Int, expiration: Double? = nil) -> AWSCredentials {
    AWSCredentials(
        accessKeyID: "AKID\(number)",
        secretAccessKey: "secret\(number)",
        sessionToken: "token\(number)",
        expiration: expiration
    )
}
