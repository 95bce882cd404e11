internal import HTTP
internal import Model

/// A notice that was not delivered; it changes nothing else.
public struct NoticeFailure: Hashable, Sendable, CustomStringConvertible {
    /// Where it should have gone.
    public var channel: NoticeChannel
    /// The notice; nil for a heartbeat.
    public var notice: Notice?
    /// What went wrong, without the URL.
    public var message: String
    /// Whether it was tried: once a channel is closed, the rest is not.
    public var isTried: Bool

    /// A notice that was not delivered.
    public init(channel: NoticeChannel, notice: Notice?, message: String, isTried: Bool = true) {
        self.channel = channel
        self.notice = notice
        self.message = message
        self.isTried = isTried
    }

    /// One line for the log and the history.
    public var description: String {
        let what = notice.map { "a notice to \(channel.rawValue) was not delivered (\($0.title))" }
        let next = notice == nil ? "" : "; the next run tries again"
        return "\(what ?? "\(channel.rawValue) failed"): \(message)\(next)".shown
    }
}

/// Takes a URL, and every part of it that may be the secret one, out of texts.
struct Redaction {
    private let parts: [String]

    init(url: String) {
        var parts = [url]
        if let read = HTTPURL(url) {
            parts += [read.text, read.origin, read.host, read.path]
            parts += read.path.split(separator: "/").map(String.init).filter { $0.utf8.count >= 4 }
            if let port = read.port { parts.append(String(port)) }
            if let query = read.query {
                parts.append(query)
                parts += query.split { $0 == "&" || $0 == "=" }.map(String.init).filter { $0.utf8.count >= 4 }
            }
        }
        self.parts = Set(parts.filter { $0.utf8.count > 1 }).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    func apply(_ text: String) -> String {
        parts.reduce(text) { text, part in
            text.split(separator: part, omittingEmptySubsequences: false).joined(separator: "…")
        }
    }
}
