/// Sends requests with retries, back-off and a rate limit.
///
/// The module's parts, from the socket up:
///
/// - ``HTTPTransport`` sends one ``HTTPRequest`` once. ``CurlTransport`` does so by libcurl; tests script another.
///   ``HTTPURL`` and ``plainHTTPIsAllowed(url:isMetadata:)`` decide what may be asked at all.
/// - ``RateLimiter`` stands for one service's quota: one limiter is shared by all clients of the service, so that a
///   call that was throttled slows all of them. ``TimeSource`` and ``RandomSource`` are passed in.
/// - The client leads one call through its attempts. What a response means is the connector's to say (``Verdict``), for
///   the same status means different things at different services; how often and how long is ``RetryPolicy``'s.
///   Requests are built, and signed, anew for each attempt.
/// - ``json(as:refusal:build:)`` reads answers that are JSON; ``AccessTokens`` keeps one token for all who call.
/// - ``PageWalk`` tells whether a listing of many such calls is whole.
///
/// Retry, token bucket, token state and page walk are values without clock, chance or network: events go in, the next
/// step comes out.
public struct HTTPClient: Sendable {
    private let transport: any HTTPTransport
    private let limiter: RateLimiter?
    private let policy: RetryPolicy
    let time: any TimeSource
    private let random: any RandomSource

    /// A client over a transport.
    public init(
        transport: any HTTPTransport,
        limiter: RateLimiter? = nil,
        policy: RetryPolicy = RetryPolicy(),
        time: any TimeSource = SystemTime(),
        random: any RandomSource = SystemRandom()
    ) {
        self.transport = transport
        self.limiter = limiter
        self.policy = policy
        self.time = time
        self.random = random
    }

    /// Sends a request until it is done, or no further attempt is left.
    ///
    /// The last response is returned even where its verdict asks for another attempt, so that the caller can tell
    /// what the service said. Waiting for the rate limit does not count against the policy's total time before the
    /// first attempt has begun.
    ///
    /// - Parameters:
    ///   - isRepeatable: whether the request is safe to repeat when no answer came or the service failed while working
    ///     on it. Throttled requests are always repeated: the service did not begin them.
    ///   - reader: gets the body of a success as it arrives, told anew for each attempt; the response then has none.
    ///   - classify: what a response means.
    ///   - build: makes the request for an attempt (from 1); signing belongs here. `renewed` is true after `.renew`.
    public func send<Failure: Error>(
        isRepeatable: Bool,
        into reader: (any BodyReader)? = nil,
        classify: @Sendable (HTTPResponse) -> Verdict,
        build: @Sendable (_ attempt: Int, _ renewed: Bool) async throws(Failure) -> HTTPRequest
    ) async throws(SendError<Failure>) -> HTTPResponse {
        var retry = Retry(policy: policy, isRepeatable: isRepeatable)
        var start: Double?
        while true {
            retry.begin()
            do { try await limiter?.acquire() } catch { throw .transport(.cancelled, attempts: retry.attempt - 1) }
            let began = start ?? time.monotonic()
            start = began
            let request: HTTPRequest
            do { request = try await build(retry.attempt, retry.renewed) } catch {
                limiter?.giveBack()
                throw .build(error)
            }
            if Task.isCancelled {
                limiter?.giveBack()
                throw .transport(.cancelled, attempts: retry.attempt - 1)
            }
            let result = await attempt(request, reader)
            let outcome = outcome(result, classify)
            switch retry.step(after: outcome, elapsed: time.monotonic() - began, unit: random.unit()) {
            case .finish:
                return try result.mapError { SendError<Failure>.transport($0, attempts: retry.attempt) }.get()
            case .renew: continue
            case .again(let pause):
                do { try await time.sleep(seconds: pause) } catch {
                    throw .transport(.cancelled, attempts: retry.attempt)
                }
            }
        }
    }

    private func attempt(
        _ request: HTTPRequest,
        _ reader: (any BodyReader)?
    ) async -> Result<HTTPResponse, TransportError> {
        do {
            guard let reader else { return .success(try await transport.send(request)) }
            reader.begin()
            return .success(try await transport.send(request, into: reader))
        } catch {
            return .failure(error)
        }
    }

    private func outcome(
        _ result: Result<HTTPResponse, TransportError>,
        _ classify: @Sendable (HTTPResponse) -> Verdict
    ) -> Retry.Outcome {
        switch result {
        case .failure(let error): return .failed(error)
        case .success(let response):
            let verdict = classify(response)
            switch verdict {
            case .done: limiter?.succeeded()
            case .throttled(let after): limiter?.throttled(after: after)
            case .transient, .renew: break
            }
            return .answered(verdict)
        }
    }
}

/// Why a request was not answered, after all attempts.
public enum SendError<Failure: Error>: Error {
    /// The transport failed, or the task was cancelled. `attempts`: how many were begun.
    case transport(TransportError, attempts: Int)
    /// The request could not be built (no credentials).
    case build(Failure)
}
