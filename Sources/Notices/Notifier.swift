public import HTTP

/// Sends notices. Never throws: what could not be delivered is returned, and nothing else changes.
public struct Notifier: Sendable {
    private let settings: NoticeSettings
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let random: any RandomSource
    private let slackLimit: RateLimiter

    /// At most three tries after the first, within a minute: a chat that is down holds no run up.
    static let policy = RetryPolicy(maximumAttempts: 4, maximumTotalSeconds: 60, capSeconds: 10)
    static let timeoutSeconds = 10.0

    /// What sends notices.
    public init(
        settings: NoticeSettings,
        transport: any HTTPTransport,
        time: any TimeSource = SystemTime(),
        random: any RandomSource = SystemRandom()
    ) {
        self.settings = settings
        self.transport = transport
        self.time = time
        self.random = random
        // Source: apis.md, 10 and 11: about one message a second, short bursts allowed.
        slackLimit = RateLimiter(perSecond: 1, burst: 4, time: time)
    }

    /// Whether any channel takes notices.
    public var isSet: Bool { !noticeChannels.isEmpty }

    /// The channels that take notices and are set.
    var noticeChannels: [NoticeChannel] { settings.noticeChannels }

    /// Sends notices, in their order, to those of their channels that are set.
    ///
    /// Once a channel does not answer, or refuses its URL, the rest is not tried there: the next run does.
    public func deliver(_ notices: [Notice]) async -> [NoticeFailure] {
        await withTaskGroup(of: [NoticeFailure].self) { group in
            for channel in settings.noticeChannels {
                let due = notices.filter { $0.channels.contains(channel) }
                group.addTask { await deliver(due, to: channel) }
            }
            let failures = await group.reduce(into: []) { $0 += $1 }
            // By channel, each in the order of its notices.
            return NoticeChannel.allCases.flatMap { channel in failures.filter { $0.channel == channel } }
        }
    }

    /// Asks the heartbeat's URL, if there is one: after each good run.
    public func heartbeat() async -> NoticeFailure? {
        guard let url = settings.heartbeat else { return nil }
        switch await send(HTTPRequest(url: url, timeoutSeconds: Notifier.timeoutSeconds), to: .heartbeat) {
        case .delivered: return nil
        case .refused(let message), .closed(let message):
            return NoticeFailure(channel: .heartbeat, notice: nil, message: message)
        }
    }

    private enum Outcome {
        case delivered
        /// This notice was not taken; the next one may be.
        case refused(String)
        /// Nothing will be taken there in this run.
        case closed(String)
    }

    private func deliver(_ notices: [Notice], to channel: NoticeChannel) async -> [NoticeFailure] {
        var failures: [NoticeFailure] = []
        var closed: String?
        for notice in notices {
            if let closed {
                let message = "not tried after: \(closed)"
                failures.append(NoticeFailure(channel: channel, notice: notice, message: message, isTried: false))
                continue
            }
            switch await send(request(notice, to: channel), to: channel) {
            case .delivered: continue
            case .refused(let message):
                failures.append(NoticeFailure(channel: channel, notice: notice, message: message))
            case .closed(let message):
                failures.append(NoticeFailure(channel: channel, notice: notice, message: message))
                closed = message
            }
        }
        return failures
    }

    private func request(_ notice: Notice, to channel: NoticeChannel) -> HTTPRequest {
        HTTPRequest(
            method: "POST",
            url: settings.url(of: channel) ?? "",
            headers: [HTTPField("Content-Type", "application/json; charset=utf-8")],
            body: channel == .slack ? SlackMessage(notice).body : WebhookMessage(notice).body,
            timeoutSeconds: Notifier.timeoutSeconds,
            maximumResponseBytes: 1 << 20
        )
    }

    private func send(_ request: HTTPRequest, to channel: NoticeChannel) async -> Outcome {
        let client = HTTPClient(
            transport: transport,
            limiter: channel == .slack ? slackLimit : nil,
            policy: Notifier.policy,
            time: time,
            random: random
        )
        let time = time
        do throws(SendError<Never>) {
            let response = try await client.send(
                // A notice that comes twice is better than none.
                isRepeatable: true,
                classify: { Notifier.verdict(on: $0, now: time.now()) },
                build: { _, _ throws(Never) in request }
            )
            return Notifier.outcome(response, from: channel)
        } catch {
            guard case .transport(let error, let attempts) = error else { return .closed("it could not be sent") }
            let message = Redaction(url: request.url).apply(error.message)
            return .closed("\(message)\(attempts > 1 ? ", in \(attempts) attempts" : "")")
        }
    }

    private static func verdict(on response: HTTPResponse, now: Double) -> Verdict {
        let after = response.secondsToWait(now: now)
        switch response.status {
        case 429: return .throttled(after: after)
        case 500...599: return .transient(after: after)
        default: return .done
        }
    }

    private static func outcome(_ response: HTTPResponse, from channel: NoticeChannel) -> Outcome {
        if (200...299).contains(response.status) { return .delivered }
        var message = "HTTP \(response.status)"
        if channel == .slack, let word = slackWord(response.body) { message += " \(word)" }
        // 400 is about this one message (`invalid_payload`); everything else is about the URL, the channel, the service.
        return response.status == 400 ? .refused(message) : .closed(message)
    }

    /// Slack's word for what is wrong (`no_service`, `channel_is_archived`). Other bodies are not shown: they may repeat
    /// the URL.
    private static func slackWord(_ body: [UInt8]) -> String? {
        let isWord = !body.isEmpty && body.count <= 40 && body.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        return isWord ? String(decoding: body, as: UTF8.self) : nil
    }
}
