/// Where notices go. Each URL is a secret: whoever has it can write there.
public struct NoticeSettings: Sendable, CustomStringConvertible, CustomReflectable {
    /// A Slack incoming webhook.
    public var slack: String?
    /// Any URL that takes `idbridge.notice/1` by POST.
    public var webhook: String?
    /// The URL that is asked with GET after each good run.
    public var heartbeat: String?

    /// Where notices go.
    public init(slack: String? = nil, webhook: String? = nil, heartbeat: String? = nil) {
        self.slack = slack
        self.webhook = webhook
        self.heartbeat = heartbeat
    }

    /// Which channels are set; never a URL.
    public var description: String {
        let set = channels.sorted().map(\.rawValue)
        return "NoticeSettings(\(set.isEmpty ? "no channel" : set.joined(separator: ", ")))"
    }

    /// Nothing, so that a dump shows no URL.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The channels that take notices.
    var noticeChannels: [NoticeChannel] { channels.filter { $0 != .heartbeat } }

    func url(of channel: NoticeChannel) -> String? {
        switch channel {
        case .slack: slack
        case .webhook: webhook
        case .heartbeat: heartbeat
        case .ledger: nil
        }
    }

    private var channels: [NoticeChannel] { NoticeChannel.allCases.filter { url(of: $0) != nil } }
}
