import Testing

@testable import HTTP

private enum Refusal: Error, Equatable {
    case no(Int)
    case cancelled
}

@Suite struct AccessTokenTests {
    private func token(_ text: String, _ seconds: Double = 3600) throws -> IssuedToken {
        try #require(IssuedToken(text: text, lifetimeSeconds: seconds))
    }

    private func shown(_ step: TokenState<Refusal>.Step) -> String {
        switch step {
        case .use(let token): token.text
        case .fail(let error): "\(error)"
        case .ask: "ask"
        }
    }

    @Test("a token is used until five minutes before its end, a short one for half of its time; a refused one no more")
    func state() throws {
        var state = TokenState<Refusal>()
        #expect(shown(state.step(insteadOf: nil, isAsking: false, now: 0)) == "ask")
        state.took(try token("one"), askedAt: 100)
        #expect(shown(state.step(insteadOf: nil, isAsking: false, now: 3399)) == "one")
        #expect(shown(state.step(insteadOf: nil, isAsking: false, now: 3400)) == "ask")
        #expect(shown(state.step(insteadOf: "one", isAsking: false, now: 200)) == "ask")
        #expect(shown(state.step(insteadOf: "zero", isAsking: false, now: 200)) == "one")
        state.took(try token("short", 60), askedAt: 200)
        #expect(shown(state.step(insteadOf: nil, isAsking: false, now: 229)) == "short")
        #expect(shown(state.step(insteadOf: nil, isAsking: false, now: 230)) == "ask")
    }

    @Test("a failure stands for half a minute, but not for who can wait for a request under way")
    func failures() throws {
        var state = TokenState<Refusal>()
        state.failed(.no(1), at: 10)
        #expect(shown(state.step(insteadOf: nil, isAsking: false, now: 39)) == "no(1)")
        #expect(shown(state.step(insteadOf: nil, isAsking: true, now: 39)) == "ask")
        #expect(shown(state.step(insteadOf: nil, isAsking: false, now: 40)) == "ask")
        state.took(try token("one"), askedAt: 20)
        #expect(shown(state.step(insteadOf: "one", isAsking: false, now: 21)) == "ask")
    }

    @Test("clocks that differ by ten seconds are corrected, and not twice by the same")
    func skew() {
        var skew = ClockSkew()
        var seconds: [Double?] = []
        for service in [1009.0, 900, 905, 1000] {
            seconds.append(skew.correct(to: service, now: 1000) ? skew.seconds : nil)
        }
        #expect(seconds == [nil, -100, nil, 0])
    }

    @Test("one request serves all who wait, and is made anew where the first of them was cancelled")
    func sharing() async throws {
        let gate = Gate(), asked = Log<Double>()
        let one = try token("one")
        let tokens = AccessTokens<Refusal>(time: StandingTime(), cancelled: .cancelled) {
            skew,
            _ throws(TokenFailure<Refusal>) in
            asked.append(skew)
            await gate.pass()
            if Task.isCancelled { throw TokenFailure(.cancelled, isCancelled: true) }
            return one
        }
        let first = Task { () -> Result<IssuedToken, Refusal> in
            do throws(Refusal) { return .success(try await tokens.token()) } catch { return .failure(error) }
        }
        await eventually { asked.entries.count == 1 }
        let others = (0..<5).map { _ in
            Task { () -> Result<IssuedToken, Refusal> in
                do throws(Refusal) { return .success(try await tokens.token()) } catch { return .failure(error) }
            }
        }
        for _ in 0..<100 { await Task.yield() }
        first.cancel()
        #expect(await first.value == .failure(.cancelled))
        gate.open()
        for other in others { #expect(await other.value == .success(one)) }
        #expect(asked.entries.count <= 2)
    }

    @Test("an assertion that the service finds outside its time is signed once more by its clock")
    func correction() async throws {
        let asked = Log<Double>(), time = JumpingTime()
        let one = try token("one")
        let tokens = AccessTokens<Refusal>(time: time, cancelled: .cancelled) {
            skew,
            _ throws(TokenFailure<Refusal>) in
            asked.append(skew)
            if skew == 0 { throw TokenFailure(.no(1), serviceTime: time.now() + 500) }
            return one
        }
        #expect(try await tokens.token() == one)
        #expect(asked.entries == [0, 500])
        let never = AccessTokens<Refusal>(time: time, cancelled: .cancelled) {
            skew,
            _ throws(TokenFailure<Refusal>) in
            asked.append(skew)
            throw TokenFailure(.no(2), serviceTime: time.now() + 500)
        }
        await #expect(throws: Refusal.no(2)) { try await never.token() }
        #expect(asked.entries == [0, 500, 0, 500])
    }

    @Test("claims of a challenge go with the next request")
    func claims() async throws {
        let asked = Log<String?>()
        let texts = [try token("one"), try token("two")]
        let tokens = AccessTokens<Refusal>(time: StandingTime(), cancelled: .cancelled) {
            _,
            claims throws(TokenFailure<Refusal>) in
            asked.append(claims)
            return claims == nil ? texts[0] : texts[1]
        }
        #expect(try await tokens.token() == texts[0])
        #expect(try await tokens.token(insteadOf: "one", claims: "{}") == texts[1])
        #expect(asked.entries == [nil, "{}"])
    }

    @Test("answers of token endpoints and metadata services, and nothing that shows the token")
    func answers() async throws {
        func read(_ text: String) async throws -> IssuedToken? {
            let transport = ScriptedTransport([.success(HTTPResponse(status: 200, body: Array(text.utf8)))])
            let client = HTTPClient(transport: transport, time: JumpingTime())
            let answer: JSONAnswer<TokenAnswer> = try await client.json(
                as: TokenAnswer.self,
                refusal: { _, _ in .done }
            ) {
                _,
                _ throws(TransportError) in HTTPRequest(url: "https://api.example/token")
            }
            guard case .value(let value) = answer else { return nil }
            return value.token(now: 1000, lifetimeSeconds: text.contains("standard") ? 77 : nil)
        }
        let cases: [(String, Double?)] = [
            (#"{"access_token":"t","expires_in":3599,"token_type":"Bearer"}"#, 3599),
            (#"{"access_token":"t","expires_in":"86399","expires_on":"5"}"#, 86399),
            (#"{"access_token":"t","expires_on":"1763"}"#, 763), (#"{"access_token":"standard"}"#, 77),
            (#"{"access_token":"t"}"#, nil), (#"{"access_token":"t","expires_in":0}"#, nil),
            (#"{"access_token":"t\n","expires_in":9}"#, nil), (#"{"access_token":"","expires_in":9}"#, nil),
            (#"{"access_token":"t","expires_in":"soon"}"#, nil),
            (#"{"access_token":"t","expires_in":9,"token_type":"mac"}"#, nil),
        ]
        for (text, seconds) in cases { #expect(try await read(text)?.lifetimeSeconds == seconds, "\(text)") }
        let secret = try token("hidden.value")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] { #expect(!text.contains("hidden")) }
    }
}
