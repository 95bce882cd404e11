internal import AWSAuth
internal import FoundationEssentials
internal import HTTP
internal import Model

/// One AWS service that speaks JSON 1.1: calls with retries, pacing, and a bound on the calls under way.
///
/// Every call is repeated after a lost answer: those who write tell by the outcome what stood already, and check it.
struct ServiceClient: Sendable {
    let service: AWSService
    let endpoint: AWSEndpoint
    let credentials: any CredentialsProvider
    let clock: AWSClock
    let transport: any HTTPTransport
    let pace: Pace
    let gate: Gate
    let pauses: Pauses

    /// How often a call is tried where nothing else is said.
    ///
    /// The quota of 20 calls a second is shared by all administrators of the instance, so a run may have to wait longer
    /// than the SDKs' three attempts.
    static let attempts = 8

    /// A call of this service, as errors name it.
    func named(_ operation: String, _ object: String? = nil) -> Call {
        Call(service: service.name, operation: operation, object: object)
    }

    /// Makes one call and decodes its answer.
    ///
    /// - Parameters:
    ///   - object: what the call is about, for errors.
    ///   - attempts: how often the call is tried.
    func call<Output: Decodable & Sendable>(
        _ operation: String,
        _ input: Document,
        object: String? = nil,
        attempts: Int = ServiceClient.attempts,
        as output: Output.Type = Output.self
    ) async throws(CallFailure) -> Answer<Output> {
        try await exchange(named(operation, object), input, attempts) { body throws(Unreadable) in
            // An operation without output may answer with an empty body.
            let bytes = body.isEmpty && Output.self == Nothing.self ? Array("{}".utf8) : body
            do { return try JSONDecoder().decode(Output.self, from: Data(bytes)) } catch { throw Unreadable(error) }
        }
    }

    /// Asks for one page of a listing, and decodes its rows while they arrive.
    ///
    /// - Parameters:
    ///   - rows: the member that holds the rows.
    func page<Row: Decodable & Sendable>(
        _ operation: String,
        _ input: Document,
        rows: String,
        object: String?,
        attempts: Int
    ) async throws(CallFailure) -> Answer<Page<Row>> {
        let reader = JSONListReader<Row>(list: rows) { try JSONDecoder().decode(Row.self, from: Data($0)) }
        return try await exchange(named(operation, object), input, attempts, into: reader) { _ throws(Unreadable) in
            let reading = reader.reading
            if let failure = reading.failure {
                throw Unreadable(failure.error, within: "\(rows)[\(failure.index)]")
            }
            let decoder = JSONDecoder()
            if let key = CodingUserInfoKey.rows { decoder.userInfo[key] = rows }
            do {
                var page = try decoder.decode(Page<Row>.self, from: Data(reading.rest))
                page.rows = reading.elements + page.rows
                return page
            } catch {
                throw Unreadable(error)
            }
        }
    }

    /// Makes one call that only reads.
    func read<Output: Decodable & Sendable>(
        _ operation: String,
        _ input: Document,
        object: String? = nil,
        as output: Output.Type = Output.self
    ) async throws(UpstreamError) -> Output {
        do { return try await call(operation, input, object: object, as: output).value } catch { throw error.upstream }
    }

    /// What the organization answers while another change of it is under way; the SDKs do not repeat these.
    private static let passing: Set<String> = ["ConcurrentModificationException", "FinalizingOrganizationException"]

    /// Makes one call within the gate.
    private func exchange<Output: Sendable>(
        _ call: Call,
        _ input: Document,
        _ attempts: Int,
        into reader: (any BodyReader)? = nil,
        decode: ([UInt8]) throws(Unreadable) -> Output
    ) async throws(CallFailure) -> Answer<Output> {
        let answer = try await gate.pass { () async throws(CallFailure) -> Answer<Output> in
            try await exchange(call, body: input.bytes, attempts, into: reader, decode: decode)
        }
        guard let answer else { throw CallFailure(call.cancelled) }
        return answer
    }

    /// A successful answer that is no JSON is asked for again: it was cut short, or a proxy made it.
    private func exchange<Output: Sendable>(
        _ call: Call,
        body: [UInt8],
        _ attempts: Int,
        into reader: (any BodyReader)?,
        decode: ([UInt8]) throws(Unreadable) -> Output
    ) async throws(CallFailure) -> Answer<Output> {
        var replies = 0
        while true {
            let reply = try await send(call, body: body, attempts: attempts, into: reader)
            replies += 1
            do {
                return Answer(value: try decode(reply.body), requestID: reply.requestID)
            } catch {
                guard error.isNotJSON, replies < min(5, attempts) else {
                    throw CallFailure(call.malformed(error.message, requestID: reply.requestID))
                }
                do { try await pauses.wait(about: Double(replies), call) } catch { throw CallFailure(error) }
            }
        }
    }

    private func send(
        _ call: Call,
        body: [UInt8],
        attempts: Int,
        into reader: (any BodyReader)?
    ) async throws(CallFailure) -> AWSReply {
        let http = HTTPClient(
            transport: transport,
            limiter: pace.limiter(for: call.operation),
            policy: RetryPolicy(maximumAttempts: attempts),
            time: pauses.time,
            random: pauses.random
        )
        let client = AWSJSONClient(
            service: service,
            endpoint: endpoint,
            http: http,
            credentials: credentials,
            clock: clock
        )
        do {
            return try await client.call(
                call.operation,
                body: body,
                isRepeatable: true,
                into: reader,
                isPassing: { $0.code.map { ServiceClient.passing.contains($0) } ?? false }
            )
        } catch {
            throw CallFailure(error, object: call.object)
        }
    }
}

/// What a call gave.
struct Answer<Output: Sendable>: Sendable {
    var value: Output
    var requestID: String?
}

/// The answer of an operation that says nothing.
struct Nothing: Decodable, Sendable {
    init(from decoder: any Decoder) throws {}
}

extension CodingUserInfoKey {
    /// The member that holds the rows of a ``Page``.
    static let rows = CodingUserInfoKey(rawValue: "rows")
}
