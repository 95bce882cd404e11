internal import FoundationEssentials
internal import Synchronization

/// How a call whose answer is JSON ended.
public enum JSONAnswer<Value: Sendable>: Sendable {
    /// The answer, read.
    case value(Value)
    /// Status 200 with something else than what was meant; the problem holds none of its values.
    case malformed(HTTPResponse, problem: String)
    /// Another status than 200.
    case refused(HTTPResponse)
}

extension HTTPClient {
    /// Sends a call until its answer can be read, or no further attempt is left.
    ///
    /// The call must be safe to repeat. An answer that is no JSON (cut short, a proxy's page) is tried again; one that is
    /// JSON of the wrong shape is not. A ``StreamedPage`` is read while it arrives, anything else whole.
    ///
    /// - Parameters:
    ///   - refusal: what an answer other than 200 means for the attempt; `after`: the seconds of its `Retry-After`.
    ///   - build: makes the request for an attempt; see ``send(isRepeatable:classify:build:)``.
    public func json<Value: Decodable & Sendable, Failure: Error>(
        as type: Value.Type,
        refusal: @escaping @Sendable (HTTPResponse, _ after: Double?) -> Verdict,
        build: @Sendable (_ attempt: Int, _ renewed: Bool) async throws(Failure) -> HTTPRequest
    ) async throws(SendError<Failure>) -> JSONAnswer<Value> {
        let last = LastAnswer<Value>()
        let time = time
        let response = try await send(
            isRepeatable: true,
            into: last.reader,
            classify: { response in
                if response.status == 200 { return last.take(response.body) }
                return refusal(response, response.secondsToWait(now: time.now()))
            },
            build: build
        )
        guard response.status == 200 else { return .refused(response) }
        if let value = last.value { return .value(value) }
        return .malformed(response, problem: last.problem ?? "the answer cannot be read")
    }
}

/// What the last answer with status 200 was read as.
private final class LastAnswer<Value: Decodable & Sendable>: Sendable {
    /// Reads the answer as it arrives; nil where it is read whole.
    let reader = (Value.self as? any StreamedPage.Type)?.reader()
    private let state = Mutex<(value: Value?, problem: String?)>((nil, nil))

    var value: Value? { state.withLock { $0.value } }
    var problem: String? { state.withLock { $0.problem } }

    /// - Parameter body: empty where the reader got it.
    func take(_ body: [UInt8]) -> Verdict {
        let (value, problem, verdict) = read(body)
        state.withLock { $0 = (value, problem) }
        return verdict
    }

    private func read(_ body: [UInt8]) -> (Value?, String?, Verdict) {
        do {
            if let reader { return (try reader.value() as? Value, nil, .done) }
            return (try JSONDecoder().decode(Value.self, from: Data(body)), nil, .done)
        } catch {
            guard let problem = reader.map({ $0.problem(error) }) ?? shapeProblem(error) else {
                return (nil, "the answer is not JSON, or is cut short", .transient(after: nil))
            }
            return (nil, problem, .done)
        }
    }
}

/// An answer that is JSON and yet not what it should be; the text never holds any of its values.
public struct MalformedAnswer: Error, Hashable {
    /// What is wrong.
    public var message: String

    /// An answer of which a type's own `init(from:)` says what is wrong.
    public init(_ message: String) { self.message = message }
}

/// What is wrong with the shape of an answer, without its values; nil where it is not JSON at all.
///
/// - Parameter place: where in the answer stands what was decoded: `users[3]`.
public func shapeProblem(_ error: any Error, within place: String = "") -> String? {
    if let error = error as? MalformedAnswer { return error.message }
    guard let error = error as? DecodingError else { return nil }
    let (path, problem): ([any CodingKey], String) =
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context): (context.codingPath, "has the wrong type")
        case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
        case .dataCorrupted(let context): (context.codingPath, "has a bad value")
        @unknown default: ([], "cannot be read")
        }
    if path.isEmpty, case .dataCorrupted = error { return nil }
    let whole = place + path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
    if whole.isEmpty { return "the answer \(problem)" }
    return "`\(whole.hasPrefix(".") ? String(whole.dropFirst()) : whole)` \(problem)"
}

/// A value as compact JSON, keys sorted, slashes as they are.
///
/// For texts, integers, lists and maps of them, which always have a JSON form; anything else becomes `{}`.
public func compactJSON(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return Array("{}".utf8) }
    return Array(data)
}
