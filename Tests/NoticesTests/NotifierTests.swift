import HTTP
import Model
import SQLiteLedger
import Testing

@testable import Notices

@Suite struct NotifierTests {
    private let time = JumpingTime()

    private func notifier(
        _ transport: ScriptedTransport,
        slack: String? = slackURL,
        webhook: String? = nil,
        heartbeat: String? = nil
    ) -> Notifier {
        Notifier(
            settings: NoticeSettings(slack: slack, webhook: webhook, heartbeat: heartbeat),
            transport: transport,
            time: time,
            random: ConstantRandom()
        )
    }

    @Test("each channel gets each notice once, in order, in its own form") func delivered() async {
        let ok = ScriptedTransport.Answer.status(200, "ok")
        let transport = ScriptedTransport([slackURL: [ok, ok], webhookURL: [.status(204), .status(202)]])
        let notices = [notice("first"), notice("second")]
        #expect(await notifier(transport, webhook: webhookURL).deliver(notices).isEmpty)
        let slack = transport.requests(to: slackURL)
        #expect(slack.map(\.body) == notices.map { SlackMessage($0).body })
        #expect(transport.requests(to: webhookURL).map(\.body) == notices.map { WebhookMessage($0).body })
        for request in transport.requests {
            #expect(request.method == "POST")
            #expect(request.headers == [HTTPField("Content-Type", "application/json; charset=utf-8")])
        }
        #expect(transport.left == 0)
    }

    @Test("a notice goes only to the channels that have not got it, and no channel set is no failure") func addressed()
        async
    {
        let transport = ScriptedTransport([webhookURL: [.status(200)]])
        var rest = notice()
        rest.channels = [.webhook]
        #expect(await notifier(transport, webhook: webhookURL).deliver([rest]).isEmpty)
        #expect(transport.requests.map(\.url) == [webhookURL])
        #expect(await notifier(ScriptedTransport([:]), slack: nil).deliver([notice()]).isEmpty)
        #expect(!notifier(ScriptedTransport([:]), slack: nil, heartbeat: heartbeatURL).isSet)
    }

    @Test("it tries again after 429 as long as Slack asks, after 5xx and after broken connections") func retries() async
    {
        let transport = ScriptedTransport([
            slackURL: [
                .status(429, retryAfter: "7"), .status(503), .failure(.interrupted("reset")), .status(200, "ok"),
            ]
        ])
        #expect(await notifier(transport).deliver([notice()]).isEmpty)
        #expect(transport.requests.count == 4)
        #expect(time.pauses.contains(7))
    }

    @Test("it tries at most three times more, and not at all the rest of the notices") func givesUp() async {
        let transport = ScriptedTransport([slackURL: Array(repeating: .status(500, "rollup_error"), count: 9)])
        let failures = await notifier(transport).deliver([notice(id: "1"), notice(id: "2")])
        #expect(transport.requests.count == 4)
        #expect(failures.map(\.message) == ["HTTP 500 rollup_error", "not tried after: HTTP 500 rollup_error"])
        #expect(failures.map(\.notice?.id) == ["1", "2"])
    }

    @Test("it does not wait longer than a run can bear") func longWait() async {
        let transport = ScriptedTransport([slackURL: [.status(429, retryAfter: "3600")]])
        let failures = await notifier(transport).deliver([notice()])
        #expect(failures.map(\.message) == ["HTTP 429"])
        #expect(time.pauses.isEmpty)
    }

    @Test("a refused URL is tried once and closes the channel, a refused message does not") func permanent() async {
        for (status, word) in [(404, "no_service"), (403, "invalid_token"), (410, "channel_is_archived")] {
            let transport = ScriptedTransport([slackURL: [.status(status, word)]])
            let failures = await notifier(transport).deliver([notice(), notice()])
            #expect(failures.map(\.message) == ["HTTP \(status) \(word)", "not tried after: HTTP \(status) \(word)"])
            #expect(transport.requests.count == 1)
        }
        let transport = ScriptedTransport([slackURL: [.status(400, "invalid_payload"), .status(200, "ok")]])
        let failures = await notifier(transport).deliver([notice(id: "bad"), notice(id: "good")])
        #expect(failures.map(\.notice?.id) == ["bad"])
        #expect(failures.map(\.message) == ["HTTP 400 invalid_payload"])
    }

    @Test("a redirect is no delivery") func redirect() async {
        let transport = ScriptedTransport([slackURL: [.status(302)]])
        #expect(await notifier(transport).deliver([notice()]).map(\.message) == ["HTTP 302"])
    }

    @Test("one channel that is down does not keep the other from its notices") func independent() async {
        let down = Array(repeating: ScriptedTransport.Answer.failure(.timedOut), count: 4)
        let transport = ScriptedTransport([slackURL: down, webhookURL: [.status(200), .status(200)]])
        let failures = await notifier(transport, webhook: webhookURL).deliver([notice(), notice()])
        #expect(failures.map(\.channel) == [.slack, .slack])
        #expect(transport.requests(to: webhookURL).count == 2)
    }

    @Test("Slack gets a short burst and then about a message a second") func rate() async {
        let transport = ScriptedTransport([slackURL: Array(repeating: .status(200, "ok"), count: 8)])
        #expect(await notifier(transport).deliver((0..<8).map { notice(id: "\($0)") }).isEmpty)
        #expect(time.pauses.count == 4)
        #expect(abs(time.pauses.reduce(0, +) - 4) < 0.01)
    }

    @Test("no failure shows a URL or a part of one, whatever the transport or the service says") func redacted() async {
        let says: [ScriptedTransport.Answer] = [
            .failure(.cannotConnect("Could not resolve host: user-facing.example.com")),
            .failure(.failed("bad URL \(webhookURL)")),
            .failure(.refused("/hook/9f3c?token=verysecrettoken is not allowed")),
            .failure(.untrusted("certificate of user-facing.example.com, token verysecrettoken")),
            .status(404, "no such path /hook/9f3c?token=verysecrettoken"),
        ]
        for answer in says {
            let transport = ScriptedTransport([webhookURL: Array(repeating: answer, count: 4)])
            let failures = await notifier(transport, slack: nil, webhook: webhookURL).deliver([notice()])
            #expect(failures.count == 1)
            let text = "\(failures) \(failures.map(\.message))"
            for secret in ["user-facing", "verysecrettoken", "9f3c", "https://"] { #expect(!text.contains(secret)) }
            #expect(failures[0].description.hasPrefix("a notice to webhook was not delivered (1 group is held): "))
        }
        let settings = NoticeSettings(slack: slackURL, webhook: webhookURL, heartbeat: heartbeatURL)
        var dumped = "\(settings)"
        dump(settings, to: &dumped)
        #expect(dumped.hasPrefix("NoticeSettings(heartbeat, slack, webhook)"))
        for secret in ["hooks.slack.com", "cccccc", "verysecrettoken", "hc.example.com"] {
            #expect(!dumped.contains(secret))
        }
    }

    @Test("a URL that is none is a failure like any other") func noURL() async {
        let transport = ScriptedTransport([:])
        let failures = await notifier(transport, slack: "not a url").deliver([notice()])
        #expect(failures.map(\.message) == ["not in the script"])
    }

    @Test("the heartbeat is one GET, tried again, and its failure says so without the URL") func heartbeat() async {
        let good = ScriptedTransport([heartbeatURL: [.status(502), .status(200)]])
        #expect(await notifier(good, heartbeat: heartbeatURL).heartbeat() == nil)
        #expect(good.requests.map(\.method) == ["GET", "GET"])
        #expect(good.requests.map(\.body) == [[], []])
        let bad = ScriptedTransport([heartbeatURL: [.status(404, "gone")]])
        let failure = await notifier(bad, heartbeat: heartbeatURL).heartbeat()
        #expect(failure?.description == "heartbeat failed: HTTP 404")
        #expect(await notifier(ScriptedTransport([:])).heartbeat() == nil)
    }

    @Test("a cancelled run sends nothing more and keeps what it had to say") func cancelled() async {
        let transport = ScriptedTransport([slackURL: [.status(200)]])
        let sender = notifier(transport)
        let failures = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await sender.deliver([notice()])
        }.value
        #expect(failures.map(\.message) == ["cancelled"])
        #expect(transport.requests.isEmpty)
    }
}

@Suite struct TellTests {
    private func notifier(_ transport: ScriptedTransport) -> Notifier {
        Notifier(
            settings: NoticeSettings(slack: slackURL),
            transport: transport,
            time: JumpingTime(),
            random: ConstantRandom()
        )
    }

    private func ledger() async throws -> SQLiteLedger {
        let ledger = try SQLiteLedger.inMemory()
        for _ in 0..<12 { _ = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0))) }
        return ledger
    }

    @Test("what was told is remembered from run to run, and silence asks nobody") func remembered() async throws {
        let ledger = try await ledger()
        let first = ScriptedTransport([slackURL: [.status(200, "ok")]])
        #expect(await notifier(first).tell(news([hold("a")]), at: moment(0), ledger: ledger).isEmpty)
        #expect(first.requests.count == 1)
        let second = ScriptedTransport([:])
        #expect(await notifier(second).tell(news([hold("a")], command: "apply"), at: moment(9), ledger: ledger).isEmpty)
        #expect(second.requests.isEmpty)
        let third = ScriptedTransport([slackURL: [.status(200, "ok")]])
        #expect(await notifier(third).tell(news(), at: moment(20), ledger: ledger).isEmpty)
        #expect(third.requests.count == 1)
    }

    @Test("a notice that failed is in the history, and is sent by the next run before what is new") func retried()
        async throws
    {
        let ledger = try await ledger()
        let down = ScriptedTransport([slackURL: [.status(404, "no_service")]])
        let failures = await notifier(down).tell(news([hold("a")]), at: moment(0), ledger: ledger)
        #expect(failures.map(\.channel) == [.slack])
        let noted = try await ledger.notices(run: 12, about: nil, limit: 9)
        #expect(noted.map(\.state) == [.failed] && noted.map(\.attempts) == [1])
        #expect(noted[0].error == "HTTP 404 no_service" && noted[0].subjects == ["a"])

        let up = ScriptedTransport([slackURL: [.status(200, "ok"), .status(200, "ok")]])
        #expect(await notifier(up).tell(news([hold("a"), hold("b")]), at: moment(60), ledger: ledger).isEmpty)
        let texts = try up.requests.map { try json($0.body)["text"].text }
        #expect(texts == ["▲ 1 group is held: a", "▲ 1 group is held: b"])
        let last = ScriptedTransport([:])
        #expect(await notifier(last).tell(news([hold("a"), hold("b")]), at: moment(61), ledger: ledger).isEmpty)
        let delivered = try await ledger.notices(run: nil, about: ["A"], limit: 9)
        #expect(delivered.map(\.state) == [.delivered] && delivered.map(\.attempts) == [2])
        #expect(delivered[0].error == "HTTP 404 no_service" && delivered[0].triedAt == moment(60))
        #expect(try await ledger.undeliveredNotices().isEmpty)
    }

    @Test("what one command could not deliver, the next run of any other delivers, once") func otherCommand()
        async throws
    {
        let ledger = try await ledger()
        let gone = DepartureNews(user: "gone@example.com", since: moment(0), origin: .requested)
        let down = ScriptedTransport([slackURL: [.status(404, "no_service")]])
        _ = await notifier(down).tell(news(command: "offboard", departures: [gone]), at: moment(0), ledger: ledger)
        let up = ScriptedTransport([slackURL: [.status(200, "ok")]])
        #expect(await notifier(up).tell(news(command: "departures"), at: moment(60), ledger: ledger).isEmpty)
        #expect(up.requests.count == 1)
        let last = ScriptedTransport([:])
        #expect(await notifier(last).tell(news(command: "sync"), at: moment(61), ledger: ledger).isEmpty)
    }

    @Test("what is to be sent is in the ledger before it is sent") func beforeSending() async throws {
        let ledger = try await ledger()
        let transport = LookingTransport(ledger: ledger)
        let sender = Notifier(settings: NoticeSettings(slack: slackURL), transport: transport, time: JumpingTime())
        _ = await sender.tell(
            news(departures: [
                DepartureNews(user: "gone@example.com", since: moment(0), origin: .requested)
            ]),
            at: moment(0),
            ledger: ledger
        )
        #expect(await transport.seen.map(\.subjects) == [["gone@example.com"]])
    }

    @Test("commands that may run at once do not overwrite each other's memory") func scopes() async throws {
        let ledger = try await ledger()
        let transport = ScriptedTransport([slackURL: Array(repeating: .status(200, "ok"), count: 3)])
        let failed = Condition(.failure, subject: "google", text: "down")
        _ = await notifier(transport).tell(news([hold("a")]), at: moment(0), ledger: ledger)
        _ = await notifier(transport).tell(news([failed], command: "departures"), at: moment(1), ledger: ledger)
        _ = await notifier(transport).tell(news([hold("a")]), at: moment(2), ledger: ledger)
        #expect(transport.requests.count == 2)
        _ = await notifier(transport).tell(news([], command: "departures"), at: moment(3), ledger: ledger)
        #expect(transport.requests.count == 3)
    }

    @Test("a ledger that fails keeps no notice back, and is told") func brokenLedger() async throws {
        let ledger = try SQLiteLedger.inMemory()
        let transport = ScriptedTransport([slackURL: [.status(404, "no_team")]])
        // The run is not in this ledger, so the notice of it is refused.
        let failures = await notifier(transport).tell(news([hold("a")]), at: moment(0), ledger: ledger)
        #expect(failures.map(\.channel) == [.slack, .ledger])
        #expect(failures[1].description.contains("the ledger in memory refused a change"))
    }
}

/// Looks into the ledger while it is asked to send.
private actor LookingTransport: HTTPTransport {
    let ledger: SQLiteLedger
    var seen: [NoticeRecord] = []

    init(ledger: SQLiteLedger) { self.ledger = ledger }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        seen = (try? await ledger.undeliveredNotices()) ?? []
        return HTTPResponse(status: 200)
    }
}
