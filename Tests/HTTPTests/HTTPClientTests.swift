import HTTP
import Testing

@Suite struct HTTPClientTests {
    struct NoCredentials: Error, Equatable {}

    /// A client over a script, and what it did.
    struct Bench {
        let transport: ScriptedTransport
        let time = JumpingTime()
        var policy = RetryPolicy()
        var limiter: RateLimiter?
        var unit = 1.0

        init(_ statuses: [Int]) { transport = ScriptedTransport(statuses: statuses) }
        init(_ script: [Result<HTTPResponse, TransportError>]) { transport = ScriptedTransport(script) }

        func send(isRepeatable: Bool = true, asked: Double? = nil) async throws -> HTTPResponse {
            let client = HTTPClient(
                transport: transport,
                limiter: limiter,
                policy: policy,
                time: time,
                random: ConstantRandom(value: unit)
            )
            return try await client.send(isRepeatable: isRepeatable) { response in
                switch response.status {
                case 429: .throttled(after: asked)
                case 500...599: .transient(after: asked)
                case 401: .renew
                default: .done
                }
            } build: { attempt, renewed throws(NoCredentials) in
                if attempt == 99 { throw NoCredentials() }
                return HTTPRequest(url: "https://example.com/\(attempt)\(renewed ? "/renewed" : "")")
            }
        }
    }

    @Test("an answer that is done is returned after one attempt and without a pause")
    func done() async throws {
        let bench = Bench([404])
        #expect(try await bench.send().status == 404)
        #expect(bench.transport.requests.map(\.url) == ["https://example.com/1"])
        #expect(bench.time.pauses.isEmpty)
    }

    @Test("pauses grow by doubling from the base of their kind up to the cap")
    func growth() async throws {
        let throttled = Bench([429, 429, 429, 429, 429, 429, 429, 200])
        #expect(try await throttled.send(isRepeatable: false).status == 200)
        #expect(throttled.time.pauses == [1, 2, 4, 8, 16, 20, 20])
        let failing = Bench([503, 500, 502, 504, 200])
        #expect(try await failing.send().status == 200)
        #expect(failing.time.pauses == [0.25, 0.5, 1, 2])
    }

    @Test("the jitter is full: from nothing up to the whole of the pause")
    func jitter() async throws {
        var none = Bench([429, 429, 200])
        none.unit = 0
        _ = try await none.send()
        #expect(none.time.pauses == [0, 0])
        var half = Bench([429, 429, 200])
        half.unit = 0.5
        _ = try await half.send()
        #expect(half.time.pauses == [0.5, 1])
    }

    @Test("a pause is never shorter than what the service asks for")
    func asked() async throws {
        let bench = Bench([429, 503, 200])
        _ = try await bench.send(asked: 7)
        #expect(bench.time.pauses == [7, 7])
    }

    @Test("the last answer is returned when no attempt is left")
    func attempts() async throws {
        var bench = Bench([503, 503, 429])
        bench.policy.maximumAttempts = 3
        #expect(try await bench.send().status == 429)
        #expect(bench.transport.isAtEnd)
        #expect(bench.time.pauses.count == 2)
    }

    @Test("no attempt begins after the total time, and a service that asks for more gets no more calls")
    func totalTime() async throws {
        var bench = Bench([429, 429, 429, 429])
        bench.policy.maximumTotalSeconds = 10
        #expect(try await bench.send().status == 429)
        #expect(bench.time.pauses == [1, 2, 4])
        let patient = Bench([429])
        #expect(try await patient.send(asked: 3600).status == 429)
        #expect(patient.time.pauses.isEmpty)
        let mad = Bench([429])
        #expect(try await mad.send(asked: .infinity).status == 429)
    }

    @Test("a request that may not be repeated is sent once unless it was throttled or never left")
    func notRepeatable() async throws {
        let failing = Bench([500])
        #expect(try await failing.send(isRepeatable: false).status == 500)
        for error in [TransportError.timedOut, .interrupted("reset")] {
            let broken = Bench([.failure(error)])
            let thrown = await #expect(throws: SendError<NoCredentials>.self) {
                try await broken.send(isRepeatable: false)
            }
            #expect(thrown?.transport == error)
        }
        let unconnected = Bench([.failure(.cannotConnect("refused")), .success(HTTPResponse(status: 200))])
        #expect(try await unconnected.send(isRepeatable: false).status == 200)
    }

    @Test("passing faults of the connection are tried again, others are not")
    func transportFaults() async throws {
        let passing = Bench([
            .failure(.cannotConnect("x")), .failure(.timedOut), .failure(.interrupted("x")),
            .success(HTTPResponse(status: 200)),
        ])
        #expect(try await passing.send().status == 200)
        for error in [TransportError.untrusted("x"), .tooLarge(limit: 1), .refused("x"), .cancelled, .failed("x")] {
            let bench = Bench([.failure(error)])
            let thrown = await #expect(throws: SendError<NoCredentials>.self) { try await bench.send() }
            #expect(thrown?.transport == error)
            #expect(bench.transport.requests.count == 1)
        }
    }

    @Test("expired credentials are renewed once, at once")
    func renewal() async throws {
        let once = Bench([401, 503, 200])
        #expect(try await once.send().status == 200)
        #expect(
            once.transport.requests.map(\.url) == [
                "https://example.com/1", "https://example.com/2/renewed", "https://example.com/3/renewed",
            ]
        )
        #expect(once.time.pauses == [0.5])
        let twice = Bench([401, 401])
        #expect(try await twice.send().status == 401)
        #expect(twice.time.pauses.isEmpty)
    }

    @Test("a request that cannot be built is not sent, and its place in the rate limit is given back")
    func build() async throws {
        let time = JumpingTime()
        let limiter = RateLimiter(perSecond: 1, time: time)
        let transport = ScriptedTransport([])
        let client = HTTPClient(transport: transport, limiter: limiter, time: time)
        let thrown = await #expect(throws: SendError<NoCredentials>.self) {
            try await client.send(isRepeatable: true) { _ in
                .done
            } build: { _, _ throws(NoCredentials) in
                throw NoCredentials()
            }
        }
        guard case .build? = thrown else {
            Issue.record("not a failure to build")
            return
        }
        try await limiter.acquire()
        #expect(time.pauses.isEmpty)
        #expect(transport.requests.isEmpty)
    }

    @Test("throttling slows the limiter and success quickens it")
    func feedback() async throws {
        var bench = Bench([429, 200])
        bench.limiter = RateLimiter(perSecond: 10, time: bench.time)
        _ = try await bench.send()
        #expect(bench.limiter?.currentRate == 10 * 2 / 3 + 0.25)
    }

    @Test("cancellation ends the pause between attempts")
    func cancellation() async throws {
        let time = StandingTime()
        let transport = ScriptedTransport(statuses: [503])
        let client = HTTPClient(transport: transport, time: time, random: ConstantRandom(value: 1))
        let call = Task {
            try await client.send(isRepeatable: true) { _ in
                .transient(after: nil)
            } build: { _, _ throws(NoCredentials) in
                HTTPRequest(url: "https://example.com/")
            }
        }
        await eventually { time.sleepers == 1 }
        call.cancel()
        let thrown = await #expect(throws: SendError<NoCredentials>.self) { try await call.value }
        #expect(thrown?.transport == .cancelled)
    }

    @Test("a cancelled task sends nothing")
    func cancelledBefore() async throws {
        let bench = Bench([200])
        let call = Task {
            await eventually { Task.isCancelled }
            return try await bench.send()
        }
        call.cancel()
        _ = try? await call.value
        let limited = Task {
            await eventually { Task.isCancelled }
            var bench = Bench([200])
            bench.limiter = RateLimiter(perSecond: 1, time: bench.time)
            return try await bench.send()
        }
        limited.cancel()
        let thrown = await #expect(throws: SendError<NoCredentials>.self) { try await limited.value }
        #expect(thrown?.transport == .cancelled)
        #expect(bench.transport.requests.isEmpty)
    }

    @Test("the pause of any attempt lies between nothing and the cap, for any jitter")
    func pauses() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let attempt = Int.random(in: -1...70, using: &random)
            let pause = RetryPolicy().pause(
                afterAttempt: attempt,
                throttled: Bool.random(using: &random),
                asked: nil,
                unit: Double.random(in: 0..<1, using: &random)
            )
            #expect((0...20).contains(pause), "seed 7, attempt \(attempt)")
        }
    }
}

extension SendError {
    /// The transport's error where there was one.
    var transport: TransportError? {
        if case .transport(let error, _) = self { error } else { nil }
    }
}
