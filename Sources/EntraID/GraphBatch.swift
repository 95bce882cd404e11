internal import HTTP
internal import Model

/// One call as a part of a batch.
struct BatchCall: Sendable {
    var name: CallName
    var method = "GET"
    /// Relative to the base.
    var url: String
    /// The body of a POST.
    var groupIDs: [String]?

    /// The rest is the request of the part.
    fileprivate struct Part: Encodable {
        struct Body: Encodable { var groupIds: [String] }
        var id: String
        var method: String
        var url: String
        var headers: [String: String]?
        var body: Body?
    }

    fileprivate func part(_ id: Int) -> Part {
        let headers = groupIDs == nil ? nil : ["Content-Type": "application/json"]
        return Part(
            id: String(id),
            method: method,
            url: url,
            headers: headers,
            body: groupIDs.map { Part.Body(groupIds: $0) }
        )
    }
}

/// The answer to one part.
private struct PartAnswer<Answer: Decodable & Sendable>: Decodable, Sendable {
    var id: String
    var status: Int
    var retryAfter: Double?
    var requestID: String?
    var answer: Answer?
    var refusal: GraphErrorBody?
    var problem: String?

    private enum Keys: String, CodingKey { case id, status, headers, body }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        if let number = try? container.decode(Int.self, forKey: .id) {
            id = String(number)
        } else {
            id = try container.decode(String.self, forKey: .id)
        }
        status = try container.decode(Int.self, forKey: .status)
        let headers = (try? container.decodeIfPresent([String: FieldValue].self, forKey: .headers)) ?? [:]
        let fields = Dictionary(headers.map { ($0.key.lowercased(), $0.value.text) }) { first, _ in first }
        // Dates do not occur inside parts, so no clock is needed.
        retryAfter = retryAfterSeconds(fields["retry-after"] ?? nil, now: 0)
        requestID = fields["request-id"] ?? nil
        guard status == 200 else {
            refusal = try? container.decode(GraphErrorBody.self, forKey: .body)
            return
        }
        do { answer = try container.decode(Answer.self, forKey: .body) } catch {
            problem = shapeProblem(error) ?? "the answer cannot be read"
        }
    }
}

/// The value of a header field of a part; one that is a number is as good.
private struct FieldValue: Decodable {
    var text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = (try? container.decode(String.self)) ?? (try? container.decode(Int.self)).map(String.init)
    }
}

private struct BatchAnswer<Answer: Decodable & Sendable>: Decodable, Sendable {
    var responses: [PartAnswer<Answer>]
}

private struct BatchBody: Encodable, Sendable {
    var requests: [BatchCall.Part]
}

extension BatchCall.Part: Sendable {}
extension BatchCall.Part.Body: Sendable {}

extension GraphAPI {
    /// The most parts of one batch. Source: Microsoft Graph, "Combine multiple HTTP requests using JSON batching".
    static let batchSize = 20

    /// Sends reads that do not hang on each other, in as few round trips as there may be.
    ///
    /// - Returns: the results in the order of the calls.
    func batch<Answer: Decodable & Sendable>(
        _ calls: [BatchCall],
        width: Int,
        as type: Answer.Type = Answer.self
    ) async -> [Result<Answer, CallFailure>] {
        await inParallel(calls.slices(of: Self.batchSize), width: width) { await self.oneBatch($0) }.flatMap { $0 }
    }

    /// Sends one batch, and those of its parts that were throttled or failed in passing again.
    private func oneBatch<Answer: Decodable & Sendable>(_ calls: [BatchCall]) async -> [Result<Answer, CallFailure>] {
        var results: [Int: Result<Answer, CallFailure>] = [:]
        var open = Array(calls.indices)
        var mayRenew = true
        let start = time.monotonic()
        for attempt in 1...max(1, policy.maximumAttempts) {
            let token = try? await tokens.token().text
            let round: Round<Answer>
            do {
                round = try await send(calls, open)
            } catch {
                for index in open { results[index] = .failure(error) }
                break
            }
            results.merge(round.results) { $1 }
            open = mayRenew ? round.again + round.unauthorized : round.again
            if open.isEmpty { break }
            if mayRenew, !round.unauthorized.isEmpty {
                mayRenew = false
                _ = try? await tokens.token(insteadOf: token)
            }
            guard await pause(after: attempt, round, since: start) else { break }
        }
        return calls.indices.map { index in
            let message = "the batch was answered without this part"
            return results[index] ?? .failure(CallFailure(calls[index].name.error(.malformed, message: message)))
        }
    }

    /// Waits before the next round; false where there shall be none.
    private func pause<Answer>(after attempt: Int, _ round: Round<Answer>, since start: Double) async -> Bool {
        guard !round.again.isEmpty else { return true }
        let pause = policy.pause(
            afterAttempt: attempt,
            throttled: round.isThrottled,
            asked: round.retryAfter,
            unit: random.unit()
        )
        guard attempt < policy.maximumAttempts, time.monotonic() - start + pause <= policy.maximumTotalSeconds else {
            return false
        }
        if round.isThrottled { limiter.throttled(after: round.retryAfter) }
        do { try await time.sleep(seconds: pause) } catch { return false }
        return true
    }

    /// What one round trip brought.
    private struct Round<Answer: Decodable & Sendable> {
        var results: [Int: Result<Answer, CallFailure>] = [:]
        /// The parts to send again.
        var again: [Int] = []
        /// The parts to send again with a new token.
        var unauthorized: [Int] = []
        var isThrottled = false
        var retryAfter: Double?
    }

    private func send<Answer: Decodable & Sendable>(
        _ calls: [BatchCall],
        _ open: [Int]
    ) async throws(CallFailure) -> Round<Answer> {
        // Each part counts against the limits as a call of its own.
        for _ in open.dropFirst() {
            do { try await limiter.acquire() } catch {
                throw CallFailure(CallName(operation: "batch").error(.cancelled, message: "cancelled"))
            }
        }
        let body = BatchBody(requests: open.map { calls[$0].part($0) })
        let name = CallName(operation: "batch", object: "\(open.count) × \(calls[open[0]].name.operation)")
        let answer: BatchAnswer<Answer> = try await post(name, base.text + "/$batch", body)
        var parts: [Int: PartAnswer<Answer>] = [:]
        let wanted = Set(open)
        for part in answer.responses {
            guard let index = Int(part.id), wanted.contains(index), parts.updateValue(part, forKey: index) == nil else {
                throw CallFailure(
                    name.error(.malformed, message: "the answer has a part that was not asked for, or one twice")
                )
            }
        }
        var round = Round<Answer>()
        let roles = await knownRoles
        for index in open { take(parts[index], of: calls[index], index, roles, into: &round) }
        return round
    }

    private func take<Answer>(
        _ part: PartAnswer<Answer>?,
        of call: BatchCall,
        _ index: Int,
        _ roles: Set<String>,
        into round: inout Round<Answer>
    ) {
        guard let part else {
            round.again.append(index)
            return
        }
        if part.status == 200, let answer = part.answer {
            round.results[index] = .success(answer)
            return
        }
        var failure: CallFailure
        if part.status == 200 {
            let message = part.problem ?? "the answer cannot be read"
            failure = CallFailure(call.name.error(.malformed, message: message, requestID: part.requestID))
        } else {
            failure = CallFailure(
                call.name.refused(status: part.status, body: part.refusal, requestID: part.requestID)
            )
            failure.body = part.refusal
        }
        failure.status = part.status
        round.results[index] = .failure(advised(failure, roles))
        switch graphVerdict(status: part.status, body: part.refusal, after: part.retryAfter) {
        case .done: return
        case .renew:
            round.unauthorized.append(index)
            return
        case .throttled(let after):
            round.isThrottled = true
            if let after { round.retryAfter = max(round.retryAfter ?? 0, after) }
        case .transient(let after):
            if let after { round.retryAfter = max(round.retryAfter ?? 0, after) }
        }
        round.again.append(index)
    }
}
