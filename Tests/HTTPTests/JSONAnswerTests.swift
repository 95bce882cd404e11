import HTTP
import Testing

@Suite struct JSONAnswerTests {
    private struct Thing: Decodable, Sendable, Equatable {
        var name: String
        var sizes: [Int]?
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            name = try container.decode(String.self, forKey: .name)
            sizes = try container.decodeIfPresent([Int].self, forKey: .sizes)
            if name == "odd" { throw MalformedAnswer("the thing is odd") }
        }
        private enum Keys: String, CodingKey { case name, sizes }
    }

    private struct Told: Equatable {
        var name: String?
        var problem: String?
        var status: Int?
        var calls: Int
    }

    private func answer(_ bodies: [(Int, String)], verdict: Verdict = .done) async throws -> Told {
        let transport = ScriptedTransport(
            bodies.map { .success(HTTPResponse(status: $0.0, body: Array($0.1.utf8))) }
        )
        let client = HTTPClient(transport: transport, time: JumpingTime(), random: ConstantRandom(value: 0.5))
        let answer: JSONAnswer<Thing> = try await client.json(as: Thing.self, refusal: { _, _ in verdict }) {
            _,
            _ throws(TransportError) in HTTPRequest(url: "https://api.example/thing")
        }
        let calls = transport.requests.count
        return switch answer {
        case .value(let thing): Told(name: thing.name, calls: calls)
        case .malformed(let response, let problem): Told(problem: problem, status: response.status, calls: calls)
        case .refused(let response): Told(status: response.status, calls: calls)
        }
    }

    @Test("what is read is given, what is cut short is asked for again, what has another shape is not")
    func answers() async throws {
        #expect(try await answer([(200, #"{"name":"one"}"#)]) == Told(name: "one", calls: 1))
        let cut = try await answer([(200, #"{"name":"#), (200, "<html>"), (200, #"{"name":"one"}"#)])
        #expect(cut == Told(name: "one", calls: 3))
        let shapes = [
            (#"{"name":1}"#, "`name` has the wrong type"), ("{}", "`name` is missing"),
            (#"{"name":"one","sizes":[1,"secret"]}"#, "`sizes[1]` has the wrong type"),
            ("[]", "the answer has the wrong type"), (#"{"name":"odd"}"#, "the thing is odd"),
        ]
        for (body, problem) in shapes {
            #expect(try await answer([(200, body)]) == Told(problem: problem, status: 200, calls: 1))
        }
        let never = try await answer(Array(repeating: (200, "{"), count: 8))
        #expect(never == Told(problem: "the answer is not JSON, or is cut short", status: 200, calls: 8))
    }

    @Test("another status than 200 is the caller's to judge")
    func refusals() async throws {
        #expect(try await answer([(404, "{}")]) == Told(status: 404, calls: 1))
        let passing = try await answer([(503, ""), (200, #"{"name":"one"}"#)], verdict: .transient(after: nil))
        #expect(passing == Told(name: "one", calls: 2))
    }

    @Test("what is shown of a service's text holds no secret, and not much")
    func showing() {
        let secrets = SecretTexts()
        secrets.note("hush")
        secrets.note("hush")
        #expect(secrets.all == ["hush"])
        #expect(shown("said hush, and hush", hiding: secrets.all + [""]) == "said (secret), and (secret)")
        #expect(shown(String(repeating: "a", count: 900), hiding: []).count == 401)
    }

    @Test("JSON is written with its keys sorted and its slashes as they are")
    func writing() {
        #expect(String(decoding: compactJSON(["b": "x/y", "a": "é"]), as: UTF8.self) == #"{"a":"é","b":"x/y"}"#)
    }
}

@Suite struct ParallelTests {
    @Test("results come in the order of the inputs, and no more are under way than allowed", arguments: [0, 1, 3, 50])
    func order(width: Int) async {
        let counts = Log<Int>()
        let open = Log<Int>()
        let results = await inParallel(Array(0..<20), width: width) { number in
            open.append(1)
            counts.append(open.entries.reduce(0, +))
            for _ in 0..<(20 - number) { await Task.yield() }
            open.append(-1)
            return number * number
        }
        #expect(results == (0..<20).map { $0 * $0 })
        #expect(counts.entries.allSatisfy { $0 <= max(1, width) })
        #expect(await inParallel([Int](), width: 3) { $0 }.isEmpty)
    }

    @Test("slices hold every element once")
    func slices() {
        #expect([1, 2, 3, 4, 5].slices(of: 2) == [[1, 2], [3, 4], [5]])
        #expect([Int]().slices(of: 2).isEmpty)
    }
}
