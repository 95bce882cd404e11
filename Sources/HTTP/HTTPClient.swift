/// What a response means for the attempt that got it.
public enum Verdict: Hashable, Sendable {
    /// The caller gets the response.
    case done
    /// Throttled: try again, and fall back in rate. `after`: seconds that the service asks for.
    case throttled(after: Double?)
    /// A passing fault of the service: try again where the request is safe to repeat.
    case transient(after: Double?)
    /// The credentials have expired or the clock is off: build the request anew, once, at once.
    case renew
}

/// How often and how long a call is tried.
public struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all, the first included.
    public var maximumAttempts: Int
    /// No attempt begins so many seconds after the first.
    public var maximumTotalSeconds: Double
    /// The base of the back-off after a passing fault, in seconds.
    public var transientBaseSeconds: Double
    /// The base of the back-off after throttling, in seconds.
    public var throttledBaseSeconds: Double
    /// The longest back-off, in seconds, but for what the service asks for.
    public var capSeconds: Double

    /// How often and how long a call is tried.
    public init(
        maximumAttempts: Int = 8,
        maximumTotalSeconds: Double = 180,
        transientBaseSeconds: Double = 0.25,
        throttledBaseSeconds: Double = 1,
        capSeconds: Double = 20
    ) {
        self.maximumAttempts = maximumAttempts
        self.maximumTotalSeconds = maximumTotalSeconds
        self.transientBaseSeconds = transientBaseSeconds
        self.throttledBaseSeconds = throttledBaseSeconds
        self.capSeconds = capSeconds
    }

    /// The pause before attempt `attempt + 1` with full jitter: `unit × min(cap, base × 2^(attempt − 1))`, and not less
    /// than what the service asks for.
    public func pause(afterAttempt attempt: Int, throttled: Bool, asked: Double?, unit: Double) -> Double {
        let base = throttled ? throttledBaseSeconds : transientBaseSeconds
        var ceiling = base
        for _ in 1..<max(1, attempt) where ceiling < capSeconds { ceiling *= 2 }
        return max(asked ?? 0, unit * min(capSeconds, ceiling))
    }
}

/// Sends requests with retries, back-off and a rate limit.
public struct HTTPClient: Sendable {
    private let transport: any HTTPTransport
    private let limiter: RateLimiter?
    private let policy: RetryPolicy
    private let time: any TimeSource
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
    /// what the service said.
    ///
    /// - Parameters:
    ///   - isRepeatable: whether the request is safe to repeat when no answer came or the service failed while working
    ///     on it. Throttled requests are always repeated: the service did not begin them.
    ///   - classify: what a response means.
    ///   - build: makes the request for an attempt (from 1); signing belongs here. `renewed` is true after `.renew`.
    public func send<Failure: Error>(
        isRepeatable: Bool,
        classify: @Sendable (HTTPResponse) -> Verdict,
        build: @Sendable (_ attempt: Int, _ renewed: Bool) async throws(Failure) -> HTTPRequest
    ) async throws(SendError<Failure>) -> HTTPResponse {
        let start = time.monotonic()
        var renewed = false
        var attempt = 0
        while true {
            attempt += 1
            do { try await limiter?.acquire() } catch { throw .transport(.cancelled, attempts: attempt) }
            let request: HTTPRequest
            do { request = try await build(attempt, renewed) } catch { throw .build(error) }
            var asked: Double?
            var isThrottled = false
            let outcome: Result<HTTPResponse, TransportError>
            do { outcome = .success(try await transport.send(request)) } catch { outcome = .failure(error) }
            switch outcome {
            case .success(let response):
                switch classify(response) {
                case .done:
                    limiter?.succeeded()
                    return response
                case .renew:
                    if renewed { return response }
                    renewed = true
                    continue
                case .throttled(let after):
                    limiter?.throttled()
                    isThrottled = true
                    asked = after
                case .transient(let after):
                    if !isRepeatable { return response }
                    asked = after
                }
                guard let pause = pause(attempt: attempt, isThrottled: isThrottled, asked: asked, start: start) else {
                    return response
                }
                do { try await time.sleep(seconds: pause) } catch { throw .transport(.cancelled, attempts: attempt) }
            case .failure(let error):
                guard isRepeatable || error.happenedBeforeSending, error.isPassing,
                    let pause = pause(attempt: attempt, isThrottled: false, asked: nil, start: start)
                else { throw .transport(error, attempts: attempt) }
                do { try await time.sleep(seconds: pause) } catch { throw .transport(.cancelled, attempts: attempt) }
            }
        }
    }

    private func pause(attempt: Int, isThrottled: Bool, asked: Double?, start: Double) -> Double? {
        guard attempt < policy.maximumAttempts else { return nil }
        let pause = policy.pause(afterAttempt: attempt, throttled: isThrottled, asked: asked, unit: random.unit())
        return time.monotonic() - start + pause > policy.maximumTotalSeconds ? nil : pause
    }
}

/// Why a request was not answered, after all attempts.
public enum SendError<Failure: Error>: Error {
    /// The transport failed.
    case transport(TransportError, attempts: Int)
    /// The request could not be built (no credentials).
    case build(Failure)
}

extension TransportError {
    /// Whether another attempt may fare better.
    public var isPassing: Bool {
        switch self {
        case .cannotConnect, .timedOut, .interrupted: true
        case .untrusted, .tooLarge, .refused, .cancelled, .failed: false
        }
    }

    /// Whether the service cannot have seen the request.
    public var happenedBeforeSending: Bool {
        if case .cannotConnect = self { true } else { false }
    }

    /// What happened, for a person.
    public var message: String {
        switch self {
        case .cannotConnect(let text): "cannot connect: \(text)"
        case .untrusted(let text): "the server's certificate is not trusted: \(text)"
        case .timedOut: "no whole answer within the deadline"
        case .interrupted(let text): "the connection broke: \(text)"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .refused(let text): text
        case .cancelled: "cancelled"
        case .failed(let text): text
        }
    }
}

/// Reads a `Retry-After` field: seconds, or an HTTP date reckoned from `now` (seconds since 1970).
///
/// Source: RFC 9110, 10.2.3 and 5.6.7.
public func retryAfterSeconds(_ value: String?, now: Double) -> Double? {
    guard let value else { return nil }
    let text = value.drop { $0 == " " }
    if let seconds = Double(text), seconds >= 0, seconds.isFinite { return seconds }
    guard let date = httpDate(String(text)) else { return nil }
    return max(0, date - now)
}

/// Reads an HTTP date (`Tue, 24 Nov 2026 10:00:00 GMT`) as seconds since 1970.
///
/// Source: RFC 9110, 5.6.7, the preferred form.
public func httpDate(_ text: String) -> Double? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
        (1...31).contains(day),
        year >= 1970, year < 10000,
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ].firstIndex(of: String(parts[2]))
    else { return nil }
    let clock = parts[4].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3 else { return nil }
    let shifted = month < 2 ? year - 1 : year
    let monthFromMarch = (month + 10) % 12
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return Double(days * 86400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
}
